"""Freezing a paper: what was typed, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class FreezeForm:
    """抽题封存: the paper's title, the day whose law it follows, papers not to repeat."""

    title: str
    as_of: date
    avoid: tuple[int, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    def refused(self, reason: str) -> "FreezeForm":
        """The same form with the bank's answer."""
        return replace(self, problems={"form": reason})


def parse_freeze(*, title: str, as_of: str, avoid: Sequence[str], today: date) -> FreezeForm:
    """An empty or misspelt day is a problem, not today: the law depends on it."""
    problems: dict[str, str] = {}
    try:
        day = date.fromisoformat(as_of.strip())
    except ValueError:
        day, problems["as_of"] = today, "请填写适用日期（考试那一天）。"
    if not title.strip() or len(title.strip()) > 128:
        problems["title"] = "请填写试卷名称，不超过 128 个字。"
    papers = tuple(int(number) for number in avoid if number.isdecimal() and len(number) < 10)
    return FreezeForm(title.strip(), day, papers, problems)


def parse_day(text: str, *, default: date) -> date:
    """The day of a date field in an address; the default for an empty or misspelt one."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return default
