"""What a release tells beside the scores: the contest, the call-up, the draw behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.contests.rules.people import CandidateState, Entered


@dataclass(frozen=True, slots=True)
class ContestFacts:
    """The contest (比武) as the release names it."""

    title: str
    year: int
    number: int
    held_from: date
    held_to: date


@dataclass(frozen=True, slots=True)
class Called:
    """One line of the call-up (抽取与推荐名单): the drawn, the nominated and the reserves.

    `order` is the place in the county's draw, `candidate` the number (empty for a reserve who was
    not needed), `replaces` the name of the one whose seat was taken. `reason` is for the public:
    never a diagnosis.
    """

    county_code: str
    county: str
    name: str
    certificate: str
    entered: Entered
    state: CandidateState
    order: int | None = None
    candidate: str = ""
    replaces: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DrawFacts:
    """What ties the release to the public draw (随机抽取): hashes, the day, the witnesses."""

    roster_hash: str
    commitment: str
    seed: str
    held_on: date
    witnesses: tuple[str, ...] = ()


def contest_facts(contest: ContestFacts) -> dict[str, Any]:
    """The contest as a line of the release."""
    return {
        "title": contest.title,
        "year": contest.year,
        "number": contest.number,
        "held_from": contest.held_from.isoformat(),
        "held_to": contest.held_to.isoformat(),
    }


def call_line(call: Called) -> dict[str, Any]:
    """One line of the call-up as the release spells it."""
    return {
        "county": call.county,
        "county_code": call.county_code,
        "name": call.name,
        "certificate": call.certificate,
        "entered": call.entered.value,
        "state": call.state.value,
        "order": call.order,
        "candidate": call.candidate,
        "replaces": call.replaces,
        "reason": call.reason,
    }


def draw_facts(draw: DrawFacts | None) -> dict[str, Any] | None:
    """The draw as the release spells it; null for a contest without one."""
    if draw is None:
        return None
    return {
        "roster_hash": draw.roster_hash,
        "commitment": draw.commitment,
        "seed": draw.seed,
        "held_on": draw.held_on.isoformat(),
        "witnesses": list(draw.witnesses),
    }


def parsed_contest(given: Mapping[str, Any]) -> ContestFacts:
    """The contest, read back."""
    return ContestFacts(
        title=given["title"],
        year=given["year"],
        number=given["number"],
        held_from=date.fromisoformat(given["held_from"]),
        held_to=date.fromisoformat(given["held_to"]),
    )


def parsed_call(line: Mapping[str, Any]) -> Called:
    """A line of the call-up, read back."""
    return Called(
        county_code=line["county_code"],
        county=line["county"],
        name=line["name"],
        certificate=line["certificate"],
        entered=Entered(line["entered"]),
        state=CandidateState(line["state"]),
        order=line["order"],
        candidate=line["candidate"],
        replaces=line["replaces"],
        reason=line["reason"],
    )


def parsed_draw(given: Mapping[str, Any] | None) -> DrawFacts | None:
    """The draw, read back."""
    if given is None:
        return None
    return DrawFacts(
        roster_hash=given["roster_hash"],
        commitment=given["commitment"],
        seed=given["seed"],
        held_on=date.fromisoformat(given["held_on"]),
        witnesses=tuple(given["witnesses"]),
    )
