"""The clock that goes on whatever is done to the machine's (C1)."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from app.kernel import clock
from app.kernel.clock import SetClock, SystemClock, steady_seconds
from tests.fakes import NINE

SECOND = timedelta(seconds=1)


class Machine:
    """A machine whose wall clock can be set, and whose steady clock cannot."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.steady = NINE, 5_000_000_000_000
        machine = self

        class Wall(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                assert tz is UTC
                return machine.wall

        monkeypatch.setattr(clock, "datetime", Wall)
        monkeypatch.setattr(clock, "_steady_ns", lambda: machine.steady)

    def pass_by(self, delta: timedelta, *, steps: timedelta = SECOND * 0) -> None:
        """Time goes by, and meanwhile somebody sets the wall clock by `steps`."""
        self.steady += int(delta.total_seconds() * 1e9)
        self.wall += delta + steps


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.mark.parametrize("hours", [-24, -2, -1, 1, 2, 24])
def test_setting_the_wall_clock_moves_no_exam(machine: Machine, hours: int) -> None:
    """±2 h, a daylight-saving hour, a day: `now` goes on by what has passed, and says by how much
    the wall clock was set."""
    house = SystemClock()
    assert (house.now(), house.stepped()) == (NINE, 0 * SECOND)
    machine.pass_by(90 * SECOND, steps=timedelta(hours=hours))
    assert house.now() == NINE + 90 * SECOND
    assert house.stepped() == timedelta(hours=hours)
    machine.pass_by(timedelta(hours=3), steps=-timedelta(hours=hours))  # and put right again
    assert house.now() == NINE + 90 * SECOND + timedelta(hours=3)
    assert house.stepped() == 0 * SECOND


def test_a_leap_second_and_a_slow_correction_are_no_step(machine: Machine) -> None:
    house = SystemClock()
    machine.pass_by(60 * SECOND, steps=SECOND)
    assert house.stepped() == SECOND
    assert house.now() == NINE + 60 * SECOND


def test_a_machine_that_slept_knows_how_long(machine: Machine) -> None:
    """The steady clock counts the sleep (CLOCK_BOOTTIME), as the wall clock does."""
    house = SystemClock()
    machine.pass_by(timedelta(minutes=40))
    assert (house.now(), house.stepped()) == (NINE + timedelta(minutes=40), 0 * SECOND)


def test_each_process_takes_the_wall_clock_as_it_is_when_it_starts(machine: Machine) -> None:
    """Two processes that were started before and after a step disagree: what the heartbeat is
    for."""
    before = SystemClock()
    machine.pass_by(SECOND, steps=timedelta(hours=2))
    after = SystemClock()
    assert after.now() - before.now() == timedelta(hours=2)
    assert (before.stepped(), after.stepped()) == (timedelta(hours=2), 0 * SECOND)


def test_the_moment_is_aware_and_never_goes_back(machine: Machine) -> None:
    house, last = SystemClock(), NINE
    for microseconds in (0, 1, 999_999, 1):
        machine.pass_by(timedelta(microseconds=microseconds), steps=-5 * SECOND)
        now = house.now()
        assert now.tzinfo is UTC
        assert now - last == timedelta(microseconds=microseconds)
        last = now


def test_the_machines_own_clocks_are_read() -> None:
    """Without a stand-in: the wall clock at the start, and a steady one that does not stand."""
    house, begun = SystemClock(), steady_seconds()
    assert abs(house.now() - datetime.now(UTC)) < SECOND
    first = house.now()
    time.sleep(0.01)
    assert timedelta(milliseconds=10) <= house.now() - first < 30 * SECOND
    assert 0.01 <= steady_seconds() - begun < 30
    assert abs(house.stepped()) < SECOND


def test_a_set_clock_goes_on_only_when_told_and_never_back() -> None:
    house = SetClock(NINE)
    house.pass_by(SECOND)
    house.pass_by(0 * SECOND)
    assert house.now() == NINE + SECOND
    with pytest.raises(ValueError, match="does not go back"):
        house.pass_by(-timedelta(microseconds=1))
