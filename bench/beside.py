"""Whether saving stays quick while something else goes on.

    python -m bench.beside alone      300 candidates, an answer a second each, and nothing else
    python -m bench.beside hashing    … and 1,000 people sign in with a password within a minute
    python -m bench.beside board      … and 2,000 people poll the public pages, the office exports
                                      the circular's workbook, invigilators watch the hall
    python -m bench.beside outage     1,000 pages; the server is away for a minute and comes back
    python -m bench.beside nat        500 candidates behind one address; 1,000 guesses at a password

One JSON document on standard output. `save` times count from the moment the answer was given (an
open loop), to its acknowledgement; every acknowledgement is compared with the database at the end.
"""

import argparse
import asyncio
import random
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import func, select

from app.accounts.actions import passwords
from app.accounts.rules import token_hash
from app.accounts.tables import Account, AccountRole, SignInFailure
from app.db.engine import make_engine
from app.db.session import transaction
from app.kernel.actor import Role
from app.kernel.clock import SystemClock
from app.seed.world import PASSWORD
from bench import figures, stored, world
from bench.attempts import Room, at_a_time
from bench.browser import Browser, Unreachable, Waits, Wrong
from bench.candidate import Ledger
from bench.figures import percentiles, run
from bench.server import SECRET_KEY, Place, Server, machine, running
from bench.steady import Page, Steady
from bench.stored import opened

