"""The only place that asks what time it is."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The server's clock, the only clock that counts."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock, read once at the start and carried on by the machine's steady one.

    A wall clock is put right by people, by NTP and by the host of a virtual machine, and an exam
    must not lose two hours over it. CLOCK_BOOTTIME goes on at the pace of the wall clock (NTP
    slews both), also while the machine sleeps, and nobody can set it. So `now` never jumps while
    the process lives; what the wall clock has done meanwhile is `stepped`.
    """

    def __init__(self) -> None:
        self._began = _steady_ns()
        self._at = datetime.now(UTC)

    def now(self) -> datetime:
        return self._at + timedelta(microseconds=(_steady_ns() - self._began) // 1000)

    def stepped(self) -> timedelta:
        """How far the wall clock is ahead of this one: nothing, unless somebody has set it."""
        return datetime.now(UTC) - self.now()


def steady_seconds() -> float:
    """For measuring how long something took, or how old it is; says nothing about the hour."""
    return _steady_ns() / 1e9


def _steady_ns() -> int:
    """Nanoseconds that nobody can set; where there is no CLOCK_BOOTTIME, without sleep."""
    which: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(which)


class SetClock:
    """A clock that stands where it was put and goes on only when told: the demo contest plays a
    whole day in a minute, and its files carry the same moments on every run."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def pass_by(self, delta: timedelta) -> None:
        """Lets time go by; it never goes back."""
        if delta < timedelta(0):
            raise ValueError("the server's clock does not go back")
        self._at += delta
