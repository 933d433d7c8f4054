"""A blueprint (组卷方案, 双向细目表): how many questions of what kind, topic and difficulty."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from app.kernel.errors import DomainError
from app.kernel.errors import Kind as Refused
from app.kernel.score import total
from app.question_types.marks import Kind, plain
from app.question_types.policy import MultiplePolicy, Policy

EASIEST, HARDEST = 1, 5
_CENT = Decimal("0.01")


class BlueprintMalformed(DomainError):
    code, kind = "blueprint_malformed", Refused.INVALID
    message = "组卷方案读不出来：{reason}"


class BlueprintUnfit(DomainError):
    code, kind = "blueprint_unfit", Refused.INVALID
    message = "组卷方案还不能使用：{problems}"


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
    def cell(self) -> str:
        """The row's cell in words: `单选·排污许可·难度2至3`."""
        if (self.easiest, self.hardest) == (EASIEST, HARDEST):
            level = "不限难度"
        elif self.easiest == self.hardest:
            level = f"难度{self.easiest}"
        else:
            level = f"难度{self.easiest}至{self.hardest}"
        return f"{self.kind.label}·{self.topic or '不限主题'}·{level}"


@dataclass(frozen=True, slots=True)
class Blueprint:
    """组卷方案: title, rows, minutes, and the scoring policy that the paper prints. The date as
    of which a paper is assembled is not part of it: the same blueprint serves every year."""

    title: str
    rows: tuple[Row, ...]
    minutes: int = 90
    policy: Policy = Policy()

    @property
    def item_count(self) -> int:
        return sum(row.count for row in self.rows)

    @property
    def points(self) -> Decimal:
        """The paper's total (卷面总分)."""
        return total(row.points * row.count for row in self.rows)


def blueprint_problems(blueprint: Blueprint) -> list[str]:
    """Everything that keeps a blueprint from being used, each in a sentence; empty when fit."""
    said = []
    if not blueprint.title.strip():
        said.append("没有填写试卷名称。")
    if not blueprint.rows:
        said.append("方案里一行题目也没有。")
    if blueprint.minutes < 1:
        said.append("考试时长应为 1 分钟以上。")
    for number, row in enumerate(blueprint.rows, 1):
        if row.count < 1:
            said.append(f"第 {number} 行（{row.cell}）的题数应为 1 以上。")
        if row.points <= 0 or row.points != row.points.quantize(_CENT):
            said.append(f"第 {number} 行（{row.cell}）的每题分值应大于 0，最多两位小数。")
        if not EASIEST <= row.easiest <= row.hardest <= HARDEST:
            said.append(f"第 {number} 行的难度范围应在 1 至 5 之间，并且由低到高。")
        if row.topic is not None and not row.topic.strip():
            said.append(f"第 {number} 行的主题是空白；不限主题的不要填写。")
    return said


def check_blueprint(blueprint: Blueprint) -> None:
    """Refuses a blueprint that cannot be used, with every reason at once."""
    if problems := blueprint_problems(blueprint):
        raise BlueprintUnfit(problems="".join(problems))


def kind_summary(blueprint: Blueprint) -> list[tuple[Kind, str]]:
    """Kinds in the order of the paper with `25题，每题2分，共50分`; unlike points are summed."""
    said = []
    for kind in Kind:
        rows = [row for row in blueprint.rows if row.kind is kind]
        if not rows:
            continue
        count = sum(row.count for row in rows)
        each = {row.points for row in rows}
        equal = f"每题{plain(rows[0].points)}分，" if len(each) == 1 else ""
        sum_ = plain(total(row.points * row.count for row in rows))
        said.append((kind, f"{count}题，{equal}共{sum_}分"))
    return said


def to_dict(blueprint: Blueprint) -> dict[str, Any]:
    """The blueprint as canonical values: decimals are strings."""
    policy = blueprint.policy
    return {
        "title": blueprint.title,
        "minutes": blueprint.minutes,
        "rows": [
            {
                "kind": row.kind.value,
                "topic": row.topic,
                "easiest": row.easiest,
                "hardest": row.hardest,
                "count": row.count,
                "points": plain(row.points),
            }
            for row in blueprint.rows
        ],
        "policy": policy_to_dict(policy),
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
        raise BlueprintMalformed(reason=f"{type(error).__name__} {error}") from error


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
    """A scoring policy, read back. Raises what a value of another shape raises."""
    return Policy(
        multiple_choice=MultiplePolicy(given["multiple_choice"]),
        indefinite_choice=MultiplePolicy(given["indefinite_choice"]),
        half_step=Decimal(given["half_step"]),
        share_step=Decimal(given["share_step"]),
        no_half_up_to=Decimal(given["no_half_up_to"]),
    )
