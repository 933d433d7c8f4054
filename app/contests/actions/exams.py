"""Setting an exam's paper and window, and publishing it."""

from datetime import datetime, timedelta

from app.audit import actions as audit
from app.contests import queries
from app.contests.rules.checks import Problem
from app.contests.rules.refusals import (
    ExamPublished,
    PaperNotChosen,
    PaperPointsDiffer,
    PaperPolicyDiffers,
    QuestionsShown,
    RulesNotConfirmed,
    TimingMissing,
    TimingWrong,
)
from app.contests.rules.simulated import simulated
from app.contests.rules.timing import clashes, timing_problems
from app.contests.rules.windows import Window
from app.contests.tables import Exam
from app.db.session import Session
from app.kernel.actor import Actor
from app.papers import queries as papers
from app.papers.rules.blueprint import policy_from_dict
from app.question_types.marks import plain


def set_exam(
    db: Session,
    *,
    exam_id: int,
    paper_id: int | None,
    opens_at: datetime | None,
    closes_at: datetime | None,
    length: timedelta,
    grace: timedelta,
    actor: Actor,
    now: datetime,
) -> Exam:
    """安排考试: paper, window, length, grace; any of paper and window may still be open. Refused:
    a window that no one could use or that has begun, two exams without a break between, a paper
    that is not worth the declared full score, an exam that is published; a rehearsal that is not
    before the exams, or that shows a question which one of them will ask."""
    exam = queries.exam_for_update(db, exam_id)
    _refuse_published(exam)
    if paper_id is not None:
        _check_paper(db, exam, paper_id, now=now)
    if opens_at is not None and closes_at is not None:
        wanted = Window(opens_at, closes_at, length, grace)
        _refuse(timing_problems(wanted, now) + _among_the_others(db, exam, wanted))
    exam.paper_id, exam.opens_at, exam.closes_at = paper_id, opens_at, closes_at
    exam.length_seconds = int(length.total_seconds())
    exam.grace_seconds = int(grace.total_seconds())
    db.add(exam)
    audit.record(
        db,
        actor=actor,
        act="set_exam",
        subject=exam.title,
        now=now,
        contest=exam.contest_id,
        exam=exam.id,
        paper=paper_id,
        opens_at=opens_at.isoformat() if opens_at else None,
        closes_at=closes_at.isoformat() if closes_at else None,
    )
    return exam


def publish_exam(db: Session, *, exam_id: int, actor: Actor, now: datetime) -> Exam:
    """发布考试: candidates see it, and paper and window stay as they are. Refused unless the linter
    finds nothing and five simulated candidates come through (发布前推演)."""
    exam = queries.exam_for_update(db, exam_id)
    _refuse_published(exam)
    if queries.contest(db, exam.contest_id).rules_confirmed_at is None:
        raise RulesNotConfirmed
    if exam.paper_id is None:
        raise PaperNotChosen
    _check_paper(db, exam, exam.paper_id, now=now)
    window = queries.window(exam)
    if window is None:
        raise TimingMissing
    _refuse(timing_problems(window) + _among_the_others(db, exam, window))
    _refuse(list(simulated(window).problems))
    exam.published_at = now
    db.add(exam)
    audit.record(
        db,
        actor=actor,
        act="publish_exam",
        subject=exam.title,
        now=now,
        contest=exam.contest_id,
        exam=exam.id,
        paper=exam.paper_id,
    )
    return exam


def _refuse_published(exam: Exam) -> None:
    if exam.published_at is not None:
        raise ExamPublished(at=exam.published_at.isoformat(timespec="minutes"))


def _among_the_others(db: Session, exam: Exam, window: Window) -> list[Problem]:
    """What is wrong between this window and those of the contest's other exams and rehearsals."""
    others = [each for each in queries.all_exams(db, exam.contest_id) if each.id != exam.id]
    found = clashes([*queries.windows(others), (exam.title, window)])
    rehearsals = [each for each in (*others, exam) if each.rehearsal]
    opens = {each.id: each.opens_at for each in others} | {exam.id: window.opens_at}
    counted = [at for each in (*others, exam) if not each.rehearsal and (at := opens[each.id])]
    return [
        *(problem for one, other, problem in found if exam.title in (one, other)),
        *(
            Problem("opens_at", f"“{each.title}”应在正式考试之前。")
            for each in rehearsals
            if counted and (at := opens[each.id]) and at >= min(counted)
        ),
    ]


def _check_paper(db: Session, exam: Exam, paper_id: int, *, now: datetime) -> None:
    """The paper is worth what was declared, and is scored as was declared: the marking goes by
    the frozen paper, and the circular prints the rules. And what a rehearsal shows, no exam asks:
    neither of this contest, nor of another that is still to come."""
    if exam.rehearsal:
        apart = queries.papers_to_come(db, now=now)
    else:
        others = queries.all_exams(db, exam.contest_id)
        apart = {each.paper_id for each in others if each.rehearsal and each.paper_id}
    if apart and (shared := papers.used(db, [paper_id]) & papers.used(db, apart)):
        raise QuestionsShown(count=len(shared))
    if exam.rehearsal:
        return
    rules = queries.rules(queries.contest(db, exam.contest_id))
    full, paper = rules.exam(exam.code).full, papers.paper(db, paper_id)
    if paper.points != full:
        raise PaperPointsDiffer(points=plain(paper.points), full=plain(full))
    own, policy = policy_from_dict(papers.content(db, paper_id)["policy"]), rules.policy
    for its, declared in (
        (own.multiple_choice, policy.multiple_choice),
        (own.indefinite_choice, policy.indefinite_choice),
    ):
        if its is not declared:
            raise PaperPolicyDiffers(paper=its.label, declared=declared.label)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise TimingWrong(problems="".join(problem.message for problem in problems))
