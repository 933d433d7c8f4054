"""L3: the server is told to stop (SIGTERM) while everybody saves, and started again: no save fails
for good, and none is cut off after it was accepted."""

import argparse
import asyncio
import random
import signal
import time
from pathlib import Path

from tests.databases import SqliteFiles
from tests.faults import world
from tests.faults.candidates import Crowd
from tests.faults.durable import judge
from tests.faults.house import OPENS_WITHIN, House
from tests.faults.report import Report, command, complain, folder

SHORT_SAVERS, LONG_SAVERS = 60, 300
ENDS_WITHIN = 10.0


async def run(
    url: str, place: Path, *, rounds: int, savers: int, seed: int, quick: bool, workers: int = 1
) -> Report:
    """Stops and starts the server `rounds` times; then every candidate finishes."""
    people = world.build(url, seats=savers)
    chance, ending, statuses = random.Random(seed), [], set()
    with House(place, quick=quick, workers=workers) as house:
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
            for _ in range(rounds):
                await crowd.next_ack(OPENS_WITHIN)
                await asyncio.sleep(chance.uniform(0.2, 0.9 if quick else 2.0))
                told = time.monotonic()
                house.tell(signal.SIGTERM)
                statuses.add(await asyncio.to_thread(house.wait))
                ending.append(time.monotonic() - told)
                house.start(url)
            await crowd.next_ack(OPENS_WITHIN)
        house.end(signal.SIGTERM)
    verdict, ledger = judge(url, crowd.ledger), crowd.ledger
    figures = {
        "savers": savers,
        "workers": workers,
        "times told to stop": rounds,
        "acknowledged": len(ledger.acked),
        "acked and missing": len(verdict.missing),
        "failed for good": len(ledger.open),
        "asked to try again (503)": ledger.refused,
        "cut off, then sent again": ledger.cut_off,
        "stops within, worst (s)": round(max(ending), 2),
        "exit status": sorted(statuses),
    }
    return Report(
        "drain",
        figures,
        complain(
            missing=sorted(verdict.missing)[:5],
            different=sorted(verdict.different)[:5],
            stored_in_part=sorted(verdict.strange)[:5],
            integrity=not verdict.sound,
            failed=sorted(ledger.open)[:5],
            replies=ledger.broken,
            told_wrong=ledger.told_wrong[:5],
            without_retry_after=ledger.no_retry_after,
            slow_to_stop=[seconds for seconds in ending if seconds > ENDS_WITHIN],
            exit_status=statuses - {0, -signal.SIGTERM},
        ),
    )


def _run(options: argparse.Namespace) -> Report:
    with folder("drain") as place:
        return asyncio.run(
            run(
                SqliteFiles(place).fresh(),
                place,
                rounds=options.rounds,
                savers=LONG_SAVERS if options.long else SHORT_SAVERS,
                seed=options.seed,
                quick=options.quick,
            )
        )


if __name__ == "__main__":
    command(__doc__, _run, short=2, long=20)
