"""The candidate's own sittings, and the paper while it may be seen.

The statements are built once: every page of an exam begins with one of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists
from sqlalchemy import select as select_columns  # sqlmodel.select is typed up to 4 columns
from sqlmodel import and_, col, func, select

from app.contests.rules.people import CandidateState, Entered
from app.contests.tables import Candidate, Contest, Exam
from app.db.journal import Connection
from app.db.session import Session
from app.kernel.actor import Actor
from app.papers.tables import Paper
from app.roster.tables import County, Officer
from app.sitting.rules.course import NEWS, Happened
from app.sitting.rules.refusals import SittingMissing
from app.sitting.tables import Sitting, SittingEvent

CALLED = CandidateState.CALLED.value


@dataclass(frozen=True, slots=True)
class Own:
    """A sitting with all that its candidate is shown about it. `sitting` is a row of bare columns
    under their own names; `left` is how often the page was left for longer than the grace, `news`
    the number of the last line of the course that an open page must hear of, 0 for none."""

    sitting: Any
    exam: str
    rehearsal: bool
    contest: str
    number: str | None
    entered: str
    name: str
    certificate: str
    unit: str
    county: str
    confirmed: bool
    left: int
    news: int

    @property
    def id(self) -> int:
        return int(self.sitting.id)

    @property
    def entered_by(self) -> str:
        """How the candidate came into the contest, in words."""
        return Entered(self.entered).label


@dataclass(frozen=True, slots=True)
class Released:
    """Which paper a running sitting has been given, and what orders it. Never its key."""

    paper_id: int
    paper_hash: str
    seed: str
    order_key: str


def _happened(kind: Happened) -> Any:
    return and_(
        col(SittingEvent.sitting_id) == col(Sitting.id), col(SittingEvent.kind) == kind.value
    )


_STATE = (
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
    col(Sitting.started_at),
    col(Sitting.handed_in_at),
    col(Sitting.closed_by),
    col(Sitting.receipt),
)
_MORE: tuple[Any, ...] = (
    col(Exam.title).label("exam_title"),
    col(Exam.rehearsal).label("rehearsal"),
    col(Contest.title).label("contest_title"),
    col(Candidate.number).label("number"),
    col(Candidate.entered).label("entered"),
    col(Officer.name).label("name"),
    col(Officer.certificate).label("certificate"),
    col(Officer.unit).label("unit"),
    col(County.name).label("county"),
    exists().where(_happened(Happened.CONFIRMED)).label("confirmed"),
    select(func.count())
    .select_from(SittingEvent)
    .where(_happened(Happened.LEFT))
    .correlate(Sitting)
    .scalar_subquery()
    .label("left_count"),
    func.coalesce(
        select(func.max(SittingEvent.id))
        .where(col(SittingEvent.sitting_id) == col(Sitting.id), col(SittingEvent.kind).in_(NEWS))
        .correlate(Sitting)
        .scalar_subquery(),
        0,
    ).label("news"),
)


def _of(whose: Any, *columns: Any) -> Any:
    return (
        select_columns(*columns)
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .join(Contest, col(Contest.id) == col(Exam.contest_id))
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .where(whose, col(Candidate.state) == CALLED, col(Exam.published_at).is_not(None))
        .order_by(col(Sitting.opens_at), col(Sitting.id))
    )


_ONE = col(Sitting.id) == bindparam("sitting_id")
# A ticket reaches its candidate, an account its officer.
_BY_TICKET = col(Candidate.id) == bindparam("bearer")
_BY_ACCOUNT = col(Officer.account_id) == bindparam("bearer")
_MINE = {
    (ticket, one): _of(and_(whose, _ONE) if one else whose, *_STATE, *_MORE)
    for ticket, whose in ((True, _BY_TICKET), (False, _BY_ACCOUNT))
    for one in (True, False)
}


def _rows(db: Session, actor: Actor, **about: int) -> list[Own]:
    """Nothing equals nothing: an officer without an account is nobody's, and a ticket has no
    account."""
    bearer = actor.candidate_id if actor.candidate_id is not None else actor.account_id
    if not bearer:
        return []
    statement = _MINE[actor.candidate_id is not None, bool(about)]
    rows = db.connection().execute(statement, {"bearer": bearer} | about)
    return [Own(row, *row[len(_STATE) :]) for row in rows]


def sittings_of(db: Session, actor: Actor) -> list[Own]:
    """The actor's own sittings, in the order in which they are sat."""
    return _rows(db, actor)


