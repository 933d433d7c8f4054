"""The door to the kinds: every function here takes the kind, and raw response texts.

Marking is total: any text at all gets a mark with its reason. What is unreadable gets 0 with
答案无法识别, what is blank gets 0 with 未作答; nothing a candidate can send raises.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import ModuleType
from typing import Any

import msgspec

from app.question_types import (
    choices,
    fill_in,
    indefinite_choice,
    multiple_choice,
    numeric,
    single_choice,
    true_false,
)
from app.question_types.malformed import QuestionMalformed
from app.question_types.marks import UNREADABLE, Kind, Mark, unreadable
from app.question_types.policy import Policy
from app.question_types.wire import Unreadable, spell

CHOICES = frozenset(
    {Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE, Kind.INDEFINITE_CHOICE}
)
"""The kinds whose response is letters, and whose options may be put in another order."""

NO_LETTER = "?"
"""What a letter that was never displayed becomes: no option has it, so it cannot be right."""


@dataclass(frozen=True, slots=True)
class KindRules:
    """One kind's schemas and functions, as its file has them."""

    kind: Kind
    content: type[msgspec.Struct]
    key: type[msgspec.Struct]
    parse: Callable[[str], Any]
    blank: Callable[[], Any]
    is_answered: Callable[[Any], bool]
    mark: Callable[[Any, Any, Any, Policy, Decimal], Mark]
    describe: Callable[[Any, Any], str]
    distractor_counts: Callable[[Any, Iterable[Any]], dict[str, int]]
    form_response: Callable[[Mapping[str, list[str]]], str | None]
    from_bank: Callable[[Mapping[str, Any]], tuple[dict[str, Any], dict[str, Any]]]
    presented: Callable[[Any], dict[str, Any]]
    shown: Callable[[Any], dict[str, Any]]
    in_words: Callable[[Policy], str]


def _rules(kind: Kind, file: ModuleType) -> KindRules:
    return KindRules(
        kind=kind,
        content=file.Content,
        key=file.Key,
        parse=file.parse,
        blank=file.blank,
        is_answered=file.is_answered,
        mark=file.mark,
        describe=file.describe,
        distractor_counts=file.distractor_counts,
        form_response=file.form_response,
        from_bank=file.from_bank,
        presented=file.presented,
        shown=file.shown,
        in_words=file.in_words,
    )


_KINDS = {
    Kind.SINGLE_CHOICE: _rules(Kind.SINGLE_CHOICE, single_choice),
    Kind.MULTIPLE_CHOICE: _rules(Kind.MULTIPLE_CHOICE, multiple_choice),
    Kind.TRUE_FALSE: _rules(Kind.TRUE_FALSE, true_false),
    Kind.INDEFINITE_CHOICE: _rules(Kind.INDEFINITE_CHOICE, indefinite_choice),
    Kind.FILL_IN: _rules(Kind.FILL_IN, fill_in),
    Kind.NUMERIC: _rules(Kind.NUMERIC, numeric),
}

Part = Mapping[str, Any] | msgspec.Struct
"""Content or key: the stored JSON value, or the kind's Struct already made from it."""


def of(kind: Kind | str) -> KindRules:
    """The rules of a kind. Raises ValueError for a kind that is none of the six."""
    return _KINDS[Kind(kind)]


def content_of(kind: Kind | str, content: Part) -> Any:
    """The stored content as the kind's Struct; make it once where many responses are marked."""
    return _made(content, of(kind).content)


def key_of(kind: Kind | str, key: Part) -> Any:
    """The stored key as the kind's Struct."""
    return _made(key, of(kind).key)


def mark(
    kind: Kind | str, content: Part, key: Part, raw: str | None, policy: Policy, points: Decimal
) -> Mark:
    """单题得分 of a raw response in the bank's letters. Total: no response raises.

    Raises msgspec.ValidationError only if content or key are not what from_bank made.
    """
    rules = of(kind)
    response = read(kind, raw)
    if response is None:
        return unreadable(points)
    return rules.mark(
        _made(content, rules.content), _made(key, rules.key), response, policy, points
    )


def read(kind: Kind | str, raw: str | None) -> Any | None:
    """The response; the blank one for no text at all; None when it is unreadable."""
    rules = of(kind)
    if raw is None or _is_blank(raw):
        return rules.blank()
    try:
        return rules.parse(raw)
    except Unreadable:
        return None


