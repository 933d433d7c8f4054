"""The pulse: news from memory, signs of life in one write, and a database that may fail."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from app.db.session import Session, reading, transaction
from app.sitting import actions, queries
from app.sitting.actions import Step, Turn
from app.sitting.pages import pulse as pulses
from app.sitting.pages.pulse import OVERLAP, Pulse, keep_pulse
from app.sitting.rules.course import NEWS, Happened
from app.sitting.rules.hall import EVERYBODY, Scope
from app.sitting.tables import Sitting, SittingEvent
from tests.factories import Cast
from tests.fakes import NINE, FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall

SECOND = timedelta(seconds=1)


def heard_at(app: FastAPI, sitting_id: int) -> datetime | None:
    with reading(app.state.engine) as db:
        return db.exec(select(Sitting.heard_at).where(Sitting.id == sitting_id)).one()


def act(app: FastAPI, do: Callable[[Session], object]) -> None:
    with transaction(app.state.engine) as db:
        do(db)


def hall_acts(place: Hall, people: Cast) -> dict[str, Callable[[Session], object]]:
    """What happens to a sitting from outside."""
    about: dict[str, Any] = {"exam_id": place.exam_id, "actor": people.invigilator, "now": NINE}
    mine = Scope(sitting_id=place.sitting_id)

    def taken(db: Session) -> None:
        for page in ("first1", "second"):
            turn = Turn(Step.CLAIM, place.sitting_id, None, NINE, page=page)
            actions.take_turns(db.connection(), [turn])

    return {
        "extended": lambda db: actions.extend(
            db, sitting_id=place.sitting_id, minutes=5, reason="停电", **about),
        "paused": lambda db: actions.pause(db, scope=mine, reason="停电", **about),
        "resumed": lambda db: actions.resume(db, scope=mine, reason="来电", **about),
        "message": lambda db: actions.send(
            db, sitting_id=place.sitting_id, text="还有半小时", **about),
        "taken": taken,
        "forced": lambda db: actions.force(
            db, sitting_id=place.sitting_id, reason="本人要求", **about),
    }  # fmt: skip


def test_whatever_an_open_page_must_hear_of_changes_the_number_and_nothing_else_does(
    app: FastAPI, owner: TestClient, started: None, place: Hall, people: Cast
) -> None:
    pulse = Pulse()
    pulse.look(app)
    assert pulse.beat(place.sitting_id, NINE) == 0
    number = 0
    for kind, do in hall_acts(place, people).items():
        act(app, do)
        assert pulse.beat(place.sitting_id, NINE) == number, "from memory, not from the database"
        pulse.look(app)
        news = pulse.beat(place.sitting_id, NINE)
        assert news > number, kind
        number = news
        assert pulse.beat(place.foreign_id, NINE) == 0, "nobody else's news"
        with reading(app.state.engine) as db:
            own = queries.sitting(db, place.sitting_id, actor=people.owner)
            line = db.get(SittingEvent, news)
        assert own.news == news, "what the page is printed with is what the pulse says"
        assert line is not None
        assert line.kind == kind
    quiet = set(Happened) - {Happened(kind) for kind in NEWS}
    assert {Happened.LEFT, Happened.CONFIRMED, Happened.TICKET, Happened.FILE} <= quiet
    with transaction(app.state.engine) as db:
        for kind in quiet:
            db.add(SittingEvent(sitting_id=place.sitting_id, at=NINE, kind=kind, detail="9"))
    pulse.look(app)
    assert pulse.beat(place.sitting_id, NINE) == number


def test_a_page_is_told_over_http_and_the_standing_says_what_it_is(
    app: FastAPI,
    owner: TestClient,
    started: None,
    url: str,
    place: Hall,
    people: Cast,
    headers: dict[str, str],
    statements: list[str],
) -> None:
    app.state.pulse.look(app)
    statements.clear()
    told = owner.post(f"{url}/pulse", headers=headers)
    assert (told.status_code, told.json()) == (200, {"now": "2026-10-10T01:00:00Z", "news": 0})
    assert statements == [], "not one statement"
    about: dict[str, Any] = {"exam_id": place.exam_id, "actor": people.invigilator, "now": NINE}
    act(app, lambda db: actions.send(db, sitting_id=None, text="请看黑板", **about))
    act(app, lambda db: actions.pause(db, scope=EVERYBODY, reason="火警", **about))
    app.state.pulse.look(app)
    news = owner.post(f"{url}/pulse", headers=headers).json()["news"]
    standing = owner.get(f"{url}/standing").json()
    assert (standing["news"], standing["phase"]) == (news, "paused")
    (message,) = standing["messages"]
    assert (message["text"], message["at"]) == ("请看黑板", "2026-10-10T01:00:00.000+00:00")


def test_who_was_heard_is_written_for_all_of_them_at_once(
    app: FastAPI, owner: TestClient, started: None, place: Hall, statements: list[str]
) -> None:
    """D6: a thousand pages that breathe are one statement in one transaction, and none where
    nobody was heard."""
    with transaction(app.state.engine) as db:
        guests = worlds.crowd(db, place, 10, NINE)
    everybody = [place.sitting_id, place.foreign_id, *(each.sitting_id for each in guests)]
    pulse = Pulse()
    commits: list[object] = []

    def count(connection: object) -> None:
        commits.append(connection)

    event.listen(app.state.engine, "commit", count)
    for sitting_id in reversed(everybody):
        pulse.beat(sitting_id, NINE + SECOND)
    pulse.beat(everybody[0], NINE + 2 * SECOND)
    assert commits == []
    statements.clear()
    pulse.write(app)
    assert (len(commits), len(statements)) == (1, 1)
    assert heard_at(app, everybody[0]) == NINE + 2 * SECOND
    assert {heard_at(app, each) for each in everybody[1:]} == {NINE + SECOND}
    statements.clear()
    pulse.write(app)
    assert (len(commits), len(statements)) == (1, 0), "nobody was heard since"
    event.remove(app.state.engine, "commit", count)


@pytest.mark.parametrize(
    ("first", "second", "stands"), [(1, 2, 2), (2, 1, 2), (2, 2, 2)]
)  # fmt: skip
def test_of_two_processes_the_later_moment_stands(
    app: FastAPI, owner: TestClient, place: Hall, first: int, second: int, stands: int
) -> None:
    here, there = Pulse(), Pulse()
    here.beat(place.sitting_id, NINE + first * SECOND)
    there.beat(place.sitting_id, NINE + second * SECOND)
    here.write(app)
    there.write(app)
    assert heard_at(app, place.sitting_id) == NINE + stands * SECOND


def test_two_processes_hear_the_same_news(
    app: FastAPI, owner: TestClient, started: None, place: Hall, people: Cast
) -> None:
    """The one in which it happened and the one in which it did not; and one that was started in
    the middle of the exam."""
    here, there = Pulse(), Pulse()
    here.look(app)
    there.look(app)
    act(app, hall_acts(place, people)["extended"])
    here.look(app)
    there.look(app)
    late = Pulse()
    late.look(app)
    numbers = {each.beat(place.sitting_id, NINE) for each in (here, there, late)}
    assert len(numbers) == 1
    assert numbers != {0}


def test_a_line_that_appears_below_one_that_was_seen_is_not_missed(
    app: FastAPI, owner: TestClient, started: None, place: Hall
) -> None:
    """PostgreSQL hands out numbers before it commits: a later look begins some way back. Both
    sides of how far."""
    line = SittingEvent(sitting_id=place.sitting_id, at=NINE, kind="extended", by="监考员")
    newer = SittingEvent(id=10_000, sitting_id=place.foreign_id, at=NINE, kind="extended")
    act(app, lambda db: db.add(newer))
    pulse = Pulse()
    pulse.look(app)
    assert pulse.beat(place.foreign_id, NINE) == 10_000
    for number, missed in ((10_000 - OVERLAP, True), (10_000 - OVERLAP + 1, False)):
        row = SittingEvent(id=number, **line.model_dump(exclude={"id"}))
        act(app, lambda db, row=row: db.add(row))  # type: ignore[misc]
        pulse.look(app)
        assert pulse.beat(place.sitting_id, NINE) == (0 if missed else number)


def test_the_pulse_outlives_a_database_that_fails(
    app: FastAPI,
    owner: TestClient,
    started: None,
    place: Hall,
    people: Cast,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first looks and the first writing fail; then news arrive and signs of life are written,
    and the page was answered all the while."""
    engine, pulse = app.state.engine, Pulse()
    monkeypatch.setattr(app.state, "pulse", pulse)
    monkeypatch.setattr(pulses, "WRITE_EVERY", 2)
    act(app, hall_acts(place, people)["extended"])
    failures = 3

    def busy(*_about: object) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("database is busy")

    async def run() -> bool:
        beating = asyncio.create_task(keep_pulse(app, every_seconds=0.01))
        done = False
        for _ in range(500):
            news = pulse.beat(place.sitting_id, NINE + SECOND)
            await asyncio.sleep(0.01)
            done = bool(news) and heard_at(app, place.sitting_id) is not None
            if done or beating.done():
                break
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        return done

    event.listen(engine, "begin", busy)
    with caplog.at_level(logging.ERROR, logger="biwu"):
        assert asyncio.run(run())
    event.remove(engine, "begin", busy)
    assert {record.message for record in caplog.records} == {"a round of the pulse failed"}
    assert heard_at(app, place.sitting_id) == NINE + SECOND


def test_the_hall_hears_of_an_open_page_within_ten_seconds(
    app: FastAPI,
    owner: TestClient,
    started: None,
    url: str,
    place: Hall,
    headers: dict[str, str],
    clock: FixedClock,
) -> None:
    assert pulses.LOOK_EVERY * pulses.WRITE_EVERY <= 10
    assert pulses.LOOK_EVERY <= 2
    clock.pass_by(seconds=30)
    owner.post(f"{url}/pulse", headers=headers)
    app.state.pulse.write(app)
    assert heard_at(app, place.sitting_id) == NINE + 30 * SECOND
