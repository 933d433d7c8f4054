"""A simulated sitting (发布前推演): five kinds of candidate walk through a window, to the second,
before an exam may be published.

They ask the same functions that the real sitting asks, so that a wrong setting, or a wrong
function, is found by somebody who does not exist.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.contests.rules.checks import Problem
from app.contests.rules.instants import (
    Instants,
    counts,
    handed_in_at,
    instants,
    may_start,
    may_write,
    overdue,
)
from app.contests.rules.timing import minutes
from app.contests.rules.windows import NOTHING, Window
from app.contests.rules.workdays import office_time

SECOND = timedelta(seconds=1)
SHOWN_EXTRA = timedelta(minutes=30)  # what the invigilator of the walk-through adds


class Kind(StrEnum):
    """The five who walk."""

    PUNCTUAL = "punctual"
    LATE = "late"
    EXTENDED = "extended"
    CUT_OFF = "cut_off"
    LEFT_OPEN = "left_open"

    @property
    def label(self) -> str:
        return {
            Kind.PUNCTUAL: "准时开考",
            Kind.LATE: "最后一秒才开始",
            Kind.EXTENDED: f"延长 {minutes(SHOWN_EXTRA)}",
            Kind.CUT_OFF: "到时前断网",
            Kind.LEFT_OPEN: "一直不交卷",
        }[self]


@dataclass(frozen=True, slots=True)
class Walk:
    """What one of them lives through. `writes_until` is 到时, `delivers_until` the end of the grace
    (宽限), `collected_at` when the paper is in, `by_server` whether the server took it; `used` is
    what counts as time used; `said` is the story in a sentence."""

    kind: Kind
    starts_at: datetime
    writes_until: datetime
    delivers_until: datetime
    collected_at: datetime
    by_server: bool
    used: timedelta
    said: str

    @property
    def used_in_words(self) -> str:
        return minutes(self.used)


@dataclass(frozen=True, slots=True)
class Simulation:
    """The five walks, and what went wrong on them; published is only what has no `problems`.
    `last_full_start`: who begins later has less than the whole length. `many_days`: a time without
    its day would not be understood."""

    walks: tuple[Walk, ...]
    problems: tuple[Problem, ...]
    last_full_start: datetime
    many_days: bool


def simulated(window: Window) -> Simulation:
    """Sends the five through a window. It may be any window: a wrong one gives problems."""
    walks, problems = [], []
    for kind in Kind:
        extra = SHOWN_EXTRA if kind is Kind.EXTENDED else NOTHING
        door = instants(window, extra=extra)
        starts_at = window.closes_at - SECOND if kind is Kind.LATE else window.opens_at
        own = instants(window, started_at=starts_at, extra=extra)
        walks.append(_walk(kind, window, own, starts_at))
        problems += [
            Problem("form", f"推演“{kind.label}”：{wrong}")
            for wrong in (
                *_at_the_door(window, door, extra),
                *_time_given(kind, window, own, starts_at, extra),
                *_at_the_end(window, own, starts_at),
            )
        ]
    first, last = window.opens_at, max(walk.collected_at for walk in walks)
    return Simulation(
        tuple(walks),
        tuple(problems),
        window.last_full_start,
        many_days=office_time(first).date() != office_time(last).date(),
    )


def _walk(kind: Kind, window: Window, own: Instants, starts_at: datetime) -> Walk:
    by_server = kind in (Kind.CUT_OFF, Kind.LEFT_OPEN)
    collected_at = own.settled_at if by_server else own.deadline
    used = handed_in_at(own, collected_at) - starts_at
    length, grace = minutes(window.length), minutes(window.grace)
    said = {
        Kind.PUNCTUAL: f"一开考就开始，用满 {length}。",
        Kind.LATE: f"只能写 {minutes(used)}：迟到不补时。",
        Kind.EXTENDED: f"监考员加时，可写 {minutes(used)}；其他人不变。",
        Kind.CUT_OFF: f"到时前写的，{grace}内传到的计入；再晚一秒，存下不计分，组织者可见。",
        Kind.LEFT_OPEN: f"没有人操作，过了宽限 {grace}由服务器收卷，交卷时间记为到时。",
    }[kind]
    return Walk(kind, starts_at, own.deadline, own.settled_at, collected_at, by_server, used, said)


def _at_the_door(window: Window, door: Instants, extra: timedelta) -> Iterator[str]:
    """One may begin from the opening itself until the second before the window closes."""
    closes_at = window.closes_at + extra
    if closes_at - SECOND < window.opens_at:
        yield "从开始到结束没有一秒。"
        return
    asked = (
        (window.opens_at - SECOND, False),
        (window.opens_at, True),
        (closes_at - SECOND, True),
        (closes_at, False),
    )
    if any(may_start(door, at) is not allowed for at, allowed in asked):
        yield "能不能开始，与开放时间对不上。"


def _time_given(
    kind: Kind, window: Window, own: Instants, starts_at: datetime, extra: timedelta
) -> Iterator[str]:
    """`deadline = min(start + length, closing) + extra`, said once more and independently: nobody
    is handed in before their time, and nobody has more than was declared."""
    given = own.deadline - starts_at
    due = window.length + extra
    if kind is Kind.LATE:
        due = min(due, window.closes_at - starts_at)
    if given < due:
        yield f"应有 {minutes(due)}，只能写 {minutes(max(given, NOTHING))}。"
    if given > due:
        yield f"应有 {minutes(due)}，却能写 {minutes(given)}。"


def _at_the_end(window: Window, own: Instants, starts_at: datetime) -> Iterator[str]:
    """The boundaries of writing, delivering and collecting, each a second before and at it."""
    ends, settled = own.deadline, own.settled_at
    if ends <= starts_at:
        yield "刚开始就到时了。"
        return
    if settled - ends != window.grace:
        yield f"宽限应为 {minutes(window.grace)}，却是 {minutes(settled - ends)}。"
    if not may_write(own, ends - SECOND) or may_write(own, ends):
        yield "到时前一秒应能写，到时应不能写。"
    if not counts(own, ends - SECOND, settled - SECOND):
        yield "到时前写的、宽限内传到的答案没有计入。"
    if counts(own, ends - SECOND, settled):
        yield "宽限过后传到的答案计入了。"
    if counts(own, ends, ends):
        yield "到时以后写的答案计入了。"
    if overdue(own, settled - SECOND) or not overdue(own, settled):
        yield "服务器收卷的时间与宽限对不上。"
    if handed_in_at(own, settled + SECOND) != ends:
        yield "由服务器收卷时，交卷时间不是到时的时间。"
