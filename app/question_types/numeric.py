"""数值 (numeric): a number in a unit, right within the tolerance; steps may earn a part.

216 万元 may be written 216, 216万, ２１６万元, 二百一十六万元, 2,160,000元. A number without a unit
counts in the key's unit; 万 and 亿 are numbers, not units; any other unit must be in the key.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any

import msgspec

from app.kernel.score import CENT
from app.question_types.marks import (
    NOTHING,
    UNANSWERED,
    UNREADABLE,
    Mark,
    Reason,
    marked,
    plain,
    quoted,
    unanswered,
)
from app.question_types.numerals import EXACT, Quantity, normal, quantity, split_unit
from app.question_types.numeric_bank import Content, Key, StepKey, from_bank
from app.question_types.policy import Policy
from app.question_types.wire import read, spell, typed

__all__ = [
    "Content",
    "Key",
    "Response",
    "blank",
    "describe",
    "distractor_counts",
    "form_response",
    "from_bank",
    "in_words",
    "is_answered",
    "mark",
    "parse",
    "presented",
    "shown",
]

RESULT = "结果"


class Response(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """作答: value, unit and steps as typed."""

    value: str = ""
    unit: str = ""
    steps: dict[str, str] = {}


_DECODER = msgspec.json.Decoder(Response)


def parse(raw: str) -> Response:
    """`{"value":"216","unit":"万元","steps":{"1":"18"}}`, two optional. Raises Unreadable."""
    return read(raw, _DECODER)


def blank() -> Response:
    return Response()


def is_answered(response: Response) -> bool:
    return bool(response.value.strip()) or any(text.strip() for text in response.steps.values())


def shown(response: Response) -> dict[str, Any]:
    """For the template: `{"value": "216", "unit": "万元", "steps": {"1": "18"}}`."""
    return {"value": response.value, "unit": response.unit, "steps": dict(response.steps)}


def presented(content: Content) -> dict[str, Any]:
    """For the template; `steps` are `{"n", "ask", "unit"}`."""
    return {
        "stem": content.stem,
        "options": [],
        "blanks": [],
        "units": list(content.units),
        "steps": [msgspec.to_builtins(step) for step in content.steps],
    }


def describe(content: Content, response: Response) -> str:
    """For reports: `216 万元（步骤 1：18）`."""
    result = f"{response.value.strip() or UNANSWERED} {response.unit}".strip()
    steps = "；".join(
        f"步骤 {step.n}：{response.steps[str(step.n)].strip()}"
        for step in content.steps
        if response.steps.get(str(step.n), "").strip()
    )
    return f"{result}（{steps}）" if steps else result


def distractor_counts(content: Content, responses: Iterable[Response]) -> dict[str, int]:
    """How often each value was given, most frequent first."""
    counts = Counter(
        normal(response.value + response.unit) if response.value.strip() else UNANSWERED
        for response in responses
    )
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def form_response(fields: Mapping[str, list[str]]) -> str | None:
    """The fields "value", "unit", "step1", … of a plain form; None when no number is given."""
    texts = {name: typed(values[0]) for name, values in fields.items() if values}
    steps = {
        name.removeprefix("step"): text
        for name, text in sorted(texts.items(), key=lambda item: (len(item[0]), item[0]))
        if name.startswith("step") and text
    }
    if not texts.get("value") and not steps:
        return None
    response: dict[str, Any] = {"value": texts.get("value", "")}
    if texts.get("unit"):
        response["unit"] = texts["unit"]
    if steps:
        response["steps"] = steps
    return spell(response)


def mark(content: Content, key: Key, response: Response, policy: Policy, points: Decimal) -> Mark:
    """A right result is full, with or without steps. A wrong or missing one leaves the right steps
    their shares, cut to whole cents.
    """
    if not is_answered(response):
        return unanswered(points)
    right, text = _judge(key, response)
    if right:
        return marked(points, (Reason(RESULT, points, text),))
    return marked(points, (Reason(RESULT, NOTHING, text), *_steps(key, response, points)))


def _judge(key: Key, response: Response) -> tuple[bool, str]:
    said, wanted = quoted(response.value + response.unit), f"{plain(key.value)}{key.unit}"
    if not response.value.strip():
        return False, UNANSWERED
    measured = quantity(
        response.value, chosen=response.unit, asked=key.unit, known=tuple(key.accept_units)
    )
    if measured is None:
        return False, f"{UNREADABLE}：{said} 不是一个数，或者单位前后不一；应为 {wanted}"
    alike = [one for one in _wanted(key) if split_unit(one[0])[0] == measured.unit]
    if not alike:
        return False, f"{said} 的单位不对，应为 {wanted}"
    if any(_near(measured, unit, value, key) for unit, value in alike):
        return True, f"{said}，正确"
    for value, why in key.wrong.items():
        if _equal(measured, Decimal(value), key):
            return False, f"{said} 不对：{why}；应为 {wanted}"
    return False, f"{said} 不对，应为 {wanted}"


def _wanted(key: Key) -> Iterator[tuple[str, Decimal]]:
    yield key.unit, key.value
    yield from key.accept_units.items()


def _near(measured: Quantity, unit: str, value: Decimal, key: Key) -> bool:
    """Within the tolerance, which is scaled to this unit by cross-multiplying: nothing rounds."""
    scale = split_unit(unit)[1]
    off = abs(EXACT.subtract(measured.value, EXACT.multiply(value, scale)))
    if not key.value or not value:
        return off <= EXACT.multiply(key.tolerance, scale)
    allowed = EXACT.multiply(EXACT.multiply(key.tolerance, scale), abs(value))
    return EXACT.multiply(off, abs(key.value)) <= allowed


def _equal(measured: Quantity, value: Decimal, key: Key) -> bool:
    """Whether it is this known wrong value, given in the key's unit, whatever unit was written."""
    for unit, one in _wanted(key):
        base, scale = split_unit(unit)
        if base == measured.unit and key.value and one:
            there = EXACT.multiply(EXACT.multiply(value, scale), one)
            return EXACT.multiply(measured.value, key.value) == there
    return False


def _steps(key: Key, response: Response, points: Decimal) -> Iterator[Reason]:
    for step in key.steps:
        text = response.steps.get(str(step.n), "")
        part, wanted = f"步骤 {step.n}", f"{plain(step.value)}{step.unit}"
        if not text.strip():
            yield Reason(part, NOTHING, UNANSWERED)
        elif _step_is_right(step, text):
            share = (points * step.share).quantize(CENT, rounding=ROUND_DOWN)
            yield Reason(part, share, f"{quoted(text)}，正确")
        else:
            yield Reason(part, NOTHING, f"{quoted(text)} 不对，应为 {wanted}")


def _step_is_right(step: StepKey, text: str) -> bool:
    measured = quantity(text, asked=step.unit)
    base, scale = split_unit(step.unit)
    if measured is None or measured.unit != base:
        return False
    off = abs(EXACT.subtract(measured.value, EXACT.multiply(step.value, scale)))
    return off <= EXACT.multiply(step.tolerance, scale)


def in_words(policy: Policy) -> str:
    return (
        "结果在允许误差内（含边界）得满分；结果不对的，题目列出步骤的按步骤得分。"
        "不写单位的，按题目所问的单位。"
    )
