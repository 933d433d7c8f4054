"""Ready-made rules (规则预设), by name. Every value may be changed before the rules are confirmed.

Sources: facts.md 7.1–7.7 (default, thirds, quarters), 1.1 (the national weekly test). What no
source fixes is the house's proposal and is marked so there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.contests.rules.contest_rules import (
    ContestRules,
    ExamRule,
    Measure,
    Numbers,
    PickRule,
    SwitchAway,
    TieStep,
)
from app.contests.rules.refusals import PresetMissing
from app.question_types.policy import MultiplePolicy, Policy


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of rules with the usual length of each exam, in minutes, by code."""

    name: str
    label: str
    hint: str
    rules: ContestRules
    minutes: Mapping[str, int]


def tie_chain(*exams: str) -> tuple[TieStep, ...]:
    """总分, then these exams in order of declared importance, shorter time, fewer violations."""
    return (
        TieStep(Measure.TOTAL),
        *(TieStep(Measure.EXAM, code) for code in exams),
        TieStep(Measure.SHORTER_TIME),
        TieStep(Measure.FEWER_VIOLATIONS),
    )


_LAWS, _CASES, _FILES = "生态环境法律法规", "案例分析", "案卷评查"
_ONE = Decimal(1)

DEFAULT = "default"
THEORY_ONLY = "theory_only"
EQUAL_WEIGHTS = "equal_weights"
SICHUAN_QUARTERS = "sichuan_quarters"
NATIONAL_WEEKLY = "national_weekly"

PRESETS: tuple[Preset, ...] = (
    Preset(
        DEFAULT,
        "三科 40/20/40（默认）",
        "法律法规40%、案例分析20%、案卷评查40%；同分先比案卷评查。",
        ContestRules(),
        {"A": 90, "B": 60, "C": 60},
    ),
    Preset(
        THEORY_ONLY,
        "只考理论",
        "一科法律法规，90分钟；同分先比用时。",
        ContestRules(exams=(ExamRule("A", _LAWS, _ONE),), tie_break=tie_chain()),
        {"A": 90},
    ),
    Preset(
        EQUAL_WEIGHTS,
        "三科同等权重",
        "三科各占三分之一；除不尽的万分之一归入案卷评查，合计正好100%。",
        ContestRules(
            exams=(
                ExamRule("A", _LAWS, Decimal("0.3333")),
                ExamRule("B", _CASES, Decimal("0.3333")),
                ExamRule("C", _FILES, Decimal("0.3334")),
            ),
        ),
        {"A": 90, "B": 60, "C": 60},
    ),
    Preset(
        SICHUAN_QUARTERS,
        "四科各 25%（四川）",
        "政策法规、文书制作及案卷归档、案卷纠错、证据固定各占25%，全部上机、个人作答。",
        ContestRules(
            exams=(
                ExamRule("A", "政策法规", Decimal("0.25")),
                ExamRule("B", "文书制作及案卷归档", Decimal("0.25")),
                ExamRule("C", "案卷纠错", Decimal("0.25")),
                ExamRule("D", "证据固定", Decimal("0.25")),
            ),
            tie_break=tie_chain("C", "B", "D", "A"),
        ),
        {"A": 60, "B": 60, "C": 60, "D": 60},
    ),
    Preset(
        NATIONAL_WEEKLY,
        "全国周测",
        "一科30题（单选25题每题3分、多选5题每题5分），30分钟，少选不得分，不抽人、不选派。",
        ContestRules(
            exams=(ExamRule("A", "法律法规周测", _ONE),),
            tie_break=tie_chain(),
            numbers=Numbers(drawn=0, nominated=3, reserves=0),
            pick=PickRule(seats=0, substitutes=0),
            policy=Policy(multiple_choice=MultiplePolicy.ALL_OR_NOTHING),
            switch_away=SwitchAway.RECORD,
        ),
        {"A": 30},
    ),
)


def preset(name: str) -> Preset:
    """The preset of this name; raises PresetMissing."""
    for each in PRESETS:
        if each.name == name:
            return each
    raise PresetMissing
