"""单选 (single choice): one right option; right is full, anything else 0, nothing is deducted."""

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
from app.question_types.policy import Policy

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
    """Full or nothing (facts.md 7.2); no policy changes that."""
    return choices.mark_one(content, key, response, points)


def in_words(policy: Policy) -> str:
    return "选对得满分，选错、不选得 0 分，不倒扣。"


def from_bank(question: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`options` A…, `key` of one letter, `traps` for wrong options. Raises QuestionMalformed."""
    return choices.from_bank(question, fewest=1, most=1)
