"""The sweeper (收卷): what happens at its time whether or not a browser is there."""

import asyncio
import logging

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM
from app.sitting import actions, queries

log = logging.getLogger("biwu")
EVERY_SECONDS = 10.0


async def sweep(app: FastAPI, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Prepares and closes for as long as the server runs. A round that fails is logged, and the
    next one tries again: the sweeper must outlive a busy database."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await run_in_threadpool(sweep_once, app)
        except Exception:
            log.exception("a round of the sweeper failed")


def sweep_once(app: FastAPI) -> None:
    """One round: it only reads, unless there is something to do. Two workers may run it at once,
    for the actions lock and look again."""
    engine, now = app.state.engine, app.state.clock.now()
    with reading(engine) as db:
        unprepared, overdue = queries.unprepared(db, now=now), queries.begun(db)
    for exam_id in unprepared:
        with transaction(engine) as db:
            actions.prepare(db, exam_id=exam_id, actor=SYSTEM, now=now)
    if overdue:
        with transaction(engine) as db:
            actions.close_overdue(db, now=now)
