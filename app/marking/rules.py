"""Marking a whole sitting (阅卷): a pure function of frozen paper, key and responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.kernel.errors import DomainError, Kind
from app.kernel.score import total
from app.papers.rules.blueprint import policy_from_dict
from app.papers.rules.orders import CandidateOrder
from app.question_types import registry
from app.question_types.marks import Mark


class ExamNotFound(DomainError):
    code, kind, message = "exam_not_found", Kind.MISSING, "没有这个科目。"


class SittingNotFound(DomainError):
    code, kind, message = "sitting_not_found", Kind.MISSING, "没有这场作答，或者还没有阅卷。"


class NoPaper(DomainError):
    code, kind, message = "no_paper", Kind.CONFLICT, "这个科目还没有选定试卷，不能阅卷。"


class StillSitting(DomainError):
    code, kind = "still_sitting", Kind.CONFLICT
    message = "还有 {count} 人没有交卷，等全部交卷或者到时以后再阅卷。"


class NobodySat(DomainError):
    code, kind, message = "nobody_sat", Kind.CONFLICT, "这个科目没有人交卷，没有可以评阅的答卷。"


class KeyDoesNotFit(DomainError):
    code, kind = "key_does_not_fit", Kind.CONFLICT
    message = "标准答案与试卷不是一套，不能阅卷，请联系管理员。"


@dataclass(frozen=True, slots=True)
class MarkedItem:
    """One item of one candidate: the paper's position, the number the candidate saw, the response
    in the bank's letters (what statistics count), and the mark."""

    position: int
    number: int
    response: str | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class MarkedSitting:
    """Every item in the paper's order, and the exact score."""

    items: tuple[MarkedItem, ...]
    score: Decimal


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """One item as its candidate may read it after the release, in the candidate's own letters.
    `item` is what the question templates show."""

    number: int
    item: dict[str, Any]
    mark: Mark
    response: str
    right: str
    explanation: str


def mark_sitting(
    paper: Mapping[str, Any],
    key: Mapping[str, Any],
    order: CandidateOrder,
    responses: Mapping[int, str],
) -> MarkedSitting:
    """Marks every item of the paper. `responses` are raw texts by the number the candidate saw;
    a missing one is unanswered, an unreadable one gets nothing, and neither stops the marking.

    The score is the exact sum of the marks; rounding is the results' business, once.
    """
    if [item["position"] for item in paper["items"]] != [item["position"] for item in key["items"]]:
        raise KeyDoesNotFit
    policy = policy_from_dict(paper["policy"])
    numbers = {each.position: each for each in order.items}
    marked = []
    for item, answer in zip(paper["items"], key["items"], strict=True):
        seen = numbers[item["position"]]
        raw = responses.get(seen.number)
        response = registry.reletter(item["kind"], raw, seen.mapping)
        points = Decimal(item["points"])
        mark = registry.mark(item["kind"], item["content"], answer["key"], response, policy, points)
        marked.append(MarkedItem(item["position"], seen.number, response, mark))
    return MarkedSitting(tuple(marked), total(each.mark.points for each in marked))


def explained(
    paper: Mapping[str, Any],
    key: Mapping[str, Any],
    order: CandidateOrder,
    responses: Mapping[int, str],
) -> tuple[ExplainedItem, ...]:
    """The same marks with reasons, right answers and explanations in the candidate's letters, in
    the order of the candidate's own paper. For use after the release only."""
    policy = policy_from_dict(paper["policy"])
    items = {item["position"]: item for item in paper["items"]}
    answers = {item["position"]: item for item in key["items"]}
    out = []
    for seen in order.items:
        item, answer = items[seen.position], answers[seen.position]
        kind, raw = item["kind"], responses.get(seen.number)
        content, shown_key = registry.displayed(kind, item["content"], answer["key"], seen.mapping)
        mark = registry.mark(kind, content, shown_key, raw, policy, Decimal(item["points"]))
        right = registry.describe(kind, content, registry.right_response(kind, shown_key))
        out.append(
            ExplainedItem(
                number=seen.number,
                item={
                    "kind": kind,
                    "position": seen.number,
                    "number": seen.number,
                    "points": item["points"],
                    "readonly": True,
                    "response": registry.shown(kind, raw),
                    **registry.presented(kind, content),
                },
                mark=mark,
                response=registry.describe(kind, content, raw),
                right=right,
                explanation=answer["explanation"],
            )
        )
    return tuple(out)
