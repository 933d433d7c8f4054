"""A bank that a small blueprint can be filled from, and one that is frozen."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.db.session import Session
from app.kernel.actor import Actor, Role
from app.papers import actions
from app.papers.rules.blueprint import Blueprint, Row
from app.papers.tables import Paper
from app.question_types.marks import Kind
from tests.bank.worlds import of_kind, take_in
from tests.fakes import NINE, FixedEntropy

ORGANIZER = Actor(1, "许青禾", frozenset({Role.ORGANIZER}))
DAY = date(2026, 11, 24)
TWO = Decimal(2)
SMALL = Blueprint(
    "A 卷",
    (
        Row(Kind.SINGLE_CHOICE, 3, TWO, topic="法律责任"),
        Row(Kind.MULTIPLE_CHOICE, 2, Decimal(3)),
        Row(Kind.TRUE_FALSE, 1, TWO),
        Row(Kind.INDEFINITE_CHOICE, 1, TWO),
        Row(Kind.FILL_IN, 1, TWO),
        Row(Kind.NUMERIC, 1, TWO),
    ),
)


def questions(each: int = 4, **changes: Any) -> list[dict[str, Any]]:
    """So many of every kind."""
    return [
        of_kind(kind.value, f"{kind.value.replace('_', '-')}-{number}", **changes)
        for kind in Kind
        for number in range(each)
    ]


def fill_bank(db: Session, each: int = 4) -> None:
    take_in(db, *questions(each))


def frozen_paper(db: Session, *, entropy: FixedEntropy | None = None) -> Paper:
    """A bank, and the small blueprint frozen from it."""
    fill_bank(db)
    return actions.freeze_paper(
        db,
        title="A 卷 环保法律法规",
        blueprint=SMALL,
        as_of=DAY,
        entropy=entropy or FixedEntropy(),
        actor=ORGANIZER,
        now=NINE,
    )
