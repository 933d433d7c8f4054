"""The program under load, in processes of its own: started, measured, ended by its id.

It is `python -m app serve` itself in production mode, with one thing more: an empty FastAPI
endpoint to compare with, and for `--profile` a thread that takes samples.
"""

import argparse
import multiprocessing
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pysqlite3
import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.cli.commands import serve
from app.main import ROOT, create_app
from app.settings import from_environment
from bench import sampling
from bench.browser import HOST, Unreachable
from bench.processes import Meter, cpu_by_process, memory_mb, tree

SECRET_KEY = "a key that this measurement alone knows"
OPENS_WITHIN, ENDS_WITHIN = 90.0, 30.0
READY = "BIWU_BENCH_READY"
FACTORY = "bench.server:factory"
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["bench.server"])


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database, the process behind it if it has one that we know, and how the server is
    to run: so many workers; `forked` from a process that has imported the house already, which
    saves seconds, and makes its memory look small."""

    url: str
    database_pid: int | None = None
    workers: int = 1
    forked: bool = False


@dataclass(slots=True)
class Server:
    """A server on one database and one port: start, stop, start again."""

    place: Place
    profile_folder: Path | None = None
    port: int = field(default_factory=lambda: _free_port())
    _ready: Path = Path()
    _process: "subprocess.Popen[bytes] | ForkServerProcess | None" = None

    @property
    def pid(self) -> int:
        """The process that fathers all others of the server."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when the door is open."""
        self._ready = Path(tempfile.mkdtemp(prefix="biwu-ready-"))
        settings = {
            READY: str(self._ready),
            "BIWU_MODE": "production",
            "BIWU_SECRET_KEY": SECRET_KEY,
            "BIWU_DATABASE_URL": self.place.url,
        }
        if self.profile_folder:
            settings[sampling.FOLDER] = str(self.profile_folder)
        if self.place.forked and self.place.workers == 1:
            self._process = _forks.Process(target=_serve, args=(self.port, settings), daemon=True)
            self._process.start()
        else:
            command = [
                sys.executable,
                "-m",
                "bench.server",
                str(self.port),
                str(self.place.workers),
            ]
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | settings,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )
        self._wait_until_open()

    def _wait_until_open(self) -> None:
        """Until somebody answers, and all workers are there: the door is open as soon as the first
        of them is."""
        until, there = time.monotonic() + OPENS_WITHIN, 0
        while there < self.place.workers:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
                there = len(list(self._ready.glob("*")))
            except OSError:
                there = 0
            if there < self.place.workers:
                if not self._lives() or time.monotonic() > until:
                    raise Unreachable(f"{there} of {self.place.workers} workers opened in time")
                time.sleep(0.02)

    def _lives(self) -> bool:
        if isinstance(self._process, subprocess.Popen):
            return self._process.poll() is None
        return self._process is not None and self._process.is_alive()

    def stop(self) -> None:
        """Ends it, whatever happens."""
        process, self._process = self._process, None
        if process is None or process.pid is None:
            return
        shutil.rmtree(self._ready, ignore_errors=True)
        family = tree(process.pid)
        self._end(process)
        for pid in family[1:]:  # the father may have been in no state to end them
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @staticmethod
    def _end(process: "subprocess.Popen[bytes] | ForkServerProcess") -> None:
        if isinstance(process, subprocess.Popen):
            process.terminate()
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdin is not None
            process.stdin.close()
            return
        process.terminate()
        process.join(ENDS_WITHIN)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()

    def meter(self) -> Meter:
        """Starts to measure."""
        return Meter(self.pid, self.place.database_pid)

    def cpu(self) -> dict[str, list[float]]:
        """CPU seconds so far, process by process, the largest first."""
        out = {"server": sorted(cpu_by_process(self.pid).values(), reverse=True)}
        if self.place.database_pid:
            used = cpu_by_process(self.place.database_pid)
            out["database"] = sorted(used.values(), reverse=True)
        return {name: [round(each, 2) for each in used] for name, used in out.items()}

    def memory(self) -> dict[str, float]:
        """Resident memory of all its processes, the most at once and now, in MB."""
        return {
            "peak_mb": memory_mb(self.pid, "VmHWM"),
            "now_mb": memory_mb(self.pid, "VmRSS"),
        }


@contextmanager
def running(place: Place, profile_folder: Path | None = None) -> Iterator[Server]:
    """Starts the server on a free port of this machine, and ends it, whatever happens."""
    server = Server(place, profile_folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def machine(place: Place) -> dict[str, Any]:
    """What the figures were made on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "sqlite": pysqlite3.sqlite_version,
        "database": place.url.partition(":")[0].partition("+")[0],
        "workers": place.workers,
    }


# ---- inside the server's processes


def with_empty(app: FastAPI) -> FastAPI:
    """The app, plus the endpoint to compare with."""
    app.add_api_route("/empty", _empty, methods=["POST"])
    # Where the hot routes are, ahead of all pages: matched last, the empty endpoint would cost
    # more than a save, and every ratio would be flattery.
    routes = app.router.routes
    pages = next(at for at, route in enumerate(routes) if isinstance(route, APIRoute))
    routes.insert(pages, routes.pop())
    sampling.start_if_asked()
    if folder := os.environ.get(READY):
        (Path(folder) / str(os.getpid())).touch()
    return app


async def _empty() -> None:
    """The empty FastAPI endpoint."""


def factory() -> FastAPI:
    """What each of several worker processes calls."""
    threading.Thread(target=_end_with_father, daemon=True).start()
    return with_empty(create_app(from_environment(os.environ)))


def _lend_the_endpoint() -> None:
    """Everything else stays as the command line has it, whatever that will be: only the app that
    it hands to uvicorn is ours."""
    configure = uvicorn.Config.__init__

    def configured(self: uvicorn.Config, app: Any, *args: Any, **rest: Any) -> None:
        # Workers that need longer than five seconds to import the house, on a machine that is
        # busy with other things, would be replaced before they have opened, for ever.
        rest["timeout_worker_healthcheck"] = int(OPENS_WITHIN)
        configure(self, FACTORY if isinstance(app, str) else with_empty(app), *args, **rest)

    uvicorn.Config.__init__ = configured  # type: ignore[method-assign]


def _serve(port: int, settings: dict[str, str], workers: int = 1) -> None:
    os.environ |= settings
    _lend_the_endpoint()
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # ours is for one JSON document
    serve(host=HOST, port=port, workers=workers)


def _end_with_parent() -> None:
    """The other end of stdin is the load generator: when it is gone, so are we."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end_with_father() -> None:
    """A worker whose father was killed would go on to hold the port."""
    father = os.getppid()
    while os.getppid() == father:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """`python -m bench.server PORT WORKERS`, which only the load generator calls."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("workers", type=int)
    options = parser.parse_args()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _serve(options.port, {}, options.workers)


if __name__ == "__main__":
    main()
