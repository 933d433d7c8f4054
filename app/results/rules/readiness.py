"""Whether a contest's results may be released (发布条件), with every reason why not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.contests.rules.refusals import RulesNotConfirmed
from app.kernel.errors import DomainError
from app.results.rules import refusals


@dataclass(frozen=True, slots=True)
class ExamFacts:
    """How far one exam is, in people. `may_start`: called up, not begun, and the window is still
    open for them. `unmarked`: handed in, without a score in the newest run of marking. `over`: it
    was published and its window has closed."""

    title: str
    over: bool
    handed_in: int
    running: int
    may_start: int
    unmarked: int


def obstacles(
    *, confirmed: bool, called: int, unnumbered: int, exams: Iterable[ExamFacts]
) -> tuple[DomainError, ...]:
    """Everything that keeps the results from being released, in the order in which it is mended;
    empty when nothing does.

    Refused while the rules are not confirmed, while somebody is sitting or may still begin (who
    is not there yet would be written down as absent), and while a paper is not marked. An exam
    that is over and to which nobody came has nothing to mark and is no obstacle.
    """
    said: list[DomainError] = []
    if not confirmed:
        said.append(RulesNotConfirmed())
    if not called:
        said.append(refusals.NobodyCalled())
    if unnumbered:
        said.append(refusals.NotNumbered(count=unnumbered))
    for exam in exams:
        said += _of_exam(exam)
    return tuple(said)


def _of_exam(exam: ExamFacts) -> Iterator[DomainError]:
    if exam.running:
        yield refusals.PeopleStillSitting(exam=exam.title, count=exam.running)
    if exam.may_start:
        yield refusals.PeopleMayStillStart(exam=exam.title, count=exam.may_start)
    if exam.unmarked:
        yield refusals.ExamNotMarked(exam=exam.title, count=exam.unmarked)
    # Everybody has handed in before the window closed: nobody need wait for it.
    if not exam.over and not exam.handed_in:
        yield refusals.ExamNotHeld(exam=exam.title)


# What two releases of the same results may differ in.
_OF_THE_ACT = {"release", "released_at", "hash"}


def unchanged(
    made: Mapping[str, Any], last: Mapping[str, Any], *, except_for: Iterable[str] = ()
) -> bool:
    """Whether a release would say the same as the last one, but for its number and moment."""
    aside = _OF_THE_ACT.union(except_for)
    return all(made.get(key) == last.get(key) for key in {*made, *last} - aside)
