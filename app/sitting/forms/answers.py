"""What the sitting page sends: an answer, a claim of the pen, a leave; and the plain form."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Annotated, TypeVar

import msgspec

from app.question_types import registry
from app.sitting.rules.answers import FLAGS, LAST_EPOCH, Save
from app.sitting.rules.refusals import BadAnswer, NoSuchPage

ANSWER_LIMIT = 8000
MOST_ITEMS = 1000
LAST_SEQ = 2**31 - 1
Body = TypeVar("Body")
Positive = Annotated[int, msgspec.Meta(ge=1, le=LAST_SEQ)]


class AnswerBody(msgspec.Struct, forbid_unknown_fields=True):
    """`age_ms`: how long ago it was typed, by the page's own steady clock."""

    item: Annotated[int, msgspec.Meta(ge=FLAGS, le=MOST_ITEMS)]
    seq: Positive
    answer: Annotated[str, msgspec.Meta(max_length=ANSWER_LIMIT)]
    age_ms: Annotated[int, msgspec.Meta(ge=0, le=86_400_000)] = 0


_decoder = msgspec.json.Decoder(AnswerBody)
LONGEST_LEAVE = 24 * 3600


class ClaimBody(msgspec.Struct, forbid_unknown_fields=True):
    """`page`: the word by which a page calls itself. `epoch`: the last taking of the pen that it
    knows of, printed on it."""

    page: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{6,16}\Z")]
    epoch: Annotated[int, msgspec.Meta(ge=0, le=LAST_EPOCH)] = LAST_EPOCH


class LeaveBody(msgspec.Struct, forbid_unknown_fields=True):
    """`seconds`: how long the page was left."""

    seconds: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_LEAVE)]


class SeenBody(msgspec.Struct, forbid_unknown_fields=True):
    """`message`: the number of a message that stood on the page."""

    message: Annotated[int, msgspec.Meta(ge=1, le=LAST_SEQ)]


_claims = msgspec.json.Decoder(ClaimBody)
_leaves = msgspec.json.Decoder(LeaveBody)
_seen = msgspec.json.Decoder(SeenBody)


def parse(body: bytes, *, sitting_id: int, arrived_at: datetime) -> Save:
    """One answer from the sitting page; raises BadAnswer."""
    try:
        read = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise BadAnswer from error
    if "\0" in read.answer:  # PostgreSQL keeps no such text, and the phone would try for ever
        raise BadAnswer
    age = timedelta(milliseconds=read.age_ms)
    return Save(sitting_id, read.item, read.seq, read.answer, age, arrived_at)


def parse_claim(body: bytes) -> tuple[str, int]:
    """The word of the page that wants the pen, and the last taking it knows; raises NoSuchPage."""
    read = _read(_claims, body)
    return read.page, read.epoch


def parse_leave(body: bytes) -> int:
    """For how many seconds the page was left; raises NoSuchPage."""
    return _read(_leaves, body).seconds


def parse_seen(body: bytes) -> int:
    """Which message stood on the page; raises NoSuchPage."""
    return _read(_seen, body).message


def _read(decoder: "msgspec.json.Decoder[Body]", body: bytes) -> Body:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise NoSuchPage from error


def parse_sheet(
    fields: Iterable[tuple[str, str]], *, sitting_id: int, arrived_at: datetime
) -> list[Save]:
    """What changed on the plain form, numbered on from the sequence it was printed with.

    The form says of every question its kind (`k7`) and, once answered, what was printed (`was7`):
    an answer taken back is an answer too. The kind only decides how the fields are spelled;
    marking goes by the paper's own. Flags are `f7`, and what was printed of them `was0`.
    """
    sent: dict[str, list[str]] = {}
    for name, text in fields:
        sent.setdefault(name, []).append(text.replace("\0", ""))
    try:
        seqs = count(_first(_one(sent, "seq")))
        kinds = {_number(name, "k"): texts[-1] for name, texts in sent.items() if name[:1] == "k"}
        flagged = sorted(_number(name, "f") for name in sent if name[:1] == "f")
        answers = {
            item: registry.form_response(kind, item, sent) or "" for item, kind in kinds.items()
        }
    except ValueError as error:
        raise BadAnswer from error
    if any(len(text) > ANSWER_LIMIT for text in answers.values()):
        raise BadAnswer
    answers[FLAGS] = f"[{','.join(map(str, flagged))}]" if flagged else ""
    return [
        Save(sitting_id, item, next(seqs), answers[item], timedelta(0), arrived_at)
        for item in sorted(answers)
        if answers[item] != _one(sent, f"was{item}")
    ]


def renumbered(save: Save, seq: int) -> Save:
    """The same answer under a higher number, when another page has used this one."""
    return replace(save, seq=seq)


def _one(sent: dict[str, list[str]], name: str) -> str:
    return sent.get(name, [""])[-1]


def _first(text: str) -> int:
    """A sequence that still fits the column after the last question."""
    number = int(text)
    if not 0 <= number <= LAST_SEQ - MOST_ITEMS:
        raise ValueError(text)
    return number


def _number(name: str, prefix: str) -> int:
    number = int(name.removeprefix(prefix))
    if not 1 <= number <= MOST_ITEMS:
        raise ValueError(name)
    return number
