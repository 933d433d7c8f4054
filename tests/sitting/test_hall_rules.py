from datetime import datetime, timedelta

import pytest

from app.sitting.rules.hall import (
    ExtensionOutOfRange,
    Happened,
    Presence,
    counts_as_leaving,
    extension_seconds,
    happened,
    presence,
)
from app.sitting.rules.moment import State, Window
from tests.fakes import NINE

MINUTE = timedelta(minutes=1)
WINDOW = Window(NINE, NINE + 90 * MINUTE, length=60 * MINUTE, grace=5 * MINUTE)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("started", "handed_in", "confirmed", "heard", "now", "expected"),
    [
        (None, None, False, None, 10, Presence.AWAY),
        (None, None, True, None, 10, Presence.CONFIRMED),
        (at(0), None, True, None, 1, Presence.IN),  # nothing heard yet: the start is the sign
        (at(0), None, True, None, 1.02, Presence.SILENT),
        (at(0), None, True, at(9), 10, Presence.IN),
        (at(0), None, True, at(9), 10.02, Presence.SILENT),
        (at(9), None, True, at(5), 10, Presence.IN),  # heard before the start does not count
        (at(0), None, True, at(59), 60, Presence.OVER),
        (at(0), at(20), True, at(20), 30, Presence.DONE),
    ],
)
def test_how_the_hall_sees_a_candidate(
    started: datetime | None,
    handed_in: datetime | None,
    confirmed: bool,
    heard: datetime | None,
    now: float,
    expected: Presence,
) -> None:
    state = State(WINDOW, 3, started, handed_in)
    assert presence(state, confirmed=confirmed, heard_at=heard, now=at(now)) is expected


@pytest.mark.parametrize(("seconds", "counts"), [(0, False), (3, False), (4, True), (600, True)])
def test_who_is_back_within_three_seconds_has_not_left(seconds: int, counts: bool) -> None:
    assert counts_as_leaving(seconds) is counts


@pytest.mark.parametrize("minutes", [1, 180])
def test_an_extension_is_one_minute_to_three_hours(minutes: int) -> None:
    assert extension_seconds(minutes) == minutes * 60


@pytest.mark.parametrize("minutes", [-5, 0, 181])
def test_an_extension_never_takes_time_away(minutes: int) -> None:
    with pytest.raises(ExtensionOutOfRange):
        extension_seconds(minutes)


def test_everything_that_happens_has_words_and_every_presence_a_label() -> None:
    assert happened("left", "14") == "离开页面 14 秒"
    assert all(happened(kind, "缘由") for kind in Happened)
    assert len({each.label for each in Presence}) == len(Presence)
