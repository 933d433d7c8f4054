"""Coming in with a ticket. All of it lean: half an hour before nine, everybody does it."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import queries
from app.accounts.actions.entering import Entry, check
from app.accounts.rules import NotAdmitted, TicketUnknown, normal_code
from app.db.journal import NotStored
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.errors import DomainError
from app.web import cookies, lean
from app.web.templating import render


def ticket(
    request: Request, *, db: Session, actor: Actor | None, now: datetime, code: str
) -> Response:
    """扫码: shows whose ticket this is. Nothing is used up until the button is pressed, so the
    preview of a chat program costs nobody their ticket."""
    held = queries.ticket(db, normal_code(code))
    check(held, now)
    return render(request, "accounts/ticket.html", ticket=held, code=normal_code(code))


def enter_page(request: Request, *, db: Session, actor: Actor | None, now: datetime) -> Response:
    """输入准考码, for a phone that cannot scan."""
    return render(request, "accounts/enter.html", problem="", code="")


async def enter(
    request: Request, *, actor: Actor | None, now: datetime, fields: Mapping[str, str]
) -> Response:
    """准考证登录."""
    state, code = request.app.state, fields.get("code", "")
    try:
        outcome = await state.entries.append(
            Entry(code, state.entropy.token(), now, cookies.read(request))
        )
    except NotStored as error:
        raise NotAdmitted from error
    if isinstance(outcome, TicketUnknown):
        told = {"problem": str(outcome), "code": code}
        return render(request, "accounts/enter.html", status=403, **told)
    if isinstance(outcome, DomainError):
        raise outcome
    response = RedirectResponse("/sittings", 303)
    cookies.give(request, response, outcome)
    return response


doors = [
    lean.page("/t/{code}", ticket, roles=lean.ANYBODY),
    lean.page("/enter", enter_page, roles=lean.ANYBODY),
    lean.act("/enter", enter, roles=lean.ANYBODY),
]
