"""How far a contest is on its way to a release."""

from datetime import datetime, timedelta

from sqlalchemy import case
from sqlalchemy import select as select_columns
from sqlmodel import and_, col, func, select

from app.contests.rules.instants import Instants, instants
from app.contests.rules.people import CandidateState
from app.contests.rules.refusals import ContestMissing
from app.contests.rules.windows import Window
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.kernel.errors import DomainError
from app.marking.tables import MarkRun, SittingScore
from app.results.rules.readiness import ExamFacts
from app.results.rules.readiness import obstacles as found
from app.sitting.tables import Sitting


def contest(db: Session, contest_id: int) -> Contest:
    """The contest, or ContestMissing."""
    row = db.get(Contest, contest_id)
    if row is None:
        raise ContestMissing
    return row


def contest_for_update(db: Session, contest_id: int) -> Contest:
    """The same, locked: of two people who release at once, the second is told that nothing has
    changed."""
    asked = select(Contest).where(Contest.id == contest_id).with_for_update()
    row = db.exec(asked.execution_options(populate_existing=True)).first()
    if row is None:
        raise ContestMissing
    return row


def obstacles(db: Session, contest_id: int, *, now: datetime) -> tuple[DomainError, ...]:
    """Everything that keeps the results from being released; four queries."""
    row = contest(db, contest_id)
    called, numbered = db.exec(
        select(func.count(col(Candidate.id)), func.count(col(Candidate.number))).where(
            Candidate.contest_id == contest_id, Candidate.state == CandidateState.CALLED.value
        )
    ).one()
    return found(
        confirmed=row.rules_confirmed_at is not None,
        called=called,
        unnumbered=called - numbered,
        exams=_exams(db, contest_id, now=now),
    )


def _exams(db: Session, contest_id: int, *, now: datetime) -> list[ExamFacts]:
    """Every exam with its people, counted over the called: one row for each of them."""
    newest = (
        select_columns(col(MarkRun.exam_id).label("exam_id"), func.max(MarkRun.number).label("n"))
        .group_by(col(MarkRun.exam_id))
        .subquery()
    )
    scored = (
        select_columns(
            col(SittingScore.sitting_id).label("sitting_id"), col(MarkRun.at).label("at")
        )
        .join(MarkRun, col(MarkRun.id) == col(SittingScore.run_id))
        .join(
            newest,
            and_(newest.c.exam_id == col(MarkRun.exam_id), newest.c.n == col(MarkRun.number)),
        )
        .subquery()
    )
    begun, done = col(Sitting.started_at).is_not(None), col(Sitting.handed_in_at).is_not(None)
    # Who handed in once more after the marking (撤回交卷) is to be marked once more.
    marked = and_(scored.c.sitting_id.is_not(None), scored.c.at >= col(Sitting.handed_in_at))
    counts = db.execute(
        select_columns(
            col(Sitting.exam_id),
            func.count(col(Sitting.handed_in_at)),
            func.sum(case((and_(begun, ~done), 1), else_=0)),
            func.sum(case((and_(done, ~marked), 1), else_=0)),
        )
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .join(scored, scored.c.sitting_id == col(Sitting.id), isouter=True)
        .where(col(Exam.contest_id) == contest_id, col(Exam.rehearsal).is_(False))
        .group_by(col(Sitting.exam_id))
    )
    by_exam = {exam_id: tuple(map(int, rest)) for exam_id, *rest in counts}
    waiting = _may_start(db, contest_id, now=now)
    facts = []
    for exam in db.exec(
        select(Exam)
        .where(Exam.contest_id == contest_id, col(Exam.rehearsal).is_(False))
        .order_by(col(Exam.position))
    ):
        handed_in, running, unmarked = by_exam.get(exam.id, (0, 0, 0))
        closed = exam.closes_at is not None and exam.closes_at <= now
        facts.append(
            ExamFacts(
                title=exam.title,
                over=closed and exam.published_at is not None,
                handed_in=handed_in,
                running=running,
                may_start=waiting.get(exam.id or 0, 0),
                unmarked=unmarked,
            )
        )
    return facts


def _may_start(db: Session, contest_id: int, *, now: datetime) -> dict[int, int]:
    """By exam, the called who have not begun and for whom the door is still open."""
    mine = and_(
        col(Sitting.exam_id) == col(Exam.id), col(Sitting.candidate_id) == col(Candidate.id)
    )
    rows = db.execute(
        select_columns(col(Exam.id), col(Exam.closes_at), Sitting)
        .join(Candidate, col(Candidate.contest_id) == col(Exam.contest_id))
        .join(Sitting, mine, isouter=True)
        .where(
            col(Exam.contest_id) == contest_id,
            col(Exam.rehearsal).is_(False),
            col(Exam.published_at).is_not(None),
            col(Exam.closes_at).is_not(None),
            col(Candidate.state) == CandidateState.CALLED.value,
            col(Sitting.started_at).is_(None),
        )
    )
    waiting: dict[int, int] = {}
    for exam_id, closes_at, sitting in rows:
        last = closes_at if sitting is None else _own(sitting).at(now).last_start
        waiting[exam_id] = waiting.get(exam_id, 0) + (now < last)
    return waiting


def _own(sitting: Sitting) -> Instants:
    """The instants of somebody who has not begun."""
    length = timedelta(seconds=sitting.length_seconds)
    grace = timedelta(seconds=sitting.grace_seconds)
    return instants(
        Window(sitting.opens_at, sitting.closes_at, length, grace),
        extra=timedelta(seconds=sitting.extra_seconds),
        shift=timedelta(seconds=sitting.shift_seconds),
        paused_at=sitting.paused_at,
    )
