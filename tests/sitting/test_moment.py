from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import DomainError
from app.sitting.rules.answers import accepts
from app.sitting.rules.moment import (
    Phase,
    State,
    Window,
    deadline,
    handed_in_at,
    in_words,
    last_start,
    may_start,
    on_a_clock,
    overdue,
    phase,
    remaining,
    resumed,
)
from app.sitting.rules.refusals import NotOpenYet, NotStarted, Paused, WindowClosed
from tests.fakes import NINE

MS = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
WINDOW = Window(NINE, NINE + 90 * MINUTE, length=60 * MINUTE, grace=5 * MINUTE)
LONGER = Window(NINE, NINE + 90 * MINUTE, 60 * MINUTE, 5 * MINUTE, extra=10 * MINUTE)

windows = st.builds(
    lambda opens, open_for, length, grace, extra: Window(
        NINE + opens, NINE + opens + open_for, length=length, grace=grace, extra=extra
    ),
    st.timedeltas(timedelta(0), timedelta(days=1)),
    st.timedeltas(MINUTE, timedelta(hours=5)),
    st.timedeltas(MINUTE, timedelta(hours=5)),
    st.timedeltas(timedelta(0), timedelta(hours=1)),
    st.timedeltas(timedelta(0), timedelta(hours=1)),
)
moments = st.timedeltas(timedelta(0), timedelta(days=2)).map(lambda after: NINE + after)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


@pytest.mark.parametrize(("started", "ends"), [(0, 60), (29, 89), (30, 90), (31, 90), (89, 90)])
def test_the_deadline_is_own_start_plus_length_but_never_after_closing(
    started: int, ends: int
) -> None:
    assert deadline(WINDOW, at(started)) == at(ends)


@pytest.mark.parametrize(("started", "ends"), [(0, 70), (30, 100), (89, 100), (95, 100)])
def test_what_an_invigilator_adds_comes_on_top_even_after_closing(started: int, ends: int) -> None:
    assert deadline(LONGER, at(started)) == at(ends)


@given(windows, st.floats(0, 1), st.floats(0, 1))
def test_starting_later_never_ends_earlier(window: Window, one: float, other: float) -> None:
    open_for = window.closes_at - window.opens_at
    first, second = sorted((window.opens_at + one * open_for, window.opens_at + other * open_for))
    assert deadline(window, first) <= deadline(window, second) <= last_start(window)


@given(windows, st.floats(0, 1), st.timedeltas(timedelta(0), timedelta(hours=3)))
def test_more_time_moves_the_deadline_by_exactly_that(
    window: Window, start: float, more: timedelta
) -> None:
    began = window.opens_at + start * (window.closes_at - window.opens_at)
    longer = Window(
        window.opens_at, window.closes_at, window.length, window.grace, window.extra + more
    )
    assert deadline(longer, began) == deadline(window, began) + more


@given(windows, st.floats(0, 1, exclude_max=True))
def test_who_may_start_has_time_left(window: Window, start: float) -> None:
    now = window.opens_at + start * (last_start(window) - window.opens_at)
    if now < last_start(window):
        may_start(window, now)
        assert deadline(window, now) > now


# Boundaries: a moment equal to one belongs to the later phase.
@pytest.mark.parametrize("distance", [MS, MINUTE])
@pytest.mark.parametrize(
    ("started_at", "window", "boundaries"),
    [
        (None, WINDOW, [(0, Phase.WAITING, Phase.READY), (90, Phase.READY, Phase.MISSED)]),
        (None, LONGER, [(100, Phase.READY, Phase.MISSED)]),
        (at(0), WINDOW, [(60, Phase.RUNNING, Phase.OVER)]),
        (at(0), LONGER, [(70, Phase.RUNNING, Phase.OVER)]),
        (at(50), WINDOW, [(90, Phase.RUNNING, Phase.OVER)]),
    ],
)
def test_the_phase_on_both_sides_of_every_boundary(
    started_at: datetime | None,
    window: Window,
    boundaries: list[tuple[int, Phase, Phase]],
    distance: timedelta,
) -> None:
    state = State(window, 3, started_at)
    for minute, before, after in boundaries:
        assert phase(state, at(minute) - distance) is before
        assert phase(state, at(minute)) is after
        assert phase(state, at(minute) + distance) is after


def test_nothing_reopens_a_sitting_that_was_handed_in() -> None:
    state = State(LONGER, 3, NINE, handed_in_at=at(5))
    assert {phase(state, at(minute)) for minute in (-5, 5, 59, 60, 95)} == {Phase.HANDED_IN}


@pytest.mark.parametrize(
    ("now", "refusal"),
    [(-MS, NotOpenYet), (0 * MS, None), (90 * MINUTE - MS, None), (90 * MINUTE, WindowClosed)],
)
def test_one_may_start_while_the_window_is_open(
    now: timedelta, refusal: type[DomainError] | None
) -> None:
    if refusal is None:
        may_start(WINDOW, NINE + now)
    else:
        with pytest.raises(refusal):
            may_start(WINDOW, NINE + now)


