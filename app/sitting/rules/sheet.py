"""The sheet (试卷页): a paper in one candidate's order with what is saved, ready to be shown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.papers.rules.orders import CandidateOrder
from app.question_types import registry
from app.question_types.marks import Kind
from app.sitting.rules.answers import first_seq

BLANK = frozenset({"", "[]", "{}"})  # how an answer that was taken back is spelled
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer of one item as it stands in the log."""

    answer: str
    seq: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One question on this candidate's sheet: the number that the candidate sees, which question
    of the paper it is (`source`), the letters (displayed, the bank's), and how it stands."""

    position: int
    kind: Kind
    points: str
    source: int
    letters: tuple[tuple[str, str], ...]
    raw: str
    answered: bool
    flagged: bool
    saved_at: datetime | None

    @property
    def untouched(self) -> bool:
        """Whether nothing was ever saved of it, so that it looks as on everybody's paper."""
        return not self.raw and not self.flagged and self.saved_at is None

    @property
    def state(self) -> str:
        """The state in words, as the answer map reads it aloud."""
        return ("已答" if self.answered else "未答") + ("，存疑" if self.flagged else "")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the templates of the kinds read (`question_types/<kind>.html`). `position` is the
    number on the page."""

    position: int | str
    kind: Kind
    points: str
    stem: str
    options: list[tuple[str, str]]
    blanks: list[int]
    units: list[str]
    steps: list[dict[str, Any]]
    response: dict[str, Any]
    raw: str
    flagged: bool
    saved_at: datetime | None
    readonly: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One section: all questions of one kind, with the rule that they are marked by."""

    heading: str
    rule: str
    points: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole paper, and how far the candidate is."""

    total: str
    parts: tuple[Part, ...]
    next_seq: int

    @property
    def items(self) -> list[Item]:
        return [item for part in self.parts for item in part.items]

    @property
    def answered(self) -> int:
        return sum(item.answered for item in self.items)

    @property
    def doubtful(self) -> int:
        return sum(item.flagged for item in self.items)

    @property
    def unanswered(self) -> int:
        return len(self.items) - self.answered

    @property
    def open(self) -> list[Item]:
        """What deserves another look before handing in: unanswered or doubtful."""
        return [item for item in self.items if item.flagged or not item.answered]


def flags(text: str) -> frozenset[int]:
    """The items marked as doubtful (存疑), from "[7,26]"; nothing for a text that is no list."""
    try:
        read = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return frozenset()
    if not isinstance(read, list):
        return frozenset()
    return frozenset(number for number in read if type(number) is int)


def answered(answers: Mapping[int, str]) -> int:
    """How many answers say something, without looking at the paper: a receipt is shown when the
    paper may no longer be."""
    return sum(text.strip() not in BLANK for text in answers.values())


def sheet(
    paper: Mapping[str, Any],
    order: CandidateOrder,
    standing: Mapping[int, Standing],
    doubtful: Standing | None = None,
    *,
    epoch: int = 0,
) -> Sheet:
    """The paper in this candidate's order and letters, with the answers that stand. `epoch` is
    the pen's: the next answer is numbered under it."""
    marked = flags(doubtful.answer if doubtful else "")
    by_position = {item["position"]: item for item in paper["items"]}
    items = [
        _item(number, by_position[ordered.position], ordered.letters, standing.get(number), marked)
        for number, ordered in enumerate(order.items, 1)
    ]
    parts = []
    for numeral, section in zip(NUMERALS, paper["sections"], strict=False):
        mine = tuple(item for item in items if item.kind == section["kind"])
        heading = f"{numeral}、{section['label']}"
        parts.append(Part(heading, section["rule"], section["points"], mine))
    used = [each.seq for each in (*standing.values(), *([doubtful] if doubtful else []))]
    return Sheet(paper["total"], tuple(parts), first_seq(epoch, max(used, default=0)))


def _item(
    number: int,
    frozen: Mapping[str, Any],
    letters: tuple[tuple[str, str], ...],
    standing: Standing | None,
    marked: frozenset[int],
) -> Item:
    kind, raw = Kind(frozen["kind"]), standing.answer if standing else ""
    return Item(
        position=number,
        kind=kind,
        points=frozen["points"],
        source=frozen["position"],
        letters=letters,
        raw=raw,
        answered=bool(raw) and registry.is_answered(kind, raw),
        flagged=number in marked,
        saved_at=standing.saved_at if standing else None,
    )


def shown(item: Item, frozen: Mapping[str, Any]) -> Shown:
    """The question behind an item (`frozen`: as it stands in the paper), in the candidate's
    letters, with the candidate's answer."""
    presented = registry.presented(item.kind, frozen["content"])
    texts = dict(presented["options"])
    return Shown(
        position=item.position,
        kind=item.kind,
        points=item.points,
        stem=presented["stem"],
        options=[(seen, texts[own]) for seen, own in item.letters],
        blanks=presented["blanks"],
        units=presented["units"],
        steps=presented["steps"],
        response=registry.shown(item.kind, item.raw),
        raw=item.raw,
        flagged=item.flagged,
        saved_at=item.saved_at,
    )


def pristine(
    frozen: Mapping[str, Any], position: str, options: list[tuple[str, str]] | None = None
) -> Shown:
    """A question that nobody has touched, under a number and letters of the caller's choice:
    what everybody's paper has in common. By default the bank's own letters."""
    kind = Kind(frozen["kind"])
    presented = registry.presented(kind, frozen["content"])
    return Shown(
        position=position,
        kind=kind,
        points=frozen["points"],
        stem=presented["stem"],
        options=presented["options"] if options is None else options,
        blanks=presented["blanks"],
        units=presented["units"],
        steps=presented["steps"],
        response=registry.shown(kind, ""),
        raw="",
        flagged=False,
        saved_at=None,
    )
