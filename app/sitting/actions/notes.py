"""Lines in the course of a sitting."""

from datetime import datetime

from app.db.session import Session
from app.sitting.rules.course import Happened
from app.sitting.tables import SittingEvent


def note(
    db: Session, *, sitting_id: int, kind: Happened, detail: str = "", by: str, now: datetime
) -> None:
    """过程记录: one line in the course of a sitting."""
    db.add(SittingEvent(sitting_id=sitting_id, at=now, kind=kind.value, detail=detail, by=by))


def subject(sitting_id: int) -> str:
    """How the audit names a sitting."""
    return f"sitting/{sitting_id}"
