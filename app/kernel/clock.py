"""The only place that asks what time it is."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The server's clock, the only clock that counts."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


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