CHANCE = 20261125
BENCH_PASSWORD = "bench-比武-2026"
TRIES = 5  # of somebody who is asked to come again, before giving up
SLOW = 1.0  # seconds: what no save may take
PUBLIC = ("/column", "/column", "/column/circulars", "/column/draws")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it; the short form shows only that it runs."""

    savers: int = 300
    period: float = 1.0
    alone_s: float = 20.0
    seconds: float = 60.0
    people: int = 1000  # who sign in, who guess, whose pages go through an outage
    pollers: int = 2000
    poll_every_s: float = 10.0
    bearers: int = 500
    outage_s: float = 60.0
    before_s: float = 30.0
    after_s: float = 60.0
    answer_every_s: float = 10.0


FULL = Size()
QUICK = Size(
    savers=10,
    alone_s=1.0,
    seconds=2.0,
    people=12,
    pollers=20,
    poll_every_s=1.0,
    bearers=10,
    outage_s=1.0,
    before_s=1.5,
    after_s=4.0,
    answer_every_s=0.5,
)


# ---- hashing (D4)


def _accounts(url: str, count: int) -> None:
    """Accounts with one password; its hash is made once."""
    engine, stored_hash = make_engine(url), passwords.hashed(BENCH_PASSWORD)
    try:
        with transaction(engine) as db:
            rows = [
                Account(
                    name=f"bench{at}",
                    display_name=f"压测{at}",
                    password_hash=stored_hash,
                    created_at=SystemClock().now(),
                )
                for at in range(count)
            ]
            db.add_all(rows)
            db.flush()
            db.add_all(AccountRole(account_id=row.id or 0, role=Role.OFFICER) for row in rows)
    finally:
        engine.dispose()


@dataclass(slots=True)
class Door:
    """People who sign in with a password, and how they fared."""

    port: int
    waits: Waits = field(default_factory=Waits)
    outcomes: Counter[int] = field(default_factory=Counter)
    let_in: list[float] = field(default_factory=list)
    given_up: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(CHANCE))

    async def sign_in(self, name: str, password: str) -> Browser | None:
        """The page, the form, and again after a pause when told to come again."""
        browser, began = Browser(self.port, self.waits), time.perf_counter()
        await browser.get("sign_in_page", "/sign-in")
        for _ in range(TRIES):
            request = browser.form_bytes("/sign-in", {"name": name, "password": password})
            reply = await browser.ask("sign_in", request)
            self.outcomes[reply.status] += 1
            if reply.status == 303:
                self.let_in.append(time.perf_counter() - began)
                return browser
            after = float(reply.header(b"retry-after") or 3)
            await asyncio.sleep(after * self.chance.uniform(0.5, 1.5))
        self.given_up += 1
        await browser.close()
        return None

    async def crowd(self, people: int, seconds: float) -> None:
        """Everybody once, at moments of their own."""

        async def one(at: int) -> None:
            await asyncio.sleep(self.chance.uniform(0, seconds))
            browser = await self.sign_in(f"bench{at}", BENCH_PASSWORD)
            if browser is not None:
                await browser.close()

        await asyncio.gather(*(one(at) for at in range(people)))

    def figures(self) -> dict[str, Any]:
        """How it went."""
        return {
            "signed_in": len(self.let_in),
            "given_up": self.given_up,
            "answers": dict(sorted(self.outcomes.items())),
            "until_in": percentiles(self.let_in),
        }


def alone(where: Place, size: Size) -> dict[str, Any]:
    """Nothing else."""

    async def nothing(_: Server) -> dict[str, Any]:
        await asyncio.sleep(size.seconds)
        return {}

    return _beside(where, size, world.build(where.url, seats=size.savers), nothing)


def hashing(where: Place, size: Size) -> dict[str, Any]:
    """Sign-ins with a password."""
    place = world.build(where.url, seats=size.savers)
    _accounts(where.url, size.people)

    async def crowd(server: Server) -> dict[str, Any]:
        door = Door(server.port)
        await door.crowd(size.people, size.seconds)
        return door.figures()

    return _beside(where, size, place, crowd)


# ---- board (D6)


@dataclass(slots=True)
class Public:
    """Everybody who looks: at the public pages, at the workbook, at the hall."""

    server: Server
    size: Size
    exam_id: int
    waits: Waits = field(default_factory=Waits)
    chance: random.Random = field(default_factory=lambda: random.Random(CHANCE))
    trouble: Counter[str] = field(default_factory=Counter)

    async def poll(self, until: float, circular: str) -> None:
        """One poller: a page of the public's, again and again, by its tag if it has one."""
        browser, path = (
            Browser(self.server.port, self.waits),
            self.chance.choice((*PUBLIC, circular)),
        )
        tag, at = "", time.perf_counter() + self.chance.uniform(0, self.size.poll_every_s)
        while at < until:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            asked = browser.get_bytes(path, f"If-None-Match: {tag}\r\n" if tag else "")
            reply = await self._ask(browser, "poll", asked)
            tag = reply or tag
            at += self.size.poll_every_s
        await browser.close()

    async def watch(self, until: float) -> None:
        """An invigilator: the hall every ten seconds, as the page asks for it."""
        browser = await Door(self.server.port).sign_in("invigilator", PASSWORD)
        if browser is None:
            raise Wrong("the invigilator could not sign in")
        browser.waits = self.waits
        while time.perf_counter() < until:
            head = "HX-Request: true\r\nHX-Target: hall-live\r\n"
            await self._ask(browser, "hall", browser.get_bytes(f"/hall/{self.exam_id}", head))
            await asyncio.sleep(min(10.0, self.size.poll_every_s))
        await browser.close()

    async def export(self, until: float, circular: str) -> None:
        """The office: the workbook of the circular, again and again."""
        browser = await Door(self.server.port).sign_in("organizer", PASSWORD)
        if browser is None:
            raise Wrong("the organizer could not sign in")
        browser.waits = self.waits
        path = circular.removeprefix("/column") + ".xlsx"
        while time.perf_counter() < until:
            await self._ask(browser, "workbook", browser.get_bytes(path))
            await asyncio.sleep(1.0)
        await browser.close()

    async def _ask(self, browser: Browser, page: str, request: bytes) -> str:
        try:
            reply = await browser.ask(page, request)
        except Unreachable as error:
            self.trouble[str(error)] += 1
            return ""
        if reply.status not in (200, 304):
            self.trouble[f"{page}: {reply.status}"] += 1
        return reply.header(b"etag")

    async def all_of_them(self) -> dict[str, Any]:
        """For as long as it lasts."""
        async with Browser(self.server.port, Waits()) as browser:
            page = await browser.get("column", "/column")
        circular = figures.first(r'href="(/column/circulars/\d+)"', page)
        until = time.perf_counter() + self.size.seconds
        pollers = [self.poll(until, circular) for _ in range(self.size.pollers)]
        office = [self.export(until, circular), *(self.watch(until) for _ in range(3))]
        await asyncio.gather(*pollers, *office)
        return {
            "trouble": dict(self.trouble.most_common(5)),
            "statuses": dict(self.waits.statuses),
            **figures.pages(self.waits),
        }


