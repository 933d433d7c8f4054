"""What the commands share: percentiles, the yardstick, where the database is, the printing."""

import argparse
import asyncio
import gc
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from bench.browser import Browser, Waits, Wrong
from bench.cluster import postgresql
from bench.server import Place, Server

PATIENCE = 900.0  # seconds for one load; a server that hangs must not hang us
YARDSTICK_CLIENTS, YARDSTICK_REQUESTS = 16, 4000
Result = TypeVar("Result")


def options(command: str, description: str | None) -> argparse.ArgumentParser:
    """The options that every command has."""
    parser = argparse.ArgumentParser(
        prog=f"python -m bench.{command}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="a little of it, to see that it runs")
    parser.add_argument("--url", help="an empty database; default: a SQLite file of its own")
    parser.add_argument(
        "--postgresql", action="store_true", help="a PostgreSQL of its own, for the measurement"
    )
    parser.add_argument("--folder", type=Path, help="where its files go: on the disk to measure")
    parser.add_argument("--workers", type=int, default=1, help="more than one: PostgreSQL")
    return parser


@contextmanager
def place(given: argparse.Namespace) -> Iterator[Place]:
    """The database that the options ask for."""
    if given.url:
        yield Place(given.url, None, given.workers, given.quick)
    elif given.postgresql:
        with postgresql(given.folder) as cluster:
            yield Place(cluster.url, cluster.pid, given.workers, given.quick)
    else:
        with tempfile.TemporaryDirectory(prefix="biwu-bench-", dir=given.folder) as folder:
            yield Place(f"sqlite:///{folder}/bench.db", None, given.workers, given.quick)


def run(load: Coroutine[Any, Any, Result]) -> Result:
    """Runs a load to its end. The load generator collects no garbage meanwhile: its own pauses
    would be taken for the server's."""
    gc.disable()
    try:
        return uvloop.run(asyncio.wait_for(load, PATIENCE))
    finally:
        gc.enable()


def show(figures: dict[str, Any]) -> None:
    """One JSON document on standard output."""
    json.dump(figures, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Nearest rank, in milliseconds."""
    taken = sorted(seconds)
    ranks = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
    last = len(taken) - 1
    return {
        name: round(1000 * taken[min(last, int(len(taken) * share))], 2)
        for name, share in ranks.items()
        if taken
    }


def first(pattern: str, page: str) -> str:
    """What a page shows in this place; Wrong if it shows no such thing."""
    found = re.search(pattern, page)
    if found is None:
        raise Wrong(f"the page shows no {pattern}")
    return found[1]


def pages(waits: Waits) -> dict[str, dict[str, float]]:
    """Each kind of request: how many, how long, how large the last answer was."""
    return {
        name: {"count": len(taken), **percentiles(taken)}
        | dict(zip(("bytes", "wire_bytes"), waits.sizes[name], strict=True))
        for name, taken in waits.seconds.items()
    }


def median(values: Sequence[float], digits: int = 4) -> float:
    """The middle of repetitions: on a machine that others use too, the mean is theirs."""
    return round(statistics.median(values), digits)


def empty_cpu_ms(server: Server, *, quick: bool = False) -> float:
    """The yardstick: server CPU of one request to the empty endpoint, 16 clients at once."""
    total = YARDSTICK_REQUESTS // (20 if quick else 1)

    async def one(each: int) -> None:
        async with Browser(server.port, Waits()) as browser:
            for _ in range(each):
                await browser.post_json("empty", "/empty", b"{}")

    async def all_at_once(each: int) -> None:
        await asyncio.gather(*(one(each) for _ in range(YARDSTICK_CLIENTS)))

    run(all_at_once(5))
    meter, each = server.meter(), total // YARDSTICK_CLIENTS
    run(all_at_once(each))
    return round(1000 * meter.stop().server / (each * YARDSTICK_CLIENTS), 4)
