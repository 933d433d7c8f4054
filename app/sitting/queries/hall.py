"""The hall: exams, seats, and who was heard of when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlalchemy import select as select_columns
from sqlmodel import and_, col, func, select

from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.roster.tables import County, Officer
from app.sitting.queries.own import CALLED
from app.sitting.queries.states import state_of
from app.sitting.rules.answers import FLAGS
from app.sitting.rules.course import Happened
from app.sitting.rules.hall import SILENT_AFTER, Presence, Scope, presence
from app.sitting.rules.moment import State
from app.sitting.rules.refusals import HallMissing, SittingMissing
from app.sitting.tables import AnswerLog, KeptAnswer, Sitting, SittingEvent


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
    """One candidate in the hall. `sitting` is a row of bare columns under their own names, `state`
    what the rules decide by. `saved` counts the items with an answer in the log, `left` how often
    the page was left for longer than the grace, `taken` how often another page took the pen,
    `late` the answers that were still on their way at the deadline, `kept` those that came too late
    to count. `newest` is the number of the last line of its course. `paused_by` and `paused_why`
    are empty while the clock runs."""

    sitting: Any
    state: State
    number: str | None
    name: str
    county: str
    county_code: str
    unit: str
    saved: int
    left: int
    taken: int
    late: int
    kept: int
    heard_at: datetime | None
    presence: Presence
    newest: int = 0
    paused_by: str = ""
    paused_why: str = ""

    @property
    def id(self) -> int:
        return int(self.sitting.id)

    @property
    def flagged(self) -> bool:
        """Whether there is a fact beside this sitting that a jury may ask about (有标记)."""
        return bool(self.left or self.taken or self.late or self.kept)


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


# Bare columns: a hall of a thousand is read every few seconds, and shared between threads.
_SITTING = (
    col(Sitting.id),
    col(Sitting.exam_id),
    col(Sitting.candidate_id),
    col(Sitting.item_count),
    col(Sitting.opens_at),
    col(Sitting.closes_at),
    col(Sitting.length_seconds),
    col(Sitting.grace_seconds),
    col(Sitting.extra_seconds),
    col(Sitting.shift_seconds),
    col(Sitting.paused_at),
    col(Sitting.epoch),
    col(Sitting.page),
    col(Sitting.heard_at),
    col(Sitting.started_at),
    col(Sitting.handed_in_at),
    col(Sitting.closed_by),
    col(Sitting.receipt),
)
_SEATS = (
    select_columns(
        *_SITTING,
        col(Candidate.number).label("number"),
        col(Officer.name).label("name"),
        col(County.name).label("county"),
        col(County.code).label("county_code"),
        col(Officer.unit).label("unit"),
    )
    .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
    .join(Officer, col(Officer.id) == col(Candidate.officer_id))
    .join(County, col(County.id) == col(Candidate.county_id))
    .where(col(Candidate.state) == CALLED)
    .order_by(col(County.position), col(Candidate.number), col(Sitting.id))
)


def seats(db: Session, exam_id: int, *, now: datetime) -> list[Seat]:
    """Everybody of one exam, county by county; six queries, however many they are."""
    return _made(db, col(Sitting.exam_id) == exam_id, now)


def seat(db: Session, exam_id: int, sitting_id: int, *, now: datetime) -> Seat:
    """One candidate of this exam."""
    found = _made(db, and_(col(Sitting.exam_id) == exam_id, col(Sitting.id) == sitting_id), now)
    if not found:
        raise SittingMissing
    return found[0]


def _made(db: Session, about: Any, now: datetime) -> list[Seat]:
    rows = db.execute(_SEATS.where(about)).all()
    states = [state_of(row) for row in rows]
    ids = select(Sitting.id).where(about)
    saved, kept = _saved(db, ids), _kept(db, ids)
    events, newest = _events(db, ids)
    closer = [row.id for row in rows if _wants_a_closer_look(row, now)]
    arrived = _arrived(db, closer)
    pauses = _pauses(db, [row.id for row in rows if row.paused_at is not None])
    made = []
    for row, state in zip(rows, states, strict=True):
        counts = events.get(row.id, {})
        last, late = arrived.get(row.id, (None, 0))
        heard_at = max((at for at in (row.heard_at, last) if at is not None), default=None)
        confirmed = Happened.CONFIRMED in counts
        stands = presence(state, confirmed=confirmed, heard_at=heard_at, now=now)
        made.append(
            Seat(
                row,
                state,
                row.number,
                row.name,
                row.county,
                row.county_code,
                row.unit,
                saved=saved.get(row.id, 0),
                left=counts.get(Happened.LEFT, 0),
                taken=counts.get(Happened.TAKEN, 0),
                late=late,
                kept=kept.get(row.id, 0),
                heard_at=heard_at,
                presence=stands,
                newest=newest.get(row.id, 0),
                paused_by=pauses.get(row.id, ("", ""))[0],
                paused_why=pauses.get(row.id, ("", ""))[1],
            )
        )
    return made


def _wants_a_closer_look(row: Any, now: datetime) -> bool:
    """Whose answers are worth reading row by row: who would be silent but for them, and whose
    time may be up, so that late ones may be among them. The others' are counted from the index."""
    if row.started_at is None:
        return False
    if row.handed_in_at is not None or row.heard_at is None:
        return True
    return bool(now - row.heard_at > SILENT_AFTER)


