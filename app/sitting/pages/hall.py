"""The hall: who is there, who is silent, and what an invigilator does about it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.db.session import Session
from app.sitting import actions, forms, queries
from app.sitting.forms import HallForm
from app.sitting.pages import views
from app.web import addresses, qr
from app.web.access import Invigilator
from app.web.deps import Chance, Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()


async def _extension(
    minutes: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = ""
) -> HallForm:
    return forms.parse_hall(act="extend", reason=reason, minutes=minutes)


async def _force(reason: Annotated[str, Form()] = "") -> HallForm:
    return forms.parse_hall(act="force", reason=reason)


async def _ticket(reason: Annotated[str, Form()] = "") -> HallForm:
    return forms.parse_hall(act="ticket", reason=reason)


Extension = Annotated[HallForm, Depends(_extension)]
Force = Annotated[HallForm, Depends(_force)]
Reissue = Annotated[HallForm, Depends(_ticket)]


@router.get("/hall")
def halls(request: Request, db: ReadDb, now: Now, _: Invigilator) -> Response:
    """考场: every published exam."""
    return render(request, "sitting/halls.html", halls=queries.halls(db), now=now)


@router.get("/hall/{exam_id}")
def hall(request: Request, db: ReadDb, now: Now, _: Invigilator, exam_id: int) -> Response:
    """考场实况; the fragment is asked for every ten seconds."""
    shown = views.hall(db, exam_id, now)
    page, live = "sitting/hall.html", "sitting/_hall_live.html"
    return render(request, page, fragment=live, form=HallForm(), **shown)


@router.post("/hall/{exam_id}/prepare")
def prepare(db: WriteDb, now: Now, actor: Invigilator, exam_id: int) -> Response:
    """编场, for those called up since the exam was published."""
    actions.prepare(db, exam_id=exam_id, actor=actor, now=now)
    return RedirectResponse(f"/hall/{exam_id}", 303)


@router.post("/hall/{exam_id}/extend")
def extend_all(
    request: Request, db: WriteDb, now: Now, actor: Invigilator, exam_id: int, form: Extension
) -> Response:
    """全场延长."""
    if form.problems:
        shown = views.hall(db, exam_id, now)
        return render(request, "sitting/hall.html", status=422, form=form, **shown)
    actions.extend_all(
        db, exam_id=exam_id, minutes=form.minutes, reason=form.reason, actor=actor, now=now
    )
    return RedirectResponse(f"/hall/{exam_id}", 303)


@router.get("/hall/{exam_id}/{sitting_id}")
def seat(
    request: Request, db: ReadDb, now: Now, _: Invigilator, exam_id: int, sitting_id: int
) -> Response:
    """One candidate: how far, what happened, and the three things that can be done."""
    return render(request, "sitting/seat.html", **views.seat(db, exam_id, sitting_id, now))


@router.post("/hall/{exam_id}/{sitting_id}/extend")
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
    return RedirectResponse(f"/hall/{exam_id}/{sitting_id}", 303)


@router.post("/hall/{exam_id}/{sitting_id}/force")
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
    return RedirectResponse(f"/hall/{exam_id}/{sitting_id}", 303)


@router.post("/hall/{exam_id}/{sitting_id}/ticket")
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


def _again(
    request: Request, db: Session, now: Now, exam_id: int, sitting_id: int, form: HallForm
) -> Response:
    shown = views.seat(db, exam_id, sitting_id, now) | {"form": form}
    return render(request, "sitting/seat.html", status=422, **shown)
