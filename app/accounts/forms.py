"""The forms at the door, and those of the administrators."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from app.accounts.rules import RolesConflict, check_roles
from app.kernel.actor import Role

# A ticket's role is no account's.
ROLES = [role for role in Role if role is not Role.CANDIDATE]
_NAME = re.compile(r"[\w.@·-]{2,64}")
_COUNTY = re.compile(r"[0-9A-Za-z]{0,12}")


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What was typed, and what is wrong with it, by field. `next` is where the visitor wanted
    to go: a path of ours, never another site."""

    name: str = ""
    password: str = ""
    next: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    def refused(self, reason: str) -> "SignInForm":
        """The same form with the door's answer."""
        return replace(self, password="", problems={"door": reason})


def parse(*, name: str, password: str, next: str) -> SignInForm:
    """Surrounding spaces of a name are a phone keyboard's, not the officer's."""
    name = name.strip()
    ours = next if next.startswith("/") and not next.startswith(("//", "/\\")) else ""
    problems: dict[str, str] = {}
    if not name:
        problems["name"] = "请填写账号。"
    if not password:
        problems["password"] = "请填写密码。"
    return SignInForm(name, password, ours, problems)


@dataclass(frozen=True, slots=True)
class AccountForm:
    """A new account as typed, and what is wrong with it, by field."""

    name: str = ""
    display_name: str = ""
    county: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    def refused(self, reason: str) -> "AccountForm":
        """The same form with a name that somebody else has."""
        return replace(self, problems={"name": reason})


def parse_account(*, name: str, display_name: str, county: str) -> AccountForm:
    """A name without spaces, whose it is, and the county's code, blank for the city."""
    name, display_name, county = name.strip(), display_name.strip(), county.strip()
    problems: dict[str, str] = {}
    if not _NAME.fullmatch(name):
        problems["name"] = "账号为 2 至 64 个字母、数字或汉字，中间不能有空格。"
    if not (0 < len(display_name) <= 64 and display_name.isprintable()):
        problems["display_name"] = "请填写姓名，不超过 64 个字。"
    if not _COUNTY.fullmatch(county):
        problems["county"] = "请填写县区代码，例如 790121；市级账号留空。"
    return AccountForm(name, display_name, county, problems)


@dataclass(frozen=True, slots=True)
class RolesForm:
    """Roles as ticked, or the reason why they do not go together."""

    roles: frozenset[Role]
    problem: str = ""


def parse_roles(given: Collection[str], *, county: str | None) -> RolesForm:
    """At least one role; a clerk's or an officer's needs the account's county."""
    roles = frozenset(role for role in ROLES if role in given)
    if not roles:
        return RolesForm(roles, "请至少选一个角色；不再使用的账号，请系统管理员停用。")
    if county is None and Role.COUNTY_CLERK in roles:
        return RolesForm(roles, "县区管理员要有县区：这个账号开户时没有填县区，请重新开户。")
    try:
        check_roles(roles)
    except RolesConflict as refusal:
        return RolesForm(roles, str(refusal))
    return RolesForm(roles)


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why something is done to an account."""

    reason: str = ""
    problem: str = ""


def parse_reason(reason: str) -> ReasonForm:
    """A reason is written into the trail, so there must be one."""
    reason = reason.strip()
    problem = "" if 0 < len(reason) <= 200 else "请写明理由，不超过 200 个字。"
    return ReasonForm(reason, problem)
