"""The program under load, in its own process: started, measured through /proc, ended by its id."""

import argparse
import os
import platform
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

import pysqlite3
import uvicorn

from app.main import ROOT, create_app
from app.settings import Settings
from app.sitting.pages import hot_routes

HOST = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")
OPENS_WITHIN, ENDS_WITHIN = 30.0, 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers on this port."""

    pid: int
    port: int

    @property
    def cpu_seconds(self) -> float:
        """What the process has used so far, all its threads, in user and kernel."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def peak_memory_mb(self) -> int:
        """The most memory that was resident at once."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        peak = next(line for line in lines if line.startswith("VmHWM"))
        return int(peak.split()[1]) // 1024


@contextmanager
def running(url: str) -> Iterator[Running]:
    """Starts the server on a free port of this machine, and ends it, whatever happens."""
    port = _free_port()
    command = [sys.executable, "-m", "bench.server", url, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        _wait_until_open(process, port)
        yield Running(process.pid, port)
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin is not None
        process.stdin.close()


def machine() -> dict[str, str | int]:
    """What the figures were made on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "sqlite": pysqlite3.sqlite_version,
    }


def serve(url: str, port: int) -> None:
    """The app as `python -m app serve` runs it, plus the endpoint to compare with."""
    app = create_app(Settings(database_url=url))
    app.add_api_route("/empty", _empty, methods=["POST"])
    # Where the hot routes are, ahead of all pages: matched last, the empty endpoint would cost
    # more than a save, and every ratio would be flattery.
    routes = app.router.routes
    routes.insert(len(hot_routes), routes.pop())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.run(app, host=HOST, port=port, access_log=False, log_level="warning")


async def _empty() -> None:
    """The empty FastAPI endpoint."""


def _end_with_parent() -> None:
    """The other end of stdin is the load generator: when it is gone, so are we."""
    os.read(0, 1)
    os.kill(os.getpid(), SIGTERM)


def _wait_until_open(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + OPENS_WITHIN
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """`python -m bench.server URL PORT`, which only the load generator calls."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    serve(options.url, options.port)


if __name__ == "__main__":
    main()
