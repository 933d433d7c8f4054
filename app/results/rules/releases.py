"""A release (成绩发布): the one immutable value behind screen, Excel, print and API."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.contests.rules.contest_rules import ContestRules, Measure
from app.contests.rules.people import Entered
from app.kernel.canonical import digest
from app.results.rules.counties import CountyPlaced, county_scores, mean
from app.results.rules.declared import declared
from app.results.rules.entries import (
    Absence,
    Entry,
    spelled,
    spelled_or_null,
)
from app.results.rules.facts import (
    Called,
    ContestFacts,
    DrawFacts,
    call_line,
    contest_facts,
    draw_facts,
)
from app.results.rules.picks import Picks, pick
from app.results.rules.places import Placed, rank

FORMAT = "biwu-release/1"


def release(
    entries: Iterable[Entry],
    *,
    number: str,
    contest: ContestFacts,
    rules: ContestRules,
    released_at: datetime,
    calls: Sequence[Called] = (),
    draw: DrawFacts | None = None,
    play_off: Sequence[str] = (),
    evidence: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """发布: `{release, hash, contest, rules, counties, candidates, …}`, all marks and scores as
    decimal strings. An exam's `score` is exact; `total` and `county_score` are rounded once.
    `absent` is null, "leave" or "without_leave"; `pick` is null, "picked", "substitute" or
    "play_off". `hash` is the SHA-256 of the canonical JSON of everything else. `evidence` is
    carried as it is (raw answers, papers): whoever makes it makes its check.
    """
    placed = rank(entries, rules)
    picks = pick(placed, rules.pick, play_off=play_off)
    content: dict[str, Any] = {
        "format": FORMAT,
        "release": number,
        "released_at": released_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contest": contest_facts(contest),
        "rules": declared(rules),
        "summary": summary(placed, rules),
        "counties": [_county(county) for county in county_scores(placed, rules)],
        "candidates": [_candidate(each, rules, picks) for each in placed],
        "picks": _picks(picks, play_off),
        "calls": [call_line(call) for call in calls],
        "draw": draw_facts(draw),
    }
    if evidence is not None:
        content["evidence"] = dict(evidence)
    return {**content, "hash": hashed(content)}


def hashed(release: Mapping[str, Any]) -> str:
    """The hash of a release: over everything but the hash itself."""
    return digest({key: value for key, value in release.items() if key != "hash"})


def summary(placed: Sequence[Placed], rules: ContestRules) -> dict[str, Any]:
    """What a circular says of everybody: how many came, and means over those who came."""
    there = [each for each in placed if each.total is not None and each.place is not None]
    totals = [(each.entry.entered, each.total or Decimal(0)) for each in there]
    every = [total for _, total in totals]
    drawn, nominated = (
        [total for entered, total in totals if entered is group]
        for group in (Entered.DRAW, Entered.NOMINATION)
    )
    return {
        "called": len(placed),
        "drawn": sum(each.entry.entered is Entered.DRAW for each in placed),
        "nominated": sum(each.entry.entered is Entered.NOMINATION for each in placed),
        "present": len(there),
        "on_leave": sum(each.entry.absent is Absence.LEAVE for each in placed),
        "without_leave": sum(each.entry.absent is Absence.WITHOUT_LEAVE for each in placed),
        "passed": sum(each >= rules.pass_line for each in every),
        "excellent": sum(each >= rules.excellent_line for each in every),
        "mean": spelled_or_null(mean(every)),
        "mean_drawn": spelled_or_null(mean(drawn)),
        "mean_nominated": spelled_or_null(mean(nominated)),
        "best": spelled_or_null(max(every, default=None)),
        "lowest": spelled_or_null(min(every, default=None)),
        "exam_means": [
            {
                "exam": exam.code,
                "score": spelled_or_null(mean([each.entry.score(exam.code) for each in there])),
            }
            for exam in rules.exams
        ],
    }


def _county(county: CountyPlaced) -> dict[str, Any]:
    return {
        "county": county.name,
        "county_code": county.code,
        "place": county.place,
        "county_score": spelled_or_null(county.score),
        "called": county.called,
        "counted": county.counted,
        "mean_drawn": spelled_or_null(county.mean_drawn),
        "mean_nominated": spelled_or_null(county.mean_nominated),
        "exam_means": [
            {"exam": exam, "score": spelled_or_null(mean)} for exam, mean in county.exam_means
        ],
        "best": spelled_or_null(county.best),
        "spread": spelled_or_null(county.spread),
        "worked": county.worked,
        "converted": spelled_or_null(county.converted),
        "worked_converted": county.worked_converted,
        "remark": county.remark,
    }


def _candidate(each: Placed, rules: ContestRules, picks: Picks) -> dict[str, Any]:
    entry = each.entry
    away = entry.absent is not Absence.NONE
    line: dict[str, Any] = {
        "candidate": entry.candidate,
        "name": entry.name,
        "county": entry.county,
        "county_code": entry.county_code,
        "unit": entry.unit,
        "certificate": entry.certificate,
        "entered": entry.entered.value,
        "exams": []
        if away
        else [
            {
                "exam": exam.code,
                "score": spelled(entry.score(exam.code)),
                "sat": exam.code in entry.scores,
            }
            for exam in rules.exams
        ],
        "total": spelled_or_null(each.total),
        "place": each.place,
        "absent": entry.absent.value if away else None,
        "pick": picks.state(entry.candidate),
        "why": each.why,
        "used_seconds": entry.used_seconds,
    }
    # Who left the page how often is nobody's business unless a place hangs on it.
    if any(step.measure is Measure.FEWER_VIOLATIONS for step in rules.tie_break):
        line["violations"] = entry.violations
    return line


def _picks(picks: Picks, play_off: Sequence[str]) -> dict[str, Any]:
    return {
        "picked": [_one(p.candidate, p.name, p.county, p.why, p.order) for p in picks.picked],
        "substitutes": [
            _one(p.candidate, p.name, p.county, p.why, p.order) for p in picks.substitutes
        ],
        "skipped": [_one(s.candidate, s.name, s.county, s.why) for s in picks.skipped],
        "play_offs": [
            {
                "candidates": list(each.candidates),
                "seats": each.seats,
                "substitutes": each.substitutes,
                "why": each.why,
            }
            for each in picks.play_offs
        ],
        "play_off_order": list(play_off),
    }


def _one(
    candidate: str, name: str, county: str, why: str, order: int | None = None
) -> dict[str, Any]:
    line: dict[str, Any] = {"candidate": candidate, "name": name, "county": county, "why": why}
    return line if order is None else {**line, "order": order}
