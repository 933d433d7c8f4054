"""The pulse (心跳): whether there is news, answered from memory, and who is there.

An open page asks every few seconds. A database that is asked by every page every few seconds does
little else; so each process asks it once, for all of its pages, and remembers.
"""

import asyncio
import logging
from datetime import datetime
from threading import Lock

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.db.session import reading, transaction
from app.sitting import queries

log = logging.getLogger("biwu")
LOOK_EVERY = 2.0  # seconds between two looks for news
WRITE_EVERY = 5  # looks between two writings of who was heard: ten seconds
# PostgreSQL hands out the numbers of events before they are committed: a line may appear below one
# that was seen already. So every look begins some way back.
OVERLAP = 2000


class Pulse:
    """What this process knows of the pages that are open: news by sitting, and who was heard."""

    def __init__(self) -> None:
        self._news: dict[int, int] = {}
        self._heard: dict[int, datetime] = {}
        self._seen = 0
        self._lock = Lock()

    def beat(self, sitting_id: int, now: datetime) -> int:
        """The page of this sitting is there; returns the number of its latest news, 0 for none."""
        self._heard[sitting_id] = now
        return self._news.get(sitting_id, 0)

    def look(self, app: FastAPI) -> None:
        """Reads what is new in the course of all sittings."""
        with reading(app.state.engine) as db:
            last, news = queries.news_since(db, self._seen - OVERLAP)
        self._news |= news
        self._seen = max(self._seen, last)

    def write(self, app: FastAPI) -> None:
        """Writes who was heard since the last time, in one transaction."""
        with self._lock:
            heard, self._heard = self._heard, {}
        if heard:
            with transaction(app.state.engine) as db:
                queries.hear(db, heard)


async def keep_pulse(app: FastAPI, *, every_seconds: float = LOOK_EVERY) -> None:
    """For as long as the server runs; a round that fails is logged, the next one tries again."""
    pulse: Pulse = app.state.pulse
    rounds = 0
    while True:
        try:
            await run_in_threadpool(pulse.look, app)
            if rounds % WRITE_EVERY == WRITE_EVERY - 1:
                await run_in_threadpool(pulse.write, app)
        except Exception:
            log.exception("a round of the pulse failed")
        rounds += 1
        await asyncio.sleep(every_seconds)
