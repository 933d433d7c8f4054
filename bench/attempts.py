"""What the server spends on a whole attempt, from the ticket to the receipt.

    python -m bench.attempts                      closed loop: so many candidates at a time
    python -m bench.attempts --rate 5 --think 2   open loop: so many arrive a second, and think
    python -m bench.attempts --postgresql --workers 2
    python -m bench.attempts --profile            and where the time goes

One JSON document on standard output. A candidate scans the ticket, presses 是本人, looks at the
list of exams, checks the identity, reads the waiting page, and, when the exam has opened, the
start page; starts, reads the paper of 50 questions, saves every answer singly (every tenth after
another choice, and three times the list of doubtful items: 58 saves), looks at the check before
the hand-in, hands in and reads the receipt. Style sheets, scripts and the icon are fetched once by
each candidate, and asked for again by their tags on the paper if the server did not say they stay
good. In the closed loop nobody pauses: that is the figure to judge by. In the open loop nobody
waits for the opening, and waits count from the moment a candidate wanted something.

Every acknowledgement (item, number, digest) is checked when it comes and compared with the database
at the end; no figure is printed unless every one is there.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import figures, stored, world
from bench.browser import Browser, Waits
from bench.candidate import Candidate, Ledger
from bench.figures import median, percentiles, run
from bench.processes import Spent
from bench.sampling import sampled, summary
from bench.server import Place, Server, machine, running
from bench.world import Seat, World

CHANCE = 20261125  # arrivals and thinking times are the same in every run
PULSES = 100  # per candidate, of the last few
OPENS_IN = 1200.0  # seconds: nobody is so slow
WARMING = 4  # attempts before those that are measured
NOTE = (
    "cpu: user and kernel seconds from /proc of all processes of the server (server), of all "
    "processes of a PostgreSQL that was started for this (database), and of the load generator "
    "(client). Per attempt: the median of the rounds. empty_cpu_ms: one request to an empty "
    "FastAPI endpoint of the same server, before and after. pulse: what an open paper that is seen "
    "sends every seven seconds; not part of an attempt."
)


async def before_opening(candidate: Candidate) -> None:
    """From the ticket to the waiting page, or to the start page of an exam that is open."""
    async with candidate.browser:
        await candidate.enter()
        await candidate.confirm()
        if candidate.seat.waits_for_opening:
            await candidate.wait()


async def after_opening(candidate: Candidate) -> None:
    """From the start page to the receipt."""
    async with candidate.browser:
        await candidate.begin()
        await candidate.answer_all()
        await candidate.hand_in()


class Room:
    """The candidates of a run, what their requests took, and what was acknowledged to them."""

    def __init__(self, server: Server, place: World) -> None:
        self.server, self.place = server, place
        self.waits, self.ledger = Waits(), Ledger()

    def candidates(self, seats: Sequence[Seat], waits: Waits | None = None) -> list[Candidate]:
        """A phone for each of these."""
        return [
            Candidate(seat, Browser(self.server.port, waits or self.waits), self.ledger)
            for seat in seats
        ]


async def at_a_time(concurrency: int, deeds: Iterator[Any]) -> None:
    """A closed loop: the next begins when one of so many is done."""

    async def in_turn() -> None:
        for deed in deeds:
            await deed

    await asyncio.gather(*(in_turn() for _ in range(concurrency)))


Deed = Callable[[Candidate], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Closed:
    """Everybody's attempt, so many at a time; the first few only warm the server."""

    room: Room
    rounds: int
    concurrency: int
    spent: list[Spent] = field(default_factory=list)
    door: list[Spent] = field(default_factory=list)
    _warming: list[Candidate] = field(default_factory=list)
    _slices: list[list[Candidate]] = field(default_factory=list)

    def __post_init__(self) -> None:
        seats, rounds = self.room.place.seats, self.rounds
        self._warming = self.room.candidates(seats[:WARMING], Waits())
        slices = (seats[WARMING + at :: rounds] for at in range(rounds))
        self._slices = [self.room.candidates(some) for some in slices]
        self.spent = [Spent() for _ in self._slices]

    def all_do(self, deed: Deed) -> None:
        """One half of the attempt, round by round."""
        run(at_a_time(WARMING, (deed(each) for each in self._warming)))
        for number, some in enumerate(self._slices):
            meter = self.room.server.meter()
            run(at_a_time(self.concurrency, (deed(each) for each in some)))
            self.spent[number] += meter.stop()
        self.door = self.door or list(self.spent)

    def figures(self) -> dict[str, Any]:
        """Per attempt."""
        counts, saved = [len(some) for some in self._slices], self.room.waits.seconds["save"]
        rounds = zip(self.spent, counts, strict=True)
        return {
            "attempts": sum(counts),
            "concurrency": self.concurrency,
            "saves_per_attempt": len(saved) // sum(counts),
            "cpu_s_per_attempt": _per(self.spent, counts),
            "cpu_s_until_waiting": _per(self.door, counts)["server"],
            "rounds": [round(each.server / count, 4) for each, count in rounds],
            "per_second": median(
                [count / each.wall for each, count in zip(self.spent, counts, strict=True)], 2
            ),
        }


