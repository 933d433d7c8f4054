"""A blueprint (组卷方案, 双向细目表): how many questions of what kind, topic and difficulty."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from app.kernel.errors import DomainError
from app.kernel.errors import Kind as Refused
from app.kernel.score import total
from app.question_types.marks import Kind, plain
from app.question_types.policy import DEFAULT, MultiplePolicy, Policy

EASIEST, HARDEST = 1, 5
MOST_ITEMS = 200


class BlueprintMissing(DomainError):
    code, kind, message = "blueprint_missing", Refused.MISSING, "没有这个组卷方案。"


class PaperMissing(DomainError):
    code, kind, message = "paper_missing", Refused.MISSING, "没有这份试卷。"


class BlueprintMalformed(DomainError):
    code, kind = "blueprint_malformed", Refused.INVALID
    message = "组卷方案不能使用：{problems}"


class BlueprintUnsatisfiable(DomainError):
    """`fields["shortfalls"]` holds the Shortfall values."""

    code, kind = "blueprint_unsatisfiable", Refused.CONFLICT
    message = "题库不够组成这份试卷：{lacking}。"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `count` questions of a kind, of a topic (None: any), of a difficulty from
    `easiest` to `hardest` (1 to 5, both included), each worth `points`."""

    kind: Kind
    count: int
    points: Decimal
    topic: str | None = None
    easiest: int = EASIEST
    hardest: int = HARDEST

    @property
    def words(self) -> str:
        """The cell in words: `单选 · 排污许可 · 难度 2—3`."""
        level = f"难度 {self.easiest}—{self.hardest}"
        if self.easiest == self.hardest:
            level = f"难度 {self.easiest}"
        return f"{self.kind.label} · {self.topic or '不限知识点'} · {level}"


@dataclass(frozen=True, slots=True)
class Blueprint:
    """组卷方案: title, rows, minutes, scoring policy. The date as of which a paper is assembled
    is no part of it: the same blueprint serves every year."""

    title: str
    rows: tuple[Row, ...]
    minutes: int = 90
    policy: Policy = DEFAULT

    @property
    def items(self) -> int:
        """How many questions the paper has."""
        return sum(row.count for row in self.rows)

    @property
    def points(self) -> Decimal:
        """The paper's total (卷面总分)."""
        return total(row.points * row.count for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """The blueprint as canonical values; decimals are strings."""
        return {
            "title": self.title,
            "minutes": self.minutes,
            "policy": policy_to_dict(self.policy),
            "rows": [
                {
                    "kind": row.kind.value,
                    "count": row.count,
                    "points": plain(row.points),
                    "topic": row.topic,
                    "easiest": row.easiest,
                    "hardest": row.hardest,
                }
                for row in self.rows
            ],
        }


def from_dict(given: Mapping[str, Any]) -> Blueprint:
    """The blueprint, read back. Raises BlueprintMalformed for anything that is not one."""
    try:
        return Blueprint(
            title=str(given["title"]),
            rows=tuple(
                Row(
                    kind=Kind(row["kind"]),
                    count=int(row["count"]),
                    points=Decimal(row["points"]),
                    topic=row["topic"],
                    easiest=int(row["easiest"]),
                    hardest=int(row["hardest"]),
                )
                for row in given["rows"]
            ),
            minutes=int(given["minutes"]),
            policy=policy_from_dict(given["policy"]),
        )
    except (LookupError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise BlueprintMalformed(problems=f"读不出来（{type(error).__name__}）。") from error


def checked(blueprint: Blueprint) -> Blueprint:
    """The blueprint itself, if it can be used. Raises BlueprintMalformed with every problem."""
    problems = []
    if not blueprint.title.strip():
        problems.append("没有写名称。")
    if blueprint.minutes < 1:
        problems.append("时长应当是 1 分钟以上。")
    for number, row in enumerate(blueprint.rows, 1):
        if row.count < 0:
            problems.append(f"第 {number} 行的题数不能是负数。")
        if not row.points.is_finite() or row.points <= 0 or row.points != round(row.points, 2):
            problems.append(f"第 {number} 行的分值要大于 0，最多两位小数。")
        if not EASIEST <= row.easiest <= row.hardest <= HARDEST:
            problems.append(f"第 {number} 行的难度要在 1 到 5 之间，由低到高。")
    if not any(row.count for row in blueprint.rows):
        problems.append("一道题也没有。")
    if blueprint.items > MOST_ITEMS:
        problems.append(f"一份试卷不能超过 {MOST_ITEMS} 题。")
    if problems:
        raise BlueprintMalformed(problems="".join(problems))
    return blueprint


def policy_to_dict(policy: Policy) -> dict[str, str]:
    """A scoring policy (计分规则) as canonical values."""
    return {
        "multiple_choice": policy.multiple_choice.value,
        "indefinite_choice": policy.indefinite_choice.value,
        "half_step": plain(policy.half_step),
        "share_step": plain(policy.share_step),
        "no_half_up_to": plain(policy.no_half_up_to),
    }


def policy_from_dict(given: Mapping[str, Any]) -> Policy:
    """A scoring policy, read back."""
    return Policy(
        multiple_choice=MultiplePolicy(given["multiple_choice"]),
        indefinite_choice=MultiplePolicy(given["indefinite_choice"]),
        half_step=Decimal(given["half_step"]),
        share_step=Decimal(given["share_step"]),
        no_half_up_to=Decimal(given["no_half_up_to"]),
    )


PRESETS = {
    # part A of facts.md 7.1 (figures of 法宣在线 2017)
    "law": Blueprint(
        "环保法律法规",
        (
            Row(Kind.SINGLE_CHOICE, 25, Decimal(2)),
            Row(Kind.MULTIPLE_CHOICE, 10, Decimal(3)),
            Row(Kind.TRUE_FALSE, 10, Decimal(2)),
        ),
    ),
    "mixed": Blueprint(
        "环保法律法规（六种题型，50 题 100 分）",
        (
            Row(Kind.SINGLE_CHOICE, 20, Decimal(2)),
            Row(Kind.MULTIPLE_CHOICE, 10, Decimal(2)),
            Row(Kind.TRUE_FALSE, 10, Decimal(2)),
            Row(Kind.INDEFINITE_CHOICE, 4, Decimal(2)),
            Row(Kind.FILL_IN, 4, Decimal(2)),
            Row(Kind.NUMERIC, 2, Decimal(2)),
        ),
    ),
    # the national online contest of 2020 (facts.md 1.1): 25×3 + 5×5, all or nothing
    "weekly": Blueprint(
        "每周一测",
        (
            Row(Kind.SINGLE_CHOICE, 15, Decimal(3)),
            Row(Kind.MULTIPLE_CHOICE, 5, Decimal(5)),
            Row(Kind.TRUE_FALSE, 10, Decimal(3)),
        ),
        minutes=30,
        policy=Policy(multiple_choice=MultiplePolicy.ALL_OR_NOTHING),
    ),
}
