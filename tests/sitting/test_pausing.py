from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from app.audit import queries as audit
from app.db.engine import for_writing
from app.db.session import Session, transaction
from app.kernel.actor import SYSTEM
from app.kernel.errors import DomainError
from app.sitting import actions, queries
from app.sitting.rules import hall, moment
from app.sitting.rules.answers import Save, Saved
from app.sitting.rules.course import Happened
from app.sitting.rules.hall import (
    EVERYBODY,
    AlreadyBegun,
    NobodyPaused,
    NobodyToPause,
    Scope,
    ShiftOutOfRange,
)
from app.sitting.rules.moment import Phase, State, Window
from app.sitting.rules.refusals import HallMissing, HandedIn, Paused, SittingMissing
from app.sitting.tables import Sitting, SittingEvent
from tests import factories
from tests.factories import Cast
from tests.fakes import NINE
from tests.sitting import worlds
from tests.sitting.worlds import Hall

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WINDOW = Window(NINE, NINE + 90 * MINUTE, length=60 * MINUTE, grace=5 * MINUTE)


def opened(db: Session) -> tuple[Cast, Hall]:
    """The owner of 青岚县 sits since nine; the stranger of 石澜区 has not begun."""
    people = factories.cast(db, NINE)
    place = worlds.hall(db, people, NINE)
    worlds.begin(db, place, people, NINE)
    return people, place


def row_of(db: Session, sitting_id: int) -> Sitting:
    return db.exec(select(Sitting).where(Sitting.id == sitting_id)).one()


def phase(db: Session, sitting_id: int, now: datetime) -> Phase:
    return moment.phase(queries.state_of(row_of(db, sitting_id)), now)


def about(people: Cast, place: Hall) -> dict[str, Any]:
    return {"exam_id": place.exam_id, "actor": people.invigilator, "reason": "火警"}


# ---- rules


@pytest.mark.parametrize(
    ("started", "handed_in", "paused", "now", "may"),
    [
        (None, None, None, -10, True),  # waiting
        (None, None, None, 89, True),
        (None, None, None, 90, False),  # missed: there is no clock to stop
        (0, None, None, 30, True),
        (0, None, None, 60, True),  # in the grace: something may be on its way
        (0, None, 10, 30, False),
        (0, 20, None, 30, False),
    ],
)
def test_who_has_a_clock_that_can_be_stopped(
    started: int | None, handed_in: int | None, paused: int | None, now: int, may: bool
) -> None:
    at: Callable[[int | None], datetime | None] = lambda minutes: (  # noqa: E731
        None if minutes is None else NINE + minutes * MINUTE
    )
    state = State(replace(WINDOW, paused_at=at(paused)), 3, at(started), at(handed_in))
    assert hall.may_pause(state, NINE + now * MINUTE) is may


@pytest.mark.parametrize(
    ("extra", "passed", "expected"),
    [
        (0, timedelta(0), 0),
        (0, timedelta(microseconds=1), 1),
        (0, timedelta(seconds=1), 1),
        (60, timedelta(seconds=7, milliseconds=1), 68),
        (0, timedelta(hours=-2), -7200),  # the clock was put back meanwhile
        (0, timedelta(seconds=-2, milliseconds=-500), -2),
    ],
)
def test_resuming_adds_what_has_passed_in_whole_seconds_for_the_candidate(
    extra: int, passed: timedelta, expected: int
) -> None:
    stopped = NINE + 10 * MINUTE
    window = replace(WINDOW, extra=extra * SECOND, paused_at=stopped)
    assert hall.resumed_seconds(State(window, 3, NINE), stopped + passed) == expected


def test_a_clock_that_does_not_stand_gains_nothing_by_resuming() -> None:
    state = State(replace(WINDOW, extra=61 * SECOND), 3, NINE)
    assert hall.resumed_seconds(state, NINE + 30 * MINUTE) == 61


def test_a_pause_reaches_back_to_the_start_at_most() -> None:
    begun = State(WINDOW, 3, NINE)
    assert hall.paused_from(begun, NINE - MINUTE) == NINE
    assert hall.paused_from(begun, NINE + MINUTE) == NINE + MINUTE
    assert hall.paused_from(State(WINDOW, 3), NINE - MINUTE) == NINE - MINUTE


acts = st.lists(
    st.tuples(
        st.sampled_from(["pause", "resume", "extend", "shift", "start"]),
        st.integers(0, 40 * 60 * 1_000_000),  # microseconds until it is done
        st.integers(1, 180),
    ),
    max_size=12,
)


