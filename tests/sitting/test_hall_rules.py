from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.sitting.rules.course import Happened, counts_as_leaving, happened
from app.sitting.rules.hall import (
    EVERYBODY,
    ExtensionOutOfRange,
    Presence,
    Scope,
    as_read,
    extension_seconds,
    presence,
)
from app.sitting.rules.moment import State, Window, overdue
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


@pytest.mark.parametrize(
    ("started", "handed_in", "now", "expected"),
    [
        (at(0), None, 30, Presence.PAUSED),  # silent for twenty minutes, and it does not matter
        (at(0), at(15), 30, Presence.DONE),
        (None, None, 30, Presence.PAUSED),
        (None, None, -5, Presence.PAUSED),  # somebody must resume it
    ],
)
def test_who_is_paused_is_not_silent(
    started: datetime | None, handed_in: datetime | None, now: float, expected: Presence
) -> None:
    state = State(replace(WINDOW, paused_at=at(-6 if now < 0 else 10)), 3, started, handed_in)
    assert presence(state, confirmed=True, heard_at=at(10), now=at(now)) is expected


def test_who_was_paused_in_the_grace_is_paused_until_somebody_resumes() -> None:
    """Nothing collects it meanwhile, so it must not look as if something would."""
    state = State(replace(WINDOW, paused_at=at(62)), 3, at(0))
    assert not overdue(state, at(500))
    assert presence(state, confirmed=True, heard_at=None, now=at(500)) is Presence.PAUSED


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ('["B"]', "B"),
        ('["A","C"]', "A、C"),
        ('{"value":"216","unit":"万元"}', "216、万元"),
        ('{"1":"5","2":60}', "5、60"),
        ("", "（空白）"),
        ("[]", "（空白）"),
        ('["",null]', "（空白）"),
        ("依法处罚", "依法处罚"),
        ("[" * 600 + "]" * 600, "[" * 119 + "…"),
        ('"' + "字" * 121 + '"', "字" * 119 + "…"),
        ('"' + "字" * 120 + '"', "字" * 120),
    ],
)
def test_an_answer_is_listed_as_its_candidate_would_read_it(raw: str, words: str) -> None:
    assert as_read(raw) == words


def test_a_scope_says_whom_it_reaches() -> None:
    assert EVERYBODY.subject(3) == "exam/3"
    assert Scope(county="01").subject(3) == "exam/3/county/01"
    assert Scope(county="01", sitting_id=7).subject(3) == "sitting/7"