@pytest.mark.parametrize(
    ("typed", "arrived", "counts"),
    [
        (59.99, 59.99, True),
        (59.99, 60, True),  # typed in time, delivered late: counts, and is flagged
        (59.99, 64.99, True),
        (59.99, 65, False),  # beyond the grace
        (60, 60, False),
        (60, 64, False),
    ],
)
def test_typed_before_the_deadline_and_delivered_within_the_grace_counts(
    typed: float, arrived: float, counts: bool
) -> None:
    assert accepts(WINDOW, NINE, at(typed), at(arrived)) is counts
    assert accepts(LONGER, NINE, at(typed + 10), at(arrived + 10)) is counts


@given(windows, st.integers(0, 600), st.integers(0, 600))
def test_what_counts_is_never_undone_by_arriving_earlier(
    window: Window, typed: int, arrived: int
) -> None:
    start = window.opens_at
    typed_at, later = start + typed * MINUTE, start + max(typed, arrived) * MINUTE
    if accepts(window, start, typed_at, later):
        assert accepts(window, start, typed_at, typed_at)


@pytest.mark.parametrize(
    ("minute", "late"), [(0, False), (60, False), (64.999, False), (65, True), (500, True)]
)
def test_the_server_hands_in_when_nothing_on_its_way_could_count(minute: float, late: bool) -> None:
    assert overdue(State(WINDOW, 3, NINE), at(minute)) is late
    assert not overdue(State(WINDOW, 3), at(minute))
    assert not overdue(State(WINDOW, 3, NINE, at(20)), at(minute))


@given(windows, moments, moments)
def test_an_overdue_sitting_accepts_nothing(window: Window, now: datetime, typed: datetime) -> None:
    if overdue(State(window, 3, window.opens_at), now):
        assert not accepts(window, window.opens_at, typed, now)


@pytest.mark.parametrize(("now", "at_minute"), [(20, 20), (60, 60), (61, 60), (500, 60)])
def test_a_hand_in_is_never_later_than_the_deadline(now: float, at_minute: float) -> None:
    assert handed_in_at(State(WINDOW, 3, NINE), at(now)) == at(at_minute)


def test_handing_in_needs_a_start() -> None:
    with pytest.raises(NotStarted):
        handed_in_at(State(WINDOW, 3), NINE)


@pytest.mark.parametrize(
    ("seconds", "words", "clock"),
    [
        (-5, "0 秒", "0:00"),
        (6, "6 秒", "0:06"),
        (59.9, "59 秒", "0:59"),
        (60, "1 分钟", "1:00"),
        (526, "8 分 46 秒", "8:46"),
        (5400, "90 分钟", "1:30:00"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(seconds: float, words: str, clock: str) -> None:
    delta = timedelta(seconds=seconds)
    assert (in_words(delta), on_a_clock(delta)) == (words, clock)


# ---- the clock stands still (暂停)


def paused(minute: float, **more: timedelta) -> Window:
    return Window(
        NINE, NINE + 90 * MINUTE, 60 * MINUTE, 5 * MINUTE, paused_at=at(minute), **more
    )  # fmt: skip


@pytest.mark.parametrize(
    ("window", "started", "now", "expected"),
    [
        (paused(20), at(0), at(20) - MS, Phase.PAUSED),  # from a halt whose end is known later
        (paused(20), at(0), at(20), Phase.PAUSED),
        (paused(20), at(0), at(600), Phase.PAUSED),  # the deadline moves on with the pause
        (paused(60), at(0), at(61), Phase.OVER),  # was over when it stopped
        (paused(60 - 1e-5), at(0), at(61), Phase.PAUSED),
        (paused(-10), None, at(-5), Phase.WAITING),
        (paused(-10), None, at(5), Phase.PAUSED),
        (paused(10), None, at(500), Phase.PAUSED),
        (paused(90), None, at(95), Phase.MISSED),  # had missed it when it stopped
    ],
)
def test_a_pause_stops_whoever_could_write_or_begin(
    window: Window, started: datetime | None, now: datetime, expected: Phase
) -> None:
    assert phase(State(window, 3, started), now) is expected


def test_nobody_begins_while_the_clock_stands_still() -> None:
    with pytest.raises(Paused):
        may_start(paused(0), at(5))
    with pytest.raises(NotOpenYet):
        may_start(paused(-10), at(-5))


@given(st.floats(0, 59), st.integers(-3600, 10**5), st.timedeltas(timedelta(0), timedelta(hours=1)))
def test_what_is_left_when_it_stops_is_left_when_it_goes_on(
    stopped: float, seconds: int, extra: timedelta
) -> None:
    """However long it stood, and also when the clock was put back meanwhile."""
    window = paused(stopped, extra=extra)
    state, now = State(window, 3, NINE), at(stopped) + timedelta(seconds=seconds)
    before = remaining(state, now)
    assert before == deadline(window, NINE) - at(stopped)
    assert window.paused_at is not None
    more = resumed(extra, window.paused_at, now)
    gone_on = replace(window, paused_at=None, extra=more)
    assert remaining(State(gone_on, 3, NINE), now) == before
    assert not overdue(state, now)
    assert not overdue(State(gone_on, 3, NINE), now)
