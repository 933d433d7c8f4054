"""Who is let in, for how long, and the refusals at the door."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from app.kernel.actor import ADMINISTRATORS, Role
from app.kernel.errors import DomainError, Kind

SESSION_LENGTH = timedelta(hours=10)
FREE_TRIES = 5
FAILURES_COUNT_FOR = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=15)
# Without I, L, O, U, 0 and 1: read aloud from a slip and typed on a phone without a second look.
TICKET_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
TICKET_LENGTH = 12


class WrongNameOrPassword(DomainError):
    # One sentence for both mistakes: the door does not say which accounts exist.
    code, kind, message = "wrong_name_or_password", Kind.FORBIDDEN, "账号或密码不正确。"


class TooManyTries(DomainError):
    code, kind = "too_many_tries", Kind.CONFLICT
    message = "这个账号密码输错次数较多，请在 {seconds} 秒后再试；忘记密码请找系统管理员重设。"


class TooBusy(DomainError):
    code, kind, message = "too_busy", Kind.UNAVAILABLE, "现在登录的人较多，请过几秒再试。"


class TicketUnknown(DomainError):
    code, kind = "ticket_unknown", Kind.FORBIDDEN
    message = "没有这张准考证。请核对准考码，或者请监考员补发。"


class TicketUsed(DomainError):
    code, kind = "ticket_used", Kind.FORBIDDEN
    message = (
        "这张准考证已经用过，每张只能登录一次。换手机或者重新登录，请监考员补发；已保存的答案都在。"
    )


class NotAdmitted(DomainError):
    code, kind = "not_admitted", Kind.UNAVAILABLE
    message = "服务器正忙，还没有进入。请再按一次，准考码没有用掉。"


class TicketExpired(DomainError):
    code, kind, message = "ticket_expired", Kind.FORBIDDEN, "这张准考证已过有效期。"


class NameTaken(DomainError):
    code, kind, message = "name_taken", Kind.CONFLICT, "账号“{name}”已有人使用，请换一个。"


class RolesConflict(DomainError):
    code, kind = "roles_conflict", Kind.INVALID
    message = "系统、安全、审计三种管理员必须分开，也不能兼任其他角色。"


class AccountMissing(DomainError):
    code, kind, message = "account_missing", Kind.MISSING, "没有这个账号。"


class OwnRights(DomainError):
    code, kind, message = (
        "own_rights",
        Kind.FORBIDDEN,
        "不能改动自己的账号权限，请另一名管理员办理。",
    )


def token_hash(token: str) -> str:
    """What is stored of a session token or ticket code: a stolen database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def expires_at(signed_in_at: datetime) -> datetime:
    """A session ends ten hours after signing in, whatever happens in between."""
    return signed_in_at + SESSION_LENGTH


def wait_before_next_try(failures: Sequence[datetime], now: datetime) -> timedelta:
    """How long the next password must wait (限速): five free tries, then 30 s doubling up to
    15 min, counted over the last hour. At most 11 passwords can be tried in an hour, well under
    the twenty that reliability.md H4 allows, and nobody is locked out for good."""
    recent = sorted(at for at in failures if now - at < FAILURES_COUNT_FOR)
    if len(recent) < FREE_TRIES:
        return timedelta(0)
    doubled: int = 2 ** (len(recent) - FREE_TRIES)
    wait = min(timedelta(seconds=30) * doubled, LONGEST_WAIT)
    return max(recent[-1] + wait - now, timedelta(0))


def check_roles(roles: Collection[Role]) -> None:
    """三员分立: an administrator holds exactly one role; a ticket's role is no account's."""
    administrators = ADMINISTRATORS.intersection(roles)
    if not roles or Role.CANDIDATE in roles or (administrators and len(set(roles)) > 1):
        raise RolesConflict


def ticket_code(chance: str) -> str:
    """A code of twelve characters from hex chance, 58 bits: `ABCD-EFGH-JKMN`."""
    number, letters = int(chance, 16), []
    for _ in range(TICKET_LENGTH):
        number, place = divmod(number, len(TICKET_ALPHABET))
        letters.append(TICKET_ALPHABET[place])
    return "-".join("".join(letters[at : at + 4]) for at in range(0, TICKET_LENGTH, 4))


def fresh_password(chance: str) -> str:
    """A first password (初始密码) from hex chance: as long and as legible as a ticket's code, so
    that nobody chooses a weak one for somebody else."""
    return ticket_code(chance)


def normal_code(typed: str) -> str:
    """The code as it was issued, however it was typed: case, spaces and dashes do not matter."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
