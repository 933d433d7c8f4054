"""A PostgreSQL of one's own for as long as a measurement lasts, with its files on a disk.

Tests keep theirs in memory; a figure about durable saves must not.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class Lacking(RuntimeError):
    """This machine has no PostgreSQL server."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the empty database is, and the process that fathers all others of the cluster."""

    url: str
    pid: int


@contextmanager
def postgresql(parent: Path | None = None) -> Iterator[Cluster]:
    """Made with the settings it comes with (fsync and synchronous_commit on), on a private socket,
    below `parent` or where temporary files go; removed afterwards. Raises Lacking.

    PostgreSQL refuses to run as root, so root lends the work to an unprivileged user.
    """
    binaries, user = _binaries(), _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="biwu-bench-pg-", dir=parent))
    data = folder / "data"
    if user:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        groups: list[str] | None = [] if user else None
        subprocess.run(
            command,
            check=True,
            user=user,
            extra_groups=groups,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    try:
        run(binaries / "initdb", "-A", "trust", "-U", "biwu", "-E", "UTF8", "-D", data)
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            run(binaries / "createdb", "-h", folder, "-U", "biwu", "biwu")
            pid = int((data / "postmaster.pid").read_text().split()[0])
            yield Cluster(f"postgresql+psycopg://biwu@/biwu?host={folder}", pid)
        finally:
            run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    """Where initdb lives: on the PATH, or in Debian's versioned folders, newest first."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        raise Lacking("there is no initdb on this machine")
    return versions[-1].parent


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)
