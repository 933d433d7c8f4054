"""County scores (县区成绩): worked numbers that anyone can follow with a pencil."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from app.contests.rules.contest_rules import ContestRules, CountyMethod, CountyRule, CountyTie
from app.contests.rules.people import Entered
from app.contests.rules.words import COUNTY_TIES, percent
from app.kernel.score import rounded
from app.question_types.marks import plain
from app.results.rules.entries import Absence
from app.results.rules.places import Placed


@dataclass(frozen=True, slots=True)
class CountyPlaced:
    """A county with score and place. Nobody counted: no score, no place, and why.

    `worked` is the sum as it is done by hand; `remark` tells of leave, absence and how a level
    score was decided. Means are over counted people: an absence without leave counts 0, an
    approved leave is left out.
    """

    code: str
    name: str
    called: int
    counted: int
    score: Decimal | None
    place: int | None
    mean_drawn: Decimal | None
    mean_nominated: Decimal | None
    exam_means: tuple[tuple[str, Decimal | None], ...]
    best: Decimal | None
    spread: Decimal | None
    worked: str
    converted: Decimal | None = None
    worked_converted: str = ""
    remark: str = ""


def county_scores(placed: Iterable[Placed], rules: ContestRules) -> list[CountyPlaced]:
    """县区排名: by score, then by the declared chain (by default: mean of the drawn → best
    individual → lower spread), then a shared place.

    The score is made of the published totals (two decimals), so that the worked sum is right to
    the cent, and is itself rounded once, at the end. Spread (离散程度) is the highest less the
    lowest total. Counties without a counted person stand last, without a place.
    """
    ties = rules.county.tie_break
    by_county: dict[str, list[Placed]] = {}
    for each in placed:
        by_county.setdefault(each.entry.county_code, []).append(each)
    unplaced = [_scored(people, rules) for _, people in sorted(by_county.items())]
    lines = sorted(
        (county for county in unplaced if county.score is not None),
        key=lambda county: ([-value for value in _key(county, ties)], county.code),
    )
    done: list[CountyPlaced] = []
    for _, level in groupby(lines, key=lambda county: _key(county, ties)):
        sharing = list(level)
        place = len(done) + 1
        for county in sharing:
            remark = _joined(county.remark, _why(county, lines, ties))
            done.append(replace(county, place=place, remark=remark))
    top = done[0].score if done else None
    done = [_converted(county, top, rules.county) for county in done]
    return done + [county for county in unplaced if county.score is None]


def _scored(people: Sequence[Placed], rules: ContestRules) -> CountyPlaced:
    counted = sorted(
        (each for each in people if each.entry.absent is not Absence.LEAVE),
        key=lambda each: (-(each.total or Decimal(0)), each.entry.candidate),
    )
    totals = [_of(each) for each in counted]
    score, worked = _worked(counted, rules.county)
    return CountyPlaced(
        code=people[0].entry.county_code,
        name=people[0].entry.county,
        called=len(people),
        counted=len(counted),
        score=score,
        place=None,
        mean_drawn=_group_mean(counted, Entered.DRAW),
        mean_nominated=_group_mean(counted, Entered.NOMINATION),
        exam_means=tuple(
            (exam.code, mean([each.entry.score(exam.code) for each in counted]))
            for exam in rules.exams
        ),
        best=max(totals, default=None),
        spread=max(totals) - min(totals) if totals else None,
        worked=worked,
        remark=_absences(people),
    )


def _worked(counted: Sequence[Placed], rule: CountyRule) -> tuple[Decimal | None, str]:
    if not counted:
        return None, "没有计入成绩的人员，不排名"
    drawn, nominated = (
        [_of(each) for each in counted if each.entry.entered is entered]
        for entered in (Entered.DRAW, Entered.NOMINATION)
    )
    both = [_of(each) for each in counted]
    match rule.method:
        case CountyMethod.MEAN_OF_ALL:
            exact, text = _part(both)
        case CountyMethod.SUM:
            exact, text = Fraction(sum(both)), "＋".join(map(str, both))
        case CountyMethod.BEST_N:
            exact, text = _part(both[: rule.best])
        case CountyMethod.WEIGHTED_GROUPS if not drawn or not nominated:
            # A group all of whose people have approved leave has no mean; nobody is punished.
            exact, text = _part(both)
        case CountyMethod.WEIGHTED_GROUPS:
            (first, first_text), (second, second_text) = _part(drawn), _part(nominated)
            exact = first * Fraction(rule.drawn_weight) + second * Fraction(rule.nominated_weight)
            text = (
                f"{first_text}×{percent(rule.drawn_weight)}"
                f"＋{second_text}×{percent(rule.nominated_weight)}"
            )
    there = sum(each.entry.absent is Absence.NONE for each in counted)
    if rule.attendance:
        exact *= Fraction(there, len(counted))
        text = f"{text}×({there}÷{len(counted)})"
    return _closed(exact, text)


def _part(totals: Sequence[Decimal]) -> tuple[Fraction, str]:
    sum_text = "＋".join(map(str, totals))
    text = f"({sum_text})÷{len(totals)}" if len(totals) > 1 else f"{sum_text}÷1"
    return Fraction(sum(totals)) / len(totals), text


def _closed(exact: Fraction, text: str) -> tuple[Decimal, str]:
    """Rounded once, from a fraction: no intermediate rounding can push a half cent over."""
    result = rounded(Decimal(exact.numerator) / Decimal(exact.denominator))
    return result, f"{text}{'＝' if Fraction(result) == exact else '≈'}{result}"


def _converted(county: CountyPlaced, top: Decimal | None, rule: CountyRule) -> CountyPlaced:
    """折算得分: (county ÷ highest county) × full, from the published scores."""
    if rule.full is None or county.score is None or top is None:
        return county
    if not top:
        return replace(
            county, converted=Decimal("0.00"), worked_converted="最高县区成绩为0，折算为0"
        )
    converted, worked = _closed(
        Fraction(county.score) / Fraction(top) * Fraction(rule.full),
        f"{county.score}÷{top}×{plain(rule.full)}",
    )
    return replace(county, converted=converted, worked_converted=worked)


def _key(county: CountyPlaced, ties: Sequence[CountyTie]) -> tuple[Decimal, ...]:
    """Score, then a value for each step; the greater is ahead, and nothing is behind all."""
    values = [county.score, *(_measured(county, tie) for tie in ties)]
    signs = [1, *(-1 if tie is CountyTie.LOWER_SPREAD else 1 for tie in ties)]
    return tuple(
        Decimal("-Infinity") if value is None else sign * value
        for value, sign in zip(values, signs, strict=True)
    )


def _measured(county: CountyPlaced, tie: CountyTie) -> Decimal | None:
    match tie:
        case CountyTie.MEAN_OF_DRAWN:
            return county.mean_drawn
        case CountyTie.BEST_PERSON:
            return county.best
        case CountyTie.LOWER_SPREAD:
            return county.spread


def _why(county: CountyPlaced, lines: Sequence[CountyPlaced], ties: Sequence[CountyTie]) -> str:
    level = [other for other in lines if other.score == county.score]
    where = level.index(county)
    own = _key(county, ties)
    why = []
    same = [o.name for o in level if o is not county and _key(o, ties) == own]
    if same:
        steps = "及各项排序依据" if ties else ""
        why.append(f"与{'、'.join(same)}成绩（{county.score}）{steps}均相同，名次并列")
    ahead = [other for other in level[:where] if _key(other, ties) != own][-1:]
    behind = [other for other in level[where + 1 :] if _key(other, ties) != own][:1]
    for others, outcome in ((behind, "列前"), (ahead, "列后")):
        for other in others:
            tie = next(tie for tie in ties if _measured(county, tie) != _measured(other, tie))
            why.append(
                f"与{other.name}成绩相同（{county.score}），{COUNTY_TIES[tie]}，"
                f"本县区{_or_none(_measured(county, tie))}、"
                f"对方{_or_none(_measured(other, tie))}，{outcome}"
            )
    return "；".join(why)


def _joined(*said: str) -> str:
    return "；".join(filter(None, said))


def _or_none(value: Decimal | None) -> str:
    return "无" if value is None else str(value)


def _absences(people: Iterable[Placed]) -> str:
    people = sorted(people, key=lambda each: each.entry.candidate)
    said = []
    for absence, consequence in (
        (Absence.WITHOUT_LEAVE, "无故缺考，按0分计入"),
        (Absence.LEAVE, "经批准请假，不计入"),
    ):
        names = [each.entry.name for each in people if each.entry.absent is absence]
        if names:
            said.append(f"{'、'.join(names)}{consequence}")
    return "；".join(said)


def _group_mean(counted: Iterable[Placed], entered: Entered) -> Decimal | None:
    return mean([_of(each) for each in counted if each.entry.entered is entered])


def mean(numbers: Sequence[Decimal]) -> Decimal | None:
    """The mean, rounded once; of nobody there is none."""
    return rounded(sum(numbers, Decimal(0)) / len(numbers)) if numbers else None


def _of(each: Placed) -> Decimal:
    return Decimal("0.00") if each.total is None else each.total
