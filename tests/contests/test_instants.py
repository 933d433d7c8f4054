"""Every instant of one candidate: the formula, its boundaries, and what can never happen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contests.rules.instants import (
    Instants,
    counts,
    handed_in_at,
    instants,
    late,
    may_sign_in,
    may_start,
    may_write,
    overdue,
)
from app.contests.rules.windows import Window

OPENS = datetime(2026, 10, 22, 1, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
WINDOW = Window(OPENS, OPENS + 120 * MINUTE, 90 * MINUTE, 5 * MINUTE)


def at(minutes: float) -> datetime:
    """So many minutes after the opening."""
    return OPENS + minutes * MINUTE


CASES: list[tuple[str, dict[str, float | None], tuple[float, float, float, float, float]]] = [
    # started, extra, shift → sign-in, opens, last start, deadline, settled
    ("nobody has begun", {"started": None}, (-30, 0, 120, 120, 125)),
    ("at the opening", {"started": 0}, (-30, 0, 120, 90, 95)),
    ("just early enough for the whole length", {"started": 30}, (-30, 0, 120, 120, 125)),
    ("a minute too late for it", {"started": 31}, (-30, 0, 120, 120, 125)),
    ("at the last minute", {"started": 119}, (-30, 0, 120, 120, 125)),
    ("ten more, begun at once", {"started": 0, "extra": 10}, (-30, 0, 130, 100, 105)),
    ("ten more, begun late", {"started": 110, "extra": 10}, (-30, 0, 130, 130, 135)),
    ("ten more, begun after the closing", {"started": 125, "extra": 10}, (-30, 0, 130, 130, 135)),
    ("ten more, not begun", {"started": None, "extra": 10}, (-30, 0, 130, 130, 135)),
    ("an hour later, begun at once", {"started": 60, "shift": 60}, (30, 60, 180, 150, 155)),
    ("an hour later, begun late", {"started": 170, "shift": 60}, (30, 60, 180, 180, 185)),
    ("an hour later, not begun", {"started": None, "shift": 60}, (30, 60, 180, 180, 185)),
    ("moved after it was begun", {"started": 0, "shift": 60}, (30, 60, 180, 90, 95)),
    ("moved after a late start", {"started": 100, "shift": 60}, (30, 60, 180, 180, 185)),
    ("both", {"started": 60, "extra": 10, "shift": 60}, (30, 60, 190, 160, 165)),
    ("a clock put back", {"started": 0, "extra": -2}, (-30, 0, 118, 88, 93)),
]


@pytest.mark.parametrize(
    ("given_", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_every_instant_of_a_candidate(
    given_: dict[str, float | None], expected: tuple[float, ...]
) -> None:
    started = given_["started"]
    found = instants(
        WINDOW,
        started_at=None if started is None else at(started),
        extra=(given_.get("extra") or 0) * MINUTE,
        shift=(given_.get("shift") or 0) * MINUTE,
    )
    assert found == Instants(*(at(each) for each in expected))


OWN = instants(WINDOW, started_at=OPENS)


@pytest.mark.parametrize(
    ("boundary", "before", "since"),
    [(-30, False, True), (120, True, False)],
)
def test_one_signs_in_from_the_sign_in_until_it_is_too_late(
    boundary: float, before: bool, since: bool
) -> None:
    own = instants(WINDOW)
    assert may_sign_in(own, at(boundary) - TICK) is before
    assert may_sign_in(own, at(boundary)) is since


@pytest.mark.parametrize(("boundary", "before", "since"), [(0, False, True), (120, True, False)])
def test_one_begins_from_the_opening_until_it_is_too_late(
    boundary: float, before: bool, since: bool
) -> None:
    own = instants(WINDOW)
    assert may_start(own, at(boundary) - TICK) is before
    assert may_start(own, at(boundary)) is since


def test_at_the_deadline_nothing_more_is_written_and_at_the_end_of_the_grace_all_is_collected() -> (
    None
):
    assert (may_write(OWN, at(90) - TICK), may_write(OWN, at(90))) == (True, False)
    assert (late(OWN, at(90) - TICK), late(OWN, at(90))) == (False, True)
    assert (overdue(OWN, at(95) - TICK), overdue(OWN, at(95))) == (False, True)


@pytest.mark.parametrize(
    ("typed", "arrived", "counted"),
    [
        (at(90) - TICK, at(90) - TICK, True),
        (at(90) - TICK, at(95) - TICK, True),
        (at(90) - TICK, at(95), False),
        (at(1), at(95), False),
        (at(90), at(90), False),
        (at(90), at(95) - TICK, False),
    ],
)
def test_an_answer_counts_typed_before_the_deadline_and_delivered_within_the_grace(
    typed: datetime, arrived: datetime, counted: bool
) -> None:
    assert counts(OWN, typed, arrived) is counted


@pytest.mark.parametrize(
    ("now", "expected"), [(at(40), at(40)), (at(90), at(90)), (at(95), at(90)), (at(999), at(90))]
)
def test_nothing_is_handed_in_after_the_deadline(now: datetime, expected: datetime) -> None:
    assert handed_in_at(OWN, now) == expected


def test_in_a_pause_the_end_moves_on_and_the_server_collects_nothing() -> None:
    paused = replace(OWN, paused_at=at(60))
    assert paused.at(at(60)) == paused
    # the clock was put back while it stood: what was left is left, on the clock as it reads now
    assert paused.at(at(59)).deadline == paused.deadline - timedelta(minutes=1)
    assert paused.at(at(70)).deadline == at(100)
    assert may_write(paused, at(90))
    assert not overdue(paused, at(10_000))
    assert counts(paused, at(59), at(10_000))
    assert handed_in_at(paused, at(95)) == at(95)
    assert may_start(instants(WINDOW, paused_at=at(119)), at(300))
    too_late = replace(OWN, paused_at=at(95))
    assert overdue(too_late, at(95) + SECOND)


lengths = st.timedeltas(timedelta(0), timedelta(hours=9))
signed = st.timedeltas(timedelta(hours=-9), timedelta(hours=9))
windows = st.builds(
    lambda opened, length, grace, sign_in: Window(OPENS, OPENS + opened, length, grace, sign_in),
    lengths, lengths, lengths, lengths,
)  # fmt: skip


@settings(deadline=None)
@given(windows, st.none() | lengths, signed, signed)
def test_for_all_settings_the_deadline_is_the_earlier_end_and_what_was_added(
    window: Window, after: timedelta | None, extra: timedelta, shift: timedelta
) -> None:
    """[C3]"""
    started = None if after is None else OPENS + after
    own = instants(window, started_at=started, extra=extra, shift=shift)
    ends = [window.closes_at + shift] + ([] if started is None else [started + window.length])
    assert own.deadline == min(ends) + extra
    assert own.settled_at - own.deadline == window.grace
    assert own.last_start == window.closes_at + shift + extra
    assert (own.opens_at, own.sign_in_at) == (window.opens_at + shift, window.sign_in_at + shift)


@settings(deadline=None)
@given(windows, st.none() | lengths, signed, signed, lengths, lengths)
def test_more_time_and_a_later_window_never_make_anything_earlier(
    window: Window,
    after: timedelta | None,
    extra: timedelta,
    shift: timedelta,
    more: timedelta,
    later: timedelta,
) -> None:
    """[C5] No candidate ends earlier than before."""
    started = None if after is None else OPENS + after
    before = instants(window, started_at=started, extra=extra, shift=shift)
    since = instants(window, started_at=started, extra=extra + more, shift=shift + later)
    for name in ("sign_in_at", "opens_at", "last_start", "deadline", "settled_at"):
        assert getattr(since, name) >= getattr(before, name)
    assert since.deadline - before.deadline >= more


@settings(deadline=None)
@given(windows, lengths, lengths, lengths)
def test_who_may_begin_has_time_and_never_more_than_declared(
    window: Window, after: timedelta, extra: timedelta, shift: timedelta
) -> None:
    started = OPENS + shift + after
    if not may_start(instants(window, extra=extra, shift=shift), started):
        return
    own = instants(window, started_at=started, extra=extra, shift=shift)
    given_time = own.deadline - started
    assert given_time <= window.length + extra
    if window.length + extra > timedelta(0):
        assert given_time > timedelta(0)
        assert may_write(own, started)
    if started + window.length <= window.closes_at + shift:
        assert given_time == window.length + extra


@settings(deadline=None)
@given(windows, lengths, lengths, lengths, lengths)
def test_a_pause_costs_nobody_a_moment(
    window: Window, after: timedelta, until: timedelta, stood: timedelta, looked: timedelta
) -> None:
    """Paused and resumed, the same time is left; and at no moment of the pause was it otherwise."""
    started, paused_at = OPENS + after, OPENS + after + until
    running = instants(window, started_at=started)
    paused = instants(window, started_at=started, paused_at=paused_at)
    assert paused.at(paused_at + looked).deadline - (paused_at + looked) == (
        running.deadline - paused_at
    )
    resumed = instants(window, started_at=started, extra=stood)
    assert replace(paused.at(paused_at + stood), paused_at=None) == resumed
