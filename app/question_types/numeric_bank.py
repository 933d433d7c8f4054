"""数值: the schemas of content and key, and how a bank question becomes them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from app.question_types.malformed import Fields
from app.question_types.marks import NOTHING, plain
from app.question_types.numerals import EXACT, split_unit, tidy


class StepAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step that the candidate may fill in: what is asked, in which unit."""

    n: int
    ask: str
    unit: str = ""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """题面: the stem, the units to choose from (in alphabetical order), the steps asked."""

    stem: str
    units: tuple[str, ...] = ()
    steps: tuple[StepAsked, ...] = ()


class StepKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key of a step; `share` is its part of the question's points."""

    n: int
    value: Decimal
    share: Decimal
    unit: str = ""
    tolerance: Decimal = NOTHING


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """标准答案: the value in its unit, the same value in other units, the tolerance in the key's
    unit (its boundary is right), how it is worked out, and known wrong values with their reasons.
    """

    value: Decimal
    unit: str = ""
    tolerance: Decimal = NOTHING
    accept_units: dict[str, Decimal] = {}
    workings: tuple[str, ...] = ()
    wrong: dict[str, str] = {}
    steps: tuple[StepKey, ...] = ()


def from_bank(question: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`[numeric]` with key, unit, tolerance, accept_units, workings, wrong; optionally
    `[[numeric.step]]` with n, ask, key, share, unit, tolerance. Raises QuestionMalformed.
    """
    fields = Fields(question)
    stem = fields.text("stem", "题干")
    table = fields.inner("numeric", "数值答案")
    unit = table.text("unit", "单位", needed=False)
    accept = _accept_units(table)
    rows = table.rows("step", "步骤", needed=False)
    key = Key(
        value=table.number("key", "答案"),
        unit=unit,
        tolerance=table.number("tolerance", "允许误差", default=NOTHING),
        accept_units=accept,
        workings=table.texts("workings", "计算步骤"),
        wrong=table.notes("wrong", "常见错数"),
        steps=tuple(_step(row, n) for n, row in enumerate(rows, 1)),
    )
    _check(table, key)
    units = tuple(sorted({unit, *accept} - {""}))
    asked = tuple(
        StepAsked(step.n, row.text("ask", "步骤的问法"), step.unit)
        for step, row in zip(key.steps, rows, strict=True)
    )
    built, answer = fields.finish(Content(stem, units, asked), key)
    return built, answer


def _accept_units(table: Fields) -> dict[str, Decimal]:
    value = table.table.get("accept_units", {})
    if not isinstance(value, dict):
        table.wrong("accept_units", "其他单位应当是“单位 = 数”的表")
        return {}
    return {
        unit.strip(): table.as_number(f"accept_units.{unit}", number, "换算后的答案")
        for unit, number in value.items()
    }


def _step(row: Fields, n: int) -> StepKey:
    if row.table.get("n") != n:
        row.wrong("n", f"步骤的编号应当是 {n}")
    share = row.number("share", "步骤占分")
    if not 0 < share < 1:
        row.wrong("share", "步骤占分应当大于 0、小于 1")
    return StepKey(
        n,
        row.number("key", "步骤的答案"),
        share,
        row.text("unit", "单位", needed=False),
        row.number("tolerance", "允许误差", default=NOTHING),
    )


def _check(table: Fields, key: Key) -> None:
    if key.tolerance < 0 or any(step.tolerance < 0 for step in key.steps):
        table.wrong("tolerance", "允许误差不能是负数")
    if sum((step.share for step in key.steps), NOTHING) >= 1:
        table.wrong("step", "各步骤占分之和应当小于 1，其余归结果")
    base, scale = split_unit(key.unit)
    for unit, value in key.accept_units.items():
        other, other_scale = split_unit(unit)
        off = abs(EXACT.subtract(value * other_scale, key.value * scale))
        if not tidy(unit) or not key.unit:
            table.wrong("accept_units", "写了其他单位，就要写 unit 和各单位的名称")
        elif other == base and off > key.tolerance * scale:
            table.wrong(
                "accept_units", f"{plain(value)}{unit} 与答案 {plain(key.value)}{key.unit} 不等"
            )
    for value_text in key.wrong:
        value = table.as_number(f"wrong.{value_text}", value_text, "错数")
        if abs(value - key.value) <= key.tolerance:
            table.wrong("wrong", f"{value_text} 在允许误差之内，不是错数")
