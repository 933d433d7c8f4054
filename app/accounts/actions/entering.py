"""Coming in with a ticket (准考证登录): half an hour before nine, everybody does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts import queries
from app.accounts.rules import (
    TicketExpired,
    TicketUnknown,
    TicketUsed,
    expires_at,
    normal_code,
    token_hash,
)
from app.audit import actions as audit
from app.audit.actions import Act
from app.db.journal import Connection
from app.db.session import Session
from app.kernel.actor import SYSTEM
from app.kernel.entropy import Entropy
from app.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Entry:
    """A code that somebody brings, the session token that it is to become, and the token of the
    session that this browser still had (it ends: ASVS 7.2.4)."""

    code: str
    token: str
    now: datetime
    replaces: str | None = None

    @property
    def hash(self) -> str:
        return token_hash(normal_code(self.code))


def enter_all(connection: Connection, entries: Sequence[Entry]) -> list[str | DomainError]:
    """What the journal of entries commits: for each the token of its session, or why not. A code
    that is none leaves a trace without the code: it may be a right one with a slip of the finger.
    """
    tickets = queries.tickets_for_update(connection, {entry.hash for entry in entries})
    taken: set[int] = set()
    outcomes: list[str | DomainError] = []
    used: list[dict[str, Any]] = []
    opened: list[dict[str, Any]] = []
    acts: list[Act] = []
    ended: set[str] = set()
    for entry in entries:
        ticket = tickets.get(entry.hash)
        try:
            check(ticket, entry.now, used=ticket is not None and ticket.id in taken)
        except DomainError as refusal:
            if isinstance(refusal, TicketUnknown):
                acts.append(Act(SYSTEM.name, "enter_refused", "准考证", entry.now))
            outcomes.append(refusal)
            continue
        assert ticket is not None
        taken.add(ticket.id)
        used.append({"ticket_id": ticket.id, "now": entry.now})
        opened.append(
            {
                "token_hash": token_hash(entry.token),
                "ticket_id": ticket.id,
                "created_at": entry.now,
                "expires_at": max(expires_at(entry.now), ticket.valid_until),
            }
        )
        if entry.replaces:
            ended.add(token_hash(entry.replaces))
        detail = {"candidate": ticket.candidate_id}
        acts.append(Act(ticket.name, "enter", ticket.name, entry.now, detail))
        outcomes.append(entry.token)
    queries.end_sessions(connection, ended)
    queries.admit(connection, used=used, opened=opened)
    audit.record_all(connection, acts)
    return outcomes


def enter(
    db: Session, *, code: str, entropy: Entropy, now: datetime, replaces: str | None = None
) -> str:
    """扫码登录, one at a time in a session of the caller's."""
    db.flush()
    (outcome,) = enter_all(db.connection(), [Entry(code, entropy.token(), now, replaces)])
    db.expire_all()
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def check(ticket: Any, now: datetime, *, used: bool = False) -> None:
    """Refuses a ticket that is unknown, replaced, used or past its time."""
    if ticket is None or ticket.revoked_at is not None:
        raise TicketUnknown
    if used or ticket.used_at is not None:
        raise TicketUsed
    if now >= ticket.valid_until:
        raise TicketExpired
