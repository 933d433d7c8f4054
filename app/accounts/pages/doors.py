"""The door: password, ticket, and the way out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import forms, queries
from app.accounts.actions import doors
from app.accounts.rules import TicketUnknown, TooManyTries, WrongNameOrPassword, normal_code
from app.kernel.errors import DomainError
from app.web import cookies
from app.web.access import Public, SignedIn
from app.web.deps import Chance, Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(request: Request, _: Public, next: str = "") -> Response:
    """登录."""
    return render(request, "accounts/sign_in.html", form=forms.SignInForm(next=next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    reader: ReadDb,
    db: WriteDb,
    now: Now,
    entropy: Chance,
    _: Public,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """登录, with the field named when something is missing. A refusal is returned, not raised:
    the failure must be counted in the same transaction."""
    form = forms.parse(name=name, password=password, next=next)
    if form.problems:
        return render(request, "accounts/sign_in.html", status=422, form=form)
    try:
        actor = doors.checked(reader, name=form.name, password=form.password, now=now)
    except (WrongNameOrPassword, TooManyTries) as refusal:
        wrong = isinstance(refusal, WrongNameOrPassword)
        (doors.note_failure if wrong else doors.note_wait)(db, name=form.name, now=now)
        return _again(request, form, refusal)
    old = cookies.read(request)
    token = doors.sign_in(db, actor=actor, entropy=entropy, now=now, replaces=old)
    response = RedirectResponse(form.next or "/", 303)
    cookies.give(request, response, token)
    return response


def _again(request: Request, form: forms.SignInForm, refusal: DomainError) -> Response:
    status = 403 if isinstance(refusal, WrongNameOrPassword) else 429
    return render(request, "accounts/sign_in.html", status=status, form=form.refused(str(refusal)))


@router.get("/t/{code}")
def ticket(request: Request, db: ReadDb, now: Now, _: Public, code: str) -> Response:
    """扫码: shows whose ticket this is. Nothing is used up until the button is pressed, so the
    preview of a chat program costs nobody their ticket."""
    held = queries.ticket(db, normal_code(code))
    doors.check(held, now)
    return render(request, "accounts/ticket.html", ticket=held, code=normal_code(code))


@router.get("/enter")
def enter_page(request: Request, _: Public) -> Response:
    """输入准考码, for a phone that cannot scan."""
    return render(request, "accounts/enter.html", problem="", code="")


@router.post("/enter")
def enter(
    request: Request,
    db: WriteDb,
    now: Now,
    entropy: Chance,
    _: Public,
    code: Annotated[str, Form()] = "",
) -> Response:
    """准考证登录."""
    try:
        old = cookies.read(request)
        token = doors.enter(db, code=code, entropy=entropy, now=now, replaces=old)
    except TicketUnknown as refusal:
        doors.note_unknown_ticket(db, now=now)
        return render(request, "accounts/enter.html", status=403, problem=str(refusal), code=code)
    response = RedirectResponse("/sittings", 303)
    cookies.give(request, response, token)
    return response


@router.post("/sign-out")
def sign_out(request: Request, db: WriteDb, now: Now, actor: SignedIn) -> Response:
    """退出."""
    doors.sign_out(db, token=cookies.read(request) or "", actor=actor, now=now)
    response = RedirectResponse("/sign-in", 303)
    cookies.take_back(request, response)
    return response
