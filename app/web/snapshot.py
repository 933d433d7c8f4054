"""A picture that many look at and few make: computed at most once in a while, for all of them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class _Slot(Generic[Value]):
    """One key's picture. `edition` counts what has made earlier pictures worthless."""

    making: Lock = field(default_factory=Lock)
    edition: int = 0
    picture: "tuple[Value, int, float] | None" = None  # value, its edition, since when


class Snapshots(Generic[Key, Value]):
    """Remembers by key what `make` returned, for `ttl` seconds counted from when it began.

    Who asks while it is being made waits for it: there is never a second one under way for the
    same key. A failure is its caller's and is not remembered; the next one tries again. `time` is
    any steady clock in seconds; one that is put back makes everything old.
    """

    def __init__(self, ttl: float, time: Callable[[], float]) -> None:
        self._ttl, self._time = ttl, time
        self._slots: dict[Key, _Slot[Value]] = {}
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The picture of `key`, at most `ttl` seconds old and made after the last `drop`."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
        with slot.making:
            picture, now = slot.picture, self._time()
            if picture is not None:
                value, edition, since = picture
                if edition == slot.edition and 0 <= now - since < self._ttl:
                    return value
            edition = slot.edition  # before making: what is dropped meanwhile is dropped
            value = make()
            slot.picture = value, edition, now
            return value

    def drop(self, key: Key) -> None:
        """What was made of this key, or is being made, is no longer good. It waits for nobody."""
        with self._lock:
            if slot := self._slots.get(key):
                slot.edition += 1
