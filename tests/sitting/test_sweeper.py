import asyncio
import contextlib
import json
import logging
from datetime import timedelta
from threading import Thread

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from app.audit import queries as audit
from app.audit.rules import verify
from app.audit.tables import AuditEntry
from app.db.session import reading, transaction
from app.sitting import actions
from app.sitting.actions import closing
from app.sitting.pages.sweeper import sweep, sweep_once
from app.sitting.tables import Sitting, SittingEvent
from tests.fakes import NINE, FixedClock
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


# ---- everybody's pages are closed (C6)

MS = timedelta(milliseconds=1)


@pytest.fixture
def crowd(app: FastAPI, owner: TestClient, place: Hall, clock: FixedClock) -> list[int]:
    """Twelve who have begun, one of them with five minutes more; the owner and the stranger have
    not. By number."""
    with transaction(app.state.engine) as db:
        guests = worlds.crowd(db, place, 12, NINE)
        for each in guests:
            row = db.get(Sitting, each.sitting_id)
            assert row is not None
            row.started_at = NINE
            row.extra_seconds = 300 if each is guests[-1] else 0
    return [each.sitting_id for each in guests]


def closed(app: FastAPI) -> dict[int, tuple[object, object]]:
    with reading(app.state.engine) as db:
        rows = db.exec(select(Sitting).where(Sitting.handed_in_at != None)).all()  # noqa: E711
        return {row.id or 0: (row.closed_by, row.handed_in_at) for row in rows}


def marks(app: FastAPI) -> tuple[int, int]:
    """How many lines and how many entries of the trail say that the server has closed."""
    with reading(app.state.engine) as db:
        lines = db.exec(select(SittingEvent).where(SittingEvent.kind == "closed")).all()
        entries = db.exec(select(AuditEntry).where(AuditEntry.act == "close_overdue")).all()
        assert verify(audit.chain(db)) is None
        return len(lines), len(entries)


def test_with_nobody_looking_everybody_is_closed_at_their_own_deadline(
    app: FastAPI, crowd: list[int], place: Hall, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In chunks, each its own transaction; a millisecond to either side of the grace; and once
    more is no more."""
    monkeypatch.setattr(closing, "AT_ONCE", 5)
    monkeypatch.setattr(actions, "AT_ONCE", 5)
    ends = NINE + worlds.LENGTH
    clock.at = ends + worlds.GRACE - MS
    sweep_once(app)
    assert closed(app) == {}
    clock.at += MS
    sweep_once(app)
    assert closed(app) == dict.fromkeys(crowd[:-1], ("server", ends))
    assert marks(app) == (11, 3)  # five, five, one
    clock.at += timedelta(minutes=5) - MS
    sweep_once(app)
    assert crowd[-1] not in closed(app)
    clock.at += MS
    sweep_once(app)
    assert closed(app)[crowd[-1]] == ("server", ends + timedelta(minutes=5))
    before = closed(app), marks(app)
    for _ in range(3):
        clock.pass_by(seconds=10)
        sweep_once(app)
    assert (closed(app), marks(app)) == before
    assert {place.sitting_id, place.foreign_id} & set(closed(app)) == set(), "absent, not empty"


def test_two_sweepers_at_once_close_everybody_once(
    app: FastAPI, crowd: list[int], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 3)
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    clock.at = NINE + 2 * worlds.WINDOW
    threads = [Thread(target=sweep_once, args=(app,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep_once(app)
    assert set(closed(app)) == set(crowd)
    lines, entries = marks(app)
    assert lines == len(crowd)
    assert entries >= 4
    with reading(app.state.engine) as db:
        told = db.exec(select(AuditEntry.detail).where(AuditEntry.act == "close_overdue")).all()
    named = [number for each in told for number in json.loads(each)["sittings"]]
    assert sorted(named) == sorted(crowd), "each named once in the trail"


def test_a_sweeper_that_is_killed_in_the_middle_is_taken_over(
    app: FastAPI, crowd: list[int], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 5)
    monkeypatch.setattr(actions, "AT_ONCE", 5)
    clock.at = NINE + 2 * worlds.WINDOW
    commits = 0

    def dies(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if commits == 2:
            raise OSError("killed")

    event.listen(app.state.engine, "commit", dies)
    with pytest.raises(OSError, match="killed"):
        sweep_once(app)
    event.remove(app.state.engine, "commit", dies)
    assert len(closed(app)) == 5
    sweep_once(app)
    assert set(closed(app)) == set(crowd)
    assert marks(app)[0] == len(crowd)


def test_nobody_is_closed_while_the_clock_stands_still(
    app: FastAPI, crowd: list[int], clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        row = db.get(Sitting, crowd[0])
        assert row is not None
        row.paused_at = NINE + worlds.LENGTH - MS  # a millisecond was left
    clock.at = NINE + 9 * worlds.WINDOW
    sweep_once(app)
    assert set(closed(app)) == set(crowd[1:])
