"""Handing in for good: the receipt, and what the server hands in by itself."""

from collections.abc import Mapping
from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import SYSTEM
from app.sitting import queries
from app.sitting.actions.notes import note
from app.sitting.rules import answers, moment, receipts
from app.sitting.rules.course import Happened
from app.sitting.rules.receipts import By
from app.sitting.tables import Sitting

AT_ONCE = 50  # sittings closed in one transaction: the answers of others wait as long as it takes


def close_overdue(
    db: Session, *, now: datetime, exam_id: int | None = None, limit: int | None = None
) -> int:
    """到时收卷: hands in, at their deadlines, sittings whose grace has run out, at most `limit` of
    them; returns how many. Harmless when run twice, or by two workers at once."""
    late = [row for row in queries.begun(db, exam_id) if moment.overdue(queries.state_of(row), now)]
    late = late[:limit]
    if not late:
        return 0
    closed = []
    for sitting in queries.locked(db, [row.id or 0 for row in late]):
        if moment.overdue(queries.state_of(sitting), now):
            close(db, sitting, by=By.SERVER, now=now)
            note(db, sitting_id=sitting.id or 0, kind=Happened.CLOSED, by=SYSTEM.name, now=now)
            closed.append(sitting.id)
    if closed:
        about = f"{len(closed)} 场作答"
        audit.record(db, actor=SYSTEM, act="close_overdue", subject=about, now=now, sittings=closed)
    return len(closed)


def standing(db: Session, sitting_id: int) -> Mapping[int, str]:
    """The answers a receipt speaks for: the current text of each item, without the flags."""
    rows = queries.standing(db.connection(), sitting_id).items()
    return {item: text for item, (text, *_) in rows if item != answers.FLAGS}


def close(db: Session, sitting: Sitting, *, by: By, now: datetime) -> None:
    """Handing in for somebody: the moment, the receipt over the answers that stand, by whom.
    Candidates hand in themselves by a turn (turning), under the same rules."""
    at = moment.handed_in_at(queries.state_of(sitting), now)
    sitting.receipt = receipts.receipt(sitting.id or 0, standing(db, sitting.id or 0), at)
    sitting.handed_in_at, sitting.closed_by = at, by.value
    db.add(sitting)
