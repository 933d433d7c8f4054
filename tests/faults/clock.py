"""C1: the machine's clock is stepped by two hours, back and forth, while a sitting runs.

libfaketime goes around the whole server, and its offset is changed while the server lives. With the
steady clocks left alone, as when an administrator or NTP sets the time, nobody may notice. With all
of them faked, or restarted on a clock that has moved against the heartbeat in the database, the
server cannot know: the exam must wait for a person, and nobody's paper may be taken away.
"""

import argparse
import asyncio
import json
import signal
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pysqlite3

from tests.databases import SqliteFiles
from tests.faults import world
from tests.faults.candidates import Line, headers_for, read
from tests.faults.house import House
from tests.faults.report import Lacking, Report, command, complain, folder

LENGTH = timedelta(minutes=60)
STEPS = BACK, ONWARD = timedelta(hours=-2), timedelta(hours=2)
MOST_ERROR = 2.0  # seconds of remaining time
BEATS_EVERY = 10.0  # seconds; a clock that stops, stops as of the last beat
SWEEPS_WITHIN = BEATS_EVERY + 2.0
SEATS = 4


def library() -> Path:
    """libfaketime for programs with threads; Debian keeps it out of the loader's way."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise Lacking("faketime (libfaketimeMT.so.1)")
    return found[0]


@dataclass
class Told:
    """What a save said about time: the remaining seconds, and between which two readings of a clock
    that nobody fakes it said so."""

    status: int
    code: str
    left: float | None
    asked: float
    at: float


@dataclass
class Hall:
    """One server under a clock of its own, and a candidate in it."""

    house: House
    file: Path
    stamp: Path
    sitting_ids: tuple[int, ...]
    seq: int = 0
    worst: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def step(self, offset: timedelta) -> None:
        """Sets the server's clock so far from the true one; the file is replaced in one go."""
        new = self.stamp.with_name("new")
        new.write_text(f"{offset.total_seconds():+.0f}\n")
        new.rename(self.stamp)

    async def save(self) -> Told:
        """One candidate saves once."""
        self.seq += 1
        sitting_id, line = self.sitting_ids[0], Line(self.house.port)
        about = {"item": 1, "seq": self.seq, "answer": "B", "age_ms": 0}
        asked = time.monotonic()
        try:
            status, _, body = await line.ask(
                "POST",
                f"/sittings/{sitting_id}/answers",
                headers_for(sitting_id, self.house.port),
                json.dumps(about).encode(),
            )
        finally:
            line.hang_up()
        told, at = read(body), time.monotonic()
        if status != 200:
            return Told(status, str(told.get("code")), None, asked, at)
        left = datetime.fromisoformat(told["ends_at"]) - datetime.fromisoformat(told["now"])
        return Told(status, "", left.total_seconds(), asked, at)

    def closed(self) -> int:
        """How many sittings somebody handed in. Nobody here does, and nobody's time is up."""
        with closing(pysqlite3.connect(self.file)) as connection:
            asked = "SELECT count(*) FROM sitting WHERE handed_in_at IS NOT NULL"
            count: int = connection.execute(asked).fetchone()[0]
        return count

    async def compare(self, first: Told, what: str) -> None:
        """Saves again: the time that is left must be what was left, less what truly passed."""
        told = await self.save()
        if told.left is None or first.left is None:
            self.wrong.append(f"{what}: a save was answered {told.status} {told.code}")
            return
        passed = first.left - told.left  # by the server; truly between at - asked and asked - at
        error = max(passed - (told.at - first.asked), told.asked - first.at - passed, 0.0)
        self.worst = max(self.worst, error)
        if error > MOST_ERROR:
            self.wrong.append(f"{what}: the remaining time is wrong by {error:.1f} s")


def hall(place: Path, *, quick: bool, fake_monotonic: bool) -> Hall:
    """A world in a folder of its own, and a server that has not been started."""
    place.mkdir()
    url = SqliteFiles(place).fresh()
    people = world.build(url, seats=SEATS, length=LENGTH)
    stamp = place / "stamp"
    around = {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(stamp),  # read once, so no two servers share a nursery
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "0" if fake_monotonic else "1",
    }
    house = House(place, quick=quick, around=around)
    made = Hall(house, Path(url.removeprefix("sqlite:///")), stamp, people.sitting_ids)
    made.step(timedelta(0))
    return made


