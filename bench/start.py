"""Everybody presses start at once.

    python -m bench.start                     1,000 candidates, all within 5 seconds
    python -m bench.start --from-waiting      and each comes from the waiting page when it opens
    python -m bench.start --drop              the answer to every first start is lost on the way

The candidates are signed in and have confirmed; each presses start at a moment of its own within
the window, and then opens the paper. One JSON document on standard output: what went wrong, how
long the start and the paper took, and that there is exactly one sitting for each, begun once.

`--drop` hangs up on every first start before its answer comes, and presses again a second later.
The paper that comes then, and the one that a reload brings, must be the same sitting with the same
questions in the same order, and end when the start in the database says.
"""

import asyncio
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from app.sitting.tables import Sitting
from bench import figures, world
from bench.browser import Browser, Unreachable, Waits, Wrong
from bench.candidate import CSRF, ENDS, QUESTION, Candidate, Ledger
from bench.figures import percentiles, run
from bench.server import Place, machine, running
from bench.stored import opened
from bench.world import World

CHANCE = 20261125
HURRYING = 8  # candidates at a time while everybody comes in; not measured
RELOAD_SECONDS = 1.5  # the waiting page lets so much time pass, at most, before it asks again
RETRY_SECONDS = 1.0
STEM = re.compile(r'id="stem-\d+"[^>]*>([^<]*)')


class Hall:
    """Everybody, and what went wrong."""

    def __init__(self, port: int, place: World) -> None:
        self.waits, self.trouble = Waits(), Counter[str]()
        self.candidates = [
            Candidate(seat, Browser(port, self.waits), Ledger(), static=False)
            for seat in place.seats
        ]
        self.chance = random.Random(CHANCE)
        self.papers: dict[int, tuple[str, str]] = {}
        self.lost_starts = 0

    async def come_in(self) -> None:
        """Ticket and identity of each, a few at a time, up to the waiting or the start page."""

        async def in_turn(waiting: Any) -> None:
            for each in waiting:
                async with each.browser:
                    await each.browser.submit("enter", "/enter", code=each.seat.code)
                    each.home = f"/sittings/{each.seat.sitting_id}"
                    await each.confirm()

        waiting = iter(self.candidates)
        await asyncio.gather(*(in_turn(waiting) for _ in range(HURRYING)))

    async def press(self, candidate: Candidate, at: float, *, waiting: bool) -> None:
        """Start, and the paper."""
        if waiting:
            await asyncio.sleep(self.chance.uniform(0, RELOAD_SECONDS))
            candidate.page = await candidate.browser.get("start_page", candidate.home)
        await _until(at)
        await candidate.start()
        await candidate.open_paper(revalidate=False)
        self.papers[candidate.seat.sitting_id] = _paper(candidate.page)

    async def press_twice(self, candidate: Candidate, at: float, *, waiting: bool) -> None:
        """Start, hang up, start again, and the paper; and the paper once more."""
        fields = {"csrf": CSRF.search(candidate.page)}
        csrf = fields["csrf"][1] if fields["csrf"] else ""
        first = candidate.browser.form_bytes(f"{candidate.home}/start", {"csrf": csrf})
        await _until(at)
        await candidate.browser.abandon(first)
        self.lost_starts += 1
        await asyncio.sleep(RETRY_SECONDS)
        await candidate.start()
        await candidate.open_paper(revalidate=False)
        shown = _paper(candidate.page)
        await candidate.open_paper(revalidate=False)
        if shown != _paper(candidate.page):
            raise Wrong(f"{candidate.home} shows another paper, or ends at another time")
        self.papers[candidate.seat.sitting_id] = shown

    async def all_at_once(
        self, deed: Callable[..., Coroutine[Any, Any, None]], within: float, *, waiting: bool
    ) -> float:
        """Everybody's deed; how long it took until the last was done. What goes wrong is counted,
        and costs nobody else their turn."""
        began = time.perf_counter()

        async def one(candidate: Candidate, at: float) -> None:
            try:
                await deed(candidate, at, waiting=waiting)
            except (Wrong, Unreachable) as error:
                self.trouble[str(error)[:120]] += 1
            finally:
                await candidate.browser.close()

        moments = [began + self.chance.uniform(0, within) for _ in self.candidates]
        await asyncio.gather(*map(one, self.candidates, moments))
        return time.perf_counter() - began


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