def _after(state: State, act: str, minutes: int, now: datetime) -> State:
    window = state.window
    match act:
        case "pause" if hall.may_pause(state, now):
            window = replace(window, paused_at=hall.paused_from(state, now))
        case "resume":
            extra = hall.resumed_seconds(state, now) * SECOND
            window = replace(window, extra=extra, paused_at=None)
        case "extend":
            window = replace(window, extra=window.extra + hall.extension_seconds(minutes) * SECOND)
        case "shift" if state.started_at is None:
            window = replace(window, shift=window.shift + hall.shift_seconds(minutes) * SECOND)
        case "start" if moment.phase(state, now) is Phase.READY:
            return replace(state, started_at=now)
        case _:
            pass
    return replace(state, window=window)


@given(acts=acts)
def test_nobody_ends_earlier_whatever_an_invigilator_does(
    acts: list[tuple[str, int, int]],
) -> None:
    state, now = State(WINDOW, 3), NINE - 10 * MINUTE
    for act, microseconds, minutes in acts:
        now += timedelta(microseconds=microseconds)
        before, was = state.instants.at(now), state
        state = _after(state, act, minutes, now)
        after = state.instants.at(now)
        if act == "start" and state.started_at != was.started_at:
            continue  # one's own start ends the exam one length later, which is no loss
        assert after.deadline >= before.deadline
        assert after.last_start >= before.last_start
        assert after.settled_at >= before.settled_at
        if act in ("pause", "resume"):
            assert after.deadline - before.deadline < SECOND


# ---- one, a county, all


def test_everybody_is_paused_begun_or_not_and_goes_on_with_the_same_time_left(
    db: Session,
) -> None:
    people, place = opened(db)
    at, till = NINE + 10 * MINUTE, NINE + 17 * MINUTE + timedelta(milliseconds=1)
    assert actions.pause(db, scope=EVERYBODY, now=at, **about(people, place)) == 2
    for each in (place.sitting_id, place.foreign_id):
        assert row_of(db, each).paused_at == at
        assert phase(db, each, NINE + 80 * MINUTE) is Phase.PAUSED
        assert queries.course(db, each)[0].kind == Happened.PAUSED
    left = moment.remaining(queries.state_of(row_of(db, place.sitting_id)), till)
    assert left == 50 * MINUTE
    assert actions.resume(db, scope=EVERYBODY, now=till, **about(people, place)) == 2
    for each in (place.sitting_id, place.foreign_id):
        assert (row_of(db, each).paused_at, row_of(db, each).extra_seconds) == (None, 421)
        assert [event.kind for event in queries.course(db, each)][:2] == ["resumed", "paused"]
    assert moment.remaining(queries.state_of(row_of(db, place.sitting_id)), till) >= left
    entries = audit.latest(db)[:2]
    assert [(entry.act, entry.subject) for entry in entries] == [
        ("resume", f"exam/{place.exam_id}"),
        ("pause", f"exam/{place.exam_id}"),
    ]
    assert '"reason":"火警"' in entries[1].detail


@pytest.mark.parametrize(
    ("scope", "paused"), [("01", (True, False)), ("02", (False, True)), ("one", (False, True))]
)
def test_a_county_or_one_candidate_alone(
    db: Session, scope: str, paused: tuple[bool, bool]
) -> None:
    people, place = opened(db)
    whom = Scope(sitting_id=place.foreign_id) if scope == "one" else Scope(county=scope)
    assert actions.pause(db, scope=whom, now=NINE + MINUTE, **about(people, place)) == 1
    found = [row_of(db, each).paused_at for each in (place.sitting_id, place.foreign_id)]
    assert tuple(at is not None for at in found) == paused
    db.flush()
    events = db.exec(select(SittingEvent).where(SittingEvent.kind == "paused")).all()
    assert len(events) == 1
    expected = f"sitting/{place.foreign_id}" if scope == "one" else None
    assert audit.latest(db)[0].subject == (expected or f"exam/{place.exam_id}/county/{scope}")


def test_who_is_paused_already_keeps_the_earlier_moment(db: Session) -> None:
    people, place = opened(db)
    mine = Scope(sitting_id=place.sitting_id)
    actions.pause(db, scope=mine, now=NINE + MINUTE, **about(people, place))
    assert actions.pause(db, scope=EVERYBODY, now=NINE + 9 * MINUTE, **about(people, place)) == 1
    assert row_of(db, place.sitting_id).paused_at == NINE + MINUTE
    with pytest.raises(NobodyToPause):
        actions.pause(db, scope=mine, now=NINE + 9 * MINUTE, **about(people, place))
    with pytest.raises(NobodyToPause):
        actions.pause(db, scope=Scope(county="77"), now=NINE, **about(people, place))


