"""Checking a release (核验成绩发布) from its file alone, without the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.contests.rules.people import Entered
from app.kernel.errors import DomainError
from app.results.rules.declared import parsed_rules
from app.results.rules.entries import (
    Absence,
    Entry,
)
from app.results.rules.facts import parsed_call, parsed_contest, parsed_draw
from app.results.rules.releases import hashed
from app.results.rules.releases import release as made


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One place where a release contradicts its own exam scores and rules."""

    where: str
    reason: str


def verify_release(release: Mapping[str, Any]) -> list[Discrepancy]:
    """Computes the hash and, from the exam scores and the declared rules alone, every total,
    place, county score, county place, pick, reason and sentence; an empty list means that it
    holds. `evidence` is covered by the hash here; its own check stands with what made it.
    """
    try:
        return [*_hash(release), *_contents(release)]
    except DomainError as error:
        return [Discrepancy("release", f"成绩数据不能成立：{error}")]
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        return [
            Discrepancy("release", f"成绩发布文件不完整或格式不对：{type(error).__name__} {error}")
        ]


def _hash(release: Mapping[str, Any]) -> Iterator[Discrepancy]:
    if release["hash"] != hashed(release):
        yield Discrepancy("hash", "哈希与内容不符，文件在发布后被改动过")


def _contents(release: Mapping[str, Any]) -> Iterator[Discrepancy]:
    again = made(
        [_entry(line) for line in release["candidates"]],
        number=release["release"],
        contest=parsed_contest(release["contest"]),
        rules=parsed_rules(release["rules"]),
        released_at=datetime.fromisoformat(release["released_at"]),
        calls=[parsed_call(line) for line in release["calls"]],
        draw=parsed_draw(release["draw"]),
        play_off=release["picks"]["play_off_order"],
        evidence=release.get("evidence"),
    )
    for key, value in again.items():
        if key not in ("hash", "evidence"):
            yield from _compared(key, release[key], value)


def _compared(where: str, given: Any, again: Any) -> Iterator[Discrepancy]:
    match again:
        case dict() if isinstance(given, dict):
            for key in again:
                yield from _compared(f"{where}/{key}", given.get(key), again[key])
        case list() if isinstance(given, list):
            if len(given) != len(again):
                yield Discrepancy(where, f"应有 {len(again)} 项，文件里有 {len(given)} 项")
            for number, (mine, theirs) in enumerate(zip(given, again, strict=False)):
                yield from _compared(f"{where}/{_name(theirs, number)}", mine, theirs)
        case _ if type(given) is not type(again) or given != again:
            yield Discrepancy(where, f"文件里是“{_say(given)}”，按成绩和规则计算是“{_say(again)}”")


def _name(line: Any, number: int) -> str:
    """A line is named by candidate or county, so that a person finds it."""
    if isinstance(line, dict):
        for key in ("candidate", "county", "exam"):
            if line.get(key):
                return str(line[key])
    return str(number + 1)


def _say(value: Any) -> str:
    return "无" if value is None else str(value)


def _entry(line: Mapping[str, Any]) -> Entry:
    return Entry(
        candidate=line["candidate"],
        name=line["name"],
        county_code=line["county_code"],
        county=line["county"],
        unit=line["unit"],
        entered=Entered(line["entered"]),
        scores={e["exam"]: Decimal(e["score"]) for e in line["exams"] if e["sat"]},
        used_seconds=line["used_seconds"],
        violations=line.get("violations", 0),
        absent=Absence.NONE if line["absent"] is None else Absence(line["absent"]),
        certificate=line["certificate"],
    )
