"""Whether an attempt becomes dearer when the database has grown.

    python -m bench.growth          100 finished sittings beside 5,000

Two databases with the same exam: in one, 100 sittings are over, in the other 5,000, with 50 answers
each, tickets, sessions and their entries in the trail. Whole attempts on the one and on the other
in turns, each time with a fresh server. One JSON document on standard output: CPU of the server per
attempt, and the ratio of the medians, which may be 1.10 at most.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from bench import figures, past, stored, world
from bench.attempts import WARMING, Room, after_opening, at_a_time, before_opening
from bench.figures import median, run
from bench.processes import Spent
from bench.server import Place, machine, running
from bench.world import Seat, World

CONCURRENCY = 16


class Grown:
    """A database with so many sittings that are over, and seats for all rounds."""

    def __init__(self, where: Place, finished: int, rounds: int, each: int) -> None:
        self.where, self.finished, self.rounds = where, finished, rounds
        self.place = world.build(where.url, seats=rounds * (WARMING + each))
        began = time.perf_counter()
        past.fill(where.url, self.place, finished)
        self.filled_in = time.perf_counter() - began
        self.spent: list[Spent] = []
        self.each, self.kept = each, 0

    def round(self, number: int) -> None:
        """A fresh server, a few attempts to warm it, and those that count."""
        seats = self.place.seats[number :: self.rounds]
        sitting = World(self.place.exam_id, seats, self.place.items, self.place.opens_at)
        with running(self.where) as server:
            room = Room(server, sitting)
            self._attempts(room, seats[:WARMING])
            meter = server.meter()
            self._attempts(room, seats[WARMING:])
            self.spent.append(meter.stop())
        self.kept += stored.check(self.where.url, room.ledger, seats, whole=True)["stored"]

    @staticmethod
    def _attempts(room: Room, seats: Sequence[Seat]) -> None:
        people = room.candidates(seats)
        for some in (before_opening, after_opening):
            run(at_a_time(CONCURRENCY, (some(each) for each in people)))

    def figures(self) -> dict[str, Any]:
        """Per attempt."""
        server = [each.server / self.each for each in self.spent]
        return {
            "finished_sittings": self.finished,
            "cpu_s_per_attempt": median(server),
            "rounds": [round(each, 4) for each in server],
            "database_cpu_s_per_attempt": median([one.database / self.each for one in self.spent]),
            "filled_in_s": round(self.filled_in, 1),
            "stored": self.kept,
        }


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Small, large, small, large …"""
    sizes = (2, 20) if given.quick else given.sittings
    with ExitStack() as stack:
        grown = [
            Grown(stack.enter_context(figures.place(given)), size, given.rounds, given.attempts)
            for size in sizes
        ]
        for number in range(given.rounds):
            for each in grown[:: -1 if number % 2 else 1]:
                each.round(number)
        told = [each.figures() for each in grown]
        small, large = (each["cpu_s_per_attempt"] for each in told)
        return {
            "small": told[0],
            "large": told[1],
            "ratio": round(large / small, 3) if small else 0,
            "machine": machine(grown[0].where),
        }


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = figures.options("growth", __doc__)
    parser.add_argument("--sittings", type=int, nargs=2, default=(100, 5000))
    parser.add_argument("--attempts", type=int, help="in each round: 60")
    parser.add_argument("--rounds", type=int, help="of each: 4")
    given = parser.parse_args(argv)
    given.attempts = given.attempts or (2 if given.quick else 60)
    given.rounds = given.rounds or (1 if given.quick else 4)
    if given.url:
        parser.error("it needs two databases: take --postgresql")
    figures.show(measure(given))


if __name__ == "__main__":
    main()
