"""What a candidate does, one at a time in a session of the caller's: the turns that the journal
takes in batches."""

from datetime import datetime

from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.errors import DomainError
from app.sitting.actions.turning import Step, Taken, Turn, take_turns


def confirm(db: Session, *, sitting_id: int, actor: Actor, now: datetime) -> Taken:
    """身份核对: it is me, and I have read the rules. Once is enough."""
    return _take(db, Turn(Step.CONFIRM, sitting_id, actor, now))


def start(db: Session, *, sitting_id: int, actor: Actor, now: datetime) -> Taken:
    """开始作答. A second start returns the first: a lost response must not cost the exam."""
    return _take(db, Turn(Step.START, sitting_id, actor, now))


def hand_in(db: Session, *, sitting_id: int, actor: Actor, now: datetime) -> Taken:
    """交卷: freezes the answers and gives the receipt; a second hand-in changes nothing."""
    return _take(db, Turn(Step.HAND_IN, sitting_id, actor, now))


def _take(db: Session, turn: Turn) -> Taken:
    db.flush()
    (outcome,) = take_turns(db.connection(), [turn])
    db.expire_all()  # rows that the session has read may have changed behind its back
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome
