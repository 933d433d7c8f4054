"""The linter of timing settings, both sides of each boundary, and the five who walk through."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contests.rules import simulated as walking
from app.contests.rules import timing
from app.contests.rules.instants import Instants, instants
from app.contests.rules.simulated import Kind, simulated
from app.contests.rules.timing import clashes, timing_problems, timing_warnings
from app.contests.rules.windows import Window
from app.contests.rules.workdays import announced, day_off

NOON = datetime(2026, 10, 22, 4, 0, tzinfo=UTC)  # a Thursday
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOW = Window(NOON, NOON + 120 * MINUTE, 90 * MINUTE, 5 * MINUTE)

TIMINGS: list[tuple[str, Window, list[str]]] = [
    ("as it should be", WINDOW, []),
    ("length is the window", replace(WINDOW, length=120 * MINUTE), []),
    ("length above the window", replace(WINDOW, length=120 * MINUTE + TICK), ["length"]),
    ("closes when it opens", replace(WINDOW, closes_at=NOON), ["closes_at"]),
    ("closes before it opens", replace(WINDOW, closes_at=NOON - MINUTE), ["closes_at"]),
    ("open for 31 days", replace(WINDOW, closes_at=NOON + 31 * DAY), []),
    ("open for longer", replace(WINDOW, closes_at=NOON + 31 * DAY + TICK), ["closes_at"]),
    ("five minutes", replace(WINDOW, length=5 * MINUTE), []),
    ("less than five", replace(WINDOW, length=5 * MINUTE - TICK), ["length"]),
    ("eight hours", replace(WINDOW, closes_at=NOON + 9 * HOUR, length=8 * HOUR), []),
    ("more than eight", replace(WINDOW, closes_at=NOON + 9 * HOUR, length=8 * HOUR + TICK),
     ["length"]),
    ("no grace", replace(WINDOW, grace=timedelta(0)), ["grace"]),
    ("less than a minute of grace", replace(WINDOW, grace=MINUTE - TICK), ["grace"]),
    ("a minute of grace", replace(WINDOW, grace=MINUTE), []),
    ("thirty minutes of grace", replace(WINDOW, grace=30 * MINUTE), []),
    ("more grace", replace(WINDOW, grace=30 * MINUTE + TICK), ["grace"]),
    ("sign-in after it opens", replace(WINDOW, sign_in_before=-TICK), ["sign_in_before"]),
    ("no sign-in", replace(WINDOW, sign_in_before=timedelta(0)), []),
    ("sign-in four hours before", replace(WINDOW, sign_in_before=240 * MINUTE), []),
    ("sign-in earlier", replace(WINDOW, sign_in_before=240 * MINUTE + TICK), ["sign_in_before"]),
    ("everything at once", Window(NOON, NOON, timedelta(0), timedelta(0), -MINUTE),
     ["closes_at", "length", "grace", "sign_in_before"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("window", "expected"), [case[1:] for case in TIMINGS], ids=[case[0] for case in TIMINGS]
)
def test_what_is_wrong_with_a_window_is_said_at_its_field(
    window: Window, expected: list[str]
) -> None:
    assert [problem.field for problem in timing_problems(window)] == expected


def test_a_window_may_open_now_and_not_a_moment_earlier() -> None:
    assert timing_problems(WINDOW, NOON) == []
    assert [problem.field for problem in timing_problems(WINDOW, NOON + TICK)] == ["opens_at"]


def test_a_length_that_does_not_fit_is_told_in_minutes() -> None:
    [problem] = timing_problems(replace(WINDOW, length=timedelta(seconds=7230)))
    assert problem.message.startswith("考试时长 120 分 30 秒，超过开放时间 120 分钟，")


def local(day: int, clock: str, *, month: int = 10, year: int = 2026) -> datetime:
    """A moment on the office's clock."""
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=UTC) - 8 * HOUR


def open_from(opens: datetime, closes: datetime) -> Window:
    return replace(WINDOW, opens_at=opens, closes_at=closes, length=HOUR)


WARNINGS: list[tuple[str, Window, list[str]]] = [
    ("as it should be", WINDOW, []),
    ("a quarter of an hour to spare", replace(WINDOW, length=105 * MINUTE), []),
    ("a second less", replace(WINDOW, length=105 * MINUTE + timedelta(seconds=1)),
     ["迟到 14 分 59 秒以上，就用不满"]),
    ("nothing to spare", replace(WINDOW, length=120 * MINUTE), ["只要晚开始一秒，就用不满"]),
    ("at seven", open_from(local(22, "07:00"), local(22, "09:00")), []),
    ("before seven", open_from(local(22, "06:59"), local(22, "09:00")), ["开始时间 06:59"]),
    ("until ten at night", open_from(local(22, "20:00"), local(22, "22:00")), []),
    ("longer", open_from(local(22, "20:00"), local(22, "22:01")), ["结束时间 22:01"]),
    ("from ten at night", open_from(local(22, "22:00"), local(22, "23:30")),
     ["开始时间 22:00", "结束时间 23:30"]),
    ("overnight", open_from(local(22, "20:00"), local(23, "08:00")), ["跨了夜"]),
    ("a Saturday", open_from(local(24, "09:00"), local(24, "11:00")), ["10月24日是星期六"]),
    ("a Saturday that makes up", open_from(local(10, "09:00"), local(10, "11:00")), []),
    ("a holiday", open_from(local(1, "09:00"), local(1, "11:00")), ["10月1日是国庆节"]),
    ("into a weekend", open_from(local(23, "09:00"), local(24, "11:00")),
     ["跨了夜", "10月24日是星期六"]),
    ("a year to come", open_from(local(5, "09:00", month=1, year=2099),
                                 local(5, "11:00", month=1, year=2099)), ["还没有收录"]),
    ("no sign-in", replace(WINDOW, sign_in_before=timedelta(0)), ["没有签到时间"]),
    ("a second of sign-in", replace(WINDOW, sign_in_before=timedelta(seconds=1)), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("window", "expected"), [case[1:] for case in WARNINGS], ids=[case[0] for case in WARNINGS]
)
def test_what_is_seldom_meant_is_said_and_not_refused(window: Window, expected: list[str]) -> None:
    found = timing_warnings(window)
    assert len(found) == len(expected)
    for problem, words in zip(found, expected, strict=True):
        assert words in problem.message
    assert timing_problems(window) == []


def test_days_off_are_those_of_the_state_council() -> None:
    assert day_off(date(2026, 10, 21)) is None
    assert day_off(date(2026, 10, 24)) == "星期六"
    assert day_off(date(2026, 10, 10)) is None, "makes up for the national holiday"
    assert day_off(date(2026, 10, 7)) == "国庆节"
    assert day_off(date(2026, 2, 17)) == "春节"
    assert (announced(2026), announced(2099)) == (True, False)
    assert (day_off(date(2099, 1, 3)), day_off(date(2099, 1, 5))) == ("星期六", None)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (-TICK, "的考试时间重叠。"),
        (timedelta(0), "只隔 0 分钟"),
        (15 * MINUTE - TICK, "只隔 14 分 59 秒，至少要隔 15 分钟"),
        (15 * MINUTE, ""),
    ],
)
def test_two_exams_have_a_quarter_of_an_hour_between(gap: timedelta, words: str) -> None:
    opens = WINDOW.closes_at + gap
    after = replace(WINDOW, opens_at=opens, closes_at=opens + 120 * MINUTE)
    for order in ([("理论", WINDOW), ("案例", after)], [("案例", after), ("理论", WINDOW)]):
        found = clashes(order)
        assert [(one, other) for one, other, _ in found] == ([("理论", "案例")] if words else [])
        assert all(words in problem.message for *_, problem in found)


def test_an_exam_inside_another_overlaps() -> None:
    inside = replace(WINDOW, opens_at=NOON + MINUTE, closes_at=NOON + 2 * MINUTE)
    assert len(clashes([("理论", WINDOW), ("案例", inside)])) == 1


# ---- the five who walk


def test_the_five_live_through_what_the_clock_says() -> None:
    found = simulated(WINDOW)
    assert found.problems == ()
    assert found.last_full_start == NOON + 30 * MINUTE
    rows = {
        walk.kind: (
            (walk.starts_at - NOON).total_seconds(),
            (walk.writes_until - NOON).total_seconds() / 60,
            (walk.delivers_until - NOON).total_seconds() / 60,
            (walk.collected_at - NOON).total_seconds() / 60,
            walk.by_server,
            walk.used_in_words,
        )
        for walk in found.walks
    }
    assert rows == {
        Kind.PUNCTUAL: (0, 90, 95, 90, False, "90 分钟"),
        Kind.LATE: (7199, 120, 125, 120, False, "1 秒"),
        Kind.EXTENDED: (0, 120, 125, 120, False, "120 分钟"),
        Kind.CUT_OFF: (0, 90, 95, 95, True, "90 分钟"),
        Kind.LEFT_OPEN: (0, 90, 95, 95, True, "90 分钟"),
    }
    assert len({walk.said for walk in found.walks}) == 5


