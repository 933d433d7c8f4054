"""Who may enter: every route names one of these, and a test fails for a route that names none."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from app.db.session import reading
from app.kernel.actor import Actor, Role
from app.kernel.errors import DomainError, Kind
from app.web import cookies
from app.web.deps import Now


class NotSignedIn(Exception):
    """Nobody is signed in: a page sends them to the door, a program gets 401."""


class NotYourRole(DomainError):
    code, kind, message = "not_your_role", Kind.FORBIDDEN, "您的账号没有这项权限。"


def visitor(request: Request, now: Now) -> Actor | None:
    """The actor behind the cookie, if any. `identify` is handed to the app, for accounts live
    upstairs."""
    token = cookies.read(request)
    if token is None:
        return None
    with reading(request.app.state.engine) as db:
        actor: Actor | None = request.app.state.identify(db, token=token, now=now)
    request.state.actor = actor
    return actor


def signed_in(actor: Annotated[Actor | None, Depends(visitor)]) -> Actor:
    """Somebody who is signed in, with a password or a ticket."""
    if actor is None:
        raise NotSignedIn
    return actor


def only(*roles: Role) -> Callable[[Actor], Actor]:
    """A dependency that refuses every other role."""

    def guard(actor: Annotated[Actor, Depends(signed_in)]) -> Actor:
        if not actor.has(*roles):
            raise NotYourRole
        return actor

    return guard


def public(actor: Annotated[Actor | None, Depends(visitor)]) -> Actor | None:
    """Marks a route that anyone may open; a deliberate line, not an omission."""
    return actor


LONGEST_NUMBER = 9


def known_numbers(request: Request) -> None:
    """An address with a number that no table can hold is no address of ours: 404, and not the
    database's complaint as a 500. `main` hangs this before every feature's pages."""
    for given in request.path_params.values():
        if isinstance(given, str) and given.isdigit() and len(given) > LONGEST_NUMBER:
            raise HTTPException(404)


SignedIn = Annotated[Actor, Depends(signed_in)]
Organizer = Annotated[Actor, Depends(only(Role.ORGANIZER))]
CountyClerk = Annotated[Actor, Depends(only(Role.COUNTY_CLERK))]
OrganizerOrClerk = Annotated[Actor, Depends(only(Role.ORGANIZER, Role.COUNTY_CLERK))]
BankReader = Annotated[Actor, Depends(only(Role.ORGANIZER, Role.AUTHOR, Role.REVIEWER))]
Invigilator = Annotated[Actor, Depends(only(Role.INVIGILATOR, Role.ORGANIZER))]
Examinee = Annotated[Actor, Depends(only(Role.OFFICER, Role.CANDIDATE))]
SecurityAdmin = Annotated[Actor, Depends(only(Role.SECURITY_ADMIN))]
Auditor = Annotated[Actor, Depends(only(Role.AUDITOR))]
Public = Annotated[Actor | None, Depends(public)]