def test_who_handed_in_is_not_paused_and_who_is_not_paused_not_resumed(db: Session) -> None:
    people, place = opened(db)
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + MINUTE)
    mine = Scope(sitting_id=place.sitting_id)
    with pytest.raises(NobodyToPause):
        actions.pause(db, scope=mine, now=NINE + MINUTE, **about(people, place))
    with pytest.raises(NobodyPaused):
        actions.resume(db, scope=EVERYBODY, now=NINE + MINUTE, **about(people, place))
    assert audit.latest(db)[0].act == "hand_in"


def test_the_hall_must_be_the_right_one(db: Session) -> None:
    people, place = opened(db)
    sent = about(people, place) | {"exam_id": place.exam_id + 1}
    with pytest.raises(HallMissing):
        actions.pause(db, scope=EVERYBODY, now=NINE, **sent)
    nobody = Scope(sitting_id=place.foreign_id + 99)
    with pytest.raises(SittingMissing):
        actions.pause(db, scope=nobody, now=NINE, **about(people, place))


def test_in_a_pause_nothing_is_closed_nobody_begins_and_answers_are_stored(
    engine: Engine,
) -> None:
    with transaction(engine) as db:
        people, place = opened(db)
        actions.confirm(db, sitting_id=place.foreign_id, actor=people.stranger, now=NINE)
        at = NINE + 59 * MINUTE
        actions.pause(db, scope=EVERYBODY, now=at, **about(people, place))
    later = NINE + 5 * worlds.WINDOW
    arriving = Save(place.sitting_id, 1, 1, '["A"]', later - NINE - 58 * MINUTE, later)
    with for_writing(engine).begin() as connection:
        (outcome,) = actions.save_answers(connection, [arriving])
    assert isinstance(outcome, Saved)
    assert (outcome.kept, outcome.late) == (False, False)
    with transaction(engine) as db:
        assert actions.close_overdue(db, now=later) == 0
        with pytest.raises(Paused):
            actions.start(db, sitting_id=place.foreign_id, actor=people.stranger, now=later)
        actions.resume(db, scope=EVERYBODY, now=later, **about(people, place))
        assert phase(db, place.sitting_id, later + MINUTE - SECOND) is Phase.RUNNING
        assert phase(db, place.sitting_id, later + MINUTE) is Phase.OVER
        assert phase(db, place.foreign_id, later + MINUTE) is Phase.READY


def test_two_who_press_pause_at_once_pause_once(engine: Engine) -> None:
    with transaction(engine) as db:
        people, place = opened(db)
    told: list[int | str] = []

    def pressing() -> None:
        try:
            with transaction(engine) as db:
                told.append(
                    actions.pause(db, scope=EVERYBODY, now=NINE + MINUTE, **about(people, place))
                )
        except DomainError as refused:
            told.append(refused.code)

    threads = [Thread(target=pressing) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told, key=str) == [2, "nobody_to_pause"]
    with transaction(engine) as db:
        assert [entry.act for entry in audit.latest(db)].count("pause") == 1
        assert len(db.exec(select(SittingEvent).where(SittingEvent.kind == "paused")).all()) == 2


# ---- the house stops its own clock


def held(db: Session, *, at: datetime, now: datetime) -> int:
    return actions.hold(db, at=at, reason="时钟跳变 7200 秒", actor=SYSTEM, now=now)


@pytest.mark.parametrize("step", [-2 * 60, 0, 2 * 60])
def test_a_step_of_the_clock_costs_nobody_a_second(db: Session, step: int) -> None:
    """The clock was right until ten past nine; it steps, and is put right five minutes later."""
    people, place = opened(db)
    good = NINE + 10 * MINUTE
    assert held(db, at=good, now=good + step * MINUTE) == 1
    row = row_of(db, place.sitting_id)
    assert row.paused_at == good
    assert row_of(db, place.foreign_id).paused_at is None  # has not begun
    line = queries.course(db, place.sitting_id)[0]
    assert (line.kind, line.by, line.detail) == ("paused", "system", "时钟跳变 7200 秒")
    entry = audit.latest(db)[0]
    assert (entry.act, entry.actor) == ("hold", "system")
    assert '"as_of":"2026-10-10T01:10:00.000+00:00"' in entry.detail
    for resumed in (good + 5 * MINUTE, good + step * MINUTE):  # put right, or left as it is
        state = queries.state_of(row)
        extra = hall.resumed_seconds(state, resumed)
        ended = replace(state, window=replace(state.window, extra=extra * SECOND, paused_at=None))
        assert moment.remaining(ended, resumed) == 50 * MINUTE
    scope = Scope(sitting_id=place.sitting_id)
    actions.resume(db, scope=scope, now=good + 5 * MINUTE, **about(people, place))
    ends = queries.state_of(row_of(db, place.sitting_id)).instants.deadline
    assert ends == NINE + 65 * MINUTE


