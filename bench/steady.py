"""Candidates who answer at a steady pace, come what may, and what their saves took."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.browser import Browser, Waits
from bench.candidate import FIRST_PAUSE, SLOWEST, Candidate, Ledger
from bench.figures import percentiles
from bench.world import Seat

CHANCE = 20261125
SITTING_DOWN = 8  # at a time


@dataclass(slots=True)
class Steady:
    """So many candidates with an open paper, each of whom gives an answer every `period` seconds.

    An open loop: what a save took counts from the moment the answer was given, so that a server
    that stands still is not spared the answers that were not sent meanwhile. A save that is refused
    is sent again by the page's own rule (full jitter), and counts until it is acknowledged."""

    port: int
    seats: Sequence[Seat]
    period: float
    ledger: Ledger = field(default_factory=Ledger)
    waits: Waits = field(default_factory=Waits)  # every request
    told: Waits = field(default_factory=Waits)  # every answer, from typed to acknowledged
    chance: random.Random = field(default_factory=lambda: random.Random(CHANCE))
    people: list[Candidate] = field(default_factory=list)

    async def sit_down(self) -> None:
        """Everybody to the open paper; not measured."""
        self.people = [
            Candidate(seat, Browser(self.port, Waits()), self.ledger, static=False)
            for seat in self.seats
        ]

        async def in_turn(waiting: Iterator[Candidate]) -> None:
            for each in waiting:
                async with each.browser:
                    await each.hurry()
                each.browser.waits = self.waits

        waiting = iter(self.people)
        await asyncio.gather(*(in_turn(waiting) for _ in range(SITTING_DOWN)))

    async def answer_for(self, seconds: float) -> None:
        """Everybody answers for so long, and until the last answer is acknowledged."""
        began = time.perf_counter()
        until = began + seconds
        await asyncio.gather(*(self._answer(each, began, until) for each in self.people))

    async def _answer(self, candidate: Candidate, began: float, until: float) -> None:
        at = began + self.chance.uniform(0, self.period)
        while at < until:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            item = 1 + candidate.seq % len(candidate.seat.answers)
            await candidate.insist(item, candidate.seat.answers[item - 1], at, self.chance)
            self.told.note("save", at, time.perf_counter() - at)
            at += self.period
        await candidate.browser.close()

    def take(self) -> dict[str, Any]:
        """The figures since last time."""
        seconds, statuses = self.told.seconds.pop("save", []), dict(self.waits.statuses)
        self.told.sent_at.clear()
        self.waits.seconds.clear()
        self.waits.sent_at.clear()
        self.waits.statuses.clear()
        return {"saves": len(seconds), **percentiles(seconds), "statuses": statuses}


@dataclass(slots=True)
class Page:
    """A candidate's page through an outage, as static/js/sitting.js has it: answers wait in a
    queue, one is in flight at a time, oldest first; after a failure the next try comes after a
    pause of full jitter, whatever is typed meanwhile; after a success the next follows at once."""

    candidate: Candidate
    chance: random.Random
    waits: Waits  # every request that was answered
    tries: list[float] = field(default_factory=list)  # when any was sent, answered or not
    late: list[tuple[float, float]] = field(default_factory=list)  # given at, acknowledged at
    queue: deque[tuple[int, int, str, float]] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def give(self) -> None:
        """The candidate answers the next question."""
        mine = self.candidate
        seq, mine.seq = mine.seq, mine.seq + 1
        item = 1 + seq % len(mine.seat.answers)
        self.queue.append((item, seq, mine.seat.answers[item - 1], time.perf_counter()))
        self.wake.set()

    async def send(self, stop: asyncio.Event) -> None:
        """Delivers until told to stop and nothing is left."""
        failures = 0
        while self.queue or not stop.is_set():
            if not self.queue:
                self.wake.clear()
                await self.wake.wait()
                continue
            item, seq, raw, typed_at = self.queue[0]
            self.tries.append(time.perf_counter())
            if await self.candidate.deliver(item, seq, raw, typed_at):
                self.queue.popleft()
                self.late.append((typed_at, time.perf_counter()))
                failures = 0
            else:
                failures += 1
                most = min(SLOWEST, FIRST_PAUSE * 2**failures)
                await asyncio.sleep(self.chance.random() * most)
