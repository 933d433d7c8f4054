"""The column (专栏): its front page, and the page on which anyone may write to the office."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.circulars import queries as circulars
from app.column import actions, forms, queries
from app.column.rules import About, TooManyLetters
from app.draw import queries as draws
from app.kernel.actor import Role
from app.web.access import Public
from app.web.deps import Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()
NEWEST = 8


async def _typed(
    about: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
) -> forms.FeedbackForm:
    return forms.parse(about=about, body=body, contact=contact)


Typed = Annotated[forms.FeedbackForm, Depends(_typed)]


@router.get("/column")
def front(request: Request, db: ReadDb, _: Public) -> Response:
    """专栏首页: circulars and draws, the newest first."""
    return render(
        request,
        "column/front.html",
        circulars=circulars.circulars(db, limit=NEWEST),
        draws=draws.draws(db)[:NEWEST],
    )


@router.get("/feedback")
def feedback(request: Request, db: ReadDb, actor: Public, sent: str = "") -> Response:
    """意见与投诉; an organizer also reads what came."""
    reads = actor is not None and actor.has(Role.ORGANIZER)
    letters = queries.letters(db) if reads else None
    return _page(request, forms.FeedbackForm(), letters=letters, sent=bool(sent))


def _page(request: Request, form: forms.FeedbackForm, **more: Any) -> Response:
    status = 503 if "form" in form.problems else 422 if form.problems else 200
    context: dict[str, Any] = {"letters": None, "sent": False} | more
    return render(
        request, "column/feedback.html", status=status, form=form, topics=tuple(About), **context
    )


@router.post("/feedback")
def write(request: Request, db: WriteDb, now: Now, _: Public, form: Typed) -> Response:
    """提交意见. What was typed is never lost, whatever was wrong."""
    if form.problems:
        return _page(request, form)
    try:
        actions.write_feedback(db, about=form.about, body=form.body, contact=form.contact, now=now)
    except TooManyLetters as refusal:  # before anything was written
        form.problems["form"] = str(refusal)
        return _page(request, form)
    return RedirectResponse("/feedback?sent=1", 303)
