"""A house that does not know what time it is pauses every exam, and people decide (C1)."""

import logging
from datetime import datetime, timedelta
from threading import Thread

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event
from sqlmodel import select

from app.audit import queries as audit
from app.audit.tables import AuditEntry
from app.db.session import reading, transaction
from app.sitting import actions, queries
from app.sitting.pages.sweeper import beat_once, sweep_once
from app.sitting.rules import moment
from app.sitting.rules.clock import BEAT_EVERY, LARGEST_GAP, doubtful, in_words
from app.sitting.rules.hall import EVERYBODY
from app.sitting.tables import Heartbeat, Sitting, SittingEvent
from tests import factories
from tests.factories import Cast
from tests.fakes import NINE, FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall

MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
BEAT = NINE + 20 * MINUTE


@pytest.mark.parametrize(
    ("gap", "held"),
    [
        (0 * MS, False),
        (BEAT_EVERY, False),
        (BEAT_EVERY + LARGEST_GAP, False),
        (BEAT_EVERY + LARGEST_GAP + MS, True),
        (timedelta(hours=2), True),
        (-LARGEST_GAP, False),
        (-LARGEST_GAP - MS, True),
        (-timedelta(hours=2), True),
        (-timedelta(days=1), True),
    ],
)
def test_a_jump_of_more_than_thirty_seconds_is_doubtful(gap: timedelta, held: bool) -> None:
    assert (BEAT_EVERY, LARGEST_GAP) == (10 * SECOND, 30 * SECOND)
    assert doubtful(BEAT, BEAT + gap) is held


def test_the_hall_is_told_which_way() -> None:
    assert "倒退了 90 秒" in in_words(BEAT, BEAT - 90 * SECOND)
    assert "中断 90 秒" in in_words(BEAT, BEAT + 90 * SECOND)


def running(engine: Engine) -> tuple[Cast, Hall]:
    """The owner began at nine; the last beat is that of twenty past."""
    with transaction(engine) as db:
        people = factories.cast(db, NINE)
        place = worlds.hall(db, people, NINE)
        worlds.begin(db, place, people, NINE)
        assert actions.beat(db, now=BEAT) == 0
    return people, place


def beat(engine: Engine, now: datetime) -> int:
    with transaction(engine) as db:
        return actions.beat(db, now=now)


def row_of(engine: Engine, sitting_id: int) -> Sitting:
    with reading(engine) as db:
        return db.exec(select(Sitting).where(Sitting.id == sitting_id)).one()


def left(engine: Engine, sitting_id: int, now: datetime) -> timedelta:
    return moment.remaining(queries.state_of(row_of(engine, sitting_id)), now)


@pytest.mark.parametrize(
    "gap", [-timedelta(hours=2), -31 * SECOND, 41 * SECOND, timedelta(hours=2), timedelta(days=1)]
)
def test_after_a_step_or_a_halt_what_was_left_at_the_last_beat_is_left(
    engine: Engine, gap: timedelta
) -> None:
    """Whichever way and however far, and whenever people let it go on: 40 minutes were left."""
    people, place = running(engine)
    now = BEAT + gap
    assert beat(engine, now) == 1
    row = row_of(engine, place.sitting_id)
    assert (row.paused_at, row.handed_in_at) == (BEAT, None)
    assert left(engine, place.sitting_id, now) == 40 * MINUTE
    assert row_of(engine, place.foreign_id).paused_at is None, "who has not begun is not held"
    with transaction(engine) as db:
        assert actions.close_overdue(db, now=now + 9 * worlds.WINDOW) == 0
        line = db.exec(select(SittingEvent).where(SittingEvent.kind == "paused")).one()
        entry = db.exec(select(AuditEntry).where(AuditEntry.act == "hold")).one()
    assert (line.at, line.detail) == (now, in_words(BEAT, now))
    assert BEAT.isoformat(timespec="milliseconds") in entry.detail
    later = now + 7 * MINUTE
    for minutes in range(7):
        assert beat(engine, now + minutes * MINUTE) == 0, "held already, whatever the clock does"
    with transaction(engine) as db:
        actions.resume(
            db, exam_id=place.exam_id, scope=EVERYBODY, reason="时钟已校准",
            actor=people.invigilator, now=later,
        )  # fmt: skip
    assert row_of(engine, place.sitting_id).paused_at is None
    assert left(engine, place.sitting_id, later) == 40 * MINUTE


