"""A1: the whole server is killed at random instants while everybody saves.

This finds "acknowledged before committed". It is blind to a missing fsync, because the page cache
survives a killed process: that is power.py's work.
"""

import argparse
import asyncio
import random
import signal
from pathlib import Path

from tests.databases import SqliteFiles
from tests.faults import world
from tests.faults.candidates import Crowd
from tests.faults.durable import Tally, judge
from tests.faults.house import OPENS_WITHIN, House
from tests.faults.report import Report, command, complain, folder, postgresql, progress

READY_WITHIN = 5.0  # seconds; judged in the long form, which starts the real command
SHORT_SAVERS, LONG_SAVERS = 60, 300


async def run(
    url: str, place: Path, *, rounds: int, savers: int, seed: int, quick: bool, workers: int = 1
) -> Report:
    """Kills, judges what is on the disk, starts again, `rounds` times."""
    people = world.build(url, seats=savers)
    chance = random.Random(seed)
    ready: list[float] = []
    tally = Tally()
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
            await crowd.next_ack(OPENS_WITHIN)
            for at in range(rounds):
                await asyncio.sleep(chance.uniform(0.2, 0.9 if quick else 2.5))
                house.end(signal.SIGKILL)
                await asyncio.sleep(0.05)  # what was acknowledged may still be on its way to us
                tally.add(await asyncio.to_thread(judge, url, crowd.ledger))
                house.start(url)
                ready.append(await crowd.next_ack(OPENS_WITHIN))
                progress(f"kill {at + 1}: {len(crowd.ledger.acked)} acknowledged, {tally}")
        house.end(signal.SIGKILL)
        verdict = judge(url, crowd.ledger)
        tally.add(verdict)
    ledger = crowd.ledger
    figures = {
        "engine": url.split(":")[0].split("+")[0],
        "workers": workers,
        "savers": savers,
        "kills": rounds,
        "acknowledged": len(ledger.acked),
        "acked and missing": len(tally.missing),
        "acked and different": len(tally.different),
        "stored, never acknowledged": verdict.unknown,
        "saves the kills cut off": ledger.cut_off,
        "answers again, worst (s)": round(max(ready), 2),
        "answers again, median (s)": round(sorted(ready)[len(ready) // 2], 2),
        "integrity not ok": tally.unsound,
    }
    return Report(
        "kill",
        figures,
        complain(
            **tally.wrong(),
            too_long_away=[] if quick else [each for each in ready if each > READY_WITHIN],
            told_wrong=ledger.told_wrong[:5],
            replies=ledger.broken,
            next_to_nothing_was_saved=len(ledger.acked) < rounds * savers // 4,
        ),
    )


def _run(options: argparse.Namespace) -> Report:
    savers = LONG_SAVERS if options.long else SHORT_SAVERS
    about = {"rounds": options.rounds, "savers": savers, "seed": options.seed}
    with folder("kill") as place:
        if not options.postgresql:
            url = SqliteFiles(place).fresh()
            return asyncio.run(run(url, place, quick=options.quick, **about))
        with postgresql() as url:
            return asyncio.run(
                run(url, place, quick=options.quick, workers=options.workers, **about)
            )


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--postgresql", action="store_true", help="a temporary cluster")
    parser.add_argument("--workers", type=int, default=1, help="only with --postgresql")


if __name__ == "__main__":
    command(__doc__, _run, short=4, long=100, more=_more)
