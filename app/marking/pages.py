"""The marking pages: how far each exam is, and every mark of a sitting with its reasons."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.marking import actions, queries
from app.web.access import Organizer
from app.web.deps import Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()


@router.get("/contests/{contest_id}/marking")
def marking(request: Request, db: ReadDb, _actor: Organizer, contest_id: int) -> Response:
    """阅卷: every exam with its people and its newest run."""
    return render(
        request,
        "marking/marking.html",
        contest=queries.contest(db, contest_id),
        states=queries.exam_states(db, contest_id),
        handed=queries.handed(db, contest_id),
    )


@router.post("/contests/{contest_id}/marking")
def mark(
    db: WriteDb,
    now: Now,
    actor: Organizer,
    contest_id: int,
    exam_id: Annotated[int, Form(ge=0, le=999_999_999)] = 0,
) -> Response:
    """自动阅卷 of one exam."""
    exam = queries.exam_of(db, contest_id, exam_id)
    actions.mark_exam(db, exam_id=exam.id or 0, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/marking#exam-{exam.code}", 303)


@router.get("/marking/sittings/{sitting_id}")
def sitting(request: Request, db: ReadDb, _actor: Organizer, sitting_id: int) -> Response:
    """一份答卷: every item with its mark and the reasons."""
    sat = queries.sat(db, sitting_id)
    lines = queries.item_lines(db, sat)
    score = sum(line.row.points for line in lines)
    full = sum(line.row.maximum for line in lines)
    contest = queries.contest(db, sat.exam.contest_id)
    return render(
        request,
        "marking/sitting.html",
        contest=contest,
        sat=sat,
        lines=lines,
        score=score,
        full=full,
    )
