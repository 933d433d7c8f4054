"""A6: the disk fills up while everybody saves, and is freed again.

On a small tmpfs of its own where this process may mount one; elsewhere shadow.c plays the full
disk. The server is neither told nor restarted.
"""

import argparse
import asyncio
import errno
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.databases import SqliteFiles
from tests.faults import shadow, world
from tests.faults.candidates import Crowd, Line
from tests.faults.durable import judge
from tests.faults.house import OPENS_WITHIN, House
from tests.faults.report import Report, command, complain, folder

SHORT_SAVERS, LONG_SAVERS = 30, 300
SIZE_MIB = 64
RED_WITHIN, GREEN_WITHIN = 10.0, 30.0  # seconds; green again at the next heartbeat
CHUNK = b"\0" * 65536


@dataclass(frozen=True)
class Disk:
    """Where the database lives, how it is filled, and what the server needs for that."""

    kind: str
    live: Path
    ballast: Path
    around: dict[str, str]

    def fill(self) -> None:
        """Takes every free byte."""
        with self.ballast.open("wb", buffering=0) as file:
            if self.kind != "tmpfs":
                return  # that this file exists is what shadow.c looks for
            for chunk in (CHUNK, CHUNK[:512], CHUNK[:1]):
                try:
                    while file.write(chunk) == len(chunk):
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Gives the space back."""
        self.ballast.unlink()


@contextmanager
def small_disk(place: Path) -> Iterator[Disk]:
    """A file system of 64 MiB, or what passes for one."""
    live = place / "disk"
    live.mkdir()
    options = f"size={SIZE_MIB}m,mode=0700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "biwu-small-disk", str(live)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        full = place / "full"
        yield Disk("shadow.c", live, full, {"LD_PRELOAD": str(shadow.library())})
        return
    try:
        yield Disk("tmpfs", live, live / "ballast", {})
    finally:
        subprocess.run(["umount", live], check=True)


async def run(place: Path, *, savers: int, seconds: float, seed: int, quick: bool) -> Report:
    """Fills the disk for at least `seconds`, and until /healthz is red or should have been."""
    with small_disk(place) as disk, House(place, quick=quick, around=disk.around) as house:
        templates = place / "templates"
        templates.mkdir()
        made = Path(SqliteFiles(templates).fresh().removeprefix("sqlite:///"))
        people = world.build(f"sqlite:///{made}", seats=savers)
        file = disk.live / made.name
        file.write_bytes(made.read_bytes())
        url = f"sqlite:///{file}"
        house.start(url, SHADOW_OF=str(disk.live), SHADOW_FULL=str(disk.ballast))
        house.wait_until_open()
        crowd = Crowd(
            house.port,
            people.sitting_ids,
            items=world.ITEMS,
            every=1.0 if savers >= LONG_SAVERS else 0.2,
            seed=seed,
        )
        ledger = crowd.ledger
        async with crowd.saving():
            await crowd.next_ack(OPENS_WITHIN)
            await asyncio.sleep(0.5 if quick else 5.0)
            disk.fill()
            filled = time.monotonic()
            red = await _until(house, red=True, within=RED_WITHIN + 1)
            await asyncio.sleep(max(0.0, filled + seconds - time.monotonic()))
            refused, told_when = ledger.refused, len(ledger.acked)
            await asyncio.sleep(1.0)
            went_on = len(ledger.acked) - told_when
            disk.free()
            again = await crowd.next_ack(OPENS_WITHIN)
            green = await _until(house, red=False, within=GREEN_WITHIN)
            await asyncio.sleep(0.5 if quick else 5.0)
        house.end(signal.SIGTERM)
        verdict = judge(url, ledger)
    figures = {
        "disk": f"{disk.kind}, {SIZE_MIB} MiB",
        "savers": savers,
        "acknowledged": len(ledger.acked),
        "acked and missing": len(verdict.missing),
        "refused with 503": refused,
        "saved in the last full second": went_on,
        "healthz red after (s)": red,
        "saves again after (s)": round(again, 2),
        "healthz green after (s)": green,
        "failed for good": len(ledger.open),
    }
    return Report(
        "disk",
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
            nothing_was_refused=not refused,
            healthz_not_red=red is None or red > RED_WITHIN,
            healthz_not_green_again=green is None,
        ),
    )


async def _until(house: House, *, red: bool, within: float) -> float | None:
    """How many seconds /healthz took to say so; nothing if it did not."""
    begun, line = time.monotonic(), Line(house.port)
    try:
        while (seconds := time.monotonic() - begun) < within:
            status, _, _ = await line.ask("GET", "/healthz", {})
            if (status != 200) is red:
                return round(seconds, 2)
            await asyncio.sleep(0.2)
        return None
    finally:
        line.hang_up()


def _run(options: argparse.Namespace) -> Report:
    with folder("disk") as place:
        return asyncio.run(
            run(
                place,
                savers=LONG_SAVERS if options.long else SHORT_SAVERS,
                seconds=float(options.rounds),
                seed=options.seed,
                quick=options.quick,
            )
        )


if __name__ == "__main__":
    command(__doc__, _run, short=1, long=15)
