"""The heartbeat (心跳): what is done when the house finds that it does not know what time it is."""

from datetime import datetime

from app.db.session import Session
from app.kernel.actor import SYSTEM
from app.sitting import queries
from app.sitting.actions.pausing import hold
from app.sitting.rules import clock


def beat(db: Session, *, now: datetime) -> int:
    """Moves the heartbeat on. If it is too far from where it must be, every sitting that runs is
    paused as of the last good beat, and people decide; returns how many.

    The row of the heartbeat is locked, so two processes that wake up together hold once.
    """
    last = queries.heartbeat_for_update(db)
    held = 0
    if last is not None and clock.doubtful(last.at, now):
        held = hold(db, at=last.at, reason=clock.in_words(last.at, now), actor=SYSTEM, now=now)
    queries.set_heartbeat(db, last, now)
    return held
