"""What processes cost, as the operating system tells it: CPU and memory of a whole tree."""

import os
import resource
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def tree(root: int) -> list[int]:
    """A process and everything that descends from it and still lives, the root first."""
    children = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found = [root]
    for each in found:
        found += children[each]
    return found


def cpu_by_process(root: int) -> dict[int, float]:
    """User and kernel seconds of each process of a tree, all its threads, and those of its
    children that have ended and been waited for."""
    used = {}
    for pid in tree(root):
        if fields := _stat(pid):
            used[pid] = sum(int(ticks) for ticks in fields[11:15]) / TICKS
    return used


def memory_mb(root: int, what: str) -> float:
    """`VmHWM` (the most that was resident at once) or `VmRSS` (now), summed over a tree. Pages
    that processes share are counted in each, so for several workers this is an upper bound."""
    total = 0
    for pid in tree(root):
        try:
            lines = (PROC / str(pid) / "status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
    return round(total / 1024, 1)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on (state, parent, …); none if it has ended."""
    try:
        return (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


@dataclass(frozen=True, slots=True)
class Spent:
    """What a load cost: CPU seconds of the server (all its processes), of the database's own
    processes, of the load generator, and seconds on the wall."""

    server: float = 0
    database: float = 0
    client: float = 0
    wall: float = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.server + other.server,
            self.database + other.database,
            self.client + other.client,
            self.wall + other.wall,
        )


class Meter:
    """Reads all clocks now; `stop` reads them again. `database` is the process that fathers the
    database's others, or None where the database is a library (SQLite) or out of sight."""

    def __init__(self, server: int, database: int | None) -> None:
        self._server, self._database = server, database
        self._before = self._read()

    def _read(self) -> Spent:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return Spent(
            sum(cpu_by_process(self._server).values()),
            sum(cpu_by_process(self._database).values()) if self._database else 0,
            own.ru_utime + own.ru_stime,
            time.perf_counter(),
        )

    def stop(self) -> Spent:
        """What was spent since."""
        now, before = self._read(), self._before
        return Spent(
            now.server - before.server,
            now.database - before.database,
            now.client - before.client,
            now.wall - before.wall,
        )
