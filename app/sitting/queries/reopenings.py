"""Hand-ins that somebody asked to take back."""

from dataclasses import dataclass

from sqlalchemy import select as select_columns
from sqlmodel import col, select

from app.contests.tables import Candidate
from app.db.session import Session
from app.roster.tables import County, Officer
from app.sitting.rules.reopening import ReopeningMissing
from app.sitting.tables import Reopening, Sitting


@dataclass(frozen=True, slots=True)
class Asked:
    """A reopening that waits for a second person, and whose sitting it is."""

    reopening: Reopening
    name: str
    county: str


def reopenings(db: Session, sitting_id: int) -> list[Reopening]:
    """What was asked for this sitting, the newest first."""
    rows = select(Reopening).where(Reopening.sitting_id == sitting_id)
    return list(db.exec(rows.order_by(col(Reopening.id).desc())))


def is_reopening_asked(db: Session, sitting_id: int) -> bool:
    """Whether one waits to be decided."""
    waiting = select(Reopening.id).where(
        Reopening.sitting_id == sitting_id, col(Reopening.decided_at).is_(None)
    )
    return db.exec(waiting).first() is not None


def reopening(db: Session, sitting_id: int, reopening_id: int) -> Reopening:
    """One of this sitting's; lock the sitting first. ReopeningMissing."""
    row = db.exec(
        select(Reopening).where(Reopening.sitting_id == sitting_id, Reopening.id == reopening_id)
    ).first()
    if row is None:
        raise ReopeningMissing
    return row


def reopenings_asked(db: Session, exam_id: int) -> list[Asked]:
    """What waits for a second person in this hall, the oldest first."""
    rows = db.execute(
        select_columns(Reopening, col(Officer.name), col(County.name))
        .join(Sitting, col(Sitting.id) == col(Reopening.sitting_id))
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .where(col(Sitting.exam_id) == exam_id, col(Reopening.decided_at).is_(None))
        .order_by(col(Reopening.id))
    )
    return [Asked(*row) for row in rows]
