"""The candidate's own sittings, and the paper while it may be seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select as select_columns  # sqlmodel.select is typed up to 4 columns
from sqlmodel import col, false, select

from app.contests.rules.people import CandidateState, Entered
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.kernel.actor import Actor
from app.papers.tables import Paper
from app.roster.tables import County, Officer
from app.sitting.rules.hall import Happened
from app.sitting.rules.refusals import SittingMissing
from app.sitting.tables import Sitting, SittingEvent

CALLED = CandidateState.CALLED.value


@dataclass(frozen=True, slots=True)
class Own:
    """A sitting with all that its candidate is shown about it."""

    sitting: Sitting
    exam: str
    contest: str
    number: str | None
    entered: str
    name: str
    certificate: str
    unit: str
    county: str

    @property
    def id(self) -> int:
        return self.sitting.id or 0

    @property
    def entered_by(self) -> str:
        """How the candidate came into the contest, in words."""
        return Entered(self.entered).label


@dataclass(frozen=True, slots=True)
class Frozen:
    """The paper of a running sitting: its content and what orders it. Never its key."""

    content: str
    seed: str
    order_key: str


def _is_own(actor: Actor) -> Any:
    """A ticket reaches its candidate, an account its officer. Nothing equals nothing: an officer
    without an account is nobody's, and a ticket has no account."""
    if actor.candidate_id is not None:
        return col(Candidate.id) == actor.candidate_id
    return col(Officer.account_id) == actor.account_id if actor.account_id else false()


def _of(actor: Actor, *columns: Any) -> Any:
    return (
        select_columns(*columns)
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .join(Contest, col(Contest.id) == col(Exam.contest_id))
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .where(_is_own(actor), col(Candidate.state) == CALLED, col(Exam.published_at).is_not(None))
    )


_OWN = (
    Sitting,
    col(Exam.title),
    col(Contest.title),
    col(Candidate.number),
    col(Candidate.entered),
    col(Officer.name),
    col(Officer.certificate),
    col(Officer.unit),
    col(County.name),
)


def sittings_of(db: Session, actor: Actor) -> list[Own]:
    """The actor's own sittings, in the order in which they are sat."""
    rows = db.execute(_of(actor, *_OWN).order_by(col(Sitting.opens_at), col(Sitting.id)))
    return [Own(*row) for row in rows]


def sitting(db: Session, sitting_id: int, *, actor: Actor) -> Own:
    """The actor's own sitting; a stranger's is as missing as one that does not exist."""
    row = db.execute(_of(actor, *_OWN).where(Sitting.id == sitting_id)).first()
    if row is None:
        raise SittingMissing
    return Own(*row)


def sitting_for_update(db: Session, sitting_id: int, *, actor: Actor) -> Sitting:
    """The same, locked against the journal: an answer comes wholly before or after a hand-in."""
    mine = _of(actor, Sitting).where(Sitting.id == sitting_id).with_for_update(of=Sitting)
    row: Sitting | None = db.execute(mine).scalars().first()
    if row is None:
        raise SittingMissing
    return row


def paper(db: Session, sitting_id: int, *, now: datetime) -> Frozen:
    """题面: leaves the database here and nowhere else. The statement itself says that the exam is
    open, that this sitting was begun, and that it was not handed in."""
    row = db.execute(
        select_columns(col(Paper.content), col(Paper.seed), col(Sitting.order_key))
        .join(Exam, col(Exam.paper_id) == col(Paper.id))
        .join(Sitting, col(Sitting.exam_id) == col(Exam.id))
        .where(
            col(Sitting.id) == sitting_id,
            col(Sitting.opens_at) <= now,
            col(Sitting.started_at) <= now,
            col(Sitting.handed_in_at).is_(None),
            col(Exam.published_at).is_not(None),
        )
    ).first()
    if row is None:
        raise SittingMissing
    return Frozen(*row)


def confirmed(db: Session, sitting_id: int) -> bool:
    """Whether the candidate has checked the identity and read the rules (身份核对)."""
    return _first(db, sitting_id, Happened.CONFIRMED) is not None


def _first(db: Session, sitting_id: int, kind: Happened) -> SittingEvent | None:
    found = select(SittingEvent).where(
        SittingEvent.sitting_id == sitting_id, SittingEvent.kind == kind.value
    )
    first: SittingEvent | None = db.exec(found.limit(1)).first()
    return first


def leavings(db: Session, sitting_id: int) -> list[SittingEvent]:
    """Every time that the page was left for longer than the grace; `detail` is the seconds."""
    found = select(SittingEvent).where(
        SittingEvent.sitting_id == sitting_id, SittingEvent.kind == Happened.LEFT.value
    )
    return list(db.exec(found.order_by(col(SittingEvent.id))))
