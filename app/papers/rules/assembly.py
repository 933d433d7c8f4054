"""Blueprint + pool + seed → the questions of a paper (组卷), or what the bank lacks for it.

Rows compete for questions, and to serve one after another is wrong: a row that would take anything
can take the only questions that a narrow row could use. Augmenting paths find a distribution that
fills the most places: a row that lacks a question asks one that holds a suitable one to take
another instead, and that row asks the next, until somebody finds a free one.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from app.bank.rules.life import PoolQuestion
from app.papers.rules.blueprint import Blueprint, BlueprintUnsatisfiable, Row


@dataclass(frozen=True, slots=True)
class Chosen:
    """One question of a paper and the row that it fills."""

    row: Row
    question: PoolQuestion


@dataclass(frozen=True, slots=True)
class PaperPlan:
    """A paper as it was assembled (组卷结果), before it is frozen."""

    blueprint: Blueprint
    as_of: date
    seed: str
    chosen: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A row (1 …) that the best distribution leaves short: `need` and `have` after all rows have
    been served, `fitting` how many questions would suit it if no other row wanted them."""

    row: int
    words: str
    need: int
    have: int
    fitting: int


def fits(row: Row, question: PoolQuestion) -> bool:
    """Whether a question belongs to a row's cell."""
    return (
        question.kind == row.kind
        and row.topic in (None, question.topic)
        and row.easiest <= question.difficulty <= row.hardest
    )


def shortfalls(blueprint: Blueprint, pool: Iterable[PoolQuestion]) -> list[Shortfall]:
    """What the bank lacks, row by row; an empty list means that a paper can be made. The pool is
    what the bank may use on the day."""
    ordered = sorted(pool, key=lambda question: question.code)
    return _shortfalls(blueprint, _Distribution(blueprint.rows, ordered))


def assemble(
    blueprint: Blueprint, pool: Iterable[PoolQuestion], *, seed: str, as_of: date
) -> PaperPlan:
    """组卷: questions by lot under the seed (32 bytes in hex). A question's lot is HMAC-SHA-256 of
    `question⏎<code>` under the seed; each row takes those that suit it, smallest lot first, as far
    as competing rows leave them. The order of the pool changes nothing. Of two questions that must
    stand apart (`PoolQuestion.apart_from`) the later lot gives way, if the rest can do without it.

    Raises BlueprintUnsatisfiable, which names every cell that lacks questions.
    """
    key = bytes.fromhex(seed)
    ordered = sorted(pool, key=lambda question: (_lot(key, question.code), question.code))
    shared = _Distribution(blueprint.rows, ordered)
    if lacking := _shortfalls(blueprint, shared):
        said = "；".join(
            f"“{each.words}”要 {each.need} 道，只有 {each.have} 道" for each in lacking
        )
        raise BlueprintUnsatisfiable(lacking=said, shortfalls=tuple(lacking))
    ordered, shared = _apart(blueprint, ordered, shared)
    chosen = (
        Chosen(row, ordered[at])
        for number, row in enumerate(blueprint.rows)
        for at in shared.given(number)
    )
    return PaperPlan(blueprint, as_of, seed, tuple(chosen))


def _apart(
    blueprint: Blueprint, ordered: list[PoolQuestion], shared: "_Distribution"
) -> tuple[list[PoolQuestion], "_Distribution"]:
    """The same distribution without questions that give each other away, as far as the pool
    allows; a paper with such a pair is better than none, and the bank's page shows the tag."""
    kept: set[frozenset[str]] = set()
    while clash := next(iter(_clashes(blueprint, ordered, shared, kept)), None):
        for out in reversed(clash):
            fewer = [question for question in ordered if question is not out]
            again = _Distribution(blueprint.rows, fewer)
            if not _shortfalls(blueprint, again):
                ordered, shared = fewer, again
                break
        else:
            kept.add(frozenset(question.code for question in clash))
    return ordered, shared


def _clashes(
    blueprint: Blueprint,
    ordered: Sequence[PoolQuestion],
    shared: "_Distribution",
    kept: Collection[frozenset[str]],
) -> Iterator[tuple[PoolQuestion, PoolQuestion]]:
    """Pairs of the paper that must stand apart, by lot; not those that cannot be helped."""
    taken = sorted(at for number, _ in enumerate(blueprint.rows) for at in shared.given(number))
    for one, other in combinations([ordered[at] for at in taken], 2):
        leaks = other.code in one.apart_from or one.code in other.apart_from
        if leaks and frozenset((one.code, other.code)) not in kept:
            yield one, other


def _lot(key: bytes, code: str) -> bytes:
    return hmac.new(key, f"question\n{code}".encode(), hashlib.sha256).digest()


def _shortfalls(blueprint: Blueprint, shared: "_Distribution") -> list[Shortfall]:
    return [
        Shortfall(number + 1, row.words, row.count, have, len(shared.choices[number]))
        for number, row in enumerate(blueprint.rows)
        if (have := len(shared.given(number))) < row.count
    ]


class _Distribution:
    """A maximum matching between places of rows and questions; depends on its arguments alone."""

    def __init__(self, rows: Sequence[Row], questions: Sequence[PoolQuestion]) -> None:
        self.choices = [
            [at for at, question in enumerate(questions) if fits(row, question)] for row in rows
        ]
        self.held: dict[int, int] = {}
        # narrow rows first: the wide ones take what is left, and seldom have to move
        for row in sorted(range(len(rows)), key=lambda row: (len(self.choices[row]), row)):
            for _ in range(rows[row].count):
                if not self._augment(row):
                    break

    def given(self, row: int) -> list[int]:
        """The questions of a row, smallest lot first."""
        return [question for question in self.choices[row] if self.held.get(question) == row]

    def _augment(self, row: int) -> bool:
        came_from: dict[int, tuple[int, int]] = {}
        seen, frontier = {row}, [row]
        for asking in frontier:
            for question in self.choices[asking]:
                holder = self.held.get(question)
                if holder is None:
                    self._exchange(row, asking, question, came_from)
                    return True
                if holder not in seen:
                    seen.add(holder)
                    came_from[holder] = (asking, question)
                    frontier.append(holder)
        return False

    def _exchange(
        self, row: int, asking: int, question: int, came_from: dict[int, tuple[int, int]]
    ) -> None:
        self.held[question] = asking
        while asking != row:
            asking, question = came_from[asking]
            self.held[question] = asking
