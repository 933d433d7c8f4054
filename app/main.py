"""create_app: the only assembly point."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Scope

from app.accounts import pages as accounts_pages
from app.accounts import queries as accounts
from app.audit import actions as audit
from app.audit import pages as audit_pages
from app.bank import pages as bank_pages
from app.circulars import pages as circulars_pages
from app.circulars import queries as circulars
from app.column import pages as column_pages
from app.contests import pages as contests_pages
from app.db.engine import make_engine
from app.db.journal import Journal
from app.db.sealing import Vault
from app.db.session import transaction
from app.draw import pages as draw_pages
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.clock import Clock, SystemClock
from app.kernel.entropy import Entropy, SystemEntropy
from app.marking import pages as marking_pages
from app.papers import pages as papers_pages
from app.results import pages as results_pages
from app.roster import pages as roster_pages
from app.settings import Settings, from_environment
from app.sitting import actions as sitting
from app.sitting import pages as sitting_pages
from app.web import errors
from app.web.access import Public, known_numbers
from app.web.csrf import CsrfGuard
from app.web.security_headers import SecurityHeaders
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
# FastAPI reads a form before it asks who sent it. Twice what the largest form takes, so that the
# form itself can say what is wrong; the saves of a sitting have their own, smaller limit.
LARGEST_BODY = 24 * 1024 * 1024
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
    settings: Settings, *, clock: Clock | None = None, entropy: Entropy | None = None
) -> FastAPI:
    """The whole house from three values. The API pages of FastAPI stay off: nobody needs them."""
    app = FastAPI(
        routes=list(sitting_pages.hot_routes),  # first, so that matching them is cheap
        lifespan=_lifespan,
        openapi_url=None,
    )
    app.state.engine = make_engine(settings.database_url)
    app.state.clock = clock or SystemClock()
    app.state.entropy = entropy or SystemEntropy()
    app.state.vault = Vault(settings.secret_key)
    app.state.secret_key = settings.secret_key
    app.state.production = settings.production
    app.state.city = settings.city
    app.state.bureau = settings.bureau
    app.state.registration = settings.registration
    app.state.base_url = settings.base_url
    app.state.templates = environment(ROOT / "templates")
    app.state.identify = accounts.identify
    app.state.note_denial = _note_denial
    app.state.outcome = circulars.outcome
    app.state.issued = circulars.issued
    app.state.sweep_once = sitting_pages.sweeper.sweep_once
    errors.install(app)
    app.add_api_route("/", home, methods=["GET"])
    app.add_api_route("/healthz", healthy, methods=["GET"])
    for pages in FEATURES:
        app.include_router(pages.router, dependencies=[Depends(known_numbers)])
    app.mount("/static", StaticFiles(directory=ROOT / "static"))
    # Outside Starlette's own error layer, which add_middleware cannot reach: the 500 page
    # needs its headers too.
    # A paper of 50 questions is 76 KB of HTML and 12 KB on the wire.
    limited = RequestBodyLimitMiddleware(app.build_middleware_stack(), max_body_size=LARGEST_BODY)
    packed = GZipMiddleware(limited, minimum_size=1500, compresslevel=5)
    guarded = CsrfGuard(packed, secret_key=settings.secret_key, refused=partial(_note_foreign, app))
    app.middleware_stack = SecurityHeaders(guarded, production=settings.production)
    return app


def home(request: Request, actor: Public) -> Response:
    """Everybody's first page is their own; the public's is the column."""
    own = [href for role, href in HOMES if actor is not None and actor.has(role)]
    return RedirectResponse([*own, "/column"][0], 303)


def healthy(request: Request, _: Public) -> Response:
    """Whether the database answers; 500 if not."""
    with request.app.state.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
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
    app.state.journal = Journal(app.state.engine, sitting.save_answers)
    sweeping = asyncio.create_task(sitting_pages.sweep(app))
    yield
    sweeping.cancel()
    with suppress(asyncio.CancelledError):
        await sweeping
    app.state.journal.close()
    app.state.engine.dispose()


def from_environment_app() -> FastAPI:
    """The factory that each of several worker processes calls."""
    return create_app(from_environment(os.environ))
