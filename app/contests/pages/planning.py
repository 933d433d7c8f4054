"""The exams of a contest: papers, windows, rehearsals, publishing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.contests import actions, queries
from app.contests.forms import planning
from app.contests.rules.simulated import Simulation, simulated
from app.contests.rules.timing import clashes, timing_problems, timing_warnings
from app.contests.rules.windows import phase
from app.contests.tables import Exam
from app.db.session import Session
from app.kernel.errors import DomainError
from app.web.access import Organizer
from app.web.deps import Now, ReadDb, WriteDb
from app.web.templating import from_local, render

router = APIRouter()


def _exam_form(
    now: Now,
    exam_id: Annotated[str, Form()] = "",
    paper: Annotated[str, Form()] = "",
    opens_at: Annotated[str, Form()] = "",
    closes_at: Annotated[str, Form()] = "",
    minutes: Annotated[str, Form()] = "",
    grace: Annotated[str, Form()] = "",
) -> planning.ExamForm:
    return planning.parse_exam(
        exam_id=exam_id,
        paper=paper,
        opens=opens_at,
        closes=closes_at,
        opens_at=from_local(opens_at),
        closes_at=from_local(closes_at),
        minutes=minutes,
        grace=grace,
        now=now,
    )


ExamForm = Annotated[planning.ExamForm, Depends(_exam_form)]


@router.get("/contests/{contest_id}/exams")
def exams(request: Request, db: ReadDb, now: Now, _actor: Organizer, contest_id: int) -> Response:
    """科目、试卷与时间."""
    return _exams_page(request, db, contest_id, now=now)


def _exams_page(
    request: Request,
    db: Session,
    contest_id: int,
    *,
    now: Now,
    form: planning.ExamForm | None = None,
) -> Response:
    contest, rows = queries.contest(db, contest_id), queries.all_exams(db, contest_id)
    papers = queries.papers(db)
    return render(
        request,
        "contests/exams.html",
        status=422 if form else 200,
        contest=contest,
        rules=queries.rules(contest),
        exams=[exam for exam in rows if not exam.rehearsal],
        rehearsals=[exam for exam in rows if exam.rehearsal],
        papers=papers,
        titles={paper.id: paper.title for paper in papers},
        form=form or planning.ExamForm(),
        minutes={e.id: (e.length_seconds // 60, e.grace_seconds // 60) for e in rows},
        phases={e.id: phase(w, now) for e in rows if (w := queries.window(e)) is not None},
        problems={exam.id: _linted(exam, now) for exam in rows},
        warnings={exam.id: _doubtful(exam) for exam in rows},
        simulations={exam.id: _walked(exam) for exam in rows},
        clashes=[problem for *_, problem in clashes(queries.windows(rows))],
    )


def _linted(exam: Exam, now: Now) -> list[str]:
    """What the linter says of a window that stands; the past only while it may still be moved."""
    window = queries.window(exam)
    if window is None:
        return []
    asked = None if exam.published_at is not None else now
    return [problem.message for problem in timing_problems(window, asked)]


def _doubtful(exam: Exam) -> list[str]:
    """What deserves a second look while it may still be changed."""
    window = queries.window(exam)
    if window is None or exam.published_at is not None:
        return []
    return [warning.message for warning in timing_warnings(window)]


def _walked(exam: Exam) -> Simulation | None:
    """发布前推演: what five kinds of candidate would live through; nothing to walk through in a
    window that the linter refuses."""
    window = queries.window(exam)
    if window is None or exam.published_at is not None or timing_problems(window):
        return None
    return simulated(window)


@router.post("/contests/{contest_id}/exams")
def set_exam(
    request: Request, db: WriteDb, now: Now, actor: Organizer, contest_id: int, form: ExamForm
) -> Response:
    """安排考试, one exam at a time."""
    exam = queries.exam(db, form.exam_id, contest_id=contest_id)
    if form.problems:
        return _exams_page(request, db, contest_id, now=now, form=form)
    try:
        _set(db, exam.id or 0, form, actor=actor, now=now)
    except DomainError as refusal:
        return _exams_page(request, db, contest_id, now=now, form=form.refused(str(refusal)))
    return RedirectResponse(f"/contests/{contest_id}/exams#exam-{exam.id}", 303)


def _set(db: Session, exam_id: int, form: planning.ExamForm, *, actor: Organizer, now: Now) -> None:
    actions.set_exam(
        db,
        exam_id=exam_id,
        paper_id=form.paper_id,
        opens_at=form.opens_at,
        closes_at=form.closes_at,
        length=form.length,
        grace=form.grace_time,
        actor=actor,
        now=now,
    )


@router.post("/contests/{contest_id}/exams/{exam_id}/publish")
def publish(db: WriteDb, now: Now, actor: Organizer, contest_id: int, exam_id: int) -> Response:
    """发布考试."""
    exam = queries.exam(db, exam_id, contest_id=contest_id)
    actions.publish_exam(db, exam_id=exam.id or 0, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/exams#exam-{exam_id}", 303)


@router.post("/contests/{contest_id}/rehearsals")
def add_rehearsal(db: WriteDb, now: Now, actor: Organizer, contest_id: int) -> Response:
    """加一场演练."""
    exam = actions.add_rehearsal(db, contest_id=contest_id, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/exams#exam-{exam.id}", 303)


@router.post("/contests/{contest_id}/rehearsals/{exam_id}/remove")
def remove_rehearsal(
    db: WriteDb, now: Now, actor: Organizer, contest_id: int, exam_id: int
) -> Response:
    """删去没有发布的演练."""
    exam = queries.exam(db, exam_id, contest_id=contest_id)
    actions.remove_rehearsal(db, exam_id=exam.id or 0, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/exams#rehearsals", 303)
