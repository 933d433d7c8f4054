"""Places (名次) by the declared chain: 1, 1, 3, and why for everyone who was level with someone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from app.contests.rules.contest_rules import ContestRules, Measure, TieStep
from app.contests.rules.words import step_in_words
from app.kernel.score import rounded
from app.results.rules.entries import (
    Absence,
    Entry,
    check,
    clock,
    total,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate with total and place. Who was absent has no place; who was on leave has no
    total either. `why` is empty unless the total is level with somebody's."""

    entry: Entry
    total: Decimal | None
    place: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    entry: Entry
    total: Decimal
    key: tuple[Decimal, ...]  # total first, then one value for each step; the greater is ahead


def rank(entries: Iterable[Entry], rules: ContestRules) -> list[Placed]:
    """排名: by total, then by the chain; who is level in all of it shares the place, and the next
    place is skipped (1, 1, 3). Absent people have no place and stand at the end.

    What is compared is what is shown: totals and exam scores of two decimals. The order of the
    list is the order of the sort; who shares a place stands by candidate number. The order in
    which the entries come makes no difference.
    """
    entries = list(entries)
    check(entries, rules)
    present = [entry for entry in entries if entry.absent is Absence.NONE]
    lines = sorted(
        (_line(entry, rules) for entry in present),
        key=lambda line: ([-value for value in line.key], line.entry.candidate),
    )
    placed: list[Placed] = []
    for _, level in groupby(lines, key=lambda line: line.total):
        placed += _level(list(level), before=len(placed), rules=rules)
    away = sorted(
        (entry for entry in entries if entry.absent is not Absence.NONE),
        key=lambda entry: (entry.absent is Absence.LEAVE, entry.candidate),
    )
    return placed + [
        Placed(entry, None if entry.absent is Absence.LEAVE else Decimal("0.00"), None)
        for entry in away
    ]


def chain(rules: ContestRules) -> tuple[TieStep, ...]:
    """What is compared between equal totals: the declared chain without the total itself."""
    return tuple(step for step in rules.tie_break if step.measure is not Measure.TOTAL)


def _line(entry: Entry, rules: ContestRules) -> _Line:
    sum_of_parts = total(entry, rules.weights)
    return _Line(entry, sum_of_parts, (sum_of_parts, *(_value(entry, s) for s in chain(rules))))


def _value(entry: Entry, step: TieStep) -> Decimal:
    match step.measure:
        case Measure.TOTAL:
            raise ValueError("the total is compared before the chain")
        case Measure.EXAM:
            return rounded(entry.score(step.exam))
        case Measure.SHORTER_TIME:
            return Decimal(-entry.used_seconds)
        case Measure.FEWER_VIOLATIONS:
            return Decimal(-entry.violations)


def _level(lines: Sequence[_Line], *, before: int, rules: ContestRules) -> list[Placed]:
    """Places of those whose totals are equal; `before` stand ahead of them."""
    sharing = [list(group) for _, group in groupby(lines, key=lambda line: line.key)]
    placed: list[Placed] = []
    for index, group in enumerate(sharing):
        place = before + len(placed) + 1
        ahead = sharing[index - 1][-1] if index else None
        behind = sharing[index + 1][0] if index + 1 < len(sharing) else None
        for line in group:
            why = []
            if len(group) > 1:
                others = "、".join(_called(x, lines) for x in group if x is not line)
                steps = "及各项同分排序依据" if chain(rules) else ""
                why.append(f"与{others}总分（{line.total}）{steps}均相同，名次并列")
            if behind:
                why.append(_decided(line, behind, lines, rules, "列前"))
            if ahead:
                why.append(_decided(line, ahead, lines, rules, "列后"))
            placed.append(Placed(line.entry, line.total, place, "；".join(why)))
    return placed


def _decided(
    line: _Line, other: _Line, lines: Sequence[_Line], rules: ContestRules, outcome: str
) -> str:
    step = next(
        step
        for step, mine, theirs in zip(chain(rules), line.key[1:], other.key[1:], strict=True)
        if mine != theirs
    )
    own, others = _shown(line.entry, step), _shown(other.entry, step)
    return (
        f"与{_called(other, lines)}总分相同（{line.total}），{step_in_words(step, rules)}，"
        f"本人{own}、对方{others}，{outcome}"
    )


def _called(line: _Line, lines: Sequence[_Line]) -> str:
    """The name; with the candidate number if two of one name are level."""
    namesakes = sum(other.entry.name == line.entry.name for other in lines)
    number = f"（{line.entry.candidate}）" if namesakes > 1 else ""
    return f"{line.entry.name}{number}"


def _shown(entry: Entry, step: TieStep) -> str:
    match step.measure:
        case Measure.TOTAL:
            raise ValueError("the total is compared before the chain")
        case Measure.EXAM:
            return f"{rounded(entry.score(step.exam))}分"
        case Measure.SHORTER_TIME:
            return clock(entry.used_seconds)
        case Measure.FEWER_VIOLATIONS:
            return f"{entry.violations}次"
