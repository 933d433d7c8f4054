"""Blueprint + pool + seed → the questions of a paper, as of a date (组卷)."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.kernel.errors import DomainError
from app.kernel.errors import Kind as Refused
from app.kernel.score import total
from app.papers.rules.blueprint import Blueprint, check_blueprint
from app.papers.rules.matching import Matching
from app.papers.rules.pool import PoolQuestion, fits, usable
from app.question_types.marks import Kind


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of the blueprint in a shortfall: its number (1 …), its cell, how many it wants and how
    many questions would suit it if no other row wanted them."""

    row: int
    words: str
    kind: Kind
    topic: str | None
    easiest: int
    hardest: int
    need: int
    suitable: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What the bank lacks (缺口): these rows together need `need` questions and there are only
    `have` that suit any of them. One row: it lacks on its own; several: they compete."""

    cells: tuple[Cell, ...]
    have: int
    need: int

    @property
    def row(self) -> int:
        """The first row concerned, 1 …"""
        return self.cells[0].row

    @property
    def words(self) -> str:
        """The shortfall in a sentence that says which cell lacks how many."""
        lacking = f"需要 {self.need} 题，只有 {self.have} 题，缺 {self.need - self.have} 题"
        if len(self.cells) == 1:
            return f"第 {self.row} 行（{self.cells[0].words}）{lacking}。"
        named = "、".join(f"第 {cell.row} 行（{cell.words}）" for cell in self.cells)
        return f"{named}要用同一批题，合计{lacking}。"


class BlueprintUnsatisfiable(DomainError):
    """`fields["shortfalls"]` holds the Shortfall values, for a table."""

    code, kind = "blueprint_unsatisfiable", Refused.CONFLICT
    message = "题库不够组成这份试卷：{words}"


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One item of a paper (试题): its position (1 …), the blueprint row it fills (1 …)."""

    position: int
    row: int
    question: PoolQuestion
    points: Decimal


@dataclass(frozen=True, slots=True)
class PaperPlan:
    """A paper as it was assembled (组卷结果), before it is frozen."""

    blueprint: Blueprint
    as_of: date
    seed: str
    items: tuple[PlannedItem, ...]

    @property
    def points(self) -> Decimal:
        return total(item.points for item in self.items)


def supply(blueprint: Blueprint, pool: Iterable[PoolQuestion], as_of: date) -> list[int]:
    """For each row, how many questions suit it as of the date, whatever other rows want."""
    able = usable(pool, as_of)
    return [sum(fits(question, row) for question in able) for row in blueprint.rows]


def shortfalls(blueprint: Blueprint, pool: Iterable[PoolQuestion], as_of: date) -> list[Shortfall]:
    """What the bank lacks for this blueprint; an empty list means that a paper can be made.

    Rows that compete for the same questions are judged together: each may look well supplied
    alone and still not be filled. The seed plays no part: what can be filled is no matter of luck.
    """
    able = usable(pool, as_of)
    return _shortfalls(blueprint, _matching(blueprint, able))


def assemble(
    blueprint: Blueprint, pool: Iterable[PoolQuestion], seed: str, as_of: date
) -> PaperPlan:
    """组卷: chooses the questions by lot under the seed (32 bytes in hex), as of the date.

    Every usable question has a lot, HMAC-SHA-256 of `question⏎<id>` under the seed; each row
    takes those that suit it, smallest lot first, as far as rows that compete leave them. On the
    paper, items stand by kind (单选, 多选, 判断 …) and within a kind by lot. The order of the pool
    and old versions in it change nothing.

    Raises BlueprintUnsatisfiable, which names every cell that lacks questions, and BlueprintUnfit.
    """
    check_blueprint(blueprint)
    key = bytes.fromhex(seed)
    able = sorted(usable(pool, as_of), key=lambda question: (_lot(key, question.id), question.id))
    matching = _matching(blueprint, able)
    if lacking := _shortfalls(blueprint, matching):
        words = "".join(each.words for each in lacking)
        raise BlueprintUnsatisfiable(words=words, shortfalls=tuple(lacking))
    kinds = list(Kind)
    chosen = sorted((kinds.index(able[at].kind), at, row) for at, row in matching.held.items())
    return PaperPlan(
        blueprint,
        as_of,
        seed,
        tuple(
            PlannedItem(position, row + 1, able[at], blueprint.rows[row].points)
            for position, (_, at, row) in enumerate(chosen, 1)
        ),
    )


def _lot(key: bytes, question_id: str) -> bytes:
    return hmac.new(key, f"question\n{question_id}".encode(), hashlib.sha256).digest()


def _matching(blueprint: Blueprint, able: Sequence[PoolQuestion]) -> Matching:
    return Matching(
        [row.count for row in blueprint.rows],
        [[at for at, question in enumerate(able) if fits(question, row)] for row in blueprint.rows],
    )


def _shortfalls(blueprint: Blueprint, matching: Matching) -> list[Shortfall]:
    groups = {matching.competing(row) for row, lacks in enumerate(matching.lacking) if lacks}
    found = []
    for group in sorted(groups, key=lambda group: (len(group), group)):
        cells = tuple(_cell(blueprint, matching, row) for row in group)
        have = len({question for row in group for question in matching.choices[row]})
        found.append(Shortfall(cells, have, sum(cell.need for cell in cells)))
    return found


def _cell(blueprint: Blueprint, matching: Matching, at: int) -> Cell:
    row = blueprint.rows[at]
    return Cell(
        row=at + 1,
        words=row.cell,
        kind=row.kind,
        topic=row.topic,
        easiest=row.easiest,
        hardest=row.hardest,
        need=row.count,
        suitable=len(matching.choices[at]),
    )
