"""A dress rehearsal (全流程演练): an exam like the others, whose data can never enter results."""

from datetime import datetime

from app.audit import actions as audit
from app.contests import queries
from app.contests.rules.refusals import ExamPublished, NotARehearsal, TooManyRehearsals
from app.contests.tables import Exam
from app.db.session import Session
from app.kernel.actor import Actor

MOST = 5
USUAL_SECONDS = 20 * 60
LAST = 100  # position: behind the subjects


def add_rehearsal(db: Session, *, contest_id: int, actor: Actor, now: datetime) -> Exam:
    """加一场演练: for the people of the contest, through the doors of the contest, with a paper of
    its own; paper and window are then set like those of an exam. Five at the most."""
    contest = queries.contest_for_update(db, contest_id)
    codes = {each.code for each in queries.all_exams(db, contest_id) if each.rehearsal}
    if len(codes) >= MOST:
        raise TooManyRehearsals(most=MOST)
    number = next(n for n in range(1, MOST + 1) if _code(n) not in codes)
    exam = Exam(
        contest_id=contest_id,
        code=_code(number),
        title=f"全流程{_code(number)}",
        position=LAST + number,
        length_seconds=USUAL_SECONDS,
        rehearsal=True,
    )
    db.add(exam)
    db.flush()
    audit.record(
        db,
        actor=actor,
        act="add_rehearsal",
        subject=f"{contest.title} {exam.title}",
        now=now,
        contest=contest_id,
        exam=exam.id,
    )
    return exam


def remove_rehearsal(db: Session, *, exam_id: int, actor: Actor, now: datetime) -> None:
    """删去演练, before it is published: then nobody has sat it."""
    exam = queries.exam_for_update(db, exam_id)
    if not exam.rehearsal:
        raise NotARehearsal
    if exam.published_at is not None:
        raise ExamPublished(at=exam.published_at.isoformat(timespec="minutes"))
    db.delete(exam)
    audit.record(
        db,
        actor=actor,
        act="remove_rehearsal",
        subject=exam.title,
        now=now,
        contest=exam.contest_id,
        exam=exam_id,
    )


def _code(number: int) -> str:
    return "演练" if number == 1 else f"演练{number}"