def board(where: Place, size: Size) -> dict[str, Any]:
    """Pollers, the workbook and the hall."""
    place = world.build(where.url, seats=size.savers, demo_key=SECRET_KEY)

    async def look(server: Server) -> dict[str, Any]:
        return await Public(server, size, place.exam_id).all_of_them()

    return _beside(where, size, place, look)


# ---- outage (D8)


def outage(where: Place, size: Size) -> dict[str, Any]:
    """The server is away, and comes back to everybody's queue."""
    place = world.build(where.url, seats=size.people)
    ledger, chance, waits = Ledger(), random.Random(CHANCE), Waits()
    with running(where) as server:
        hall = Steady(server.port, place.seats, size.answer_every_s, ledger=ledger)
        run(hall.sit_down())
        pages = [Page(each, chance, waits) for each in hall.people]
        for page in pages:
            page.candidate.browser.waits = waits
        marks: dict[str, float] = run(_through(server, pages, size, chance))
    kept = stored.check(where.url, ledger, place.seats, whole=False)
    return _recovery(pages, marks, waits) | kept


async def _through(
    server: Server, pages: list[Page], size: Size, chance: random.Random
) -> dict[str, float]:
    """Steady, away, and back; the moments of each."""
    stop, marks = asyncio.Event(), {"began": time.perf_counter()}
    until = marks["began"] + size.before_s + size.outage_s + size.after_s

    async def type_on(page: Page) -> None:
        await asyncio.sleep(chance.uniform(0, size.answer_every_s))
        while time.perf_counter() < until:
            page.give()
            await asyncio.sleep(size.answer_every_s)
        stop.set()
        page.wake.set()

    async def go_and_come() -> None:
        await asyncio.sleep(size.before_s)
        marks["gone"] = time.perf_counter()
        await asyncio.to_thread(server.stop)
        marks["away"] = time.perf_counter()
        await asyncio.sleep(max(0.0, marks["gone"] + size.outage_s - time.perf_counter()))
        await asyncio.to_thread(server.start)
        marks["back"] = time.perf_counter()

    everybody = [type_on(page) for page in pages] + [page.send(stop) for page in pages]
    await asyncio.gather(go_and_come(), *everybody)
    for page in pages:
        await page.candidate.browser.close()
    return marks


