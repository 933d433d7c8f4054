"""One seat of the hall, and what an invigilator does for one candidate."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.db.session import Session
from app.sitting import actions
from app.sitting.forms.hall import HallForm
from app.sitting.pages import hall_views as views
from app.sitting.pages.hall_board import refreshed
from app.sitting.pages.hall_forms import (
    Extension,
    Force,
    Message,
    Pause,
    Reissue,
    Reopening,
    Resumption,
    Shift,
)
from app.sitting.rules.hall import Scope
from app.web import addresses, qr
from app.web.access import Invigilator
from app.web.deps import Chance, Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()
acts = APIRouter(
    prefix="/hall/{exam_id}/{sitting_id}",
    dependencies=[Depends(refreshed, scope="function")],
)


@router.get("/hall/{exam_id}/{sitting_id}")
def seat(
    request: Request, db: ReadDb, now: Now, _: Invigilator, exam_id: int, sitting_id: int
) -> Response:
    """One candidate: how far, what happened, and what can be done."""
    return render(request, "sitting/seat.html", **views.seat(db, exam_id, sitting_id, now))


@acts.post("/extend")
def extend(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    form: Extension,
) -> Response:
    """延长一人的时间."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    about = {"exam_id": exam_id, "sitting_id": sitting_id, "minutes": form.minutes}
    actions.extend(db, **about, reason=form.reason, actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/shift")
def shift(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    form: Shift,
) -> Response:
    """后移一人的考试时间."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    about = {"exam_id": exam_id, "sitting_id": sitting_id, "minutes": form.minutes}
    actions.shift(db, **about, reason=form.reason, actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/pause")
def pause(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    form: Pause,
) -> Response:
    """暂停一人."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    scope = Scope(sitting_id=sitting_id)
    actions.pause(db, exam_id=exam_id, scope=scope, reason=form.reason, actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/resume")
def resume(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    form: Resumption,
) -> Response:
    """一人续考."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    scope = Scope(sitting_id=sitting_id)
    actions.resume(db, exam_id=exam_id, scope=scope, reason=form.reason, actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/messages")
def send(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    form: Message,
) -> Response:
    """向一人发通知."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    about = {"exam_id": exam_id, "sitting_id": sitting_id}
    actions.send(db, **about, text=form.reason, actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/force")
def force(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    form: Force,
) -> Response:
    """代为交卷."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    about = {"exam_id": exam_id, "sitting_id": sitting_id}
    actions.force(db, **about, reason=form.reason, actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/reopen")
def ask_reopening(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    form: Reopening,
) -> Response:
    """申请撤回交卷: the first of two people."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    about: Any = {"exam_id": exam_id, "sitting_id": sitting_id, "reason": form.reason}
    about["released"] = request.app.state.released(db, exam_id)
    actions.ask_reopening(db, **about, minutes=form.minutes, actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/reopen/{reopening_id}")
def decide_reopening(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    reopening_id: int,
    granted: Annotated[str, Form()] = "",
) -> Response:
    """同意或不同意撤回交卷: the second person."""
    about: Any = {"exam_id": exam_id, "sitting_id": sitting_id, "reopening_id": reopening_id}
    about["released"] = request.app.state.released(db, exam_id)
    actions.decide_reopening(db, **about, granted=granted == "yes", actor=actor, now=now)
    return _back(exam_id, sitting_id)


@acts.post("/ticket")
def ticket(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Invigilator,
    entropy: Chance,
    exam_id: int,
    sitting_id: int,
    form: Reissue,
) -> Response:
    """补发准考证: the code is in this answer and nowhere else, so it is shown, not redirected."""
    if form.problems:
        return _again(request, db, now, exam_id, sitting_id, form)
    about = {"exam_id": exam_id, "sitting_id": sitting_id}
    code = actions.reissue(db, **about, reason=form.reason, entropy=entropy, actor=actor, now=now)
    door = addresses.base(request)
    shown = views.seat(db, exam_id, sitting_id, now) | {"code": code, "door": f"{door}/enter"}
    return render(request, "sitting/reissued.html", qr=qr.svg(f"{door}/t/{code}"), **shown)


def _back(exam_id: int, sitting_id: int) -> Response:
    return RedirectResponse(f"/hall/{exam_id}/{sitting_id}", 303)


def _again(
    request: Request, db: Session, now: Now, exam_id: int, sitting_id: int, form: HallForm
) -> Response:
    shown = views.seat(db, exam_id, sitting_id, now, form)
    return render(request, "sitting/seat.html", status=422, **shown)


router.include_router(acts)
