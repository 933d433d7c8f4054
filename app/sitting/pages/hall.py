"""The hall: who is there, who is silent, and what an invigilator does for all at once."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app.db.session import Session
from app.sitting import actions, queries
from app.sitting.forms.hall import HallForm
from app.sitting.pages import hall_file, hall_seat
from app.sitting.pages import hall_views as views
from app.sitting.pages.hall_board import refreshed
from app.sitting.pages.hall_forms import Extension, Message, Pause, Resumption
from app.sitting.rules.hall import Scope
from app.web.access import Invigilator
from app.web.deps import Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()
acts = APIRouter(dependencies=[Depends(refreshed, scope="function")])
LIVE = "sitting/_hall_live.html"


@router.get("/hall")
def halls(request: Request, db: ReadDb, now: Now, _: Invigilator) -> Response:
    """考场: every published exam."""
    return render(request, "sitting/halls.html", halls=queries.halls(db), now=now)


@router.get("/hall/{exam_id}")
def hall(
    request: Request,
    _: Invigilator,
    exam_id: int,
    county: str = "",
    show: str = "",
    seen: int = 0,
) -> Response:
    """考场实况; the fragment is asked for every ten seconds."""
    shown = views.hall(request, exam_id, county=county, show=show, seen=seen)
    return render(request, "sitting/hall.html", fragment=LIVE, **shown)


@router.get("/hall/{exam_id}/kept")
def kept(request: Request, db: ReadDb, now: Now, _: Invigilator, exam_id: int) -> Response:
    """未计入的答案."""
    return render(request, "sitting/hall_kept.html", **views.kept(db, exam_id, now))


@router.get("/hall/{exam_id}/messages")
def messages(request: Request, db: ReadDb, _: Invigilator, exam_id: int) -> Response:
    """考场通知: what was said, and who has read it."""
    return render(request, "sitting/hall_messages.html", **views.messages(db, exam_id))


@acts.post("/hall/{exam_id}/messages")
def send(
    request: Request, db: WriteDb, now: Now, actor: Invigilator, exam_id: int, form: Message
) -> Response:
    """向全场发通知."""
    if form.problems:
        shown = views.messages(db, exam_id, form)
        return render(request, "sitting/hall_messages.html", status=422, **shown)
    actions.send(db, exam_id=exam_id, sitting_id=None, text=form.reason, actor=actor, now=now)
    return RedirectResponse(f"/hall/{exam_id}/messages", 303)


@acts.post("/hall/{exam_id}/prepare")
def prepare(db: WriteDb, now: Now, actor: Invigilator, exam_id: int) -> Response:
    """编场, for those called up since the exam was published."""
    actions.prepare(db, exam_id=exam_id, actor=actor, now=now)
    return RedirectResponse(f"/hall/{exam_id}", 303)


@acts.post("/hall/{exam_id}/extend")
def extend_all(
    request: Request, db: WriteDb, now: Now, actor: Invigilator, exam_id: int, form: Extension
) -> Response:
    """全场延长, or one county's."""
    if form.problems:
        return _again(request, exam_id, form)
    about: Any = {"exam_id": exam_id, "county": form.county, "minutes": form.minutes}
    actions.extend_all(db, **about, reason=form.reason, actor=actor, now=now)
    return _back(db, exam_id, form)


@acts.post("/hall/{exam_id}/pause")
def pause_all(
    request: Request, db: WriteDb, now: Now, actor: Invigilator, exam_id: int, form: Pause
) -> Response:
    """全场暂停, or one county's."""
    if form.problems:
        return _again(request, exam_id, form)
    scope = Scope(county=form.county)
    actions.pause(db, exam_id=exam_id, scope=scope, reason=form.reason, actor=actor, now=now)
    return _back(db, exam_id, form)


@acts.post("/hall/{exam_id}/resume")
def resume_all(
    request: Request, db: WriteDb, now: Now, actor: Invigilator, exam_id: int, form: Resumption
) -> Response:
    """全场续考, or one county's."""
    if form.problems:
        return _again(request, exam_id, form)
    scope = Scope(county=form.county)
    actions.resume(db, exam_id=exam_id, scope=scope, reason=form.reason, actor=actor, now=now)
    return _back(db, exam_id, form)


def _back(db: Session, exam_id: int, form: HallForm) -> Response:
    """To the board, or to the county that it was about; one that knows what was done."""
    db.flush()
    where = f"county={form.county}&" if form.county else ""
    return RedirectResponse(f"/hall/{exam_id}?{where}seen={queries.newest_line(db, exam_id)}", 303)


def _again(request: Request, exam_id: int, form: HallForm) -> Response:
    shown = views.hall(request, exam_id, county=form.county, form=form)
    return render(request, "sitting/hall.html", status=422, **shown)


router.include_router(acts)
router.include_router(hall_seat.router)
router.include_router(hall_file.router)
