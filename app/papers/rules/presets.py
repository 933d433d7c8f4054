"""The blueprints that the house offers (预设组卷方案); every figure can be changed afterwards."""

from decimal import Decimal

from app.papers.rules.blueprint import Blueprint, Row
from app.question_types.marks import Kind
from app.question_types.policy import MultiplePolicy, Policy

LAW = Blueprint(
    title="环保法律法规",
    rows=(
        Row(Kind.SINGLE_CHOICE, 25, Decimal(2)),
        Row(Kind.MULTIPLE_CHOICE, 10, Decimal(3)),
        Row(Kind.TRUE_FALSE, 10, Decimal(2)),
    ),
    minutes=90,
)
"""Part A of facts.md 7.1: 45 items, 100 points, 90 minutes (figures of 法宣在线 2017)."""

LAW_WITH_FIGURES = Blueprint(
    title="环保法律法规（含填空和数值）",
    rows=(
        Row(Kind.SINGLE_CHOICE, 20, Decimal(2)),
        Row(Kind.MULTIPLE_CHOICE, 8, Decimal(3)),
        Row(Kind.TRUE_FALSE, 8, Decimal(2)),
        Row(Kind.FILL_IN, 5, Decimal(2)),
        Row(Kind.NUMERIC, 5, Decimal(2)),
    ),
    minutes=90,
)
"""The same 100 points in 46 items, with periods and fines to be worked out."""

WEEKLY = Blueprint(
    title="每周一测",
    rows=(
        Row(Kind.SINGLE_CHOICE, 15, Decimal(3)),
        Row(Kind.MULTIPLE_CHOICE, 5, Decimal(5)),
        Row(Kind.TRUE_FALSE, 10, Decimal(3)),
    ),
    minutes=30,
    policy=Policy(multiple_choice=MultiplePolicy.ALL_OR_NOTHING),
)
"""The national online contest of 2020 (facts.md 1.1): 30 questions, 30 minutes, 25×3 + 5×5."""

PRESETS = {"law": LAW, "law_with_figures": LAW_WITH_FIGURES, "weekly": WEEKLY}
