"""What the bank covers (题库覆盖): how many usable questions of each topic, kind and difficulty."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.bank.rules.life import PoolQuestion
from app.question_types.marks import Kind

BANDS = (("易", (1, 2)), ("中", (3,)), ("难", (4, 5)))
"""Difficulties as the coverage table groups them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many there are, and how many of each band: ("易", 3), ("中", 1), ("难", 0)."""

    total: int
    bands: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One topic: a cell per kind in the order of `Kind`, and its total."""

    topic: str
    cells: tuple[Cell, ...]
    total: Cell


def coverage(pool: Iterable[PoolQuestion]) -> tuple[Row, ...]:
    """A row per topic, then one for the whole bank (合计)."""
    questions = list(pool)
    topics = sorted({question.topic for question in questions})
    return (
        *(_row(topic, [one for one in questions if one.topic == topic]) for topic in topics),
        _row("合计", questions),
    )


def _row(topic: str, questions: list[PoolQuestion]) -> Row:
    cells = tuple(_cell(one for one in questions if one.kind == kind) for kind in Kind)
    return Row(topic, cells, _cell(questions))


def _cell(questions: Iterable[PoolQuestion]) -> Cell:
    counts = Counter(question.difficulty for question in questions)
    bands = tuple((name, sum(counts[level] for level in levels)) for name, levels in BANDS)
    return Cell(sum(counts.values()), bands)
