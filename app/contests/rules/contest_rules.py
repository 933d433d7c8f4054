"""The declared rules of a contest (计分规则): every choice of facts.md chapter 7 as one value.

They are confirmed and published before the draw and the exam; what was published is what is
computed. Enum values are those of a release, so that the two fit without translation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.contests.rules.refusals import RulesUnreadable
from app.question_types.marks import plain
from app.question_types.policy import DEFAULT, MultiplePolicy, Policy

VERSION = 1
# Who is back within so many seconds has not left the page (facts 7.6).
LEAVING_IS_FREE_FOR = 3


@dataclass(frozen=True, slots=True)
class ExamRule:
    """An exam (科目): its code, its title, its weight in the total, its full score. The paper
    chosen for it must be worth exactly `full`."""

    code: str
    title: str
    weight: Decimal
    full: Decimal = Decimal(100)


class Measure(StrEnum):
    """What a step of the tie-break chain compares."""

    TOTAL = "total"
    EXAM = "exam"
    SHORTER_TIME = "shorter_time"
    FEWER_VIOLATIONS = "fewer_violations"


@dataclass(frozen=True, slots=True)
class TieStep:
    """One step of the chain (同分排序); `exam` is the code of the exam that an EXAM step means."""

    measure: Measure
    exam: str = ""

    def __str__(self) -> str:
        return f"{self.measure}:{self.exam}" if self.exam else str(self.measure)


class CountyMethod(StrEnum):
    """How a county's score (县区成绩) is made of its people's totals (facts 7.3)."""

    MEAN_OF_ALL = "mean"
    WEIGHTED_GROUPS = "groups"
    BEST_N = "best"
    SUM = "sum"

    @property
    def label(self) -> str:
        return {
            CountyMethod.MEAN_OF_ALL: "全部计入人员的平均分",
            CountyMethod.WEIGHTED_GROUPS: "随机抽取与推荐分组加权",
            CountyMethod.BEST_N: "最好几人的平均分",
            CountyMethod.SUM: "全部计入人员的总和",
        }[self]


class CountyTie(StrEnum):
    """What decides between counties with the same score."""

    MEAN_OF_DRAWN = "mean_drawn"
    BEST_PERSON = "best"
    LOWER_SPREAD = "spread"

    @property
    def label(self) -> str:
        return {
            CountyTie.MEAN_OF_DRAWN: "随机抽取人员均分",
            CountyTie.BEST_PERSON: "个人最高总分",
            CountyTie.LOWER_SPREAD: "高低分差",
        }[self]


COUNTY_CHAIN = (CountyTie.MEAN_OF_DRAWN, CountyTie.BEST_PERSON, CountyTie.LOWER_SPREAD)


@dataclass(frozen=True, slots=True)
class CountyRule:
    """The county-score rule. Absence without leave counts 0 and an approved leave is left out,
    whatever the method. `attendance` multiplies by the share of people present. `full` is what
    the best county gets for the yearly evaluation (折算); None: nothing is converted."""

    method: CountyMethod = CountyMethod.MEAN_OF_ALL
    drawn_weight: Decimal = Decimal("0.6")
    nominated_weight: Decimal = Decimal("0.4")
    best: int = 3
    attendance: bool = False
    full: Decimal | None = Decimal(100)
    tie_break: tuple[CountyTie, ...] = COUNTY_CHAIN


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many people of each county (参赛名额): drawn, nominated, and reserves of the draw."""

    drawn: int = 2
    nominated: int = 1
    reserves: int = 2

    @property
    def team(self) -> int:
        """How many people of a county sit the contest."""
        return self.drawn + self.nominated


@dataclass(frozen=True, slots=True)
class PickRule:
    """The pick rule (省赛选派): `seats` by rank, at most `per_county` of one county, substitutes
    included, with a total of at least `lowest` where one is asked for."""

    seats: int = 4
    substitutes: int = 2
    per_county: int = 2
    lowest: Decimal | None = None


class SwitchAway(StrEnum):
    """What follows when a candidate leaves the page (离开作答页面). A person decides, always."""

    RECORD = "record"
    TELL = "tell"
    ASK = "ask"

    @property
    def label(self) -> str:
        return {
            SwitchAway.RECORD: "只作记录",
            SwitchAway.TELL: "记录并提示监考员",
            SwitchAway.ASK: "超过次数，请监考员决定是否收卷",
        }[self]


@dataclass(frozen=True, slots=True)
class ContestRules:
    """All that is declared of a contest before its exams. The defaults are those of facts.md 7:
    laws 40 %, case analysis 20 %, case-file review 40 %."""

    exams: tuple[ExamRule, ...] = (
        ExamRule("A", "生态环境法律法规", Decimal("0.4")),
        ExamRule("B", "案例分析", Decimal("0.2")),
        ExamRule("C", "案卷评查", Decimal("0.4")),
    )
    pass_line: Decimal = Decimal(60)
    excellent_line: Decimal = Decimal(85)
    tie_break: tuple[TieStep, ...] = (
        TieStep(Measure.TOTAL),
        TieStep(Measure.EXAM, "C"),
        TieStep(Measure.EXAM, "B"),
        TieStep(Measure.EXAM, "A"),
        TieStep(Measure.SHORTER_TIME),
        TieStep(Measure.FEWER_VIOLATIONS),
    )
    county: CountyRule = CountyRule()
    numbers: Numbers = Numbers()
    pick: PickRule = PickRule()
    policy: Policy = DEFAULT
    switch_away: SwitchAway = SwitchAway.TELL
    switch_away_limit: int = 5
    appeal_days: int = 3
    answer_days: int = 5
    version: int = VERSION

    @property
    def weights(self) -> dict[str, Decimal]:
        """Weight by exam code."""
        return {exam.code: exam.weight for exam in self.exams}

    @property
    def highest_total(self) -> Decimal:
        """The total of somebody who makes no mistake."""
        return sum((exam.weight * exam.full for exam in self.exams), Decimal(0))

    def exam(self, code: str) -> ExamRule:
        """The exam of this code, or KeyError."""
        return {exam.code: exam for exam in self.exams}[code]