def sitting(db: Session, sitting_id: int, *, actor: Actor) -> Own:
    """The actor's own sitting; a stranger's is as missing as one that does not exist."""
    rows = _rows(db, actor, sitting_id=sitting_id)
    if not rows:
        raise SittingMissing
    return rows[0]


@dataclass(frozen=True, slots=True)
class Reached:
    """A sitting that somebody wants to take a turn in, locked, and whose it is."""

    row: Any
    candidate_id: int
    account_id: int | None
    name: str
    confirmed: bool

    def is_of(self, actor: Actor) -> bool:
        """Whether the actor may: by the ticket of its candidate, or the officer's own account."""
        if actor.candidate_id is not None:
            return self.candidate_id == actor.candidate_id
        return bool(actor.account_id) and self.account_id == actor.account_id


_LOCKED = (
    select_columns(
        *_STATE,
        col(Officer.account_id).label("account_id"),
        col(Officer.name).label("name"),
        exists().where(_happened(Happened.CONFIRMED)).label("confirmed"),
    )
    .join(Exam, col(Exam.id) == col(Sitting.exam_id))
    .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
    .join(Officer, col(Officer.id) == col(Candidate.officer_id))
    .where(
        col(Sitting.id).in_(bindparam("ids", expanding=True)),
        col(Candidate.state) == CALLED,
        col(Exam.published_at).is_not(None),
    )
    .order_by(col(Sitting.id))
    .with_for_update(of=Sitting)
)


def own_for_update(connection: Connection, sitting_ids: Collection[int]) -> Mapping[int, Reached]:
    """The sittings of a batch of turns, locked in one order against the journal and each other:
    an answer comes wholly before or after a hand-in."""
    rows = connection.execute(_LOCKED, {"ids": sorted(sitting_ids)})
    return {
        row.id: Reached(row, row.candidate_id, row.account_id, row.name, bool(row.confirmed))
        for row in rows
    }


# 题面: is released here and nowhere else. The statement itself says that the exam is open, that
# this sitting was begun, that its clock runs, and that it was not handed in.
_RELEASED: Any = (
    select_columns(col(Paper.id), col(Paper.paper_hash), col(Paper.seed), col(Sitting.order_key))
    .join(Exam, col(Exam.paper_id) == col(Paper.id))
    .join(Sitting, col(Sitting.exam_id) == col(Exam.id))
    .where(
        _ONE,
        col(Sitting.opens_at) <= bindparam("now"),
        col(Sitting.started_at) <= bindparam("now"),
        col(Sitting.handed_in_at).is_(None),
        col(Sitting.paused_at).is_(None),
        col(Exam.published_at).is_not(None),
    )
)


def released(db: Session, sitting_id: int, *, now: datetime) -> Released:
    """The paper that this sitting may see at this moment; SittingMissing when it may see none."""
    row = db.connection().execute(_RELEASED, {"sitting_id": sitting_id, "now": now}).first()
    if row is None:
        raise SittingMissing
    return Released(row[0], row[1], row[2], row[3])


def leavings(db: Session, sitting_id: int) -> list[SittingEvent]:
    """Every time that the page was left for longer than the grace; `detail` is the seconds."""
    found = select(SittingEvent).where(
        SittingEvent.sitting_id == sitting_id, SittingEvent.kind == Happened.LEFT.value
    )
    return list(db.exec(found.order_by(col(SittingEvent.id))))
