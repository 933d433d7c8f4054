"""The hall: exams, seats, and who was heard of when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import and_, col, func, select

from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.roster.tables import County, Officer
from app.sitting.queries.own import CALLED
from app.sitting.queries.states import state_of
from app.sitting.rules.answers import FLAGS
from app.sitting.rules.hall import Happened, Presence, presence
from app.sitting.rules.refusals import HallMissing, SittingMissing
from app.sitting.tables import AnswerLog, Sitting, SittingEvent


@dataclass(frozen=True, slots=True)
class Hall:
    """An exam as the hall's list shows it."""

    exam: Exam
    contest: str
    seats: int
    begun: int
    done: int

    @property
    def id(self) -> int:
        return self.exam.id or 0


@dataclass(frozen=True, slots=True)
class Seat:
    """One candidate in the hall. `saved` counts the items with an answer in the log."""

    sitting: Sitting
    number: str | None
    name: str
    county: str
    county_code: str
    unit: str
    saved: int
    left: int
    heard_at: datetime | None
    presence: Presence

    @property
    def id(self) -> int:
        return self.sitting.id or 0


def halls(db: Session) -> list[Hall]:
    """Every published exam, the newest first; one query."""
    rows = db.execute(
        select_columns(
            Exam,
            col(Contest.title),
            func.count(col(Sitting.id)),
            func.count(col(Sitting.started_at)),
            func.count(col(Sitting.handed_in_at)),
        )
        .join(Contest, col(Contest.id) == col(Exam.contest_id))
        .join(Sitting, col(Sitting.exam_id) == col(Exam.id), isouter=True)
        .where(col(Exam.published_at).is_not(None))
        .group_by(col(Exam.id), col(Contest.title))
        .order_by(col(Exam.opens_at).desc(), col(Exam.id).desc())
    )
    return [Hall(*row) for row in rows]


def exam(db: Session, exam_id: int) -> tuple[Exam, str]:
    """A published exam and the title of its contest."""
    row = db.execute(
        select_columns(Exam, col(Contest.title))
        .join(Contest, col(Contest.id) == col(Exam.contest_id))
        .where(col(Exam.id) == exam_id, col(Exam.published_at).is_not(None))
    ).first()
    if row is None:
        raise HallMissing
    return row[0], row[1]


def _seats(*about: Any) -> Any:
    return (
        select_columns(
            Sitting,
            col(Candidate.number),
            col(Officer.name),
            col(County.name),
            col(County.code),
            col(Officer.unit),
        )
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .where(col(Candidate.state) == CALLED, *about)
        .order_by(col(County.position), col(Candidate.number), col(Sitting.id))
    )


def _made(db: Session, rows: Any, about: Any, now: datetime) -> list[Seat]:
    """Seats with what was heard of them: two more queries, however full the hall."""
    ids = select(Sitting.id).where(about)
    saved = select_columns(
        col(AnswerLog.sitting_id),
        func.count(func.distinct(AnswerLog.item)),
        func.max(AnswerLog.arrived_at),
    ).where(col(AnswerLog.sitting_id).in_(ids), col(AnswerLog.item) > FLAGS)
    answered = {row[0]: row for row in db.execute(saved.group_by(col(AnswerLog.sitting_id)))}
    happened = select_columns(
        col(SittingEvent.sitting_id),
        col(SittingEvent.kind),
        func.count(),
        func.max(SittingEvent.at),
    ).where(col(SittingEvent.sitting_id).in_(ids))
    heard: dict[int, dict[str, tuple[int, datetime]]] = {}
    for sitting_id, kind, count, at in db.execute(
        happened.group_by(col(SittingEvent.sitting_id), col(SittingEvent.kind))
    ):
        heard.setdefault(sitting_id, {})[kind] = (count, at)
    seats = []
    for sitting, number, name, county, code, unit in rows:
        answer, events = answered.get(sitting.id), heard.get(sitting.id, {})
        signs = [events[kind][1] for kind in (Happened.HERE, Happened.LEFT) if kind in events]
        last = max([*signs, *([answer[2]] if answer else [])], default=None)
        seats.append(
            Seat(
                sitting,
                number,
                name,
                county,
                code,
                unit,
                saved=answer[1] if answer else 0,
                left=events.get(Happened.LEFT, (0, now))[0],
                heard_at=last,
                presence=presence(
                    state_of(sitting),
                    confirmed=Happened.CONFIRMED in events,
                    heard_at=last,
                    now=now,
                ),
            )
        )
    return seats


def seats(db: Session, exam_id: int, *, now: datetime) -> list[Seat]:
    """Everybody of one exam, county by county; three queries."""
    about = col(Sitting.exam_id) == exam_id
    return _made(db, db.execute(_seats(about)).all(), about, now)


def seat(db: Session, exam_id: int, sitting_id: int, *, now: datetime) -> Seat:
    """One candidate of this exam."""
    about = and_(col(Sitting.exam_id) == exam_id, col(Sitting.id) == sitting_id)
    found = _made(db, db.execute(_seats(about)).all(), about, now)
    if not found:
        raise SittingMissing
    return found[0]


def seat_for_update(db: Session, exam_id: int, sitting_id: int) -> Sitting:
    """The sitting behind a seat, locked against the journal."""
    row = db.exec(
        select(Sitting)
        .where(Sitting.exam_id == exam_id, Sitting.id == sitting_id)
        .with_for_update()
    ).first()
    if row is None:
        raise SittingMissing
    return row


def course(db: Session, sitting_id: int) -> list[SittingEvent]:
    """The course of a sitting (作答过程), newest first, without the signs of life."""
    rows = select(SittingEvent).where(
        SittingEvent.sitting_id == sitting_id, SittingEvent.kind != Happened.HERE.value
    )
    return list(db.exec(rows.order_by(col(SittingEvent.id).desc())))
