import asyncio
import contextlib
import logging

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import select

from app.db.session import reading
from app.sitting.pages.sweeper import sweep
from app.sitting.tables import Sitting
from tests.fakes import FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall


def test_the_sweeper_outlives_a_round_that_fails_and_then_hands_in(
    app: FastAPI,
    started: None,
    place: Hall,
    clock: FixedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock.at += worlds.LENGTH + worlds.GRACE
    engine, commits = app.state.engine, 0

    def busy_once(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if commits == 1:
            raise OSError("database is busy")

    def handed_in() -> bool:
        with reading(engine) as db:
            row = db.exec(select(Sitting).where(Sitting.id == place.sitting_id)).one()
            return row.closed_by == "server"

    async def run() -> None:
        sweeping = asyncio.create_task(sweep(app, every_seconds=0.01))
        for _ in range(500):
            await asyncio.sleep(0.01)
            if handed_in():
                break
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping

    event.listen(engine, "commit", busy_once)
    with caplog.at_level(logging.ERROR, logger="biwu"):
        asyncio.run(run())
    event.remove(engine, "commit", busy_once)
    assert handed_in()
    assert [record.message for record in caplog.records] == ["a round of the sweeper failed"]
