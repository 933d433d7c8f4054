"""The matrix (细目表) with what is needed, what the bank has, and what is lacking, cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.bank.rules.life import PoolQuestion
from app.papers.forms.blueprint import BlueprintForm, Column
from app.papers.rules.assembly import fits, shortfalls
from app.papers.rules.blueprint import Row


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: how many are needed, how many fit, how many are lacking; what was typed."""

    name: str
    value: str
    need: int
    have: int
    lack: int
    problem: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table as the page shows it: a row per topic, a cell per column, totals beside."""

    rows: tuple[tuple[str | None, tuple[Cell, ...], int], ...]
    columns: tuple[tuple[Column, int, Decimal], ...]
    items: int
    points: Decimal
    lacking: tuple[str, ...]


def matrix(form: BlueprintForm, pool: Sequence[PoolQuestion]) -> Matrix:
    """Needed and available at once. A cell lacks what the best distribution of the pool over all
    cells leaves open, so two cells that want the same questions are both honest."""
    blueprint = form.blueprint()
    short = {each.row: each for each in shortfalls(blueprint, pool)}
    lacks = {
        _place(blueprint.rows[number - 1]): each.need - each.have for number, each in short.items()
    }
    rows = tuple(
        (topic, cells := tuple(_cell(form, t, c, pool, lacks) for c in range(len(form.columns))),
         sum(cell.need for cell in cells))
        for t, topic in enumerate(form.topics)
    )  # fmt: skip
    needs = [sum(row[1][c].need for row in rows) for c in range(len(form.columns))]
    return Matrix(
        rows,
        tuple(
            (column, need, column.points * need)
            for column, need in zip(form.columns, needs, strict=True)
        ),
        blueprint.items,
        blueprint.points,
        tuple(
            f"“{each.words}”要 {each.need} 道，只有 {each.have} 道，缺 {each.need - each.have} 道"
            for each in short.values()
        ),
    )


def _place(row: Row) -> Any:
    return row.topic, Column(row.kind, row.points, row.easiest, row.hardest)


def _cell(
    form: BlueprintForm, t: int, c: int, pool: Sequence[PoolQuestion], lacks: Mapping[Any, int]
) -> Cell:
    name, column, topic = f"n-{t}-{c}", form.columns[c], form.topics[t]
    need = form.counts.get((t, c), 0)
    row = Row(column.kind, need, column.points, topic, column.easiest, column.hardest)
    return Cell(
        name=name,
        value=form.typed.get(name, str(need) if need else ""),
        need=need,
        have=sum(1 for question in pool if fits(row, question)),
        lack=lacks.get(_place(row), 0),
        problem=form.problems.get(name, ""),
    )