def _saved(db: Session, ids: Any) -> dict[int, int]:
    answered = select_columns(
        col(AnswerLog.sitting_id), func.count(func.distinct(AnswerLog.item))
    ).where(col(AnswerLog.sitting_id).in_(ids), col(AnswerLog.item) > FLAGS)
    rows = db.execute(answered.group_by(col(AnswerLog.sitting_id)))
    return {row[0]: row[1] for row in rows}


def _arrived(db: Session, ids: Sequence[int]) -> dict[int, tuple[datetime, int]]:
    late = case((col(AnswerLog.late), 1), else_=0)
    newest = select_columns(
        col(AnswerLog.sitting_id), func.max(AnswerLog.arrived_at), func.sum(late)
    ).where(col(AnswerLog.sitting_id).in_(ids))
    rows = db.execute(newest.group_by(col(AnswerLog.sitting_id)))
    return {row[0]: (row[1], int(row[2])) for row in rows}


def _events(db: Session, ids: Any) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
    """By sitting, how often each kind of thing happened, and the number of the last line."""
    happened = select_columns(
        col(SittingEvent.sitting_id),
        col(SittingEvent.kind),
        func.count(),
        func.max(SittingEvent.id),
    ).where(col(SittingEvent.sitting_id).in_(ids))
    counts: dict[int, dict[str, int]] = {}
    newest: dict[int, int] = {}
    for sitting_id, kind, count, last in db.execute(
        happened.group_by(col(SittingEvent.sitting_id), col(SittingEvent.kind))
    ):
        counts.setdefault(sitting_id, {})[kind] = count
        newest[sitting_id] = max(last, newest.get(sitting_id, 0))
    return counts, newest


def _kept(db: Session, ids: Any) -> dict[int, int]:
    rows = db.execute(
        select_columns(col(KeptAnswer.sitting_id), func.count())
        .where(col(KeptAnswer.sitting_id).in_(ids))
        .group_by(col(KeptAnswer.sitting_id))
    )
    return {row[0]: row[1] for row in rows}


