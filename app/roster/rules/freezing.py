"""A frozen roster (花名册冻结版): the list that a draw is made from, and its hash."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.canonical import digest
from app.kernel.errors import DomainError, Kind
from app.roster.rules.eligibility import eligibility
from app.roster.rules.people import OfficerEntry


class RosterEmpty(DomainError):
    code, kind = "roster_empty", Kind.CONFLICT
    message = "花名册里没有人员，不能冻结。请先导入花名册。"


@dataclass(frozen=True, slots=True)
class FrozenCounts:
    """How many officers a frozen roster holds, and how many of them may be drawn."""

    officers: int
    eligible: int


def frozen(
    officers: Iterable[OfficerEntry],
    *,
    version: int,
    draw_date: date,
    counties: Mapping[str, str],
) -> dict[str, Any]:
    """The canonical list, sorted by county code and certificate number, so that the order of
    typing changes nothing. `counties` maps names to codes.

    It is published: no ID and no phone number stands in it. Who may not be drawn stays in it with
    the reasons, for the list must show that nobody was left out in silence.
    """
    names = {code: name for name, code in counties.items()}
    listed = sorted(officers, key=lambda officer: (officer.county_code, officer.certificate))
    if not listed:
        raise RosterEmpty
    return {
        "kind": "roster",
        "version": version,
        "draw_date": draw_date.isoformat(),
        "counties": [
            {"code": code, "name": names[code]}
            for code in sorted({officer.county_code for officer in listed})
        ],
        "officers": [_line(officer, draw_date) for officer in listed],
    }


def roster_hash(roster: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: the value that a draw's commitment names."""
    return digest(dict(roster))


def counted(roster: Mapping[str, Any]) -> FrozenCounts:
    """The figures that stand beside the hash."""
    officers = roster["officers"]
    return FrozenCounts(len(officers), sum(1 for officer in officers if officer["eligible"]))


def _line(officer: OfficerEntry, draw_date: date) -> dict[str, Any]:
    standing = eligibility(officer, draw_date)
    expires = officer.certificate_expires
    return {
        "county": officer.county_code,
        "certificate": officer.certificate,
        "name": officer.name,
        "unit": officer.unit,
        "post": officer.post,
        "establishment": officer.establishment.value,
        "on_post": officer.on_post.value,
        "certificate_expires": None if expires is None else expires.isoformat(),
        "eligible": standing.eligible,
        "reasons": list(standing.reasons),
    }
