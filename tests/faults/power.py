"""A2: the power fails while everybody saves, and only what was synced is left on the disk.

The real server runs on a folder that shadow.c mirrors at each fsync. The cut is a SIGKILL; what is
judged, and what the server goes on with afterwards, is the mirror. In every second round the mirror
also keeps a third of the writes before anybody asked for a sync, in no order, as a kernel may.

The self-check is the same with synchronous=NORMAL: there acknowledged answers must be lost, or the
harness sees nothing.
"""

import argparse
import asyncio
import random
import shutil
import signal
from pathlib import Path

from tests.databases import SqliteFiles
from tests.faults import shadow, world
from tests.faults.candidates import Crowd
from tests.faults.durable import Tally, judge
from tests.faults.house import OPENS_WITHIN, House
from tests.faults.report import Report, command, complain, folder, progress

SAVERS, EVERY = 60, 0.1
EARLY_PERCENT = 30
NAME = "biwu.db"


async def run(place: Path, *, rounds: int, seed: int, quick: bool, weaken: bool = False) -> Report:
    """Cuts the power `rounds` times. With `weaken` it is the self-check, and complains unless
    something was lost."""
    template = place / "template"
    template.mkdir()
    url = SqliteFiles(template).fresh()
    people = world.build(url, seats=SAVERS)  # its last connection is closed: all is in one file
    disk, chance = Disk(place, Path(url.removeprefix("sqlite:///"))), random.Random(seed)
    tally, syncs, early = Tally(), 0, 0
    around = {"LD_PRELOAD": str(shadow.library())}
    with House(place, quick=quick, weaken=weaken, around=around) as house:
        crowd = Crowd(house.port, people.sitting_ids, items=world.ITEMS, every=EVERY, seed=seed)
        async with crowd.saving():
            for at in range(rounds):
                disk.power_on()
                percent = EARLY_PERCENT if at % 2 else 0
                house.start(disk.url, **disk.environ, SHADOW_EARLY=str(percent))
                await crowd.next_ack(OPENS_WITHIN)
                await asyncio.sleep(chance.uniform(0.2, 1.0 if quick else 2.0))
                house.end(signal.SIGKILL)
                await asyncio.sleep(0.05)  # what was acknowledged may still be on its way to us
                crowd.stopping = at == rounds - 1
                verdict = await asyncio.to_thread(judge, disk.survivor_url, crowd.ledger)
                tally.add(verdict)
                done = shadow.counted(disk.survivor)
                syncs, early = syncs + done.syncs, early + done.early
                progress(f"cut {at + 1}: {len(crowd.ledger.acked)} acknowledged, {tally}")
                for key in verdict.missing:  # counted once, not after each cut that follows
                    del crowd.ledger.acked[key]
    ledger = crowd.ledger
    acknowledged = len(ledger.acked) + len(tally.missing)
    figures = {
        "synchronous": "NORMAL (self-check)" if weaken else "FULL",
        "savers": SAVERS,
        "cuts": rounds,
        "acknowledged": acknowledged,
        "acked and lost": len(tally.missing),
        "acked and different": len(tally.different),
        "lost at the worst cut": tally.most,
        "syncs seen by the shadow": syncs,
        "writes that came early": early,
        "survivors not ok": tally.unsound,
    }
    wrong = tally.wrong()
    if weaken:
        wrong["self_check"] = not wrong.pop("acked_and_missing") and "nothing was lost: it is blind"
    return Report(
        "power",
        figures,
        complain(
            **wrong,
            the_shadow_saw_no_sync=syncs == 0,
            told_wrong=ledger.told_wrong[:5],
            replies=ledger.broken,
            next_to_nothing_was_saved=acknowledged < rounds * SAVERS // 4,
        ),
    )


class Disk:
    """What the server writes to, and what will be left of it; a new pair of folders each time the
    power comes back, both holding what was left."""

    def __init__(self, place: Path, begin_with: Path) -> None:
        self._place = place
        self._times = 0
        self.survivor = place / "survivor-0"
        self.survivor.mkdir()
        shutil.copyfile(begin_with, self.survivor / NAME)

    def power_on(self) -> None:
        """Both folders hold what survived; the rest is gone."""
        self._times += 1
        left, self.live = self.survivor, self._place / f"disk-{self._times}"
        self.survivor = self._place / f"survivor-{self._times}"
        for folder_ in (self.live, self.survivor):
            folder_.mkdir()
            for end in ("", "-wal"):
                if (left / (NAME + end)).exists():
                    shutil.copyfile(left / (NAME + end), folder_ / (NAME + end))
        shutil.rmtree(left)
        if self._times > 1:
            shutil.rmtree(self._place / f"disk-{self._times - 1}")

    @property
    def url(self) -> str:
        return f"sqlite:///{self.live / NAME}"

    @property
    def survivor_url(self) -> str:
        return f"sqlite:///{self.survivor / NAME}"

    @property
    def environ(self) -> dict[str, str]:
        return {"SHADOW_OF": str(self.live), "SHADOW": str(self.survivor)}


def _run(options: argparse.Namespace) -> Report:
    with folder("power") as place:
        return asyncio.run(
            run(
                place,
                rounds=options.rounds,
                seed=options.seed,
                quick=options.quick,
                weaken=options.normal,
            )
        )


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--normal", action="store_true", help="the self-check, which must lose")


if __name__ == "__main__":
    command(__doc__, _run, short=3, long=50, more=_more)
