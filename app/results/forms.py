"""How the organizer wants the tables: sorted by what, and whom of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from app.contests.rules.people import Entered

Line = Mapping[str, Any]
DESCENDING = "-"


@dataclass(frozen=True, slots=True)
class Listing:
    """The wish in the address: `sort` for people and `by` for counties are a column, with a dash
    in front for the greatest first; empty is the order of the places. What is not known is left
    aside, for an address is no form that somebody fills in."""

    sort: str = ""
    by: str = ""
    county: str = ""
    entered: str = ""
    name: str = ""

    def candidates(self, release: Mapping[str, Any]) -> list[Line]:
        """The people who are wanted, in the order that is wanted."""
        lines = [
            line
            for line in release["candidates"]
            if self.county in ("", line["county_code"])
            and self.entered in ("", line["entered"])
            and self.name in line["name"]
        ]
        return _sorted(lines, self.sort, _candidate_value)

    def counties(self, release: Mapping[str, Any]) -> list[Line]:
        """The counties in the order that is wanted."""
        return _sorted(release["counties"], self.by, _county_value)

    def sorted_href(self, column: str) -> str:
        """The address that sorts people by this column, and the other way round a second time."""
        return self._href(replace(self, sort=_turned(self.sort, column)), "standings")

    def by_href(self, column: str) -> str:
        """The same for counties."""
        return self._href(replace(self, by=_turned(self.by, column)), "counties")

    def direction(self, column: str, *, counties: bool = False) -> str:
        """`ascending`, `descending` or nothing, for a screen reader."""
        now = self.by if counties else self.sort
        if now.lstrip(DESCENDING) != column:
            return ""
        return "descending" if now.startswith(DESCENDING) else "ascending"

    def _href(self, to: "Listing", part: str) -> str:
        query = {
            name: getattr(to, name)
            for name in ("sort", "by", "county", "entered", "name")
            if getattr(to, name)
        }
        return f"?{urlencode(query)}#{part}"


def parse(*, sort: str, by: str, county: str, entered: str, name: str) -> Listing:
    """What stands in the address, in shape."""
    known = entered if entered in set(Entered) else ""
    return Listing(sort.strip(), by.strip(), county.strip(), known, name.strip())


def _turned(now: str, column: str) -> str:
    """Numbers are wanted greatest first, places and words from the beginning."""
    first = column if column in ("place", "county", "candidate") else f"{DESCENDING}{column}"
    other = first.lstrip(DESCENDING) if first.startswith(DESCENDING) else f"{DESCENDING}{first}"
    return other if now == first else first


def _sorted(
    lines: Sequence[Line], wish: str, value: Callable[[Line, str], Decimal | str | None]
) -> list[Line]:
    """By one column; equal ones stay in the order of the places, and who has no value is last."""
    column = wish.lstrip(DESCENDING)
    keyed = [(value(line, column), line) for line in lines]
    some = [pair for pair in keyed if pair[0] is not None]
    some.sort(key=lambda pair: pair[0], reverse=wish.startswith(DESCENDING))  # type: ignore[arg-type, return-value]  # one column, one type
    return [line for _, line in some] + [line for key, line in keyed if key is None]


def _candidate_value(line: Line, column: str) -> Decimal | str | None:
    if column in ("county", "candidate"):
        found: str = line["county_code"] if column == "county" else line["candidate"]
        return found
    if column in ("place", "total", "used_seconds"):
        return None if line[column] is None else Decimal(line[column])
    return next((Decimal(e["score"]) for e in line["exams"] if e["exam"] == column), None)


def _county_value(line: Line, column: str) -> Decimal | str | None:
    numbers = ("place", "county_score", "mean_drawn", "mean_nominated", "converted", "counted")
    if column in numbers and line[column] is not None:
        return Decimal(line[column])
    return str(line["county_code"]) if column == "county" else None
