"""What the four kinds with options share: letters, schemas, reading, counting.

Letters here are the bank's. A candidate's own order is undone by `registry.reletter` first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from app.question_types.malformed import Fields
from app.question_types.marks import (
    NOTHING,
    UNANSWERED,
    WHOLE,
    Mark,
    Reason,
    plain,
    unanswered,
    unreadable,
)
from app.question_types.policy import MultiplePolicy, Policy, award
from app.question_types.wire import read, spell, typed

LETTERS = "ABCDEFGH"


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """题面: the stem and the options by letter, A first, without gaps."""

    stem: str
    options: dict[str, str]


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """标准答案: the right letters in order; `traps` says of a wrong option why it is wrong."""

    letters: tuple[str, ...]
    traps: dict[str, str] = {}


class Response(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """作答: the chosen letters, sorted, each once."""

    letters: tuple[str, ...] = ()


_DECODER: msgspec.json.Decoder[tuple[str, ...]] = msgspec.json.Decoder(tuple[str, ...])


def parse(raw: str) -> Response:
    """`["A","C"]`; order and repetition mean nothing. Raises Unreadable."""
    letters = read(raw, _DECODER)
    return Response(tuple(sorted(set(letters))))


def blank() -> Response:
    return Response()


def is_answered(response: Response) -> bool:
    return bool(response.letters)


def shown(response: Response) -> dict[str, Any]:
    """For the template: `{"letters": ["A", "C"]}`."""
    return {"letters": list(response.letters)}


def presented(content: Content) -> dict[str, Any]:
    """For the template, in the bank's order; the paper puts its own order in `options`."""
    return {
        "stem": content.stem,
        "options": list(content.options.items()),
        "blanks": [],
        "units": [],
        "steps": [],
    }


def displayed(content: Content, key: Key, mapping: Mapping[str, str]) -> tuple[Content, Key]:
    """The question as one candidate saw it: `mapping` is displayed letter → the bank's letter.

    Marking a displayed response against these earns the same, with reasons in the letters that
    the candidate remembers.
    """
    seen = {letter: own for letter, own in sorted(mapping.items()) if own in content.options}
    return (
        Content(content.stem, {letter: content.options[own] for letter, own in seen.items()}),
        Key(
            tuple(letter for letter, own in seen.items() if own in key.letters),
            {letter: key.traps[own] for letter, own in seen.items() if own in key.traps},
        ),
    )


def describe(content: Content, response: Response) -> str:
    """For reports: `A. 文字；C. 文字`."""
    if not response.letters:
        return UNANSWERED
    return "；".join(
        f"{letter}. {content.options[letter]}"
        if letter in content.options
        else f"{letter}（无此项）"
        for letter in response.letters
    )


def distractor_counts(content: Content, responses: Iterable[Response]) -> dict[str, int]:
    """How often each option was chosen, every letter listed, then 未作答."""
    chosen = Counter(
        letter for response in responses for letter in response.letters or (UNANSWERED,)
    )
    return {name: chosen[name] for name in (*content.options, UNANSWERED)}


def form_response(fields: Mapping[str, list[str]]) -> str | None:
    """The ticked boxes of a plain form (field "") as a response; None when none is ticked."""
    letters = sorted({typed(letter) for letter in fields.get("", [])} - {""})
    return spell(letters) if letters else None


def mark_one(content: Content, key: Key, response: Response, points: Decimal) -> Mark:
    """One right option: right is full, wrong is 0, nothing is deducted (facts.md 7.2)."""
    if not response.letters:
        return unanswered(points)
    if not set(response.letters) <= content.options.keys():
        return unreadable(points)
    chosen, wanted = "、".join(response.letters), key.letters[0]
    if response.letters == key.letters:
        return Mark(points, points, (Reason(WHOLE, points, f"选 {chosen}，正确"),))
    if len(response.letters) > 1:
        text = f"选了 {chosen}，本题只能选一项，应选 {wanted}"
    else:
        trap = key.traps.get(chosen)
        text = f"选 {chosen}，{'错误：' + trap if trap else '错误'}；应选 {wanted}"
    return Mark(NOTHING, points, (Reason(WHOLE, NOTHING, text),))


def mark_several(
    content: Content,
    key: Key,
    response: Response,
    *,
    how: MultiplePolicy,
    rounding: Policy,
    points: Decimal,
) -> Mark:
    """Several right options: counted and awarded by the policy; each wrong or missing one named."""
    if not response.letters:
        return unanswered(points)
    chosen, wanted = set(response.letters), set(key.letters)
    if not chosen <= content.options.keys():
        return unreadable(points)
    missing, excess = wanted - chosen, chosen - wanted
    right, of = len(wanted) - len(missing), len(wanted)
    if not missing and not excess:
        text = f"选 {'、'.join(response.letters)}，全部选对"
        return Mark(points, points, (Reason(WHOLE, points, text),))
    won = award(how, right, len(excess), of, points, rounding)
    text = (
        f"选 {'、'.join(response.letters)}：{of} 个正确项选对 {right} 项，选错 {len(excess)} 项；"
        f"按“{how.label}”得 {plain(won)} 分"
    )
    reasons = [Reason(WHOLE, won, text)]
    for letter in sorted(excess | missing):
        why = "应选未选" if letter in missing else key.traps.get(letter) or "不应选"
        reasons.append(Reason(letter, NOTHING, why))
    return Mark(won, points, tuple(reasons))


def from_bank(
    question: Mapping[str, Any], *, fewest: int, most: int, options: dict[str, str] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Content and key of a bank question with `options`, `key`, `traps`.

    Raises QuestionMalformed with every problem. `options`, when given, are the only ones allowed.
    """
    fields = Fields(question)
    stem = fields.text("stem", "题干")
    texts = fields.notes("options", "选项")
    key = fields.texts("key", "答案", needed=True)
    traps = fields.notes("traps", "错项说明")
    if not 2 <= len(texts) <= len(LETTERS):
        fields.wrong("options", f"应当有 2 至 {len(LETTERS)} 个选项，现有 {len(texts)} 个")
    elif list(texts) != list(LETTERS[: len(texts)]):
        fields.wrong("options", "选项应当从 A 起依次编号")
    if any(not text for text in texts.values()):
        fields.wrong("options", "选项没有文字")
    if len(set(texts.values())) < len(texts):
        fields.wrong("options", "有两个选项的文字相同")
    if options is not None and texts != options:
        wanted = "，".join(f"{letter} = {text}" for letter, text in options.items())
        fields.wrong("options", f"选项应当是 {wanted}")
    if not fewest <= len(key) <= most and key:
        how_many = f"{fewest} 个" if fewest == most else f"至少 {fewest} 个"
        fields.wrong("key", f"答案应当是{how_many}字母，现有 {len(key)} 个")
    for letter in key:
        if letter not in texts:
            fields.wrong("key", f"答案 {letter} 不在选项中")
    if list(key) != sorted(set(key)):
        fields.wrong("key", "答案字母应当按升序各写一次")
    for letter in traps:
        if letter not in texts or letter in key:
            fields.wrong("traps", f"{letter} 不是错项")
    built, answer = fields.finish(Content(stem, texts), Key(key, traps))
    return built, answer