def _recovery(pages: list[Page], marks: dict[str, float], waits: Waits) -> dict[str, Any]:
    """How hard everybody knocked, second by second, and how long until saving was quick again."""
    back, gone = marks["back"], marks["gone"]
    tries: Counter[int] = Counter()
    for page in pages:
        tries.update(int((at - back) // 1) for at in page.tries)
    before = [tries[at] for at in range(int(marks["began"] - back) + 2, int(gone - back) - 1)]
    steady = statistics.mean(before) if before else 0.0
    after = {at: count for at, count in tries.items() if at >= 0}
    by_second: dict[int, list[float]] = {}
    requests = zip(waits.sent_at["save"], waits.seconds["save"], strict=True)
    for sent, seconds in requests:
        if sent >= back:
            by_second.setdefault(int(sent - back), []).append(seconds)
    slow = [at for at, took in by_second.items() if percentiles(took)["p99_ms"] > 1000 * SLOW]
    waiting = [done - back for page in pages for given, done in page.late if given < back <= done]
    return {
        "pages": len(pages),
        "away_s": round(back - gone, 1),
        "steady_requests_per_second": round(steady, 1),
        "most_requests_in_a_second": max(after.values(), default=0),
        "most_over_steady": round(max(after.values(), default=0) / steady, 2) if steady else 0,
        "requests_by_second": [after.get(at, 0) for at in range(min(40, max(after, default=0)))],
        "seconds_until_p99_below_1s": max(slow, default=-1) + 1,
        "answers_that_waited": len(waiting),
        "the_last_of_them_after_s": round(max(waiting, default=0), 1),
        "half_of_them_after_s": round(statistics.median(waiting), 1) if waiting else 0,
        "save": percentiles(waits.seconds["save"]),
    }


# ---- nat (D5)


def nat(where: Place, size: Size) -> dict[str, Any]:
    """Everybody behind one address; and somebody who guesses."""
    place = world.build(where.url, seats=size.bearers)
    _accounts(where.url, size.bearers)
    with running(where) as server:
        room, came = Room(server, place), Counter[str]()

        async def come_in(candidate: Any) -> None:
            candidate.static = False
            async with candidate.browser:
                try:
                    await candidate.enter()
                    came["let_in"] += 1
                except Wrong as error:
                    came[str(error)[:60]] += 1

        run(at_a_time(16, (come_in(each) for each in room.candidates(place.seats))))
        door = Door(server.port)
        run(door.crowd(size.bearers // 5, size.seconds / 3))
        began, answers = time.perf_counter(), Counter[int]()
        run(at_a_time(16, _guesses(server, size.people, answers)))
        took = time.perf_counter() - began
    with opened(where.url) as db:
        about = SignInFailure.name_hash == token_hash("bench0")
        counted = db.exec(select(func.count()).select_from(SignInFailure).where(about)).one()
    return {
        "tickets": dict(came),
        "ticket_pages": {name: percentiles(each) for name, each in room.waits.seconds.items()},
        "passwords": door.figures(),
        "guesses": {
            "tried": sum(answers.values()),
            "within_s": round(took, 1),
            "verified": answers[403] + answers[303],
            "let_in": answers[303],
            "throttled": answers[429],
            "busy": answers[503],
            "failures_in_the_database": counted,
        },
    }


def _guesses(
    server: Server, count: int, answers: Counter[int]
) -> Iterator[Coroutine[Any, Any, None]]:
    async def guess(at: int) -> None:
        async with Browser(server.port, Waits()) as browser:
            fields = {"name": "bench0", "password": f"guess-{at}"}
            reply = await browser.ask("guess", browser.form_bytes("/sign-in", fields))
            answers[reply.status] += 1

    return (guess(at) for at in range(count))


# ---- the run


def _beside(
    where: Place,
    size: Size,
    place: world.World,
    other: Callable[[Server], Coroutine[Any, Any, dict[str, Any]]],
) -> dict[str, Any]:
    """Savers alone for a while, and then beside something else for as long as that lasts."""
    with running(where) as server:
        hall = Steady(server.port, place.seats, size.period)
        run(hall.sit_down())
        told: dict[str, Any] = {}
        run(hall.answer_for(min(2.0, size.alone_s)))
        hall.take()
        run(hall.answer_for(size.alone_s))
        told["save_alone"], before = hall.take(), server.memory()

        async def both() -> dict[str, Any]:
            saving = asyncio.create_task(hall.answer_for(size.seconds))
            seen = await other(server)
            await saving
            return seen

        meter = server.meter()
        seen = run(both())
        spent, after = meter.stop(), server.memory()
        told["save_beside"] = hall.take()
    kept = stored.check(where.url, hall.ledger, place.seats, whole=False)
    return told | {
        "beside": seen,
        "server_load": round(spent.server / spent.wall, 3),
        "client_load": round(spent.client / spent.wall, 3),
        "memory_before": before,
        "memory_after": after,
        **kept,
    }


PARTS: dict[str, Callable[[Place, Size], dict[str, Any]]] = {
    "alone": alone,
    "hashing": hashing,
    "board": board,
    "outage": outage,
    "nat": nat,
}


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = figures.options("beside", __doc__)
    parser.add_argument("parts", nargs="+", choices=PARTS, metavar="|".join(PARTS))
    parser.add_argument("--seconds", type=float, help="how long, where that can be chosen")
    given: argparse.Namespace = parser.parse_args(argv)
    size = QUICK if given.quick else FULL
    if given.seconds:
        size = replace(size, seconds=given.seconds, outage_s=given.seconds)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    told: dict[str, Any] = {}
    for part in given.parts:
        with figures.place(given) as where:
            told[part] = PARTS[part](where, size)
            told["machine"] = machine(where)
    figures.show(told)


if __name__ == "__main__":
    main()
