"""What the server spends on a durable save and on a whole attempt: `make bench`.

One JSON document on standard output. The server runs in its own process and its CPU is read from
/proc, so that the load generator's own cost does not count; the ratio to an empty FastAPI endpoint
in the same run is what carries over to another machine. Everything that was acknowledged is
compared with the database afterwards: a figure is printed only if every answer is there.
"""

import argparse
import asyncio
import json
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from app.kernel.canonical import digest
from app.settings import DEMO_KEY
from app.sitting.rules.receipts import answers_digest, sitting_pass
from bench import world
from bench.browser import Browser, Waits, Wrong
from bench.server import Running, machine, running
from bench.world import Seat, World

LEVELS = (1, 16, 64)
BEGUN = 64  # sittings that have begun, over which the single saves are spread
REQUESTS = {1: 1500, 16: 3000, 64: 4000}
ROUNDS = 2
PATIENCE = 300.0  # seconds for one load; a server that hangs must not hang us
WARMING = 2  # attempts before those that are measured
NOTE = (
    "cpu_ms and server_cpu_s: user and kernel time of the server process alone, from /proc; with "
    "PostgreSQL its own processes are not in it. save: POST of one answer as JSON, answered after "
    "the commit is on the disk; empty: POST to an empty FastAPI endpoint of the same process, in "
    "turns with save. attempt: identity page, confirm, start page, start, paper, every answer "
    "saved singly and in order, hand-in page, hand-in, receipt, on one connection of its own, "
    "without pauses; style sheets, scripts, signing in and signs of life are not in it. "
    "sign_of_life: one of them, which an open paper sends after 40 seconds of silence. Every "
    "acknowledgement (item, number, digest) was checked, and every answer and receipt was found "
    "in the database afterwards."
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a load cost: the server's CPU, the load generator's own, and the time on the wall."""

    server: float
    client: float
    wall: float

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.server + other.server, self.client + other.client, self.wall + other.wall)


NOTHING = Spent(0, 0, 0)


class Meter:
    """Reads both clocks before and after."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._before = self._read()

    def _read(self) -> tuple[float, float, float]:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return self._server.cpu_seconds, own.ru_utime + own.ru_stime, time.perf_counter()

    def stop(self) -> Spent:
        return Spent(
            *(after - before for after, before in zip(self._read(), self._before, strict=True))
        )


def _run(load: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(load, PATIENCE))


# ---- single saves


class Savers:
    """Clients that save as fast as they are answered. Each has sittings of its own, and goes
    through their items with ever higher numbers, as a page would."""

    def __init__(self, server: Running, place: World) -> None:
        self._server, self._place = server, place
        self._seq = {seat.sitting_id: 0 for seat in place.begun}
        self.acknowledged = 0

    def level(self, clients: int, requests: int) -> dict[str, Any]:
        """Saves beside the empty endpoint, in turns, after a short warming of both."""
        each = max(1, requests // ROUNDS // clients)
        empty, save = Waits(), Waits()
        cost = {"empty": NOTHING, "save": NOTHING}
        for name in ("empty", "save"):
            self._load(name, clients, max(1, each // 5), Waits())
        for _ in range(ROUNDS):
            cost["empty"] += self._load("empty", clients, each, empty)
            cost["save"] += self._load("save", clients, each, save)
        total = ROUNDS * each * clients
        figures = {
            name: {
                "cpu_ms": round(1000 * cost[name].server / total, 4),
                "per_second": round(total / cost[name].wall),
                **_percentiles(waits.seconds[name]),
            }
            for name, waits in (("empty", empty), ("save", save))
        }
        ratio = cost["save"].server / cost["empty"].server if cost["empty"].server else 0
        return {"clients": clients, "requests": total, **figures, "cpu_ratio": round(ratio, 2)}

    def _load(self, name: str, clients: int, each: int, waits: Waits) -> Spent:
        async def all_at_once() -> None:
            await asyncio.gather(*(self._client(name, at, clients, each, waits) for at in own))

        own, meter = range(clients), Meter(self._server)
        _run(all_at_once())
        return meter.stop()

    async def _client(self, name: str, at: int, clients: int, each: int, waits: Waits) -> None:
        mine = [seat.sitting_id for seat in self._place.begun[at::clients]]
        async with Browser(self._server.port, "", waits) as browser:
            for number in range(each):
                sitting_id = mine[number // self._place.items % len(mine)]
                self._seq[sitting_id] += 1
                seq = self._seq[sitting_id]
                item, raw = 1 + seq % self._place.items, '["A","C"]'
                path = f"/sittings/{sitting_id}/answers" if name == "save" else "/empty"
                given = sitting_pass(DEMO_KEY, sitting_id)
                answer = await browser.post_json(
                    name, path, _body(item, seq, raw), sitting_pass=given
                )
                if name == "save":
                    _check_saved(json.loads(answer), sitting_id, item, seq, raw)
                    self.acknowledged += 1


def saves(server: Running, place: World, levels: Sequence[int], share: float) -> dict[str, Any]:
    """Every level, and how many were acknowledged in all, warming included."""
    savers = Savers(server, place)
    figures = [savers.level(each, int(share * REQUESTS.get(each, 50 * each))) for each in levels]
    return {"levels": figures, "acknowledged": savers.acknowledged}


# ---- whole attempts


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the last page told the candidate."""

    code: str
    answers_hash: str


Receipts = dict[int, Receipt]


async def attempt(server: Running, seat: Seat, waits: Waits) -> Receipt:
    """One candidate from the identity check to the receipt, by the forms and the pass that stand
    on the pages."""
    home = f"/sittings/{seat.sitting_id}"
    async with Browser(server.port, seat.cookie, waits) as browser:
        page = await browser.get("identity_page", home)
        await browser.submit("confirm", f"{home}/confirm", rules="yes", csrf=_csrf(page))
        page = await browser.get("start_page", home)
        await browser.submit("start", f"{home}/start", csrf=_csrf(page))
        page = await browser.get("paper", home)
        given, seqs = _found(r'data-pass="([^"]+)"', page), count(int(_found(_SEQ, page)))
        if page.count('<article id="question-') != len(seat.answers):
            raise Wrong(f"sitting {seat.sitting_id}: not every question is on the paper")
        for (item, raw), seq in zip(enumerate(seat.answers, 1), seqs, strict=False):
            answer = await browser.post_json(
                "save", f"{home}/answers", _body(item, seq, raw), sitting_pass=given
            )
            _check_saved(json.loads(answer), seat.sitting_id, item, seq, raw)
        page = await browser.get("hand_in_page", f"{home}/hand-in")
        await browser.submit("hand_in", f"{home}/hand-in", csrf=_csrf(page))
        page = await browser.get("receipt", f"{home}/receipt")
        return Receipt(
            _found(r"<b>([0-9A-F]{4}(?:-[0-9A-F]{4}){2})</b>", page),
            _found(r'<span class="hash">([0-9a-f]{64})</span>', page),
        )


_SEQ = r'data-seq="(\d+)"'


def attempts(server: Running, place: World, concurrency: int) -> tuple[dict[str, Any], Receipts]:
    """Everybody's attempt, so many at a time. The first few only warm the templates."""
    waits, warming = Waits(), place.seats[:WARMING]
    receipts: Receipts = {}

    async def in_turn(waiting: Iterator[Seat], waits: Waits) -> None:
        for seat in waiting:
            receipts[seat.sitting_id] = await attempt(server, seat, waits)

    async def all_of_them(waiting: Iterator[Seat]) -> None:
        await asyncio.gather(*(in_turn(waiting, waits) for _ in range(concurrency)))

    _run(in_turn(iter(warming), Waits()))
    meter = Meter(server)
    _run(all_of_them(iter(place.seats[WARMING:])))
    spent, total = meter.stop(), len(place.seats) - WARMING
    figures = {
        "attempts": total,
        "concurrency": concurrency,
        "server_cpu_s_per_attempt": round(spent.server / total, 4),
        "client_cpu_s_per_attempt": round(spent.client / total, 4),
        "per_second": round(total / spent.wall, 2),
        "wall_s": round(spent.wall, 2),
        "pages": {
            name: {"count": len(taken), **_percentiles(taken)}
            | dict(zip(("bytes", "wire_bytes"), waits.sizes[name], strict=True))
            for name, taken in waits.seconds.items()
        },
        "server_peak_memory_mb": server.peak_memory_mb,
    }
    return figures, receipts


def signs_of_life(server: Running, place: World, concurrency: int, each: int) -> dict[str, Any]:
    """What a paper that is open sends when it has heard nothing for 40 seconds: in an exam of 90
    minutes more often than answers."""
    waits = Waits()

    async def sign(seats: Sequence[Seat], count: int, waits: Waits) -> None:
        for seat in seats:
            async with Browser(server.port, seat.cookie, waits) as browser:
                for _ in range(count):
                    path = f"/sittings/{seat.sitting_id}/events"
                    await browser.post_form("sign_of_life", path, kind="here", seconds="0")

    async def all_of_them() -> None:
        shares = (place.begun[at::concurrency] for at in range(concurrency))
        await asyncio.gather(*(sign(mine, each, waits) for mine in shares))

    _run(sign(place.begun[:WARMING], 1, Waits()))
    meter = Meter(server)
    _run(all_of_them())
    taken = waits.seconds["sign_of_life"]
    cpu_ms = round(1000 * meter.stop().server / len(taken), 2)
    return {"count": len(taken), "cpu_ms": cpu_ms, **_percentiles(taken)}


def check_stored(url: str, place: World, receipts: Receipts) -> int:
    """How many acknowledged answers stand in the database: all of them, or Wrong."""
    found = world.stored(url, place)
    for seat in place.seats:
        wanted = dict(enumerate(seat.answers, 1))
        kept, told = found[seat.sitting_id], receipts[seat.sitting_id]
        if kept.answers != wanted:
            raise Wrong(f"sitting {seat.sitting_id}: the answers stored are not those given")
        if (told.code, told.answers_hash) != (
            kept.receipt,
            answers_digest(seat.sitting_id, wanted),
        ):
            raise Wrong(f"sitting {seat.sitting_id}: the receipt is not of these answers")
    return sum(len(found[seat.sitting_id].answers) for seat in place.seats)


def _body(item: int, seq: int, raw: str) -> bytes:
    told = {"item": item, "seq": seq, "answer": raw, "age_ms": 12}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _check_saved(told: dict[str, Any], sitting_id: int, item: int, seq: int, raw: str) -> None:
    """An acknowledgement counts only for this item, this number, this very text."""
    if (told["item"], told["seq"], told["digest"]) != (
        item,
        seq,
        digest([sitting_id, item, seq, raw]),
    ):
        raise Wrong(f"sitting {sitting_id}: {told} acknowledges something else")


def _csrf(page: str) -> str:
    return _found(r'name="csrf" value="([^"]+)"', page)


def _found(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise Wrong(f"the page shows no {pattern}")
    return found[1]


def _percentiles(seconds: list[float]) -> dict[str, float]:
    taken = sorted(seconds)
    return {
        "p50_ms": round(1000 * statistics.median(taken), 2),
        "p99_ms": round(1000 * taken[int(len(taken) * 0.99)], 2),
    }


# ---- the whole run


def run(url: str, *, levels: Sequence[int], seats: int, concurrency: int, share: float) -> Any:
    """Builds the world, loads the server, compares with the database."""
    place = world.build(url, seats=WARMING + seats, begun=max(BEGUN, *levels))
    with running(url) as server:
        saved = saves(server, place, levels, share)
        sat, receipts = attempts(server, place, concurrency)
        sat["sign_of_life"] = signs_of_life(server, place, concurrency, max(1, int(10 * share)))
    kept = world.logged(url, [seat.sitting_id for seat in place.begun])
    if kept != saved["acknowledged"]:
        raise Wrong(f"{saved['acknowledged']} saves acknowledged, {kept} stored")
    sat["acknowledged"] = len(receipts) * place.items
    sat["stored"] = check_stored(url, place, receipts)
    return {
        "saves": saved | {"stored": kept},
        "attempts": sat,
        "machine": machine() | {"database": url.partition(":")[0]},
        "note": NOTE,
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.attempts", description=__doc__)
    parser.add_argument("--url", help="an empty PostgreSQL database; default: a SQLite file")
    parser.add_argument("--clients", type=int, nargs="+", default=LEVELS, help="for the saves")
    parser.add_argument("--attempts", type=int, default=100, help="candidates in all")
    parser.add_argument("--concurrency", type=int, default=16, help="candidates at a time")
    parser.add_argument("--quick", action="store_true", help="a few of each, to see that it runs")
    given = parser.parse_args()
    if min(*given.clients, given.attempts, given.concurrency) < 1:
        parser.error("numbers begin at 1")
    if given.quick:
        given.clients, given.attempts = given.clients[:1], min(given.attempts, 4)
    with tempfile.TemporaryDirectory(prefix="biwu-bench-") as folder:
        figures = run(
            given.url or f"sqlite:///{folder}/bench.db",
            levels=given.clients,
            seats=given.attempts,
            concurrency=given.concurrency,
            share=0.05 if given.quick else 1,
        )
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
