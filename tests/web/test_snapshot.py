from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from time import monotonic

import pytest

from app.web.snapshot import Snapshots


class Watch:
    """A steady clock that moves only when told."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class Maker:
    """Numbers what it makes."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


@pytest.mark.parametrize(("passed", "expected"), [(0, 1), (4.9, 1), (5, 2), (60, 2), (-1, 2)])
def test_a_picture_is_good_for_its_time_and_a_clock_put_back_makes_it_old(
    passed: float, expected: int
) -> None:
    watch, make = Watch(), Maker()
    shots: Snapshots[str, int] = Snapshots(5, watch)
    assert shots.get("a", make) == 1
    watch.at += passed
    assert shots.get("a", make) == expected


def test_the_keys_do_not_know_each_other() -> None:
    shots: Snapshots[str, int] = Snapshots(5, Watch())
    make = Maker()
    assert [shots.get(key, make) for key in "abab"] == [1, 2, 1, 2]
    shots.drop("a")
    assert [shots.get(key, make) for key in "ab"] == [3, 2]
    shots.drop("never asked for")


def test_its_time_counts_from_when_it_was_begun() -> None:
    watch, make = Watch(), Maker()
    shots: Snapshots[str, int] = Snapshots(5, watch)

    def slow() -> int:
        watch.at += 4
        return make()

    assert shots.get("a", slow) == 1
    watch.at += 1
    assert shots.get("a", make) == 2


def test_many_who_ask_at_once_have_it_made_once() -> None:
    shots: Snapshots[str, int] = Snapshots(5, monotonic)
    make, all_there = Maker(), Event()

    def slow() -> int:
        all_there.wait(5)
        return make()

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(shots.get, "a", slow) for _ in range(8)]
        all_there.set()
        assert [each.result(5) for each in asked] == [1] * 8
    assert make.made == 1


def test_what_is_dropped_while_it_is_made_is_made_again() -> None:
    shots: Snapshots[str, int] = Snapshots(5, Watch())
    make, begun, go = Maker(), Event(), Event()
    got: list[int] = []

    def slow() -> int:
        begun.set()
        go.wait(5)
        return make()

    thread = Thread(target=lambda: got.append(shots.get("a", slow)))
    thread.start()
    begun.wait(5)
    shots.drop("a")  # does not wait for the one that is being made
    go.set()
    thread.join(5)
    assert got == [1]
    assert shots.get("a", make) == 2


def test_a_failure_is_its_callers_and_the_next_one_tries_again() -> None:
    shots: Snapshots[str, int] = Snapshots(5, Watch())

    def broken() -> int:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        shots.get("a", broken)
    assert shots.get("a", Maker()) == 1
