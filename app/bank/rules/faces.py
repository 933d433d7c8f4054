"""How a question is shown: as a candidate sees it, and, to those who may, its key in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.question_types import registry
from app.question_types.marks import Kind, plain


def face(
    kind: str,
    content: Mapping[str, Any],
    *,
    position: int = 1,
    points: Decimal | None = None,
    letters: Iterable[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """The `item` of macros/question.html, read-only and unanswered. `letters` is a candidate's
    order of the options, (displayed, bank's letter); without it they stand as in the bank."""
    item = {
        "kind": kind,
        "label": Kind(kind).label,
        "position": position,
        "number": position,
        "points": points,
        "readonly": True,
        "flagged": False,
        "saved_at": None,
        "response": registry.shown(kind, None),
        **registry.presented(kind, content),
    }
    if letters is not None and item["options"]:
        texts = dict(item["options"])
        item["options"] = [(displayed, texts[own]) for displayed, own in letters]
    return item


@dataclass(frozen=True, slots=True)
class KeyInWords:
    """标准答案 in words: lines of (what, text), and traps of (wrong answer, why it is wrong)."""

    lines: tuple[tuple[str, str], ...]
    traps: tuple[tuple[str, str], ...]


def key_in_words(kind: str, key: Mapping[str, Any]) -> KeyInWords:
    """What is right, what else is accepted, and what known mistakes are explained by."""
    made = registry.key_of(kind, key)
    if Kind(kind) in registry.CHOICES:
        return KeyInWords((("答案", "、".join(made.letters)),), tuple(sorted(made.traps.items())))
    if Kind(kind) is Kind.FILL_IN:
        return KeyInWords(
            tuple((f"空 {one.n}", _with_others(one.key, one.accept)) for one in made.blanks),
            tuple(
                (f"空 {one.n}：{wrong}", why)
                for one in made.blanks
                for wrong, why in one.reject.items()
            ),
        )
    lines = [("结果", f"{plain(made.value)}{made.unit}")]
    lines += [("也可写作", f"{plain(value)}{unit}") for unit, value in made.accept_units.items()]
    if made.tolerance:
        lines.append(("容许误差", f"±{plain(made.tolerance)}{made.unit}"))
    lines += [(f"步骤 {one.n}", f"{plain(one.value)}{one.unit}") for one in made.steps]
    lines += [(f"算法 {n}", text) for n, text in enumerate(made.workings, 1)]
    return KeyInWords(tuple(lines), tuple(made.wrong.items()))


def _with_others(key: str, accept: tuple[str, ...]) -> str:
    return f"{key}（也可写作{'、'.join(accept)}）" if accept else key