def test_who_began_by_the_wrong_clock_gets_the_whole_length_and_no_more(db: Session) -> None:
    people = factories.cast(db, NINE)
    place = worlds.hall(db, people, NINE)
    worlds.begin(db, place, people, NINE + 20 * MINUTE)  # the clock had stepped 20 minutes ahead
    assert held(db, at=NINE, now=NINE + 20 * MINUTE + SECOND) == 1
    scope = Scope(sitting_id=place.sitting_id)
    actions.resume(db, scope=scope, now=NINE + MINUTE, **about(people, place))
    state = queries.state_of(row_of(db, place.sitting_id))
    assert moment.remaining(state, NINE + MINUTE) == worlds.LENGTH


def test_holding_again_changes_nothing_and_a_pause_of_before_stays(db: Session) -> None:
    people, place = opened(db)
    other = place.foreign_id
    actions.confirm(db, sitting_id=other, actor=people.stranger, now=NINE)
    actions.start(db, sitting_id=other, actor=people.stranger, now=NINE)
    scope = Scope(sitting_id=place.sitting_id)
    actions.pause(db, scope=scope, now=NINE + MINUTE, **about(people, place))
    assert held(db, at=NINE + 2 * MINUTE, now=NINE + 30 * MINUTE) == 1
    assert held(db, at=NINE + 29 * MINUTE, now=NINE + 31 * MINUTE) == 0
    assert row_of(db, place.sitting_id).paused_at == NINE + MINUTE
    assert row_of(db, other).paused_at == NINE + 2 * MINUTE
    assert [entry.act for entry in audit.latest(db)].count("hold") == 1


def test_a_house_without_anybody_sitting_holds_nobody(db: Session) -> None:
    people, place = opened(db)
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + MINUTE)
    assert held(db, at=NINE, now=NINE + worlds.WINDOW) == 0
    assert audit.latest(db)[0].act == "hand_in"


# ---- later, and longer


def test_a_window_is_moved_for_one_who_has_not_begun(db: Session) -> None:
    people, place = opened(db)
    sent: dict[str, Any] = about(people, place) | {"now": NINE}
    for minutes in (30, 15):
        actions.shift(db, sitting_id=place.foreign_id, minutes=minutes, **sent)
    state = queries.state_of(row_of(db, place.foreign_id))
    assert state.instants.opens_at == NINE + 45 * MINUTE
    assert state.instants.last_start == NINE + worlds.WINDOW + 45 * MINUTE
    assert moment.phase(state, NINE + 44 * MINUTE) is Phase.WAITING
    assert moment.phase(state, NINE + 45 * MINUTE) is Phase.READY
    assert row_of(db, place.sitting_id).shift_seconds == 0
    assert queries.course(db, place.foreign_id)[0].detail == "考试时间后移 15 分钟：火警"
    assert audit.latest(db)[0].detail == '{"minutes":15,"reason":"火警"}'
    with pytest.raises(AlreadyBegun):
        actions.shift(db, sitting_id=place.sitting_id, minutes=30, **sent)
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + MINUTE)
    with pytest.raises(HandedIn):
        actions.shift(db, sitting_id=place.sitting_id, minutes=30, **sent)


@pytest.mark.parametrize("minutes", [0, -5, 181])
def test_a_shift_is_one_minute_to_three_hours_and_never_forwards(minutes: int) -> None:
    assert [hall.shift_seconds(each) for each in (1, 180)] == [60, 10800]
    with pytest.raises(ShiftOutOfRange):
        hall.shift_seconds(minutes)


def test_one_county_gets_more_time(db: Session) -> None:
    people, place = opened(db)
    sent: dict[str, Any] = about(people, place) | {"now": NINE}
    assert actions.extend_all(db, minutes=8, county="02", **sent) == 1
    found = [row_of(db, each).extra_seconds for each in (place.sitting_id, place.foreign_id)]
    assert found == [0, 480]
    assert audit.latest(db)[0].subject == f"exam/{place.exam_id}/county/02"
