"""The sweeper (收卷): what happens at its time whether or not a browser is there."""

import asyncio
import logging

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM
from app.sitting import actions, queries
from app.sitting.rules.clock import BEAT_EVERY, LARGEST_GAP

log = logging.getLogger("biwu")
EVERY_SECONDS = BEAT_EVERY.total_seconds()


async def sweep(app: FastAPI, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Beats, prepares and closes for as long as the server runs. A round that fails is logged, and
    the next one tries again: the sweeper must outlive a busy database."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            if app.state.clock_is_watched:
                await run_in_threadpool(beat_once, app)
            await run_in_threadpool(sweep_once, app)
        except Exception:
            log.exception("a round of the sweeper failed")


def beat_once(app: FastAPI) -> None:
    """One beat of the heart, before anything is decided by the clock: also the very first thing
    that a server does, for it may have been down for an hour in the middle of an exam."""
    now = app.state.clock.now()
    try:
        with transaction(app.state.engine) as db:
            held = actions.beat(db, now=now)
    except Exception:
        app.state.beats_fail = True
        raise
    app.state.beats_fail = False
    if held:
        log.error("the clock has jumped or the house stood still: %d sittings are paused", held)
    stepped = app.state.clock.stepped()
    if abs(stepped) > LARGEST_GAP:
        log.error(
            "the wall clock of this machine has been set by %s; exams go on by the steady clock. "
            "Put it right, or restart, which pauses the sittings that run",
            stepped,
        )


def sweep_once(app: FastAPI) -> None:
    """One round: it only reads, unless there is something to do. Two workers may run it at once,
    for the actions lock and look again. Sittings are closed a few at a time, so that the answers
    of others are not kept waiting when a whole hall ends at once."""
    engine, now = app.state.engine, app.state.clock.now()
    with reading(engine) as db:
        unprepared, begun = queries.unprepared(db, now=now), queries.begun(db)
    for exam_id in unprepared:
        with transaction(engine) as db:
            actions.prepare(db, exam_id=exam_id, actor=SYSTEM, now=now)
    closed = actions.AT_ONCE if begun else 0
    while closed == actions.AT_ONCE:
        with transaction(engine) as db:
            closed = actions.close_overdue(db, now=now, limit=actions.AT_ONCE)
