"""The draw's pages: the ceremony for the organizer, the board and the file for everybody."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.draw import actions, forms, queries
from app.web.access import Organizer, Public
from app.web.deps import Now, ReadDb, WriteDb
from app.web.downloads import JSON, download
from app.web.templating import render

router = APIRouter()


async def _hold_form(request: Request) -> forms.HoldForm:
    form = await request.form()
    typed = {
        name: [str(each) for each in form.getlist(name)] for name in ("witness", "duty", "value")
    }
    return forms.parse_hold(witnesses=typed["witness"], duties=typed["duty"], values=typed["value"])


HoldForm = Annotated[forms.HoldForm, Depends(_hold_form)]


@router.get("/draws")
def draws(request: Request, db: ReadDb, _actor: Organizer) -> Response:
    """抽取, newest first."""
    return render(request, "draw/draws.html", draws=queries.draws(db))


@router.get("/draws/{draw_id}")
def draw(request: Request, db: ReadDb, _actor: Organizer, draw_id: int) -> Response:
    """抽取现场: the promise, the witnesses' numbers, the order."""
    return _ceremony(request, db, draw_id)


def _ceremony(
    request: Request,
    db: ReadDb,
    draw_id: int,
    *,
    hold: forms.HoldForm | None = None,
    void: forms.VoidForm | None = None,
) -> Response:
    bad = bool((hold and hold.problems) or (void and void.problems))
    return render(
        request,
        "draw/draw.html",
        status=422 if bad else 200,
        board=queries.board(db, draw_id),
        form=hold or forms.HoldForm(),
        void_form=void or forms.VoidForm(),
    )


@router.post("/draws/{draw_id}/hold")
def hold(
    request: Request, db: WriteDb, now: Now, actor: Organizer, draw_id: int, form: HoldForm
) -> Response:
    """抽取, in front of the witnesses."""
    if form.problems:
        return _ceremony(request, db, draw_id, hold=form)
    actions.hold(db, draw_id=draw_id, contributions=form.contributions, actor=actor, now=now)
    return RedirectResponse(f"/draws/{draw_id}", 303)


@router.post("/draws/{draw_id}/void")
def ask_to_void(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Organizer,
    draw_id: int,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """提出作废."""
    form = forms.parse_void(reason)
    if form.problems:
        return _ceremony(request, db, draw_id, void=form)
    actions.ask_to_void(db, draw_id=draw_id, reason=form.reason, actor=actor, now=now)
    return RedirectResponse(f"/draws/{draw_id}", 303)


@router.post("/draws/{draw_id}/void/confirm")
def void(db: WriteDb, now: Now, actor: Organizer, draw_id: int) -> Response:
    """确认作废, by a second person."""
    actions.void(db, draw_id=draw_id, actor=actor, now=now)
    return RedirectResponse(f"/draws/{draw_id}", 303)


@router.get("/column/draws")
def board(request: Request, db: ReadDb, _: Public) -> Response:
    """抽取公示: every draw, the void ones included."""
    return render(request, "draw/board.html", draws=queries.draws(db))


@router.get("/column/draws/{draw_id}.json")
def published(db: ReadDb, _: Public, draw_id: int) -> Response:
    """The file for `python -m app draw verify`."""
    text = json.dumps(queries.published(db, draw_id), ensure_ascii=False, indent=1) + "\n"
    return download(text.encode(), name=f"draw-{draw_id}.json", media_type=JSON)


@router.get("/column/draws/{draw_id}")
def transcript(request: Request, db: ReadDb, _: Public, draw_id: int) -> Response:
    """抽取记录, recomputed by the server while you look."""
    return render(request, "draw/transcript.html", board=queries.board(db, draw_id))