def _pauses(db: Session, ids: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """By whom and why the clock of these stands: their latest line of that kind."""
    latest = (
        select_columns(func.max(SittingEvent.id))
        .where(
            col(SittingEvent.sitting_id).in_(ids),
            col(SittingEvent.kind) == Happened.PAUSED.value,
        )
        .group_by(col(SittingEvent.sitting_id))
    )
    rows = db.execute(
        select_columns(
            col(SittingEvent.sitting_id), col(SittingEvent.by), col(SittingEvent.detail)
        ).where(col(SittingEvent.id).in_(latest))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def seat_for_update(db: Session, exam_id: int, sitting_id: int) -> Sitting:
    """The sitting behind a seat, locked against the journal and read anew."""
    row = db.exec(
        select(Sitting)
        .where(Sitting.exam_id == exam_id, Sitting.id == sitting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise SittingMissing
    return row


def lock(db: Session, sitting_id: int) -> None:
    """Holds a sitting against everybody else until the transaction ends; SittingMissing."""
    row = select(Sitting.id).where(Sitting.id == sitting_id).with_for_update()
    if db.exec(row).first() is None:
        raise SittingMissing


def scoped(db: Session, exam_id: int, scope: Scope) -> list[Sitting]:
    """The sittings that an act of the hall is about, locked in one order against the journal and
    read anew: one seat; else the called of a county; else all the called. May be empty, but for
    one seat: SittingMissing."""
    if scope.sitting_id is not None:
        return [seat_for_update(db, exam_id, scope.sitting_id)]
    rows = (
        select(Sitting)
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .where(Sitting.exam_id == exam_id, Candidate.state == CALLED)
    )
    if scope.county:
        rows = rows.join(County, col(County.id) == col(Candidate.county_id)).where(
            County.code == scope.county
        )
    rows = rows.order_by(col(Sitting.id)).with_for_update(of=Sitting)
    return list(db.exec(rows.execution_options(populate_existing=True)))


def newest_line(db: Session, exam_id: int) -> int:
    """The number of the last line in the course of any sitting of an exam; 0 for none."""
    lines = (
        select_columns(func.coalesce(func.max(SittingEvent.id), 0))
        .join(Sitting, col(Sitting.id) == col(SittingEvent.sitting_id))
        .where(col(Sitting.exam_id) == exam_id)
    )
    return int(db.execute(lines).scalar_one())


def course(db: Session, sitting_id: int) -> list[SittingEvent]:
    """The course of a sitting (作答过程), newest first, without the signs of life."""
    rows = select(SittingEvent).where(
        SittingEvent.sitting_id == sitting_id, SittingEvent.kind != Happened.HERE.value
    )
    return list(db.exec(rows.order_by(col(SittingEvent.id).desc())))


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that came too late to count, and whose it is."""

    answer: KeptAnswer
    number: str | None
    name: str
    county: str


def kept(db: Session, exam_id: int) -> list[Kept]:
    """Every answer of an exam that was kept and not counted (未计入的答案), county by county."""
    rows = db.execute(
        select_columns(KeptAnswer, col(Candidate.number), col(Officer.name), col(County.name))
        .join(Sitting, col(Sitting.id) == col(KeptAnswer.sitting_id))
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .where(col(Sitting.exam_id) == exam_id)
        .order_by(
            col(County.position),
            col(Candidate.number),
            col(KeptAnswer.sitting_id),
            col(KeptAnswer.item),
            col(KeptAnswer.seq),
        )
    )
    return [Kept(*row) for row in rows]


def logged_texts(db: Session, sitting_id: int) -> set[tuple[int, str, datetime]]:
    """What a sitting's log holds under whatever number: (item, text, typed at)."""
    rows = db.execute(
        select_columns(col(AnswerLog.item), col(AnswerLog.answer), col(AnswerLog.typed_at)).where(
            col(AnswerLog.sitting_id) == sitting_id
        )
    )
    return {(row[0], row[1], row[2]) for row in rows}


def exam_states(db: Session, exam_id: int) -> list[State]:
    """Every called candidate's sitting of an exam, as the rules see it: to tell whether somebody
    may still write."""
    rows = db.execute(
        select_columns(*_SITTING)
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .where(col(Sitting.exam_id) == exam_id, col(Candidate.state) == CALLED)
    )
    return [state_of(row) for row in rows]
