"""The upload of an emergency answer file (应急答案文件), through the journal like every save."""

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from starlette.concurrency import run_in_threadpool

from app.db.journal import NotStored
from app.db.session import reading, transaction
from app.kernel.actor import Actor
from app.kernel.errors import DomainError
from app.sitting import actions, queries
from app.sitting.forms import hall as forms
from app.sitting.forms.hall import HallForm
from app.sitting.pages import hall_views as views
from app.sitting.pages.hall_board import refreshed
from app.sitting.rules import emergency
from app.sitting.rules.answers import Save, Saved, Via, typed_at
from app.sitting.rules.emergency import Fate, Filed
from app.sitting.rules.refusals import AnswerNotStored, SequenceTaken
from app.web.access import Invigilator
from app.web.deps import Now
from app.web.templating import render

router = APIRouter(dependencies=[Depends(refreshed, scope="function")])
TRIES = 4


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one answer of the file, in words."""

    item: str
    typed_at: datetime
    fate: Fate
    words: str


@dataclass(frozen=True, slots=True)
class _There:
    """What the server has of the sitting: an answer that had to be renumbered the first time is
    known again by its text and moment."""

    sitting_id: int
    started_at: datetime | None
    texts: set[tuple[int, str, datetime]]

    def has(self, save: Save) -> bool:
        if self.started_at is None:
            return False
        return (save.item, save.answer, typed_at(save, self.started_at)) in self.texts


@router.post("/hall/{exam_id}/{sitting_id}/file")
async def upload(
    request: Request,
    now: Now,
    actor: Invigilator,
    exam_id: int,
    sitting_id: int,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> Response:
    """上传应急答案文件, as a file or as its pasted text; twice is harmless."""
    there = await run_in_threadpool(_there, request, exam_id, sitting_id, now)
    try:
        answers, digest = await _opened(request, sitting_id, file, text)
    except DomainError as refused:
        form = forms.file_problem(str(refused))
        shown = await run_in_threadpool(_seat, request, exam_id, sitting_id, now, form)
        return render(request, "sitting/seat.html", status=422, **shown)
    lines = await _delivered(request, there, answers, now)
    shown = await run_in_threadpool(_noted, request, exam_id, sitting_id, lines, digest, actor, now)
    return render(request, "sitting/hall_file.html", lines=lines, **shown)


async def _opened(
    request: Request, sitting_id: int, file: UploadFile | None, text: str
) -> tuple[list[Filed], str]:
    """The answers in what was sent, and the hash of it."""
    raw = text.encode()
    if file is not None and file.filename:
        raw = await file.read(emergency.LARGEST_FILE + 1)
    if len(raw) > emergency.LARGEST_FILE:
        raise emergency.FileTooLarge
    key = emergency.file_key(request.app.state.secret_key, sitting_id)
    read = emergency.open_file(raw.decode("utf-8", "replace"), key, sitting_id)
    return read, hashlib.sha256(raw).hexdigest()


async def _delivered(
    request: Request, there: _There, answers: list[Filed], now: datetime
) -> list[Line]:
    """Item by item, for one answer may have to wait for the number of another; all items at once,
    so that the journal makes few transactions of them."""
    by_item: dict[int, list[Filed]] = {}
    for each in answers:
        by_item.setdefault(each.item, []).append(each)
    lines = await asyncio.gather(
        *(_in_turn(request, there, by_item[item], now) for item in sorted(by_item))
    )
    return [line for mine in lines for line in mine]


async def _in_turn(
    request: Request, there: _There, answers: list[Filed], now: datetime
) -> list[Line]:
    lines = []
    for each in answers:
        age = now - each.typed_at
        save = Save(there.sitting_id, each.item, each.seq, each.answer, age, now, Via.FILE)
        told = (Fate.THERE, "早已送达") if there.has(save) else await _fate(request, each, save)
        lines.append(Line(views.item_words(each.item), each.typed_at, *told))
    return lines


async def _fate(request: Request, answer: Filed, save: Save) -> tuple[Fate, str]:
    """A file cannot renumber itself when another page has used its numbers. What was typed later
    than the newest on the server goes above it, as the page would have sent it again; what was not
    is there already, or has been overtaken."""
    for _ in range(TRIES):
        outcome = await _stored(request, save)
        if isinstance(outcome, Saved):
            return _told(outcome, save)
        if not isinstance(outcome, SequenceTaken):
            return Fate.REFUSED, str(outcome)
        if answer.typed_at <= outcome.fields["typed_at"]:
            return Fate.THERE, "服务器上有同时或更晚写的答案"
        save = replace(save, seq=outcome.fields["newest"] + 1)
    raise AnswerNotStored


def _told(outcome: Saved, save: Save) -> tuple[Fate, str]:
    if outcome.kept:
        return Fate.KEPT, outcome.detail
    if outcome.saved_at != save.arrived_at:
        return Fate.THERE, "早已送达"
    late = "（到时之后送达，已标记）" if outcome.late else ""
    return Fate.COUNTED, ("已存，另有编号更大的答案作数" if outcome.superseded else "已存") + late


async def _stored(request: Request, save: Save) -> Saved | DomainError:
    try:
        outcome: Saved | DomainError = await request.app.state.journal.append(save)
    except NotStored as error:
        raise AnswerNotStored from error
    return outcome


def _there(request: Request, exam_id: int, sitting_id: int, now: datetime) -> _There:
    """Raises SittingMissing before the file is looked at."""
    with reading(request.app.state.engine) as db:
        seat = queries.seat(db, exam_id, sitting_id, now=now)
        return _There(sitting_id, seat.state.started_at, queries.logged_texts(db, sitting_id))


def _seat(
    request: Request, exam_id: int, sitting_id: int, now: datetime, form: HallForm
) -> dict[str, Any]:
    with reading(request.app.state.engine) as db:
        shown = views.seat(db, exam_id, sitting_id, now, form)
        db.expunge_all()
        return shown


def _noted(
    request: Request,
    exam_id: int,
    sitting_id: int,
    lines: list[Line],
    digest: str,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    counts = Counter(line.fate for line in lines)
    about = {"exam_id": exam_id, "sitting_id": sitting_id}
    with transaction(request.app.state.engine) as db:
        actions.take_file(db, **about, counts=counts, digest=digest, actor=actor, now=now)
        exam, contest = queries.exam(db, exam_id)
        seat = queries.seat(db, exam_id, sitting_id, now=now)
        words = emergency.in_words(counts)
        return {"exam": exam, "contest": contest, "seat": seat, "words": words}
