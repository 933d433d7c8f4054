"""Hashing passwords: one strength, one place, and never more at once than the machine bears."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from passlib.exc import PasswordSizeError
from passlib.hash import argon2

from app.accounts.rules import TooBusy

# OWASP's minimum for argon2id. The library's default costs ten times more: a thousand people
# signing in at nine o'clock would be minutes of a dead server.
_argon2id = argon2.using(type="ID", memory_cost=19456, time_cost=2, parallelism=1)

AT_ONCE = max(1, (os.cpu_count() or 2) - 1)  # one core stays free for saving answers
WAITING = 16
PATIENCE_SECONDS = 8.0

_queue = threading.BoundedSemaphore(AT_ONCE + WAITING)
# Threads of their own: every thread that has hashed once keeps the 19 MB that it needed, and forty
# threads that serve pages would keep 760.
_hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hashing")


def hashed(password: str) -> str:
    """What is stored of a password."""
    out: str = _in_turn(_argon2id.hash, password)
    return out


def fits(password: str, stored: str) -> bool:
    """Whether this is the password. Nobody's is longer than the library reads."""
    try:
        out: bool = _in_turn(_argon2id.verify, password, stored)
    except PasswordSizeError:
        return False
    return out


def _in_turn(work: Callable[..., Any], *about: str) -> Any:
    """A place in the bounded queue; whoever finds it full, or waits too long, is asked to come
    again. What has been given up is not hashed."""
    if not _queue.acquire(blocking=False):
        raise TooBusy
    try:
        waiting = _hands.submit(work, *about)
        try:
            return waiting.result(PATIENCE_SECONDS)
        except TimeoutError as error:
            waiting.cancel()
            raise TooBusy from error
    finally:
        _queue.release()


# Checked when the name is unknown, so that both refusals take the same time.
NOBODY = hashed("nobody")
