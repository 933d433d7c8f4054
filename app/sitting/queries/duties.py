"""What the server must still do: sittings to prepare, sittings to close."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select as select_columns
from sqlmodel import and_, col, or_, select

from app.contests.tables import Candidate, Exam
from app.db.session import Session
from app.papers.tables import Paper
from app.sitting.queries.own import CALLED
from app.sitting.tables import Sitting


def unprepared(db: Session, *, now: datetime) -> list[int]:
    """Exams published and not over, of which a called candidate has no sitting, or one with
    another window than the exam's."""
    differs = or_(
        col(Sitting.id).is_(None),
        and_(
            col(Sitting.started_at).is_(None),
            or_(
                col(Sitting.opens_at) != col(Exam.opens_at),
                col(Sitting.closes_at) != col(Exam.closes_at),
                col(Sitting.length_seconds) != col(Exam.length_seconds),
                col(Sitting.grace_seconds) != col(Exam.grace_seconds),
            ),
        ),
    )
    mine = and_(
        col(Sitting.exam_id) == col(Exam.id), col(Sitting.candidate_id) == col(Candidate.id)
    )
    rows = (
        select(Exam.id)
        .join(Candidate, col(Candidate.contest_id) == col(Exam.contest_id))
        .join(Sitting, mine, isouter=True)
        .where(
            col(Exam.published_at).is_not(None),
            col(Exam.paper_id).is_not(None),
            col(Exam.closes_at) > now,
            Candidate.state == CALLED,
            differs,
        )
        .distinct()
        .order_by(col(Exam.id))
    )
    return [exam_id or 0 for exam_id in db.exec(rows)]


def item_count(db: Session, paper_id: int) -> int:
    """How many items a paper has."""
    return db.exec(select(Paper.item_count).where(Paper.id == paper_id)).one()


def called(db: Session, exam_id: int) -> dict[int, Sitting | None]:
    """Every called candidate of an exam's contest with the sitting, if there is one yet."""
    mine = and_(col(Sitting.exam_id) == exam_id, col(Sitting.candidate_id) == col(Candidate.id))
    rows = db.execute(
        select_columns(col(Candidate.id), Sitting)
        .join(Exam, col(Exam.contest_id) == col(Candidate.contest_id))
        .join(Sitting, mine, isouter=True)
        .where(col(Exam.id) == exam_id, col(Candidate.state) == CALLED)
        .order_by(col(Candidate.id))
    )
    return dict(tuple(row) for row in rows)


def begun(db: Session, exam_id: int | None = None) -> list[Sitting]:
    """Every sitting that has begun and was not handed in."""
    rows = select(Sitting).where(
        col(Sitting.started_at).is_not(None), col(Sitting.handed_in_at).is_(None)
    )
    if exam_id is not None:
        rows = rows.where(Sitting.exam_id == exam_id)
    return list(db.exec(rows.order_by(col(Sitting.id))))


def locked(db: Session, sitting_ids: Collection[int]) -> list[Sitting]:
    """These sittings, locked in one order and read anew."""
    rows = select(Sitting).where(col(Sitting.id).in_(sitting_ids)).order_by(col(Sitting.id))
    return list(db.exec(rows.with_for_update().execution_options(populate_existing=True)))


def last_closing(db: Session, candidate_id: int) -> datetime | None:
    """When the last exam of this candidate ends, with what was added."""
    rows = db.exec(select(Sitting).where(Sitting.candidate_id == candidate_id))
    return max(
        (row.closes_at + timedelta(seconds=row.extra_seconds + row.shift_seconds) for row in rows),
        default=None,
    )
