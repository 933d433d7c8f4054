"""不定项 (indefinite choice): one or more right options, and the candidate is not told how many."""

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
    """By the exam's policy for 不定项."""
    return choices.mark_several(
        content, key, response, how=policy.indefinite_choice, rounding=policy, points=points
    )


def in_words(policy: Policy) -> str:
    return sentence(policy.indefinite_choice, policy)


def from_bank(question: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`options` A…, `key` of one or more, `traps` for the others. Raises QuestionMalformed."""
    return choices.from_bank(question, fewest=1, most=len(choices.LETTERS))