def to_dict(rules: ContestRules) -> dict[str, Any]:
    """The rules as data for canonical JSON: decimals are strings, 0.40 and 0.4 are one."""
    county, numbers, pick, policy = rules.county, rules.numbers, rules.pick, rules.policy
    return {
        "version": rules.version,
        "exams": [
            {"code": e.code, "title": e.title, "weight": plain(e.weight), "full": plain(e.full)}
            for e in rules.exams
        ],
        "pass_line": plain(rules.pass_line),
        "excellent_line": plain(rules.excellent_line),
        "tie_break": [str(step) for step in rules.tie_break],
        "county": {
            "method": county.method.value,
            "drawn_weight": plain(county.drawn_weight),
            "nominated_weight": plain(county.nominated_weight),
            "best": county.best,
            "attendance": county.attendance,
            "full": _plain_or_null(county.full),
            "tie_break": [tie.value for tie in county.tie_break],
        },
        "numbers": {each.name: getattr(numbers, each.name) for each in fields(numbers)},
        "pick": {
            "seats": pick.seats,
            "substitutes": pick.substitutes,
            "per_county": pick.per_county,
            "lowest": _plain_or_null(pick.lowest),
        },
        "policy": {
            "multiple_choice": policy.multiple_choice.value,
            "indefinite_choice": policy.indefinite_choice.value,
            "half_step": plain(policy.half_step),
            "share_step": plain(policy.share_step),
            "no_half_up_to": plain(policy.no_half_up_to),
        },
        "switch_away": rules.switch_away.value,
        "switch_away_limit": rules.switch_away_limit,
        "appeal_days": rules.appeal_days,
        "answer_days": rules.answer_days,
    }


def from_dict(given: Mapping[str, Any]) -> ContestRules:
    """The rules, read back; raises RulesUnreadable for anything that `to_dict` does not write,
    so that no stored choice is ever dropped in silence."""
    try:
        rules = _parsed(given)
        same = to_dict(rules) == given
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as broken:
        raise RulesUnreadable from broken
    if not same or rules.version != VERSION:
        raise RulesUnreadable
    return rules


def _parsed(given: Mapping[str, Any]) -> ContestRules:
    county, numbers, pick, policy = (given[key] for key in ("county", "numbers", "pick", "policy"))
    return ContestRules(
        exams=tuple(
            ExamRule(e["code"], e["title"], _decimal(e["weight"]), _decimal(e["full"]))
            for e in given["exams"]
        ),
        pass_line=_decimal(given["pass_line"]),
        excellent_line=_decimal(given["excellent_line"]),
        tie_break=tuple(_step(text) for text in given["tie_break"]),
        county=CountyRule(
            method=CountyMethod(county["method"]),
            drawn_weight=_decimal(county["drawn_weight"]),
            nominated_weight=_decimal(county["nominated_weight"]),
            best=_whole(county["best"]),
            attendance=_yes(county["attendance"]),
            full=_decimal_or_none(county["full"]),
            tie_break=tuple(CountyTie(text) for text in county["tie_break"]),
        ),
        numbers=Numbers(**{each.name: _whole(numbers[each.name]) for each in fields(Numbers)}),
        pick=PickRule(
            seats=_whole(pick["seats"]),
            substitutes=_whole(pick["substitutes"]),
            per_county=_whole(pick["per_county"]),
            lowest=_decimal_or_none(pick["lowest"]),
        ),
        policy=Policy(
            multiple_choice=MultiplePolicy(policy["multiple_choice"]),
            indefinite_choice=MultiplePolicy(policy["indefinite_choice"]),
            half_step=_decimal(policy["half_step"]),
            share_step=_decimal(policy["share_step"]),
            no_half_up_to=_decimal(policy["no_half_up_to"]),
        ),
        switch_away=SwitchAway(given["switch_away"]),
        switch_away_limit=_whole(given["switch_away_limit"]),
        appeal_days=_whole(given["appeal_days"]),
        answer_days=_whole(given["answer_days"]),
        version=_whole(given["version"]),
    )


def _step(text: str) -> TieStep:
    measure, _, exam = text.partition(":")
    return TieStep(Measure(measure), exam)


def _decimal(text: object) -> Decimal:
    if not isinstance(text, str):
        raise TypeError("a decimal is a string")
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _decimal_or_none(text: object) -> Decimal | None:
    return None if text is None else _decimal(text)


def _whole(value: object) -> int:
    # True is an int to Python, and 1 == True would let it through the comparison.
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a number of people or days is an integer")
    return value


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("a choice of two is true or false")
    return value


def _plain_or_null(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
