"""The moment (时间): when one may start, until when one may write, when the server hands in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.contests.rules import instants
from app.contests.rules.instants import Instants
from app.contests.rules.windows import NOTHING
from app.contests.rules.windows import Window as ExamWindow
from app.sitting.rules.refusals import NotOpenYet, NotStarted, Paused, WindowClosed

__all__ = ["NOTHING", "Instants"]


@dataclass(frozen=True, slots=True)
class Window:
    """考试时间窗 of one candidate: the exam's, with what was added (延长), by how much it was moved
    (后移), and since when this candidate's clock stands still (暂停)."""

    opens_at: datetime
    closes_at: datetime
    length: timedelta
    grace: timedelta
    extra: timedelta = NOTHING
    shift: timedelta = NOTHING
    paused_at: datetime | None = None

    def instants(self, started_at: datetime | None = None) -> Instants:
        """Every instant, from the one function that knows (contests.rules.instants)."""
        return instants.instants(
            ExamWindow(self.opens_at, self.closes_at, self.length, self.grace),
            started_at=started_at,
            extra=self.extra,
            shift=self.shift,
            paused_at=self.paused_at,
        )


@dataclass(frozen=True, slots=True)
class State:
    """What decides about an answer: the window, the size of the paper, the start, the hand-in, and
    which page holds the pen: `page`, the `epoch`-th that took it."""

    window: Window
    item_count: int
    started_at: datetime | None = None
    handed_in_at: datetime | None = None
    epoch: int = 0
    page: str = ""

    @property
    def instants(self) -> Instants:
        """The instants of this sitting."""
        return self.window.instants(self.started_at)


class Phase(StrEnum):
    """Where a sitting stands."""

    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"
    MISSED = "missed"
    HANDED_IN = "handed_in"


def last_start(window: Window) -> datetime:
    """When it is too late to begin: the window's end, moved by what was added."""
    return window.instants().last_start


def deadline(window: Window, started_at: datetime) -> datetime:
    """到时: one's own start plus the length, but not after the window closes; then what an
    invigilator added. While the clock stands still: what it was when it stopped."""
    return window.instants(started_at).deadline


def remaining(state: State, now: datetime) -> timedelta:
    """How much is left to write, of somebody who has begun; it does not shrink in a pause."""
    own = state.instants
    return own.at(now).deadline - now if own.paused_at is None else own.deadline - own.paused_at


def phase(state: State, now: datetime) -> Phase:
    """Where a sitting stands. A moment equal to a boundary belongs to the later phase."""
    if state.handed_in_at is not None:
        return Phase.HANDED_IN
    own = state.instants
    if state.started_at is not None:
        standing = Phase.RUNNING if instants.may_write(own, now) else Phase.OVER
    elif now < own.opens_at:
        return Phase.WAITING
    else:
        standing = Phase.READY if instants.may_start(own, now) else Phase.MISSED
    stands_still = own.paused_at is not None and standing in (Phase.READY, Phase.RUNNING)
    return Phase.PAUSED if stands_still else standing


def may_start(window: Window, now: datetime) -> None:
    """Refuses a start outside the window, and while the clock stands still; the last moment to
    start is just before the window closes."""
    own = window.instants()
    if now < own.opens_at:
        raise NotOpenYet
    if not instants.may_start(own, now):
        raise WindowClosed
    if own.paused_at is not None:
        raise Paused


def overdue(state: State, now: datetime) -> bool:
    """Whether the server must hand in (收卷): nothing that is still on its way could count. Never
    while the clock stands still."""
    if state.started_at is None or state.handed_in_at is not None:
        return False
    return instants.overdue(state.instants, now)


def handed_in_at(state: State, now: datetime) -> datetime:
    """交卷时间: never after the deadline, however late the button or the server. Raises
    NotStarted."""
    if state.started_at is None:
        raise NotStarted
    return instants.handed_in_at(state.instants, now)


def resumed(extra: timedelta, paused_at: datetime, now: datetime) -> timedelta:
    """续考: what was added, once the clock goes on: the very same time is left as when it stopped.

    Also after a fault of the clock or a halt of the house, whose pause begins at the last moment
    that was known to be good: then `now` may lie before it, and the sum is less than before,
    because the clock that the deadline is read on has been put back.
    """
    return extra + (now - paused_at)


def in_words(delta: timedelta) -> str:
    """A length of time as people say it: 78 分 03 秒, 90 分钟, 6 秒. Never less than nothing."""
    minutes, seconds = divmod(max(0, int(delta.total_seconds())), 60)
    if not minutes:
        return f"{seconds} 秒"
    return f"{minutes} 分 {seconds:02d} 秒" if seconds else f"{minutes} 分钟"


def on_a_clock(delta: timedelta) -> str:
    """The same as a running clock shows it: 8:46, 1:08:46. Never less than nothing."""
    minutes, seconds = divmod(max(0, int(delta.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
