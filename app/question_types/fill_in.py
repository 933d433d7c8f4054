"""填空 (fill-in): each blank has its own share of the points and is right or wrong by itself.

Right is what equals the key or an accepted wording after one normalisation: widths, spaces, title
marks, Chinese and Arabic numerals; the blank's unit may be written or left out (5 = 五 = 5年).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from app.question_types.malformed import Fields
from app.question_types.marks import (
    NOTHING,
    UNANSWERED,
    Mark,
    Reason,
    marked,
    quoted,
    shares,
    unanswered,
)
from app.question_types.numerals import UNITS, normal, quantity, tidy
from app.question_types.policy import Policy
from app.question_types.wire import read, spell, typed


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """题面: a stem with the markers 【1】 【2】 …, and their numbers."""

    stem: str
    blanks: tuple[int, ...]


class Blank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key of one blank: the wording shown as right, other accepted wordings, known mistakes
    with their reasons, and the units that may follow the number (must, if `unit_required`).
    """

    n: int
    key: str
    accept: tuple[str, ...] = ()
    reject: dict[str, str] = {}
    units: tuple[str, ...] = ()
    unit_required: bool = False


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """标准答案: one entry per blank, in order."""

    blanks: tuple[Blank, ...]


class Response(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """作答: the text of each blank by its number, as typed."""

    blanks: dict[str, str] = {}


_DECODER = msgspec.json.Decoder(dict[str, str])
_MARKER = re.compile("【([^】]*)】?")


def parse(raw: str) -> Response:
    """`{"1":"五","2":"30日"}`. Raises Unreadable."""
    return Response(read(raw, _DECODER))


def blank() -> Response:
    return Response()


def is_answered(response: Response) -> bool:
    return any(text.strip() for text in response.blanks.values())


def shown(response: Response) -> dict[str, Any]:
    """For the template: `{"blanks": {"1": "五"}}`."""
    return {"blanks": dict(response.blanks)}


def presented(content: Content) -> dict[str, Any]:
    """For the template."""
    return {
        "stem": content.stem,
        "options": [],
        "blanks": list(content.blanks),
        "units": [],
        "steps": [],
    }


def describe(content: Content, response: Response) -> str:
    """For reports: `【1】五 【2】未作答`."""
    return " ".join(
        f"【{n}】{response.blanks.get(str(n), '').strip() or UNANSWERED}" for n in content.blanks
    )


def distractor_counts(content: Content, responses: Iterable[Response]) -> dict[str, int]:
    """How often each wording was given, `1：5` for blank 1, most frequent first."""
    counts = Counter(
        (n, normal(response.blanks.get(str(n), "")) or UNANSWERED)
        for response in responses
        for n in content.blanks
    )
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return {f"{n}：{wording}": count for (n, wording), count in ordered}


def form_response(fields: Mapping[str, list[str]]) -> str | None:
    """The fields "1", "2", … of a plain form as a response; None when all are empty."""
    blanks = {
        n: typed(texts[0])
        for n, texts in sorted(fields.items(), key=lambda item: (len(item[0]), item[0]))
        if n.isdecimal() and n.isascii() and texts and typed(texts[0])
    }
    return spell(blanks) if blanks else None


def mark(content: Content, key: Key, response: Response, policy: Policy, points: Decimal) -> Mark:
    """Every blank its share, equal in whole cents, the remainder on the last (facts.md 7.2)."""
    if not is_answered(response):
        return unanswered(points)
    return marked(
        points,
        (
            _judge(one, response.blanks.get(str(one.n), ""), share)
            for one, share in zip(key.blanks, shares(points, len(key.blanks)), strict=True)
        ),
    )


def _judge(one: Blank, text: str, share: Decimal) -> Reason:
    part, said = f"第 {one.n} 空", quoted(text)
    if not text.strip():
        return Reason(part, NOTHING, UNANSWERED)
    for wrong, why in one.reject.items():
        if _same(text, wrong, one):
            return Reason(part, NOTHING, f"{said} 不对：{why}；应为“{one.key}”")
    if not any(_same(text, wanted, one) for wanted in (one.key, *one.accept)):
        return Reason(part, NOTHING, f"{said} 与标准答案“{one.key}”不符")
    return Reason(part, share, f"{said}，正确")


def _same(text: str, wanted: str, one: Blank) -> bool:
    """Equal as wordings, or equal as quantities in one of the blank's units."""
    if normal(text) == normal(wanted):
        return True
    asked = one.units[0] if one.units else ""
    want = quantity(wanted, asked=asked, known=one.units)
    if want is None:
        return False
    have = quantity(text, asked=asked, known=one.units)
    if have is None or (one.unit_required and not have.written):
        return False
    return have.value == want.value and have.unit == want.unit


def in_words(policy: Policy) -> str:
    return (
        "每空等分（分到 0.01 分，余数归最后一空），各空独立计分；全半角、中文数字、单位写否不影响。"
    )


def from_bank(question: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Stem with 【n】 and `[[blank]]` with n, key, accept, reject, and optionally `units` and
    `unit_required`; without `units` they are taken from the words after the marker and from the
    accepted wordings. Raises QuestionMalformed.
    """
    fields = Fields(question)
    stem = fields.text("stem", "题干")
    blanks = [
        _blank_from_bank(row, number, stem)
        for number, row in enumerate(fields.rows("blank", "各空的答案", needed=True), 1)
    ]
    wanted = [str(one.n) for one in blanks]
    if (markers := _MARKER.findall(stem)) != wanted:
        fields.wrong(
            "stem",
            f"题干里的空应当依次是 {''.join(f'【{n}】' for n in wanted)}，"
            f"现在是 {''.join(f'【{n}】' for n in markers) or '没有'}",
        )
    content = Content(stem, tuple(one.n for one in blanks))
    built, answer = fields.finish(content, Key(tuple(blanks)))
    return built, answer


def _blank_from_bank(row: Fields, number: int, stem: str) -> Blank:
    if row.table.get("n") != number:
        row.wrong("n", f"空的编号应当是 {number}")
    key = row.texts("key", "答案") if isinstance(row.table.get("key"), list) else ()
    if key:
        row.wrong("key", "每空只写一个答案，其余写入 accept")
    text = (
        str(row.table["key"]) if isinstance(row.table.get("key"), int) else row.text("key", "答案")
    )
    accept, reject = row.texts("accept", "可接受的写法"), row.notes("reject", "常见错答")
    required = row.flag("unit_required", "是否必须写单位")
    units = row.texts("units", "单位") or _units(stem, number, (text, *accept))
    one = Blank(number, text, accept, reject, units, required)
    if not all(accept):
        row.wrong("accept", "有空的写法")
    for wrong in reject:
        if not wrong or any(_same(wrong, wanted, one) for wanted in (text, *accept)):
            row.wrong("reject", f"“{wrong}”与可接受的写法相同")
    if required and (not units or not _same(text, text, one) or not _has_unit(text, one)):
        row.wrong("unit_required", "必须写单位时，key 要带单位")
    return one


def _has_unit(text: str, one: Blank) -> bool:
    found = quantity(text, asked=one.units[0], known=one.units)
    return found is not None and found.written


def _units(stem: str, n: int, wordings: tuple[str, ...]) -> tuple[str, ...]:
    """The unit printed around the marker, then those that the accepted wordings carry."""
    before, _, after = stem.partition(f"【{n}】")
    found = ["%"] if before.endswith("百分之") else []
    found += [unit for unit in UNITS if after.startswith(unit)][:1]
    for wording in wordings:
        ends = [unit for unit in UNITS if tidy(wording).endswith(unit)][:1]
        read = quantity(wording, known=UNITS)
        if ends and read is not None and read.written:
            found += ends
    return tuple(dict.fromkeys(found))
