"""Which questions may enter a paper as of a date (入卷资格), and why the others may not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.papers.rules.blueprint import Row
from app.question_types.marks import Kind


@dataclass(frozen=True, slots=True)
class LawSpan:
    """A law that a question cites and when it is in force: from `effective`, until the day before
    `repealed` (None: still)."""

    law: str
    effective: date
    repealed: date | None = None

    def in_force(self, on: date) -> bool:
        return self.effective <= on and (self.repealed is None or on < self.repealed)


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """One version of a question as the bank offers it (备选试题).

    `valid_to` is the last day on which the answer is right. `bases` are the laws it cites;
    `transition` says that it asks about old law on purpose (衔接题). `hold` is what must be
    confirmed before it may be used. `content` and `key` as `question_types` stores them; `hash`
    covers both, hence it belongs to the key's side.
    """

    id: str
    version: int
    kind: Kind
    topic: str
    difficulty: int
    valid_from: date
    valid_to: date | None
    content: Mapping[str, Any]
    key: Mapping[str, Any]
    hash: str
    bases: tuple[LawSpan, ...] = ()
    transition: bool = False
    hold: str | None = None


def exclusion(question: PoolQuestion, as_of: date) -> str | None:
    """Why a question may not enter a paper as of this date; None when it may.

    A question that cites law not in force on that day never enters, unless it asks about the
    transition on purpose; its own dates bind it in any case.
    """
    if question.hold:
        return f"暂缓使用：{question.hold}"
    if as_of < question.valid_from:
        return f"{_chinese(question.valid_from)}起才成立"
    if question.valid_to is not None and as_of > question.valid_to:
        return f"只成立到{_chinese(question.valid_to)}"
    if question.transition:
        return None
    for basis in question.bases:
        if as_of < basis.effective:
            return f"所引《{basis.law}》{_chinese(basis.effective)}起才施行"
        if not basis.in_force(as_of):
            ended = basis.repealed or as_of
            return f"所引《{basis.law}》已于{_chinese(ended)}废止或者被替代"
    return None


def usable(pool: Iterable[PoolQuestion], as_of: date) -> list[PoolQuestion]:
    """The questions that may enter, by id; of one question only the newest version that may."""
    newest: dict[str, PoolQuestion] = {}
    for question in pool:
        known = newest.get(question.id)
        if exclusion(question, as_of) is None and (
            known is None or known.version < question.version
        ):
            newest[question.id] = question
    return [newest[id_] for id_ in sorted(newest)]


def fits(question: PoolQuestion, row: Row) -> bool:
    """Whether a question belongs to a row's cell."""
    return (
        question.kind is row.kind
        and row.topic in (None, question.topic)
        and row.easiest <= question.difficulty <= row.hardest
    )


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
