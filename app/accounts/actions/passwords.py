"""Hashing passwords: one strength, one place, and never more at once than the machine bears."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from passlib.exc import PasswordSizeError
from passlib.hash import argon2

from app.accounts.rules import TooBusy

# OWASP's minimum for argon2id. The library's default costs ten times more: a thousand people
# signing in at nine o'clock would be minutes of a dead server.
_argon2id = argon2.using(type="ID", memory_cost=19456, time_cost=2, parallelism=1)

AT_ONCE = max(1, (os.cpu_count() or 2) - 1)  # one core stays free for saving answers
WAITING = 16
PATIENCE_SECONDS = 8.0

_working = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(AT_ONCE + WAITING)


def hashed(password: str) -> str:
    """What is stored of a password."""
    with _turn():
        out: str = _argon2id.hash(password)
    return out


def fits(password: str, stored: str) -> bool:
    """Whether this is the password. Nobody's is longer than the library reads."""
    with _turn():
        try:
            out: bool = _argon2id.verify(password, stored)
        except PasswordSizeError:
            return False
    return out


@contextmanager
def _turn() -> Iterator[None]:
    """A place in the bounded pool; whoever finds the queue full is asked to come again."""
    if not _queue.acquire(blocking=False):
        raise TooBusy
    try:
        if not _working.acquire(timeout=PATIENCE_SECONDS):
            raise TooBusy
        try:
            yield
        finally:
            _working.release()
    finally:
        _queue.release()


# Checked when the name is unknown, so that both refusals take the same time.
NOBODY = hashed("nobody")
