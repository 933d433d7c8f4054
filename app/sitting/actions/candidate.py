"""What a candidate does: confirm, start, leave, hand in."""

from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.sitting import queries
from app.sitting.actions.closing import close
from app.sitting.actions.notes import note, subject
from app.sitting.rules import hall, moment, refusals
from app.sitting.rules.hall import Happened
from app.sitting.rules.moment import Phase
from app.sitting.rules.receipts import By
from app.sitting.tables import Sitting


def confirm(db: Session, *, sitting_id: int, actor: Actor, now: datetime) -> Sitting:
    """身份核对: it is me, and I have read the rules. Once is enough."""
    sitting = queries.sitting_for_update(db, sitting_id, actor=actor)
    if not queries.confirmed(db, sitting_id):
        if moment.phase(queries.state_of(sitting), now) is Phase.MISSED:
            raise refusals.WindowClosed
        note(db, sitting_id=sitting_id, kind=Happened.CONFIRMED, by=actor.name, now=now)
        audit.record(db, actor=actor, act="confirm", subject=subject(sitting_id), now=now)
    return sitting


def start(db: Session, *, sitting_id: int, actor: Actor, now: datetime) -> Sitting:
    """开始作答. A second start returns the first: a lost response must not cost the exam."""
    sitting = queries.sitting_for_update(db, sitting_id, actor=actor)
    if sitting.started_at is None:
        moment.may_start(queries.state_of(sitting).window, now)
        if not queries.confirmed(db, sitting_id):
            raise refusals.NotConfirmed
        sitting.started_at = now
        db.add(sitting)
        audit.record(db, actor=actor, act="start", subject=subject(sitting_id), now=now)
    return sitting


def hand_in(db: Session, *, sitting_id: int, actor: Actor, now: datetime) -> Sitting:
    """交卷: freezes the answers and gives the receipt; a second hand-in changes nothing."""
    sitting = queries.sitting_for_update(db, sitting_id, actor=actor)
    if sitting.handed_in_at is None:
        close(db, sitting, by=By.CANDIDATE, now=now)
        audit.record(
            db,
            actor=actor,
            act="hand_in",
            subject=subject(sitting_id),
            now=now,
            receipt=sitting.receipt,
        )
    return sitting


def report(
    db: Session, *, sitting_id: int, kind: Happened, seconds: int, actor: Actor, now: datetime
) -> Sitting:
    """A sign of life, or that the page was left. It decides nothing, and a leave within the grace
    is none. The log of events is its own trace; audit has none of it."""
    own = queries.sitting(db, sitting_id, actor=actor)
    if moment.phase(queries.state_of(own.sitting), now) is Phase.RUNNING:
        if kind is Happened.LEFT and hall.counts_as_leaving(seconds):
            note(db, sitting_id=sitting_id, kind=kind, detail=str(seconds), by=actor.name, now=now)
        elif kind is Happened.HERE:
            note(db, sitting_id=sitting_id, kind=kind, by=actor.name, now=now)
    return own.sitting