def is_answered(kind: Kind | str, raw: str | None) -> bool:
    """Whether the answer map shows the question as answered (已答)."""
    response = read(kind, raw)
    return response is not None and of(kind).is_answered(response)


def shown(kind: Kind | str, raw: str | None) -> dict[str, Any]:
    """`item.response` of the templates; the blank response for an unreadable one."""
    response = read(kind, raw)
    rules = of(kind)
    return rules.shown(rules.blank() if response is None else response)


def presented(kind: Kind | str, content: Part) -> dict[str, Any]:
    """`stem`, `options` [(letter, text)], `blanks`, `units`, `steps` of the templates' `item`."""
    return of(kind).presented(content_of(kind, content))


def describe(kind: Kind | str, content: Part, raw: str | None) -> str:
    """The response in words, for reports."""
    response = read(kind, raw)
    if response is None:
        return UNREADABLE
    return of(kind).describe(content_of(kind, content), response)


def right_response(kind: Kind | str, key: Part) -> str:
    """A raw response that gets every point: what a result page shows as the right answer, and
    what a simulated candidate writes who knows it."""
    answer = key_of(kind, key)
    match Kind(kind):
        case Kind.FILL_IN:
            return spell({str(blank.n): blank.key for blank in answer.blanks})
        case Kind.NUMERIC:
            return spell({"value": format(answer.value, "f"), "unit": answer.unit})
        case _:
            return spell(answer.letters)


def distractor_counts(
    kind: Kind | str, content: Part, raws: Iterable[str | None]
) -> dict[str, int]:
    """How often each option or wording was given; 答案无法识别 is added when there is any."""
    responses = [read(kind, raw) for raw in raws]
    readable = [response for response in responses if response is not None]
    counts = of(kind).distractor_counts(content_of(kind, content), readable)
    lost = len(responses) - len(readable)
    return {**counts, UNREADABLE: lost} if lost else counts


def form_response(kind: Kind | str, position: int, form: Mapping[str, list[str]]) -> str | None:
    """What a plain form says of the question at this position; None when it says nothing.

    Reads the fields `q7` and `q7.…` for position 7, in displayed letters.
    """
    name = f"q{position}"
    fields = {
        field.removeprefix(name).removeprefix("."): values
        for field, values in form.items()
        if field == name or field.startswith(f"{name}.")
    }
    return of(kind).form_response(fields)


def reletter(kind: Kind | str, raw: str | None, mapping: Mapping[str, str]) -> str | None:
    """Displayed letters into the bank's letters (or back), by `mapping`; other kinds unchanged.

    Total: a letter that was never displayed becomes `?`, an unreadable text stays as it is.
    """
    if Kind(kind) not in CHOICES or _is_blank(raw):
        return raw
    response = read(kind, raw)
    if response is None:
        return raw
    return spell(sorted({mapping.get(letter, NO_LETTER) for letter in response.letters}))


def displayed(
    kind: Kind | str, content: Part, key: Part, mapping: Mapping[str, str]
) -> tuple[Any, Any]:
    """Content and key in one candidate's letters (`mapping`: displayed → bank), for reasons that
    the candidate can read beside the own paper. Kinds without options are unchanged.
    """
    made, answer = content_of(kind, content), key_of(kind, key)
    return choices.displayed(made, answer, mapping) if Kind(kind) in CHOICES else (made, answer)


def in_words(kind: Kind | str, policy: Policy) -> str:
    """The rule of this kind under this policy in one sentence, for paper and circular."""
    return of(kind).in_words(policy)


def from_bank(question: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Content and key of a bank question as JSON values (decimals as strings).

    Content holds nothing of the key. Raises QuestionMalformed with every problem by field.
    """
    kind = question.get("kind")
    if kind not in tuple(Kind):
        raise QuestionMalformed([f"kind：没有“{kind}”这种题型"])
    return of(kind).from_bank(question)


def _is_blank(raw: str | None) -> bool:
    return raw is None or not raw.strip()


def _made(part: Part, schema: type[msgspec.Struct]) -> msgspec.Struct:
    return part if isinstance(part, msgspec.Struct) else msgspec.convert(part, schema)