def open_loop(room: Room, rate: float, think: float) -> dict[str, Any]:
    """Everybody arrives when it is their time, whatever became of those before. Between answers
    they think, `think` seconds on average, half to one and a half times as long."""
    chance = random.Random(CHANCE)
    candidates, late = room.candidates(room.place.seats), Waits()

    def pause() -> float:
        return think * chance.uniform(0.5, 1.5)

    async def sit(candidate: Candidate, at: float, began: float) -> None:
        await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
        late.note("arrival", at, time.perf_counter() - began - at)
        async with candidate.browser:
            await candidate.enter()
            await candidate.confirm()
            await candidate.begin()
            await candidate.answer_all(pause if think else None)
            await candidate.hand_in()

    async def all_of_them() -> None:
        began, at, sitting = time.perf_counter(), 0.0, []
        for each in candidates:
            at += chance.expovariate(rate)
            sitting.append(sit(each, at, began))
        await asyncio.gather(*sitting)

    meter = room.server.meter()
    run(all_of_them())
    spent, total = meter.stop(), len(candidates)
    return {
        "attempts": total,
        "arrivals_per_second": rate,
        "think_s": think,
        "cpu_s_per_attempt": _per([spent], [total]),
        "saves_per_second": round(len(room.waits.seconds["save"]) / spent.wall, 1),
        "server_load": round(spent.server / spent.wall, 3),
        "arrivals_late": percentiles(late.seconds["arrival"]),
    }


def pulses(room: Room, seats: Sequence[Seat], each: int) -> dict[str, Any]:
    """Papers that stay open: in an exam of 90 minutes they send many more of these than answers."""
    waits = Waits()
    people = room.candidates(seats, waits)

    async def beat(candidate: Candidate, times: int) -> None:
        async with candidate.browser:
            for _ in range(times):
                await candidate.pulse()

    async def sit_down(candidate: Candidate) -> None:
        candidate.static = False
        async with candidate.browser:
            await candidate.hurry()
        await beat(candidate, 1)

    run(at_a_time(len(people), (sit_down(candidate) for candidate in people)))
    waits.seconds.clear()
    meter = room.server.meter()
    run(at_a_time(len(people), (beat(candidate, each) for candidate in people)))
    taken = waits.seconds["pulse"]
    cpu_ms = round(1000 * meter.stop().server / len(taken), 3)
    return {"count": len(taken), "cpu_ms": cpu_ms, **percentiles(taken)}


def _per(spent: Sequence[Spent], counts: Sequence[int]) -> dict[str, float]:
    return {
        name: median([getattr(each, name) / n for each, n in zip(spent, counts, strict=True)])
        for name in ("server", "database", "client")
    }


