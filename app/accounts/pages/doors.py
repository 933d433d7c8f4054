"""The door: password, and the way out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import forms
from app.accounts.actions import doors
from app.accounts.rules import TooBusy, TooManyTries, WrongNameOrPassword
from app.db.session import reading, transaction
from app.kernel.errors import DomainError
from app.web import cookies
from app.web.access import Public, SignedIn
from app.web.deps import Chance, Now, WriteDb
from app.web.templating import render

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(request: Request, _: Public, next: str = "") -> Response:
    """登录."""
    return render(request, "accounts/sign_in.html", form=forms.SignInForm(next=next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    now: Now,
    entropy: Chance,
    _: Public,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """登录, with the field named when something is missing. Three transactions: the try is counted
    before the password is looked at, and hashing happens in none of them."""
    form = forms.parse(name=name, password=password, next=next)
    if form.problems:
        return render(request, "accounts/sign_in.html", status=422, form=form)
    engine = request.app.state.engine
    try:
        with transaction(engine) as db:
            reserved = doors.reserve(db, name=form.name, now=now)
    except TooManyTries as refusal:
        with transaction(engine) as db:
            doors.note_wait(db, name=form.name, now=now)
        return _again(request, form, refusal)
    try:
        with reading(engine) as reader:
            actor = doors.checked(reader, name=form.name, password=form.password)
    except WrongNameOrPassword as refusal:
        with transaction(engine) as db:
            doors.note_failure(db, name=form.name, now=now)
        return _again(request, form, refusal)
    except TooBusy:
        with transaction(engine) as db:
            doors.give_back(db, reserved=reserved)
        raise
    with transaction(engine) as db:
        doors.give_back(db, reserved=reserved)
        old = cookies.read(request)
        token = doors.sign_in(db, actor=actor, entropy=entropy, now=now, replaces=old)
    response = RedirectResponse(form.next or "/", 303)
    cookies.give(request, response, token)
    return response


def _again(request: Request, form: forms.SignInForm, refusal: DomainError) -> Response:
    status = 403 if isinstance(refusal, WrongNameOrPassword) else 429
    return render(request, "accounts/sign_in.html", status=status, form=form.refused(str(refusal)))


@router.post("/sign-out")
def sign_out(request: Request, db: WriteDb, now: Now, actor: SignedIn) -> Response:
    """退出."""
    doors.sign_out(db, token=cookies.read(request) or "", actor=actor, now=now)
    response = RedirectResponse("/sign-in", 303)
    cookies.take_back(request, response)
    return response
