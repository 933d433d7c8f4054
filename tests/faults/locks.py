"""A5: everybody saves while somebody reads for a minute in one transaction, as an export does.

A reader that stays holds back the checkpoint, so the write-ahead log grows; and a save must neither
wait for a reader nor see SQLITE_BUSY.
"""

import argparse
import asyncio
import signal
import time
from contextlib import closing
from pathlib import Path

import pysqlite3

from tests.databases import SqliteFiles
from tests.faults import world
from tests.faults.candidates import Crowd
from tests.faults.durable import judge
from tests.faults.house import OPENS_WITHIN, House
from tests.faults.report import Report, command, complain, folder

SHORT_SAVERS, LONG_SAVERS = 60, 300
LARGEST_WAL = 64 * 2**20
SLOWEST_P99 = 1.0  # seconds; only judged in the long form, whose machine is not shared
BOARD = """
    SELECT s.exam_id, s.id, count(DISTINCT a.item), max(a.arrived_at)
    FROM sitting s LEFT JOIN answer_log a ON a.sitting_id = s.id GROUP BY s.id ORDER BY 3 DESC
"""


def read_for(file: Path, seconds: float) -> int:
    """One transaction that reads a score board again and again, always the same; how often."""
    until, times = time.monotonic() + seconds, 0
    with closing(pysqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        first = connection.execute(BOARD).fetchall()
        while time.monotonic() < until:
            assert connection.execute(BOARD).fetchall() == first
            times += 1
            time.sleep(min(1.0, seconds / 5))
        connection.execute("ROLLBACK")
    return times


def size(file: Path) -> int:
    """In bytes; of no file, nothing."""
    return file.stat().st_size if file.exists() else 0


async def run(
    url: str, place: Path, *, savers: int, seconds: float, seed: int, quick: bool
) -> Report:
    """Saves before, during and after the read."""
    people, file = world.build(url, seats=savers), Path(url.removeprefix("sqlite:///"))
    wal, largest = file.with_name(file.name + "-wal"), 0
    with House(place, quick=quick) as house:
        house.start(url)
        house.wait_until_open()
        crowd = Crowd(
            house.port,
            people.sitting_ids,
            items=world.ITEMS,
            every=1.0 if savers >= LONG_SAVERS else 0.2,
            seed=seed,
        )
        async with crowd.saving():
            await crowd.next_ack(OPENS_WITHIN)
            await asyncio.sleep(0.5 if quick else 5.0)
            before = len(crowd.ledger.acked)
            reading = asyncio.create_task(asyncio.to_thread(read_for, file, seconds))
            while not reading.done():
                largest = max(largest, size(wal))
                await asyncio.sleep(0.1)
            times, during = await reading, len(crowd.ledger.acked) - before
            await asyncio.sleep(0.5 if quick else 5.0)
            after = size(wal)
        house.end(signal.SIGTERM)
        log = house.last_words()
    verdict, ledger = judge(url, crowd.ledger), crowd.ledger
    p99 = ledger.quantile(0.99)
    figures = {
        "savers": savers,
        "reader's transaction (s)": seconds,
        "boards it read": times,
        "acknowledged": len(ledger.acked),
        "of them during the read": during,
        "acked and missing": len(verdict.missing),
        "replies of 5xx": ledger.refused + sum(ledger.broken.values()),
        "largest WAL (MiB)": round(largest / 2**20, 1),
        "WAL afterwards (MiB)": round(after / 2**20, 1),
        "save p50 (ms)": round(1000 * ledger.quantile(0.5), 1),
        "save p99 (ms)": round(1000 * p99, 1),
        "save worst (ms)": round(1000 * ledger.quantile(1.0), 1),
    }
    return Report(
        "locks",
        figures,
        complain(
            missing=sorted(verdict.missing)[:5],
            different=sorted(verdict.different)[:5],
            integrity=not verdict.sound,
            server_errors=ledger.refused,
            replies=ledger.broken,
            told_wrong=ledger.told_wrong[:5],
            wal_too_large=largest if largest >= LARGEST_WAL else 0,
            busy_in_the_log="database is locked" in log,
            slow_p99=0 if quick or p99 < SLOWEST_P99 else p99,
            saves_waited_for_the_reader=during < savers,
        ),
    )


def _run(options: argparse.Namespace) -> Report:
    with folder("locks") as place:
        return asyncio.run(
            run(
                SqliteFiles(place).fresh(),
                place,
                savers=LONG_SAVERS if options.long else SHORT_SAVERS,
                seconds=float(options.rounds),
                seed=options.seed,
                quick=options.quick,
            )
        )


if __name__ == "__main__":
    command(__doc__, _run, short=3, long=60)
