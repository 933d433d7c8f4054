"""The blueprint as a matrix (双向细目表): topics down, kinds and difficulties across.

The form carries its own columns, so that it works without JavaScript: 加一列 comes back with one
more, and a column in which no number stands is gone after saving.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from app.kernel.errors import DomainError
from app.papers.rules.blueprint import EASIEST, HARDEST, MOST_ITEMS, Blueprint, Row, checked
from app.question_types.marks import Kind
from app.question_types.policy import MultiplePolicy, Policy

LONGEST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a kind, what each question of it is worth, and its range of difficulty."""

    kind: Kind
    points: Decimal
    easiest: int = EASIEST
    hardest: int = HARDEST


@dataclass(frozen=True, slots=True)
class BlueprintForm:
    """What was typed. `counts` by (topic's number, column's number); problems by field name."""

    title: str
    minutes: int
    policy: Policy
    topics: tuple[str | None, ...]
    columns: tuple[Column, ...]
    counts: dict[tuple[int, int], int] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def blueprint(self) -> Blueprint:
        """The blueprint that the numbers mean, column by column. Unchecked."""
        rows = (
            Row(column.kind, count, column.points, topic, column.easiest, column.hardest)
            for c, column in enumerate(self.columns)
            for t, topic in enumerate(self.topics)
            if (count := self.counts.get((t, c), 0))
        )
        return Blueprint(self.title, tuple(rows), self.minutes, self.policy)


def from_blueprint(blueprint: Blueprint, bank_topics: Sequence[str]) -> BlueprintForm:
    """The form that shows a stored blueprint: its topics and the bank's, 不限知识点 last."""
    own = [row.topic for row in blueprint.rows if row.topic is not None]
    topics = (*sorted({*bank_topics, *own}), None)
    columns = tuple(
        dict.fromkeys(
            Column(row.kind, row.points, row.easiest, row.hardest) for row in blueprint.rows
        )
    )
    counts: dict[tuple[int, int], int] = {}
    for row in blueprint.rows:
        column = Column(row.kind, row.points, row.easiest, row.hardest)
        cell = topics.index(row.topic), columns.index(column)
        counts[cell] = counts.get(cell, 0) + row.count
    return BlueprintForm(
        blueprint.title, blueprint.minutes, blueprint.policy, topics, columns, counts
    )


def parse(fields: Mapping[str, str]) -> BlueprintForm:
    """The matrix as the browser sent it; with `go=add` it has the new column."""
    reader = _Reader(fields)
    title = reader.text("title", "方案名称")
    minutes = reader.whole("minutes", "时长", least=1, most=LONGEST_MINUTES)
    policy = Policy(
        multiple_choice=reader.policy("multiple_choice"),
        indefinite_choice=reader.policy("indefinite_choice"),
    )
    topics = tuple(fields[f"topic-{t}"] or None for t in _run(fields, "topic"))
    columns = [reader.column(f"-{c}") for c in _run(fields, "kind")]
    counts = {
        (t, c): reader.whole(f"n-{t}-{c}", "题数", least=0, most=MOST_ITEMS)
        for t in range(len(topics))
        for c in range(len(columns))
    }
    if fields.get("go") == "add":
        columns.append(reader.column("-new"))
    form = BlueprintForm(
        title, minutes, policy, topics, tuple(columns), counts, dict(fields), reader.problems
    )
    return form if form.problems else _checked(form)


def _run(fields: Mapping[str, str], name: str) -> range:
    """0, 1, 2 … as far as the fields of this name go."""
    length = 0
    while f"{name}-{length}" in fields and length < MOST_ITEMS:
        length += 1
    return range(length)


def _checked(form: BlueprintForm) -> BlueprintForm:
    try:
        checked(form.blueprint())
    except DomainError as refusal:
        return replace(form, problems={"form": str(refusal)})
    return form


class _Reader:
    """Reads typed values; notes what is wrong under the field's name."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.problems: dict[str, str] = {}

    def text(self, name: str, what: str) -> str:
        text = self.fields.get(name, "").strip()
        if not text or len(text) > 128:
            self.problems[name] = f"请填写{what}，不超过 128 个字。"
        return text

    def whole(self, name: str, what: str, *, least: int, most: int) -> int:
        text = self.fields.get(name, "").strip()
        if not text and least == 0:
            return 0
        if text.isdecimal() and len(text) < 10 and least <= int(text) <= most:
            return int(text)
        self.problems[name] = f"{what}应当是 {least} 到 {most} 的整数。"
        return least

    def policy(self, name: str) -> MultiplePolicy:
        value = self.fields.get(name, "")
        if value in tuple(MultiplePolicy):
            return MultiplePolicy(value)
        self.problems[name] = "请选择一种计分办法。"
        return MultiplePolicy.ALL_OR_NOTHING

    def column(self, suffix: str) -> Column:
        kind = self.fields.get(f"kind{suffix}", "")
        if kind not in tuple(Kind):
            self.problems[f"kind{suffix}"] = "请选择题型。"
            kind = Kind.SINGLE_CHOICE
        easiest = self.whole(f"easiest{suffix}", "难度", least=EASIEST, most=HARDEST)
        hardest = self.whole(f"hardest{suffix}", "难度", least=EASIEST, most=HARDEST)
        if easiest > hardest:
            self.problems[f"hardest{suffix}"] = "难度要由低到高。"
        return Column(Kind(kind), self._points(f"points{suffix}"), easiest, hardest)

    def _points(self, name: str) -> Decimal:
        try:
            points = Decimal(self.fields.get(name, "").strip())
        except InvalidOperation:
            points = Decimal(0)
        if points.is_finite() and 0 < points <= 100 and points == round(points, 2):
            return points
        self.problems[name] = "每题分值要大于 0、不超过 100，最多两位小数。"
        return Decimal(1)
