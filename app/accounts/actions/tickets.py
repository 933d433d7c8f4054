"""Issuing admission tickets and taking them back."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts import queries
from app.accounts.rules import ticket_code, token_hash
from app.accounts.tables import Ticket
from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.entropy import Entropy


@dataclass(frozen=True, slots=True)
class Bearer:
    """The candidate a ticket is for. `county` is the county's code."""

    candidate_id: int
    name: str
    county: str


def issue(
    db: Session,
    *,
    bearers: list[Bearer],
    valid_until: datetime,
    reason: str,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
) -> dict[int, str]:
    """发放准考证: one fresh code for each candidate; earlier codes, and what they opened, end.

    Returns the codes by candidate id. This is the only moment at which they can be read: the
    database keeps hashes. So a sheet of slips is printed at once, or issued again.
    """
    old = queries.live_tickets(db, [bearer.candidate_id for bearer in bearers])
    for ticket in old:
        ticket.revoked_at = now
        db.add(ticket)
    for session in queries.ticket_sessions(db, [ticket.id or 0 for ticket in old]):
        db.delete(session)
    codes: dict[int, str] = {}
    for bearer in bearers:
        code = codes[bearer.candidate_id] = ticket_code(entropy.token(16))
        db.add(
            Ticket(
                code_hash=token_hash(code),
                candidate_id=bearer.candidate_id,
                name=bearer.name,
                county=bearer.county,
                issued_at=now,
                valid_until=valid_until,
            )
        )
    audit.record(
        db,
        actor=actor,
        act="issue_tickets",
        subject=f"{len(bearers)} 张准考证",
        now=now,
        candidates=[bearer.candidate_id for bearer in bearers],
        reason=reason,
        revoked=len(old),
    )
    return codes
