"""What a durable save costs beside an empty endpoint of the same server.

    python -m bench.saves                          1, 16 and 64 clients
    python -m bench.saves --clients 64 --rounds 20

Each client saves as fast as it is answered, on one connection and one sitting of its own, with ever
higher numbers, as a page would; the empty endpoint is asked in turns with it, by as many clients.
One JSON document on standard output: CPU of the server per request from /proc, the ratio (median
of the rounds), how long requests took, and when the slowest hundredth of the saves were sent: a
stall that comes back (a checkpoint, a collection of garbage) shows as a burst of them.

Every acknowledgement is checked when it comes and compared with the database at the end.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench import figures, stored, world
from bench.browser import Browser, Waits
from bench.candidate import Candidate, Ledger
from bench.figures import median, percentiles, run
from bench.processes import Spent
from bench.server import Place, Server, machine, running
from bench.world import Seat

LEVELS = (1, 16, 64)
REQUESTS = {1: 600, 16: 2400, 64: 4800}  # in one round, of each kind
ROUNDS = 6
WARM = 4  # requests of each client in each round before the clock runs
BURST_SECONDS = 0.05  # slow ones nearer than this belong together
ITEMS = 50
VERSIONS = 3  # of one answer in the log, at most
RAW = '["A","C"]'
EMPTY_BODY = b'{"item":1,"seq":1,"answer":"[\\"A\\",\\"C\\"]","age_ms":12}'


class Savers:
    """Clients of one level, with phones that have an open paper each. A client goes on to its next
    phone's sitting before the log of one has more versions of an answer than people make."""

    def __init__(self, server: Server, seats: Sequence[Seat], clients: int, ledger: Ledger) -> None:
        self.server, self.clients = server, clients
        self._phones = [
            Candidate(seat, Browser(server.port, Waits()), ledger, static=False) for seat in seats
        ]
        self._browsers = [phone.browser for phone in self._phones[:clients]]
        self._sent = [0] * clients

    async def sit_down(self) -> None:
        """Ticket, identity, start and paper of each."""

        async def in_turn(phones: Iterator[Candidate]) -> None:
            for each in phones:
                async with each.browser:
                    await each.hurry()

        waiting = iter(self._phones)
        await asyncio.gather(*(in_turn(waiting) for _ in range(8)))
        for at, phone in enumerate(self._phones):
            phone.browser = self._browsers[at % self.clients]

    def round(self, name: str, each: int, waits: Waits) -> Spent:
        """So many requests of each client; connected and warm before it counts."""
        spent: list[Spent] = []

        async def all_at_once() -> None:
            for browser in self._browsers:
                browser.waits = Waits()
                await browser.open()
            await asyncio.gather(*(self._ask(name, at, WARM) for at in range(self.clients)))
            for browser in self._browsers:
                browser.waits = waits
            meter = self.server.meter()
            await asyncio.gather(*(self._ask(name, at, each) for at in range(self.clients)))
            spent.append(meter.stop())
            for browser in self._browsers:
                await browser.close()

        run(all_at_once())
        return spent[0]

    async def _ask(self, name: str, client: int, times: int) -> None:
        mine = self._phones[client :: self.clients]
        items = len(mine[0].seat.answers)
        for _ in range(times):
            phone = mine[self._sent[client] // items % len(mine)]
            if name == "save":
                self._sent[client] += 1
                await phone.save(1 + phone.seq % items, RAW)
            else:
                pass_header = f"X-Sitting-Pass: {phone.given}\r\n"
                await phone.browser.post_json("empty", "/empty", EMPTY_BODY, pass_header)

    def level(self, requests: int, rounds: int) -> dict[str, Any]:
        """Rounds of the empty endpoint and of saves, in turns."""
        clients, each = self.clients, max(1, requests // self.clients)
        waits = {"empty": Waits(), "save": Waits()}
        spent: dict[str, list[Spent]] = {"empty": [], "save": []}
        tails = []
        for name in ("empty", "save"):
            self.round(name, max(1, each // 4), Waits())
        for at in range(rounds):
            order = ("empty", "save") if at % 2 else ("save", "empty")
            for name in order:
                before = len(waits[name].seconds[name])
                spent[name].append(self.round(name, each, waits[name]))
                if name == "save":
                    tails.append(percentiles(waits[name].seconds[name][before:]))
        total = each * clients
        ratios = [
            save.server / empty.server
            for save, empty in zip(spent["save"], spent["empty"], strict=True)
            if empty.server
        ]
        out: dict[str, Any] = {"clients": clients, "requests": rounds * total}
        for name in ("empty", "save"):
            taken = waits[name].seconds[name]
            out[name] = {
                "cpu_ms": median([1000 * one.server / total for one in spent[name]]),
                "database_cpu_ms": median([1000 * one.database / total for one in spent[name]]),
                "client_cpu_ms": median([1000 * one.client / total for one in spent[name]]),
                "per_second": round(median([total / one.wall for one in spent[name]], 0)),
                **percentiles(taken),
            }
        out["cpu_ratio"] = median(ratios, 3) if ratios else 0
        out["cpu_ratios"] = [round(ratio, 3) for ratio in ratios]
        out["p99_over_p50"] = round(out["save"]["p99_ms"] / out["save"]["p50_ms"], 2)
        out["p99_over_p50_of_a_round"] = median(
            [tail["p99_ms"] / tail["p50_ms"] for tail in tails], 2
        )
        out["slowest"] = slowest(waits["save"])
        return out


def slowest(waits: Waits, share: float = 0.01) -> dict[str, Any]:
    """When the slowest hundredth were sent, in seconds since the first of all, gathered into
    bursts: a stall hits whoever is waiting at that moment. The worst bursts first."""
    sent, took = waits.sent_at["save"], waits.seconds["save"]
    began = min(sent)
    worst = sorted(zip(took, sent, strict=True), reverse=True)[: max(1, int(len(took) * share))]
    bursts: list[dict[str, float]] = []
    for seconds, at in sorted(worst, key=lambda each: each[1] + each[0]):
        end = at + seconds - began  # those who waited for one stall are answered together
        if bursts and end - bursts[-1]["until_s"] < BURST_SECONDS:
            last = bursts[-1]
            last["until_s"] = end
            last["requests"] += 1
            last["worst_ms"] = max(last["worst_ms"], 1000 * seconds)
        else:
            bursts.append({"until_s": end, "requests": 1, "worst_ms": 1000 * seconds})
    shown = [{name: round(number, 3) for name, number in each.items()} for each in bursts]
    shown.sort(key=lambda each: -each["worst_ms"])
    return {"from_ms": round(1000 * worst[-1][0], 2), "bursts": len(shown), "worst": shown[:20]}


def measure(where: Place, *, levels: Sequence[int], rounds: int, share: float) -> dict[str, Any]:
    """Builds the world, loads the server, compares with the database, and only then tells."""
    requests = {each: int(share * REQUESTS.get(each, 100 * each)) for each in levels}
    seats = {each: _sittings(each, requests[each], rounds) for each in levels}
    place, first = world.build(where.url, seats=sum(seats.values())), 0
    told, ledger, began = [], Ledger(), time.perf_counter()
    with running(where) as server:
        for each in levels:
            own = place.seats[first : first + seats[each]]
            first += seats[each]
            savers = Savers(server, own, each, ledger)
            run(savers.sit_down())
            told.append(savers.level(requests[each], rounds))
        used, memory = server.cpu(), server.memory()
    kept = stored.check(where.url, ledger, place.seats, whole=False)
    return {
        "levels": told,
        **kept,
        "cpu_s_by_process": used,
        "memory": memory,
        "wall_s": round(time.perf_counter() - began, 1),
        "machine": machine(where),
    }


def _sittings(clients: int, requests: int, rounds: int) -> int:
    """So many that no answer is saved more often than VERSIONS times; as many for each client."""
    each = (rounds + 1) * (requests // clients + WARM)
    return clients * -(-each // (VERSIONS * ITEMS))


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = figures.options("saves", __doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=LEVELS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args(argv)
    if min(*given.clients, given.rounds) < 1:
        parser.error("numbers begin at 1")
    levels, rounds, share = given.clients, given.rounds, 1.0
    if given.quick:
        levels, rounds, share = levels[:1], 1, 0.2
    with figures.place(given) as where:
        told = measure(where, levels=levels, rounds=rounds, share=share)
    figures.show(told)


if __name__ == "__main__":
    main()