async def stepped_alive(hall: Hall, rounds: int) -> None:
    """Steps back and forth while the server lives; the last step stays until the sweeper came."""
    first = await opened(hall)
    for at in range(rounds):
        for step in STEPS:
            hall.step(step)
            await asyncio.sleep(0.5)
            await hall.compare(first, f"{step.total_seconds():+.0f} s, round {at + 1}")
    await asyncio.sleep(SWEEPS_WITHIN)
    await hall.compare(first, "after the sweeper")
    if hall.closed():
        hall.wrong.append(f"{hall.closed()} sittings were closed early")
    hall.step(timedelta(0))
    await asyncio.sleep(0.5)
    await hall.compare(first, "back on time")


async def stepped_blind(hall: Hall, step: timedelta) -> None:
    """Steps every clock that the server could ask, onward, as a machine does that was asleep;
    steady clocks never go back. The server cannot know the time then; but once it has looked at
    its heartbeat, nobody may have lost any, nor their paper."""
    first = await opened(hall)
    hall.step(step)
    await stands_still(hall, first, f"all clocks {step.total_seconds():+.0f} s")


async def stepped_dead(hall: Hall, step: timedelta) -> None:
    """Kills the server, moves the clock, starts again: the exam clock must stand still."""
    first = await opened(hall)
    await asyncio.sleep(1.0)
    hall.house.end(signal.SIGKILL)
    hall.step(step)
    hall.house.start(hall.url)
    await asyncio.to_thread(hall.house.wait_until_open)
    await stands_still(hall, first, f"restarted {step.total_seconds():+.0f} s")


async def opened(hall: Hall) -> Told:
    """Starts the server; what the first save says about time."""
    hall.house.start(hall.url)
    await asyncio.to_thread(hall.house.wait_until_open)
    told = await hall.save()
    if told.left is None:
        raise RuntimeError(f"before any step: {told.status} {told.code}")
    return told


async def stands_still(hall: Hall, first: Told, what: str) -> None:
    """After the sweeper came: nobody is handed in, and twice the same time is left. Not less than
    before, but for the seconds that truly passed; not more, but for those since the last beat."""
    await asyncio.sleep(SWEEPS_WITHIN)
    once = await hall.save()
    await asyncio.sleep(2 * MOST_ERROR)
    again = await hall.save()
    if hall.closed():
        hall.wrong.append(f"{what}: {hall.closed()} sittings were closed by the server")
    if first.left is None or once.left is None or again.left is None:
        hall.wrong.append(f"{what}: saves were answered {once.code}, {again.code}")
        return
    gone = first.left - once.left
    hall.worst = max(hall.worst, abs(gone))
    if not -MOST_ERROR - BEATS_EVERY <= gone <= once.at - first.at + MOST_ERROR:
        hall.wrong.append(f"{what}: {first.left:.0f} s were left, now {once.left:.0f}")
    if abs(again.left - once.left) > MOST_ERROR:
        hall.wrong.append(f"{what}: the exam clock goes on, {once.left - again.left:.0f} s")


async def run(place: Path, *, rounds: int, quick: bool) -> Report:
    """All of it side by side, for it is mostly waiting. The short form leaves out the server all
    of whose clocks are faked."""
    with ExitStack() as houses:

        def made(name: str, *, fake_monotonic: bool = False) -> Hall:
            one = hall(place / name, quick=quick, fake_monotonic=fake_monotonic)
            houses.enter_context(one.house)
            return one

        true = made("true")
        dead = [(made(f"dead{step.days}"), step) for step in STEPS]
        blind = [] if quick else [(made("blind", fake_monotonic=True), ONWARD)]
        await asyncio.gather(
            stepped_alive(true, rounds),
            *(stepped_dead(each, step) for each, step in dead),
            *(stepped_blind(each, step) for each, step in blind),
        )
    figures = {
        "steps while it ran": 2 * rounds,
        "worst error (s)": round(true.worst, 2),
        "closed early": true.closed(),
        "restarts on a wrong clock": len(dead),
        "closed after a restart": sum(each.closed() for each, _ in dead),
        "steps of all clocks": len(blind),
        "closed then": sum(each.closed() for each, _ in blind),
    }
    return Report(
        "clock",
        figures,
        complain(
            stepped=true.wrong,
            restarted=[wrong for each, _ in dead for wrong in each.wrong],
            all_clocks=[wrong for each, _ in blind for wrong in each.wrong],
        ),
    )


def _run(options: argparse.Namespace) -> Report:
    with folder("clock") as place:
        return asyncio.run(run(place, rounds=options.rounds, quick=options.quick))


if __name__ == "__main__":
    command(__doc__, _run, short=1, long=10)
