"""How much memory the server takes while a thousand papers are open.

    python -m bench.memory

Everybody comes in by ticket, starts, opens the paper, saves a few answers and sends a pulse,
and stays on the page with the connection open; then all save at once, and all open the paper once
more. One JSON document on standard output: resident memory of all processes of the server, before
anybody came, and the most at once.
"""

import asyncio
import resource
from collections.abc import Iterator, Sequence
from typing import Any

from bench import figures, stored, world
from bench.browser import Browser, Waits
from bench.candidate import Candidate, Ledger
from bench.figures import percentiles, run
from bench.server import Place, Server, machine, running
from bench.world import World

AT_A_TIME = 16
SAVES = 5


async def sit(server: Server, place: World, waits: Waits, ledger: Ledger) -> dict[str, Any]:
    """Everybody sits down, one after the other, and then everybody does the same thing at once."""
    people = [Candidate(seat, Browser(server.port, waits), ledger) for seat in place.seats]
    for each in people:
        each.static = False

    async def sit_down(waiting: Iterator[Candidate]) -> None:
        for each in waiting:
            await each.browser.open()
            await each.hurry()
            for item in range(1, 1 + SAVES):
                await each.save(item, each.seat.answers[item - 1])
            await each.pulse()

    waiting, seen = iter(people), {}
    await asyncio.gather(*(sit_down(waiting) for _ in range(AT_A_TIME)))
    seen["all_sitting"] = server.memory()
    await asyncio.gather(*(each.save(9, each.seat.answers[8]) for each in people))
    seen["all_saved_at_once"] = server.memory()
    await asyncio.gather(*(each.open_paper(revalidate=False) for each in people))
    seen["all_opened_the_paper_at_once"] = server.memory()
    for each in people:
        await each.browser.close()
    return seen


def measure(where: Place, given: Any) -> dict[str, Any]:
    """Builds the world, fills the hall, compares with the database."""
    place = world.build(where.url, seats=given.sittings)
    waits, ledger = Waits(), Ledger()
    with running(where) as server:
        figures.empty_cpu_ms(server, quick=True)
        before = server.memory()
        seen = run(sit(server, place, waits, ledger))
        after = server.memory()
    return {
        "sittings": len(place.seats),
        "peak_mb": after["peak_mb"],
        "before_anybody_came": before,
        **seen,
        **stored.check(where.url, ledger, place.seats, whole=False),
        "waits": {name: percentiles(taken) for name, taken in waits.seconds.items()},
        "machine": machine(where),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = figures.options("memory", __doc__)
    parser.add_argument("--sittings", type=int, help="1000")
    given = parser.parse_args(argv)
    given.sittings = given.sittings or (12 if given.quick else 1000)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with figures.place(given) as where:
        told = measure(where, given)
    figures.show(told)


if __name__ == "__main__":
    main()
