"""多选 (multiple choice): two or more right options; incomplete answers by the exam's policy."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.question_types import choices
from app.question_types.choices import (
    Content,
    Key,
    Response,
    blank,
    describe,
    distractor_counts,
    form_response,
    is_answered,
    parse,
    presented,
    shown,
)
from app.question_types.marks import Mark
from app.question_types.policy import Policy, sentence

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


def mark(content: Content, key: Key, response: Response, policy: Policy, points: Decimal) -> Mark:
    """By the exam's policy for 多选."""
    return choices.mark_several(
        content, key, response, how=policy.multiple_choice, rounding=policy, points=points
    )


def in_words(policy: Policy) -> str:
    return sentence(policy.multiple_choice, policy)


def from_bank(question: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`options` A…, `key` of two or more, `traps` for the others. Raises QuestionMalformed."""
    return choices.from_bank(question, fewest=2, most=len(choices.LETTERS))
