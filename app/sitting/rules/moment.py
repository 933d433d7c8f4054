"""The moment (时间): when one may start, until when one may write, when the server hands in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.sitting.rules.refusals import NotOpenYet, NotStarted, WindowClosed

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Window:
    """考试时间窗: when one may start, how long one has, how late a delivery may be, and what an
    invigilator added (延长)."""

    opens_at: datetime
    closes_at: datetime
    length: timedelta
    grace: timedelta
    extra: timedelta = NOTHING


@dataclass(frozen=True, slots=True)
class State:
    """What decides about an answer: the window, the size of the paper, the start, the hand-in."""

    window: Window
    item_count: int
    started_at: datetime | None = None
    handed_in_at: datetime | None = None


class Phase(StrEnum):
    """Where a sitting stands."""

    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    OVER = "over"
    MISSED = "missed"
    HANDED_IN = "handed_in"


def last_start(window: Window) -> datetime:
    """When it is too late to begin: the window's end, moved by what was added."""
    return window.closes_at + window.extra


def deadline(window: Window, started_at: datetime) -> datetime:
    """到时: one's own start plus the length, but not after the window closes; then what an
    invigilator added."""
    return min(started_at + window.length, window.closes_at) + window.extra


def phase(state: State, now: datetime) -> Phase:
    """Where a sitting stands. A moment equal to a boundary belongs to the later phase."""
    if state.handed_in_at is not None:
        return Phase.HANDED_IN
    if state.started_at is not None:
        return Phase.RUNNING if now < deadline(state.window, state.started_at) else Phase.OVER
    if now < state.window.opens_at:
        return Phase.WAITING
    return Phase.READY if now < last_start(state.window) else Phase.MISSED


def may_start(window: Window, now: datetime) -> None:
    """Refuses a start outside the window; the last moment to start is just before it closes."""
    if now < window.opens_at:
        raise NotOpenYet
    if now >= last_start(window):
        raise WindowClosed


def overdue(state: State, now: datetime) -> bool:
    """Whether the server must hand in (收卷): nothing that is still on its way could count."""
    if state.started_at is None or state.handed_in_at is not None:
        return False
    return now >= deadline(state.window, state.started_at) + state.window.grace


def handed_in_at(state: State, now: datetime) -> datetime:
    """交卷时间: never after the deadline, however late the button or the server. Raises
    NotStarted."""
    if state.started_at is None:
        raise NotStarted
    return min(now, deadline(state.window, state.started_at))


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
