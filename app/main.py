"""create_app: the only assembly point."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Scope

from app.accounts import pages as accounts_pages
from app.accounts import queries as accounts
from app.accounts.actions import entering
from app.audit import actions as audit
from app.audit import pages as audit_pages
from app.bank import pages as bank_pages
from app.circulars import pages as circulars_pages
from app.circulars import queries as circulars
from app.column import pages as column_pages
from app.contests import pages as contests_pages
from app.db.checkpoint import Checkpointer
from app.db.engine import make_engine
from app.db.journal import Journal
from app.db.sealing import Vault
from app.db.session import Session, transaction
from app.draw import pages as draw_pages
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.clock import Clock, SystemClock, steady_seconds
from app.kernel.entropy import Entropy, SystemEntropy
from app.marking import pages as marking_pages
from app.papers import pages as papers_pages
from app.results import pages as results_pages
from app.results import queries as results
from app.roster import pages as roster_pages
from app.settings import Settings, from_environment
from app.sitting import actions as sitting
from app.sitting import pages as sitting_pages
from app.web import errors, lean
from app.web.access import Public, known_numbers
from app.web.board import PublicBoard
from app.web.csrf import CsrfGuard
from app.web.lean import FrontDoor, reads
from app.web.security_headers import SecurityHeaders
from app.web.shelf import Shelf, ShelfDoor
from app.web.templating import environment

ROOT = Path(__file__).parent.parent
FEATURES = (
    accounts_pages,
    audit_pages,
    roster_pages,
    bank_pages,
    draw_pages,
    papers_pages,
    contests_pages,
    sitting_pages,
    marking_pages,
    results_pages,
    circulars_pages,
    column_pages,
)
# The parts of the sitting page's script, in the order in which they build on each other.
SITTING_SCRIPTS = ["crypto", "server", "storage", "sheet", "queue", "show", "pulse", "file", "page"]
BUNDLES = {"js/sitting.js": [f"js/sitting/{name}.js" for name in SITTING_SCRIPTS]}
# FastAPI reads a form before it asks who sent it. Twice what the largest form takes, so that the
# form itself can say what is wrong; the saves of a sitting have their own, smaller limit.
LARGEST_BODY = 24 * 1024 * 1024
BOARD_SECONDS = 5.0
# Requests leave little behind that counting references does not clear away; so the collector looks
# less often than every 700 objects.
COLLECT_AFTER = (20_000, 20, 50)
# The first role that fits decides where the front door leads.
HOMES = (
    (Role.ORGANIZER, "/contests"),
    (Role.COUNTY_CLERK, "/county"),
    (Role.INVIGILATOR, "/hall"),
    (Role.AUTHOR, "/bank"),
    (Role.REVIEWER, "/bank"),
    (Role.OFFICER, "/sittings"),
    (Role.CANDIDATE, "/sittings"),
    (Role.AUDITOR, "/audit"),
    (Role.SYSTEM_ADMIN, "/accounts"),
    (Role.SECURITY_ADMIN, "/accounts"),
)


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    board_seconds: float = BOARD_SECONDS,
    background: bool = True,
) -> FastAPI:
    """The whole house from three values. The API pages of FastAPI stay off: nobody needs them.
    `board_seconds` is how old the public pages may be, for visitors without a cookie; without
    `background` nothing happens by itself (the demo closes its sittings when its story says so)."""
    app = FastAPI(
        # first, so that matching them is cheap
        routes=[door.route() for door in DOORS],
        lifespan=_lifespan,
        openapi_url=None,
    )
    app.state.engine = make_engine(settings.database_url)
    # The journals have connections of their own: no page, board or export can keep an answer
    # waiting for one.
    app.state.journal_engine = make_engine(settings.database_url)
    app.state.reads = reads(app.state.engine)
    app.state.clock = clock or SystemClock()
    app.state.clock_is_watched = isinstance(app.state.clock, SystemClock)
    app.state.entropy = entropy or SystemEntropy()
    app.state.vault = Vault(settings.secret_key)
    app.state.secret_key = settings.secret_key
    app.state.production = settings.production
    app.state.city = settings.city
    app.state.bureau = settings.bureau
    app.state.registration = settings.registration
    app.state.base_url = settings.base_url
    shelf = Shelf(ROOT / "static", BUNDLES)
    app.state.templates = environment(ROOT / "templates", shelf.address)
    app.state.fragments = sitting_pages.FragmentStore(app.state.templates)
    app.state.pulse = sitting_pages.Pulse()
    app.state.beats_fail = False
    app.state.background = background
    app.state.identify = accounts.identify
    app.state.note_denial = _note_denial
    app.state.released = results.released
    app.state.outcome = circulars.outcome
    app.state.issued = circulars.issued
    app.state.sweep_once = sitting_pages.sweeper.sweep_once
    errors.install(app)
    app.add_api_route("/", home, methods=["GET"])
    for pages in FEATURES:
        app.include_router(pages.router, dependencies=[Depends(known_numbers)])
    app.mount("/static", StaticFiles(directory=ROOT / "static"))
    # Outside Starlette's own error layer, which add_middleware cannot reach: the 500 page
    # needs its headers too.
    # A paper of 50 questions is 76 KB of HTML and 12 KB on the wire.
    limited = RequestBodyLimitMiddleware(app.build_middleware_stack(), max_body_size=LARGEST_BODY)
    packed = GZipMiddleware(limited, minimum_size=1500, compresslevel=5)
    board = PublicBoard(packed, seconds=board_seconds, steady=steady_seconds)
    front = FrontDoor(board, DOORS, app, errors.translate)
    guarded = CsrfGuard(front, secret_key=settings.secret_key, refused=partial(_note_foreign, app))
    shelved = ShelfDoor(guarded, shelf)
    app.middleware_stack = SecurityHeaders(shelved, production=settings.production)
    return app


def home(request: Request, actor: Public) -> Response:
    """Everybody's first page is their own; the public's is the column."""
    own = [href for role, href in HOMES if actor is not None and actor.has(role)]
    return RedirectResponse([*own, "/column"][0], 303)


def healthy(request: Request, *, db: Session, actor: Actor | None, now: datetime) -> Response:
    """Whether the database answers and takes what is written (every ten seconds the heartbeat is,
    and every answer): 503 if the last of them did not get through; 500 if nothing answers."""
    db.connection().exec_driver_sql("SELECT 1")
    if request.app.state.beats_fail or not request.app.state.journal.healthy:
        return PlainTextResponse("cannot write", 503, {"Retry-After": "2"})
    return PlainTextResponse("ok")


def _note_denial(request: Request, code: str) -> None:
    """Leaves a trace of a refusal for want of rights (ASVS 16.3)."""
    actor: Actor | None = getattr(request.state, "actor", None)
    with transaction(request.app.state.engine) as db:
        audit.record(
            db,
            actor=actor or SYSTEM,
            act="denied",
            subject=errors.address(request),
            now=request.app.state.clock.now(),
            code=code,
            method=request.method,
        )


def _note_foreign(app: FastAPI, scope: Scope) -> None:
    """The same for a request that no page of ours sent; whose browser it was, nobody asked."""
    with transaction(app.state.engine) as db:
        audit.record(
            db,
            actor=SYSTEM,
            act="denied",
            subject=scope["path"],
            now=app.state.clock.now(),
            code="foreign_origin",
            method=scope["method"],
        )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    if app.state.clock_is_watched:
        await run_in_threadpool(sitting_pages.beat_once, app)
    checkpointer = Checkpointer(app.state.engine)
    app.state.journal = Journal(app.state.journal_engine, sitting.save_answers)
    app.state.turns = Journal(app.state.journal_engine, sitting.take_turns)
    app.state.entries = Journal(app.state.journal_engine, entering.enter_all)
    # What has been imported and built so far stays for good; without this, every full collection
    # looks through all of it, while answers wait.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    works = (sitting_pages.sweep, sitting_pages.keep_pulse) if app.state.background else ()
    tasks = [asyncio.create_task(work(app)) for work in works]
    yield
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
    app.state.entries.close()
    app.state.turns.close()
    app.state.journal.close()
    checkpointer.close()
    app.state.journal_engine.dispose()
    app.state.engine.dispose()


def from_environment_app() -> FastAPI:
    """The factory that each of several worker processes calls."""
    return create_app(from_environment(os.environ))


# What a thousand people open at nine, and the saving of answers (web/lean.py).
DOORS = [
    *sitting_pages.doors,
    *accounts_pages.doors,
    lean.page("/healthz", healthy, roles=lean.ANYBODY),
]
