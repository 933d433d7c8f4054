"""The candidate's pages: 我的考试, identity, waiting, paper, hand-in, receipt. All of them lean."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from app.db.journal import NotStored
from app.db.session import Session, reading
from app.kernel.actor import Actor, Role
from app.kernel.errors import DomainError
from app.sitting import queries
from app.sitting.actions import Step, Turn
from app.sitting.pages import views
from app.sitting.rules import moment
from app.sitting.rules.moment import Phase
from app.sitting.rules.refusals import NotRecorded
from app.web import lean
from app.web.templating import render

EXAMINEES = frozenset({Role.OFFICER, Role.CANDIDATE})


def sittings(request: Request, *, db: Session, actor: Actor, now: datetime) -> Response:
    """我的考试."""
    mine = [views.about(request, own, now) for own in queries.sittings_of(db, actor)]
    return render(request, "sitting/sittings.html", sittings=mine)


def sitting(
    request: Request, *, db: Session, actor: Actor, now: datetime, sitting_id: int
) -> Response:
    """The page that the phase calls for; looking changes nothing."""
    own = queries.sitting(db, sitting_id, actor=actor)
    phase = moment.phase(queries.state_of(own.sitting), now)
    if phase is Phase.HANDED_IN:
        return RedirectResponse(f"/sittings/{sitting_id}/receipt", 303)
    shown = views.about(request, own, now)
    if phase is Phase.RUNNING:
        paper = views.paper(request, db, own, now)
        return render(request, "sitting/paper.html", **shown, **paper)
    early = phase in (Phase.WAITING, Phase.READY) and not own.confirmed
    page = "ticket" if early else phase.value
    return render(request, f"sitting/{page}.html", unread=False, **shown)


async def confirm(
    request: Request,
    *,
    actor: Actor,
    now: datetime,
    fields: Mapping[str, str],
    sitting_id: int,
) -> Response:
    """身份核对: 是本人，已读规则."""
    if fields.get("rules") != "yes":
        unread: Response = await request.app.state.reads(_unread, request, actor, now, sitting_id)
        return unread
    await turned(request, Turn(Step.CONFIRM, sitting_id, actor, now))
    return RedirectResponse(f"/sittings/{sitting_id}", 303)


def _unread(request: Request, actor: Actor, now: datetime, sitting_id: int) -> Response:
    with reading(request.app.state.engine) as db:
        shown = views.about(request, queries.sitting(db, sitting_id, actor=actor), now)
        return render(request, "sitting/ticket.html", status=422, unread=True, **shown)


async def start(
    request: Request,
    *,
    actor: Actor,
    now: datetime,
    fields: Mapping[str, str],
    sitting_id: int,
) -> Response:
    """开始作答."""
    await turned(request, Turn(Step.START, sitting_id, actor, now))
    return RedirectResponse(f"/sittings/{sitting_id}", 303)


def hand_in_page(
    request: Request, *, db: Session, actor: Actor, now: datetime, sitting_id: int
) -> Response:
    """交卷前检查: what is unanswered or doubtful. Once time is up there is nothing to check."""
    own = queries.sitting(db, sitting_id, actor=actor)
    if moment.phase(queries.state_of(own.sitting), now) is not Phase.RUNNING:
        return RedirectResponse(f"/sittings/{sitting_id}", 303)
    shown = views.about(request, own, now) | views.outline(request, db, own, now)
    return render(request, "sitting/hand_in.html", unsure=False, **shown)


async def hand_in(
    request: Request,
    *,
    actor: Actor,
    now: datetime,
    fields: Mapping[str, str],
    sitting_id: int,
) -> Response:
    """交卷. With unanswered items it wants the tick that the page asks for."""
    if fields.get("sure") != "yes":
        unsure: Response | None = await request.app.state.reads(
            _unsure, request, actor, now, sitting_id
        )
        if unsure is not None:
            return unsure
    await turned(request, Turn(Step.HAND_IN, sitting_id, actor, now))
    return RedirectResponse(f"/sittings/{sitting_id}/receipt", 303)


def _unsure(request: Request, actor: Actor, now: datetime, sitting_id: int) -> Response | None:
    """The page again, if something is unanswered while there is time to answer it."""
    with reading(request.app.state.engine) as db:
        own = queries.sitting(db, sitting_id, actor=actor)
        if moment.phase(queries.state_of(own.sitting), now) is not Phase.RUNNING:
            return None
        outline = views.outline(request, db, own, now)
        if not outline["sheet"].unanswered:
            return None
        shown = views.about(request, own, now) | outline
        return render(request, "sitting/hand_in.html", status=422, unsure=True, **shown)


def receipt(
    request: Request, *, db: Session, actor: Actor, now: datetime, sitting_id: int
) -> Response:
    """交卷回执."""
    mine = queries.sittings_of(db, actor)
    own = next((each for each in mine if each.id == sitting_id), None)
    if own is None:
        own = queries.sitting(db, sitting_id, actor=actor)
    if own.sitting.handed_in_at is None:
        return RedirectResponse(f"/sittings/{sitting_id}", 303)
    shown = views.about(request, own, now) | views.receipt(db, own, mine, now)
    return render(request, "sitting/receipt.html", **shown)


def standing(
    request: Request, *, db: Session, actor: Actor, now: datetime, sitting_id: int
) -> Response:
    """What an open page asks for when the pulse says that there is news."""
    own = queries.sitting(db, sitting_id, actor=actor)
    return JSONResponse(views.standing(db, own, now))


async def turned(request: Request, turn: Turn) -> Any:
    """One turn through the journal of turns: durable when this returns."""
    try:
        outcome = await request.app.state.turns.append(turn)
    except NotStored as error:
        raise NotRecorded from error
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


_ONE = "/sittings/{sitting_id:int}"
doors = [
    lean.page("/sittings", sittings, roles=EXAMINEES),
    lean.page(_ONE, sitting, roles=EXAMINEES),
    lean.act(f"{_ONE}/confirm", confirm, roles=EXAMINEES),
    lean.act(f"{_ONE}/start", start, roles=EXAMINEES),
    lean.page(f"{_ONE}/hand-in", hand_in_page, roles=EXAMINEES),
    lean.act(f"{_ONE}/hand-in", hand_in, roles=EXAMINEES),
    lean.page(f"{_ONE}/receipt", receipt, roles=EXAMINEES),
    lean.page(f"{_ONE}/standing", standing, roles=EXAMINEES),
]
