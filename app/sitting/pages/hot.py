"""The hot path: plain Starlette routes, guarded by the pass, committed by the journal."""

import asyncio

import msgspec
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.routing import Route

from app.db.journal import NotStored
from app.kernel.errors import DomainError
from app.sitting import forms
from app.sitting.rules.answers import Save, Saved
from app.sitting.rules.receipts import check_pass
from app.sitting.rules.refusals import AnswerNotStored, SequenceTaken

PASS_HEADER = "x-sitting-pass"
TRIES = 4
ANSWER_BYTES = 128 * 1024  # 8000 letters, each of them escaped twice over
SHEET_BYTES = 2 * 1024 * 1024
_encode = msgspec.json.Encoder().encode


async def save_answer(request: Request) -> Response:
    """保存一个答案: 200 means durable. No session, no dependency tree, nothing in the way."""
    state = request.app.state
    arrived_at = state.clock.now()
    sitting_id: int = request.path_params["sitting_id"]
    check_pass(state.secret_key, request.headers.get(PASS_HEADER, ""), sitting_id)
    save = forms.parse(await request.body(), sitting_id=sitting_id, arrived_at=arrived_at)
    outcome = await _stored(request, save)
    if isinstance(outcome, SequenceTaken):
        told = {"code": outcome.code, "detail": str(outcome), **outcome.fields}
        return Response(_encode(told), 409, media_type="application/problem+json")
    return Response(_encode(outcome), media_type="application/json")


async def save_sheet(request: Request) -> Response:
    """The same for a browser without JavaScript: the whole sheet in one form, stored as one
    batch, and then on to the paper or to the hand-in page."""
    arrived_at = request.app.state.clock.now()
    sitting_id: int = request.path_params["sitting_id"]
    async with request.form(max_files=0, max_fields=4000) as sent:
        fields = [(name, text) for name, text in sent.multi_items() if isinstance(text, str)]
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


hot_routes = [
    Route(
        "/sittings/{sitting_id:int}/answers",
        save_answer,
        methods=["POST"],
        max_body_size=ANSWER_BYTES,
    ),
    Route(
        "/sittings/{sitting_id:int}/sheet", save_sheet, methods=["POST"], max_body_size=SHEET_BYTES
    ),
]