def test_a_house_that_beats_on_time_holds_nobody(engine: Engine) -> None:
    _, place = running(engine)
    now = BEAT
    for gap in (10, 10, 40, 0, -30, 10):
        now += gap * SECOND
        assert beat(engine, now) == 0
    assert row_of(engine, place.sitting_id).paused_at is None
    with reading(engine) as db:
        assert queries.heartbeat(db) == now
        assert db.exec(select(Heartbeat)).one().at == now
        assert "hold" not in [entry.act for entry in audit.latest(db)]


def test_the_first_beat_ever_holds_nobody(engine: Engine) -> None:
    with transaction(engine) as db:
        people = factories.cast(db, NINE)
        place = worlds.hall(db, people, NINE)
        worlds.begin(db, place, people, NINE)
    assert beat(engine, NINE + 3 * MINUTE) == 0
    assert row_of(engine, place.sitting_id).paused_at is None


def test_two_processes_that_wake_up_together_hold_once(engine: Engine) -> None:
    _, place = running(engine)
    held: list[int] = []

    def wake() -> None:
        held.append(beat(engine, BEAT + timedelta(hours=1)))

    threads = [Thread(target=wake) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held) == [0, 0, 1]
    with reading(engine) as db:
        assert len(db.exec(select(AuditEntry).where(AuditEntry.act == "hold")).all()) == 1
        assert len(db.exec(select(SittingEvent).where(SittingEvent.kind == "paused")).all()) == 1
    assert row_of(engine, place.sitting_id).paused_at == BEAT


def test_a_beat_that_is_not_committed_holds_nobody_and_is_made_again(engine: Engine) -> None:
    """All or nothing: no heartbeat that moved on while the pause was lost."""
    _, place = running(engine)

    def fails(_connection: object) -> None:
        raise OSError("disk full")

    event.listen(engine, "commit", fails)
    with pytest.raises(OSError, match="disk full"):
        beat(engine, BEAT + timedelta(hours=1))
    event.remove(engine, "commit", fails)
    assert row_of(engine, place.sitting_id).paused_at is None
    with reading(engine) as db:
        assert queries.heartbeat(db) == BEAT
    assert beat(engine, BEAT + timedelta(hours=1)) == 1
    assert row_of(engine, place.sitting_id).paused_at == BEAT


class SteppingClock(FixedClock):
    """A wall clock that somebody may have set."""

    by: timedelta = 0 * SECOND

    def stepped(self) -> timedelta:
        return self.by


def test_the_server_beats_before_it_closes_anybody(
    app: FastAPI,
    started: None,
    place: Hall,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It was down from before the deadline until long after it: nobody is handed in early."""
    app.state.clock = clock = SteppingClock(at=NINE + 50 * MINUTE)
    beat_once(app)
    clock.pass_by(hours=5)
    with caplog.at_level(logging.ERROR, logger="biwu"):
        beat_once(app)
        sweep_once(app)
    assert "1 sittings are paused" in caplog.text
    row = row_of(app.state.engine, place.sitting_id)
    assert (row.paused_at, row.handed_in_at) == (NINE + 50 * MINUTE, None)
    assert app.state.beats_fail is False


@pytest.mark.parametrize(
    ("by", "alarm"),
    [
        (0 * SECOND, False),
        (LARGEST_GAP, False),
        (LARGEST_GAP + MS, True),
        (-LARGEST_GAP, False),
        (-LARGEST_GAP - MS, True),
    ],
)
def test_a_wall_clock_that_was_set_is_an_alarm_and_no_pause(
    app: FastAPI,
    started: None,
    place: Hall,
    caplog: pytest.LogCaptureFixture,
    by: timedelta,
    alarm: bool,
) -> None:
    app.state.clock = clock = SteppingClock(at=BEAT)
    clock.by = by
    with caplog.at_level(logging.ERROR, logger="biwu"):
        for _ in range(2):
            beat_once(app)
            clock.pass_by(seconds=10)
    assert ("has been set" in caplog.text) is alarm
    assert row_of(app.state.engine, place.sitting_id).paused_at is None


def test_a_beat_that_does_not_get_through_is_told(
    app: FastAPI, owner: TestClient, started: None
) -> None:
    app.state.clock = SteppingClock(at=BEAT)

    def fails(_connection: object) -> None:
        raise OSError("disk full")

    event.listen(app.state.engine, "commit", fails)
    with pytest.raises(OSError, match="disk full"):
        beat_once(app)
    assert owner.get("/healthz").status_code == 503
    event.remove(app.state.engine, "commit", fails)
    beat_once(app)
    assert owner.get("/healthz").status_code == 200
