"""Checkpoints of the write-ahead log, beside the writers instead of inside their commits.

By default SQLite copies the log into the database whenever a commit makes it longer than a
thousand pages: that commit, and every answer that waits behind it, waits for the disk. Here a
thread does it, every second, while writers go on; only when the log has grown long because the
house is never quiet does it ask the writers to stand aside for the last few pages, so that the log
begins anew.
"""

import logging
import threading
from typing import Any

from sqlalchemy import Engine

from app.db.engine import is_embedded, turnstile_of

__all__ = ["Checkpointer"]

log = logging.getLogger("biwu")
EVERY_SECONDS = 1.0
LONG_LOG = 4000  # pages: 16 MiB
# Readers that hold an old snapshot keep the log from beginning anew; writers do not wait for them.
PATIENCE_MS = 50
ASIDE_SECONDS = 2.0


class Checkpointer:
    """Runs until closed. PostgreSQL does this by itself."""

    def __init__(self, engine: Engine, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._engine, self._every = engine, every_seconds
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)
        if is_embedded(engine):
            self._thread.start()

    def close(self) -> None:
        """Stops; what is in the log is durable there."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(self._every):
            try:
                self.once()
            except Exception:
                log.exception("a checkpoint failed; the next one tries again")

    def once(self) -> tuple[int, int]:
        """One checkpoint; returns pages in the log and pages copied."""
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            _, pages, copied = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages >= LONG_LOG:
                pages, copied = self._begin_anew(cursor)
            cursor.close()
        finally:
            connection.close()
        return pages, copied

    def _begin_anew(self, cursor: Any) -> tuple[int, int]:
        """Copies the rest while no writer adds to it. The wait for readers is short: whoever
        saves an answer waits for us."""
        turnstile = turnstile_of(self._engine)
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        turnstile.enter(ASIDE_SECONDS)
        try:
            cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            _, pages, copied = cursor.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={before}")
            turnstile.leave()
        return pages, copied
