"""Laws (法律依据) as facts: which version is in force from when to when, how many articles.

No statute text: the texts are checked against outside the project (`bank check --laws FILE`).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeGuard

from app.bank.rules.refusals import NotBankFile


class Confidence(StrEnum):
    """How sure the office is that this text is the law today (依据的把握)."""

    FIRM = "firm"
    STANDING = "standing"
    OPEN = "open"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Confidence.FIRM: "可作唯一依据",
    Confidence.STANDING: "没有找到废止决定，宜作佐证",
    Confidence.OPEN: "尚未确认，不作答案依据",
}


@dataclass(frozen=True, slots=True)
class LawEntry:
    """One version of a law. `repealed` is the first day on which it is no longer law."""

    name: str
    title: str
    issuer: str
    version: date
    effective: date
    articles: int
    confidence: Confidence
    repealed: date | None = None
    successor: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether it is law on that day: from 施行日 on, until the day before 废止日."""
        return self.effective <= on and (self.repealed is None or on < self.repealed)


LawBook = Mapping[tuple[str, date], LawEntry]
"""Laws by short name and version, as `basis` cites them."""


def book(laws: Iterable[LawEntry]) -> dict[tuple[str, date], LawEntry]:
    """The law table for looking up what a question cites."""
    return {(law.name, law.version): law for law in laws}


def read_laws(text: str) -> tuple[LawEntry, ...]:
    """The laws of `question_bank/laws.toml`. Raises NotBankFile with the first thing wrong."""
    try:
        rows = tomllib.loads(text).get("law", [])
    except tomllib.TOMLDecodeError as error:
        raise NotBankFile(why=f"法律依据表不是 TOML（{error}）") from error
    if not isinstance(rows, list) or not rows:
        raise NotBankFile(why="里面没有 [[law]]")
    laws = tuple(_entry(row, number) for number, row in enumerate(rows, 1))
    if len(book(laws)) < len(laws):
        raise NotBankFile(why="有两段 [[law]] 的短名和版本相同")
    return laws


def _entry(row: Any, number: int) -> LawEntry:
    def wrong(what: str) -> NotBankFile:
        return NotBankFile(why=f"第 {number} 段 [[law]]：{what}")

    if not isinstance(row, dict):
        raise wrong("应当是一张表")
    for name in ("name", "title", "issuer"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise wrong(f"缺少 {name}")
    for name in ("version", "effective"):
        if not is_day(row.get(name)):
            raise wrong(f"{name} 应当是不加引号的日期")
    repealed, count, sure = row.get("repealed"), row.get("articles"), row.get("confidence")
    if repealed is not None and not is_day(repealed):
        raise wrong("repealed 应当是不加引号的日期")
    if repealed is not None and repealed <= row["effective"]:
        raise wrong("废止日应当在施行日之后")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise wrong("articles 应当是条数")
    if sure not in tuple(Confidence):
        raise wrong("confidence 应当是 firm、standing、open 之一")
    return LawEntry(
        name=row["name"],
        title=row["title"],
        issuer=row["issuer"],
        version=row["version"],
        effective=row["effective"],
        articles=count,
        confidence=Confidence(sure),
        repealed=repealed,
        successor=row.get("successor"),
    )


def is_day(value: Any) -> TypeGuard[date]:
    """A date and nothing finer: TOML knows moments too, and a moment is no 施行日."""
    return isinstance(value, date) and not isinstance(value, datetime)
