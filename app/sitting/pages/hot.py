"""The hot path: lean doors, guarded by the pass, committed by the journals."""

import asyncio
from datetime import datetime
from urllib.parse import parse_qsl

import msgspec
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from app.db.journal import NotStored
from app.db.session import transaction
from app.kernel.errors import DomainError
from app.sitting import actions
from app.sitting.actions import Step, Turn
from app.sitting.forms import answers as forms
from app.sitting.pages.candidate import turned
from app.sitting.rules.answers import Save, Saved
from app.sitting.rules.receipts import check_pass
from app.sitting.rules.refusals import AnswerNotStored, BadAnswer, SequenceTaken
from app.web.lean import Door, Guard

PASS_HEADER = "x-sitting-pass"
TRIES = 4
ANSWER_BYTES = 128 * 1024  # 8000 letters, each of them escaped twice over
FEW_BYTES = 1024
MOST_FIELDS = 4000
SHEET_BYTES = 2 * 1024 * 1024
_encode = msgspec.json.Encoder().encode


async def save_answer(request: Request, body: bytes) -> Response:
    """保存一个答案: 200 means durable. No session, no dependency tree, nothing in the way."""
    state = request.app.state
    arrived_at = state.clock.now()
    sitting_id: int = request.path_params["sitting_id"]
    check_pass(state.secret_key, request.headers.get(PASS_HEADER, ""), sitting_id)
    save = forms.parse(body, sitting_id=sitting_id, arrived_at=arrived_at)
    outcome = await _stored(request, save)
    if isinstance(outcome, SequenceTaken):
        told = {"code": outcome.code, "detail": str(outcome), **outcome.fields}
        return Response(_encode(told), 409, media_type="application/problem+json")
    # 409 with the whole acknowledgement: it is durable, and there is something else to say.
    return Response(_encode(outcome), 409 if outcome.code else 200, media_type="application/json")


async def claim(request: Request, body: bytes) -> Response:
    """接管: from now on this page holds the pen."""
    sitting_id, now = _passed(request)
    page, known = forms.parse_claim(body)
    turn = Turn(Step.CLAIM, sitting_id, None, now, page=page, epoch=known)
    taken = await turned(request, turn)
    told = {"epoch": taken.epoch, "page": taken.page, "now": taken.now, "ends_at": taken.ends_at}
    return Response(_encode(told), media_type="application/json")


async def leave(request: Request, body: bytes) -> Response:
    """离开页面: a fact, with a grace of three seconds; returns how many there are."""
    sitting_id, now = _passed(request)
    seconds = forms.parse_leave(body)
    taken = await turned(request, Turn(Step.LEAVE, sitting_id, None, now, seconds=seconds))
    return Response(_encode({"left": taken.left}), media_type="application/json")


async def pulse(request: Request, _body: bytes) -> Response:
    """Whether there is news, from memory; and the page was heard."""
    sitting_id, now = _passed(request)
    told = {"now": now, "news": request.app.state.pulse.beat(sitting_id, now)}
    return Response(_encode(told), media_type="application/json")


async def seen(request: Request, body: bytes) -> Response:
    """已读: a message stood on the page."""
    sitting_id, now = _passed(request)
    message_id = forms.parse_seen(body)
    await run_in_threadpool(_see, request, sitting_id, message_id, now)
    return Response(status_code=204)


def _see(request: Request, sitting_id: int, message_id: int, now: datetime) -> None:
    with transaction(request.app.state.engine) as db:
        actions.see(db, sitting_id=sitting_id, message_id=message_id, now=now)


def _passed(request: Request) -> tuple[int, datetime]:
    """The sitting that the pass of this page is for, and the moment."""
    state, sitting_id = request.app.state, int(request.path_params["sitting_id"])
    check_pass(state.secret_key, request.headers.get(PASS_HEADER, ""), sitting_id)
    return sitting_id, state.clock.now()


async def save_sheet(request: Request, body: bytes) -> Response:
    """The same for a browser without JavaScript: the whole sheet in one form, stored as one
    batch, and then on to the paper or to the hand-in page."""
    arrived_at = request.app.state.clock.now()
    sitting_id: int = request.path_params["sitting_id"]
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise BadAnswer from error
    told = dict(fields)
    check_pass(request.app.state.secret_key, told.get("pass", ""), sitting_id)
    saves = forms.parse_sheet(fields, sitting_id=sitting_id, arrived_at=arrived_at)
    await asyncio.gather(*(_insist(request, save) for save in saves))
    onward = "/hand-in" if told.get("go") == "hand-in" else ""
    return RedirectResponse(f"/sittings/{sitting_id}{onward}", 303)


async def _insist(request: Request, save: Save) -> None:
    """A form cannot renumber itself when another page has used its numbers; so we do."""
    for _ in range(TRIES):
        outcome = await _stored(request, save)
        if isinstance(outcome, Saved):
            return
        save = forms.renumbered(save, outcome.fields["newest"] + 1)
    raise AnswerNotStored


async def _stored(request: Request, save: Save) -> Saved | SequenceTaken:
    try:
        outcome = await request.app.state.journal.append(save)
    except NotStored as error:
        raise AnswerNotStored from error
    if isinstance(outcome, Saved | SequenceTaken):
        return outcome
    assert isinstance(outcome, DomainError)
    raise outcome


_ONE = "/sittings/{sitting_id:int}"
doors = [
    Door("POST", f"{_ONE}/answers", Guard.PASS, save_answer, ANSWER_BYTES),
    Door("POST", f"{_ONE}/pulse", Guard.PASS, pulse, FEW_BYTES),
    Door("POST", f"{_ONE}/claim", Guard.PASS, claim, FEW_BYTES),
    Door("POST", f"{_ONE}/left", Guard.PASS, leave, FEW_BYTES),
    Door("POST", f"{_ONE}/seen", Guard.PASS, seen, FEW_BYTES),
    Door("POST", f"{_ONE}/sheet", Guard.PASS, save_sheet, SHEET_BYTES),
]