def measure(where: Place, given: Any) -> dict[str, Any]:
    """Builds the world, loads the server, compares with the database, and only then tells."""
    is_open, alive = given.rate is not None, 2 if given.quick else 16
    people = (0 if is_open else WARMING) + given.attempts + alive
    place = world.build(where.url, seats=people)
    with tempfile.TemporaryDirectory(prefix="biwu-profile-") as folder:
        profiled = Path(folder) if given.profile else None
        load = _open if is_open else _two_halves
        told, room = load(where, given, place, alive, profiled)
        profile = {"profile": summary(profiled)} if profiled else {}
    sat = room.place.seats
    told["attempts"] |= stored.check(where.url, room.ledger, sat, whole=True)
    return told | {"machine": machine(where), **profile, "note": NOTE}


def _open(
    where: Place, given: Any, place: World, alive: int, profiled: Path | None
) -> tuple[dict[str, Any], Room]:
    with running(where, profiled) as server:
        room = Room(server, replace(place, seats=place.seats[:-alive]))
        empty = _empty(server, given.quick)
        with sampled(profiled, where.workers):
            told = {"attempts": open_loop(room, given.rate, given.think)}
        return told | _afterwards(room, place.seats[-alive:], [empty], given.quick), room


def _two_halves(
    where: Place, given: Any, place: World, alive: int, profiled: Path | None
) -> tuple[dict[str, Any], Room]:
    """Until the exam opens, and from then on: between the two the opening is moved to now. No
    server runs meanwhile, for one may know the windows by heart; and nobody has to be in time."""
    place = world.opening_in(where.url, place, OPENS_IN)
    server = Server(where, profiled)
    room = Room(server, replace(place, seats=place.seats[:-alive]))
    load, empty = Closed(room, given.rounds, given.concurrency), []
    try:
        for deed in (before_opening, after_opening):
            server.start()
            empty.append(_empty(server, given.quick))
            with sampled(profiled, where.workers):
                load.all_do(deed)
            if deed is before_opening:
                server.stop()
                world.opening_in(where.url, place, -1)
        late = [replace(seat, waits_for_opening=False) for seat in place.seats[-alive:]]
        told = {"attempts": load.figures()}
        return told | _afterwards(room, late, empty, given.quick), room
    finally:
        server.stop()


def _afterwards(
    room: Room, seats: Sequence[Seat], empty: list[float], quick: bool
) -> dict[str, Any]:
    used = room.server.cpu()
    empty.append(_empty(room.server, quick))
    return {
        "pages": figures.pages(room.waits),
        "statuses": dict(sorted(room.waits.statuses.items())),
        "pulse": pulses(room, seats, 5 if quick else PULSES),
        "empty_cpu_ms": empty,
        "cpu_s_by_process": used,
        "memory": room.server.memory(),
    }


def _empty(server: Server, quick: bool) -> float:
    return figures.empty_cpu_ms(server, quick=quick)


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = figures.options("attempts", __doc__)
    parser.add_argument("--attempts", type=int, help="candidates in all (200)")
    parser.add_argument("--rounds", type=int, default=5, help="figures are medians of these")
    parser.add_argument("--concurrency", type=int, default=16, help="candidates at a time")
    parser.add_argument("--rate", type=float, help="open loop: arrivals per second")
    parser.add_argument("--think", type=float, default=0.0, help="seconds between answers")
    parser.add_argument("--profile", action="store_true", help="take samples in the server")
    given = parser.parse_args(argv)
    given.attempts = given.attempts or (6 if given.quick else 200)
    if given.quick:
        given.rounds = min(given.rounds, 2)
    if min(given.attempts, given.rounds, given.concurrency) < 1:
        parser.error("numbers begin at 1")
    with figures.place(given) as where:
        told = measure(where, given)
    figures.show(told)


if __name__ == "__main__":
    main()