whole = st.integers(0, 40_000).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=300, deadline=None)
@given(whole, whole, whole, whole)
def test_what_the_linter_lets_pass_all_five_come_through(
    opened: timedelta, length: timedelta, grace: timedelta, sign_in: timedelta
) -> None:
    window = Window(NOON, NOON + opened, length, grace, sign_in)
    if timing_problems(window) == []:
        assert simulated(window).problems == ()


@settings(deadline=None)
@given(st.integers(300, 28_800), st.integers(1, 28_800))
def test_a_length_that_does_not_fit_in_is_also_found_by_walking(length: int, short: int) -> None:
    """The two guards are independent: what the linter would miss, the five find."""
    opened = timedelta(seconds=max(1, length - short))
    window = Window(NOON, NOON + opened, timedelta(seconds=length), 5 * MINUTE)
    found = simulated(window).problems
    assert any("推演“准时开考”：应有" in problem.message for problem in found)


def test_a_window_that_never_opens_is_found_by_walking() -> None:
    assert simulated(replace(WINDOW, closes_at=NOON - HOUR)).problems


def fixed_duration(window: Window, **given_: Any) -> Instants:
    """The SAT of March 2025: one duration for everybody, whatever the setting said."""
    return instants(replace(window, length=75 * MINUTE), **given_)


def without_extra(window: Window, **given_: Any) -> Instants:
    return instants(window, **(given_ | {"extra": timedelta(0)}))


def window_ignored(window: Window, **given_: Any) -> Instants:
    return instants(replace(window, closes_at=window.closes_at + DAY), **given_)


def grace_ignored(window: Window, **given_: Any) -> Instants:
    own = instants(window, **given_)
    return replace(own, settled_at=own.deadline)


def extra_inside_the_window(window: Window, **given_: Any) -> Instants:
    own = instants(window, **given_)
    return replace(own, deadline=min(own.deadline, window.opens_at + 100 * MINUTE))


@pytest.mark.parametrize(
    ("broken", "who"),
    [
        (fixed_duration, "准时开考”：应有 90 分钟，只能写 75 分钟"),
        (without_extra, "延长 30 分钟”：应有 120 分钟，只能写 90 分钟"),
        (window_ignored, "最后一秒才开始”：应有 1 秒，却能写 90 分钟"),
        (window_ignored, "能不能开始，与开放时间对不上"),
        (grace_ignored, "到时前断网”：宽限应为 5 分钟，却是 0 分钟"),
        (extra_inside_the_window, "延长 30 分钟”：应有 120 分钟，只能写 100 分钟"),
    ],
)
def test_a_wrong_function_is_found_by_somebody_who_does_not_exist(
    monkeypatch: pytest.MonkeyPatch, broken: object, who: str
) -> None:
    monkeypatch.setattr(walking, "instants", broken)
    found = simulated(WINDOW).problems
    assert any(who in problem.message for problem in found), [p.message for p in found]


@pytest.mark.parametrize(
    ("name", "broken", "words"),
    [
        ("may_start", lambda own, now: own.opens_at < now, "对不上"),
        ("may_start", lambda own, now: own.opens_at <= now <= own.last_start, "对不上"),
        ("may_start", lambda own, now: now < own.last_start, "对不上"),
        ("may_write", lambda own, now: now <= own.deadline, "到时应不能写"),
        ("counts", lambda own, typed, arrived: arrived < own.deadline, "没有计入"),
        ("counts", lambda own, typed, arrived: typed < own.deadline, "宽限过后传到的答案计入"),
        ("counts", lambda own, typed, arrived: arrived < own.settled_at, "到时以后写的答案计入"),
        ("overdue", lambda own, now: now >= own.deadline, "收卷的时间"),
        ("overdue", lambda own, now: now > own.settled_at, "收卷的时间"),
        ("handed_in_at", lambda own, now: now, "交卷时间不是到时"),
    ],
)
def test_a_boundary_that_is_a_second_off_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, broken: object, words: str
) -> None:
    monkeypatch.setattr(walking, name, broken)
    assert any(words in problem.message for problem in simulated(WINDOW).problems)


def test_times_of_several_days_are_told_with_their_day() -> None:
    assert not simulated(WINDOW).many_days
    assert simulated(replace(WINDOW, closes_at=NOON + DAY)).many_days


def test_a_length_of_time_is_told_as_the_office_says_it() -> None:
    told = [timing.minutes(timedelta(seconds=each)) for each in (0, 59, 60, 61, 5400)]
    assert told == ["0 分钟", "59 秒", "1 分钟", "1 分 1 秒", "90 分钟"]
