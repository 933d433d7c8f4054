"""Finding accounts, tickets and open sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, update
from sqlalchemy import select as select_columns  # sqlmodel.select is typed up to 4 columns
from sqlmodel import col, func, or_, select

from app.accounts.rules import AccountMissing, token_hash
from app.accounts.tables import Account, AccountRole, SignIn, SignInFailure, Ticket
from app.db.journal import Connection
from app.db.session import Session
from app.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with its roles, as the administrators' list shows it."""

    account: Account
    roles: frozenset[Role]


def account_named(db: Session, name: str) -> Account | None:
    """The account with exactly this name."""
    return db.exec(select(Account).where(Account.name == name)).first()


def account(db: Session, account_id: int) -> Account:
    """The account, or AccountMissing."""
    row = db.get(Account, account_id)
    if row is None:
        raise AccountMissing
    return row


def roles_of(db: Session, account_id: int) -> frozenset[Role]:
    """The roles of one account."""
    rows = db.exec(select(AccountRole.role).where(AccountRole.account_id == account_id))
    return frozenset(Role(role) for role in rows)


def role_rows(db: Session, account_id: int) -> list[AccountRole]:
    """The rows behind the roles, for changing them."""
    return list(db.exec(select(AccountRole).where(AccountRole.account_id == account_id)))


def accounts(
    db: Session, *, search: str = "", offset: int = 0, limit: int = 50
) -> list[AccountRow]:
    """Accounts in order of name, with their roles: two queries, however many."""
    asked = select(Account).where(_named_like(search)).order_by(Account.name)
    rows = list(db.exec(asked.offset(offset).limit(limit)))
    ids = [row.id for row in rows]
    held: dict[int, set[Role]] = {}
    for each in db.exec(select(AccountRole).where(col(AccountRole.account_id).in_(ids))):
        held.setdefault(each.account_id, set()).add(Role(each.role))
    return [AccountRow(row, frozenset(held.get(row.id or 0, set()))) for row in rows]


def account_count(db: Session, *, search: str = "") -> int:
    """How many accounts there are."""
    return db.exec(select(func.count(col(Account.id))).where(_named_like(search))).one()


def _named_like(search: str) -> ColumnElement[bool]:
    """Accounts whose name or bearer's name contains these letters."""
    return or_(
        col(Account.name).icontains(search, autoescape=True),
        col(Account.display_name).icontains(search, autoescape=True),
    )


def sign_in(db: Session, token: str) -> SignIn | None:
    """The open or expired session behind a token."""
    return db.get(SignIn, token_hash(token))


def open_sessions(db: Session, account_id: int) -> list[SignIn]:
    """The sessions of one account, for ending them."""
    return list(db.exec(select(SignIn).where(SignIn.account_id == account_id)))


def ticket_sessions(db: Session, ticket_ids: Collection[int]) -> list[SignIn]:
    """The sessions that these tickets opened."""
    return list(db.exec(select(SignIn).where(col(SignIn.ticket_id).in_(ticket_ids))))


def recent_failures(db: Session, *, name_hash: str, since: datetime) -> list[datetime]:
    """When passwords of this name were refused lately."""
    asked = select(SignInFailure.at).where(
        SignInFailure.name_hash == name_hash, col(SignInFailure.at) > since
    )
    return list(db.exec(asked))


def failure(db: Session, failure_id: int) -> SignInFailure | None:
    """One try that was counted."""
    return db.get(SignInFailure, failure_id)


def ticket(db: Session, code: str) -> Ticket | None:
    """The ticket with this code, for showing whose it is before it is used."""
    return db.exec(select(Ticket).where(Ticket.code_hash == token_hash(code))).first()


def live_tickets(db: Session, candidate_ids: Collection[int]) -> list[Ticket]:
    """The tickets of these candidates that were not revoked."""
    asked = select(Ticket).where(
        col(Ticket.candidate_id).in_(candidate_ids), col(Ticket.revoked_at).is_(None)
    )
    return list(db.exec(asked.order_by(col(Ticket.id))))


def identify(db: Session, *, token: str, now: datetime) -> Actor | None:
    """The actor behind a session token, while the session lasts and its bearer is welcome.
    One query of bare columns, built once and run beside the session's objects: every page asks
    it first."""
    rows = db.connection().execute(_BEARER, {"token": token_hash(token)}).all()
    if not rows or rows[0].expires_at <= now:
        return None
    first = rows[0]
    if first.candidate_id is not None and first.revoked_at is None:
        return Actor(
            0, first.bearer, frozenset({Role.CANDIDATE}), first.bearer_county, first.candidate_id
        )
    if first.account_id is None or not first.active:
        return None
    roles = frozenset(Role(row.role) for row in rows if row.role is not None)
    return Actor(first.account_id, first.display_name, roles, first.county)


_BEARER: Any = (
    select_columns(
        col(SignIn.expires_at),
        col(Ticket.candidate_id),
        col(Ticket.revoked_at),
        col(Ticket.name).label("bearer"),
        col(Ticket.county).label("bearer_county"),
        col(Account.id).label("account_id"),
        col(Account.active),
        col(Account.display_name),
        col(Account.county),
        col(AccountRole.role),
    )
    .select_from(SignIn)
    .outerjoin(Ticket, col(Ticket.id) == col(SignIn.ticket_id))
    .outerjoin(Account, col(Account.id) == col(SignIn.account_id))
    .outerjoin(AccountRole, col(AccountRole.account_id) == col(Account.id))
    .where(col(SignIn.token_hash) == bindparam("token"))
)


_TICKETS = (
    select_columns(
        col(Ticket.id),
        col(Ticket.code_hash),
        col(Ticket.candidate_id),
        col(Ticket.name),
        col(Ticket.county),
        col(Ticket.valid_until),
        col(Ticket.used_at),
        col(Ticket.revoked_at),
    )
    .where(col(Ticket.code_hash).in_(bindparam("hashes", expanding=True)))
    .order_by(col(Ticket.id))
    .with_for_update()
)
_USE: Any = (
    update(Ticket).where(col(Ticket.id) == bindparam("ticket_id")).values(used_at=bindparam("now"))
)
_OPEN = insert(SignIn)
_END = delete(SignIn).where(col(SignIn.token_hash).in_(bindparam("hashes", expanding=True)))


def tickets_for_update(connection: Connection, hashes: Collection[str]) -> dict[str, Any]:
    """The tickets behind these codes by the codes' hashes, locked in one order: two phones with
    one slip cannot both enter."""
    rows = connection.execute(_TICKETS, {"hashes": sorted(hashes)})
    return {row.code_hash: row for row in rows}


def admit(
    connection: Connection, *, used: Sequence[dict[str, Any]], opened: Sequence[dict[str, Any]]
) -> None:
    """Uses tickets up and opens their sessions, a whole batch at once."""
    if used:
        connection.execute(_USE, list(used))
        connection.execute(_OPEN, list(opened))


def end_sessions(connection: Connection, hashes: Collection[str]) -> None:
    """Ends the sessions that browsers still had."""
    if hashes:
        connection.execute(_END, {"hashes": sorted(hashes)})
