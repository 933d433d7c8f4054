"""Lean doors: what a thousand people open at nine o'clock, and the saving of every answer.

FastAPI's dependencies cost more here than the page: each of them is a trip to a thread and back,
and the layers below it cost as much as storing an answer. So these few addresses have a door of
their own in front of the house: `FrontDoor` finds the handler by the address, and everything that
is not one of them goes on to FastAPI. The rules are the same as for every other route: security
headers and the CSRF guard stand outside, a refusal becomes what web/errors makes of it, a body has
its limit, and every door is also a route of the app, so that no list of routes misses it.

A page is made in one go: the cookie is looked up, the role is checked, the page is rendered, in a
reading session. With the embedded database that is done at once: a read there waits for nobody
(WAL) and takes less time than going to a thread, which would hold the interpreter's lock for just
as long. With PostgreSQL it is done in a thread. `app.state.reads` says which it is.
"""

import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

from fastapi import HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.db.engine import is_embedded
from app.db.session import Engine, Session, reading
from app.kernel.actor import Actor, Role
from app.web import cookies
from app.web.access import LONGEST_NUMBER, NotSignedIn, NotYourRole

Answer = Callable[[Request, bytes], Awaitable[Response]]
Page = Callable[..., Response]
Act = Callable[..., Awaitable[Response]]
Translate = Callable[[Request, Exception], Awaitable[Response]]
FORM_BYTES = 64 * 1024
WORTH_PACKING = 1500
GZIP = 31  # zlib's name for "with a gzip header"
# Level 3 of zlib packs a paper of fifty questions in two thirds of the time of level 5, for one
# kilobyte more in seventeen.
LEVEL = 3


class Guard(StrEnum):
    """Who is asked for at a door; every door says it."""

    ROLES = "roles"
    ANYBODY = "anybody"  # a deliberate word, not an omission
    PASS = "pass"  # the signed pass of one sitting, which the handler checks


@dataclass(frozen=True, slots=True)
class Door:
    """One address, its handler, and how large a body may be. A part of the address is fixed, a
    number (`{name:int}`), or, as the last one, anything (`{name}`)."""

    method: str
    path: str
    guard: Guard
    answer: Answer
    limit: int = 0

    def route(self) -> Route:
        """The same as a route of the app."""

        async def endpoint(request: Request) -> Response:
            request.scope["route"] = self  # a plain route does not say so, and refusals ask
            _known(request)
            return await self.answer(request, await request.body())

        return Route(self.path, endpoint, methods=[self.method], max_body_size=self.limit or None)

    @property
    def shape(self) -> tuple[str, ...]:
        """The address with a # for every number, and a * for anything."""
        return (self.method, *map(_mark, self.path.split("/")))

    @property
    def names(self) -> list[str]:
        """What the variable parts of the address are called."""
        return [each[1:-1].partition(":")[0] for each in self.path.split("/") if "{" in each]


def _mark(part: str) -> str:
    if "{" not in part:
        return part
    return "#" if ":int" in part else "*"


class FrontDoor:
    """An ASGI layer that opens the lean doors itself, and leaves all others to `app`."""

    def __init__(
        self, app: ASGIApp, doors: Iterable[Door], house: Any, translate: Translate
    ) -> None:
        self._app, self._house, self._translate = app, house, translate
        self._doors = {door.shape: (door, door.names) for door in doors}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = self._found(scope["method"], scope["path"].split("/"))
        if found is None:
            await self._app(scope, receive, send)
            return
        door, scope["path_params"] = found
        scope["app"], scope["route"] = self._house, door
        request = Request(scope, receive)
        try:
            _known(request)
            body = await _whole(scope, receive, door.limit) if door.limit else b""
            response = await door.answer(request, body)
        except Exception as error:
            response = await self._translate(request, error)
        _pack(request, response)
        await response(scope, receive, send)

    def _found(self, method: str, parts: list[str]) -> tuple[Door, dict[str, Any]] | None:
        given: list[Any] = [int(part) for part in parts if part.isascii() and part.isdigit()]
        shape = ["#" if part.isascii() and part.isdigit() else part for part in parts]
        found = self._doors.get((method, *shape))
        if found is None and parts[-1]:
            found, given = self._doors.get((method, *shape[:-1], "*")), [parts[-1]]
        return (found[0], dict(zip(found[1], given, strict=True))) if found else None


async def _whole(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The body, if it is within the limit; a client that goes away sends no more of it."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise HTTPException(400)
        body += message.get("body", b"")
        if len(body) > limit:
            raise HTTPException(413)
        if not message.get("more_body", False):
            return body


def _pack(request: Request, response: Response) -> None:
    """What is worth it leaves packed, if the browser says that it can unpack."""
    body = response.body
    if len(body) < WORTH_PACKING or "gzip" not in request.headers.get("accept-encoding", ""):
        return
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    response.body = packer.compress(body) + packer.flush()
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Vary"] = "Accept-Encoding"


def _known(request: Request) -> None:
    """A number that no table can hold is no address of ours."""
    for given in request.path_params.values():
        if isinstance(given, int) and len(str(given)) > LONGEST_NUMBER:
            raise HTTPException(404)


async def at_once(work: Callable[..., Any], *about: Any) -> Any:
    """Reads here and now, for a database that makes nobody wait."""
    return work(*about)


def reads(engine: Engine) -> Callable[..., Awaitable[Any]]:
    """How pages read from this database: at once, or in a thread."""
    return at_once if is_embedded(engine) else run_in_threadpool


ANYBODY: frozenset[Role] | None = None
"""Instead of roles, for a door that is everybody's."""


def page(path: str, make: Page, *, roles: frozenset[Role] | None) -> Door:
    """GET: `make(request, db=…, actor=…, now=…, <parts of the path>)` in a reading session."""

    def made(request: Request, now: datetime) -> Response:
        with reading(request.app.state.engine) as db:
            actor = _actor(request, db, now, roles)
            return make(request, db=db, actor=actor, now=now, **request.path_params)

    async def answer(request: Request, _body: bytes) -> Response:
        state = request.app.state
        response: Response = await state.reads(made, request, state.clock.now())
        return response

    return Door("GET", path, _guard(roles), answer)


def act(path: str, do: Act, *, roles: frozenset[Role] | None) -> Door:
    """POST of a small form: `await do(request, actor=…, now=…, fields=…, <parts of the path>)`. The
    session in which the cookie is looked up is closed before anything is written."""

    def bearer(request: Request, now: datetime) -> Actor | None:
        with reading(request.app.state.engine) as db:
            return _actor(request, db, now, roles)

    async def answer(request: Request, body: bytes) -> Response:
        state, now = request.app.state, request.app.state.clock.now()
        actor = await state.reads(bearer, request, now)
        sent = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        fields: Mapping[str, str] = {name: values[-1] for name, values in sent.items()}
        return await do(request, actor=actor, now=now, fields=fields, **request.path_params)

    return Door("POST", path, _guard(roles), answer, FORM_BYTES)


def _guard(roles: frozenset[Role] | None) -> Guard:
    return Guard.ANYBODY if roles is ANYBODY else Guard.ROLES


def _actor(
    request: Request, db: Session, now: datetime, roles: frozenset[Role] | None
) -> Actor | None:
    token = cookies.read(request)
    actor: Actor | None = None
    if token is not None:
        actor = request.app.state.identify(db, token=token, now=now)
    request.state.actor = actor
    if roles is None:
        return actor
    if actor is None:
        raise NotSignedIn
    if not actor.roles & roles:
        raise NotYourRole
    return actor
