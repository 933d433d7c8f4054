"""The turnstile: writers of an embedded database go through one after the other, first come first.

SQLite has one writer at a time, and who finds the lock taken sleeps and tries again, each time
longer: up to a tenth of a second, and whoever comes at the right moment goes first. With sixteen
writers at once one of them in a hundred waited 0.9 seconds while the median waited 0.03. Inside
one process we know who is waiting, so they queue, and the next one is woken the moment the lock is
free.
"""

from collections import deque
from threading import Lock


class TurnstileStuck(Exception):
    """Nobody went through for longer than anybody should wait."""


class Turnstile:
    """A first-come lock that may be left by another thread than the one that entered."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def enter(self, timeout: float) -> None:
        """Waits for this one's turn; raises TurnstileStuck after `timeout` seconds."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise TurnstileStuck
        # It was our turn in the very moment in which we gave up: it is ours.

    def leave(self) -> None:
        """Hands over to the one who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