def _paper(page: str) -> tuple[str, str]:
    """When it ends, and what is asked in which order."""
    ends = ENDS.search(page)
    if ends is None:
        raise Wrong("the paper does not say when it ends")
    return ends[1], "\n".join(STEM.findall(page)) or str(page.count(QUESTION))


def check(url: str, hall: Hall) -> dict[str, int]:
    """Exactly one sitting each, begun; and every paper ends when its start says. Figures, or
    Wrong."""
    ids = [candidate.seat.sitting_id for candidate in hall.candidates]
    with opened(url) as db:
        twice = db.exec(
            select(Sitting.candidate_id)
            .group_by(col(Sitting.exam_id), col(Sitting.candidate_id))
            .having(func.count() > 1)
        ).all()
        rows = {row.id or 0: row for row in db.exec(select(Sitting)) if row.id in set(ids)}
    if twice or len(rows) != len(ids):
        raise Wrong(f"{len(twice)} candidates have two sittings")
    for each, (ends, _) in hall.papers.items():
        row = rows[each]
        if row.started_at is None:
            raise Wrong(f"sitting {each} shows a paper and has not begun")
        should = row.started_at + timedelta(seconds=row.length_seconds)
        if abs((datetime.fromisoformat(ends) - should).total_seconds()) > 1:
            raise Wrong(f"sitting {each} ends at {ends}, and should at {should}")
    return {
        "sittings": len(rows),
        "begun": sum(row.started_at is not None for row in rows.values()),
        "papers": len(hall.papers),
        "different_orders": len({shown for _, shown in hall.papers.values()}),
    }


def measure(where: Place, given: Any) -> dict[str, Any]:
    """Builds the world, lets everybody in, and lets them loose."""
    place = world.build(where.url, seats=given.candidates)
    if given.from_waiting:
        place = world.opening_in(where.url, place, given.opens_in or 5 + 0.06 * given.candidates)
    with running(where) as server:
        hall = Hall(server.port, place)
        run(hall.come_in())
        if given.from_waiting:
            time.sleep(max(0.0, place.seconds_to_opening()))
        hall.waits.seconds.clear()
        hall.waits.statuses.clear()
        before, meter = server.memory(), server.meter()
        deed = hall.press_twice if given.drop else hall.press
        wall = run(hall.all_at_once(deed, given.within, waiting=given.from_waiting))
        spent, after = meter.stop(), server.memory()
    kept = check(where.url, hall)
    statuses: Sequence[tuple[int, int]] = sorted(hall.waits.statuses.items())
    return {
        "candidates": len(hall.candidates),
        "within_s": given.within,
        "first_answers_dropped": hall.lost_starts,
        "errors": sum(hall.trouble.values()),
        "trouble": dict(hall.trouble.most_common(10)),
        "statuses": dict(statuses),
        **kept,
        **{name: percentiles(taken) for name, taken in hall.waits.seconds.items()},
        "until_the_last_has_the_paper_s": round(wall, 2),
        "cpu_s": {
            name: round(getattr(spent, name), 2) for name in ("server", "database", "client")
        },
        "memory_before": before,
        "memory": after,
        "machine": machine(where),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = figures.options("start", __doc__)
    parser.add_argument("--candidates", type=int, help="1000")
    parser.add_argument("--within", type=float, help="seconds: 5")
    parser.add_argument("--opens-in", type=float, help="seconds, with --from-waiting")
    parser.add_argument("--from-waiting", action="store_true")
    parser.add_argument("--drop", action="store_true")
    given = parser.parse_args(argv)
    if given.drop and given.from_waiting:
        parser.error("--drop begins on the start page")
    given.candidates = given.candidates or (20 if given.quick else 1000)
    given.within = given.within or (0.5 if given.quick else 5.0)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with figures.place(given) as where:
        told = measure(where, given)
    figures.show(told)


if __name__ == "__main__":
    main()
