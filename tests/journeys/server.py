"""The house in its own process, which a test may kill."""

import multiprocessing
import os
import signal
import socket
import time
from contextlib import closing
from multiprocessing.context import ForkServerProcess

from tests.journeys.serve import serve

OPENS_WITHIN, ENDS_WITHIN = 30.0, 15.0

# Every server is forked from one process that has imported the house and opened nothing: half a
# dozen starts would otherwise be two seconds of importing each.
_servers = multiprocessing.get_context("forkserver")
_servers.set_forkserver_preload([serve.__module__])


class Server:
    """The house on one database and one port: start, kill, start again."""

    def __init__(self, database_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._database_url = database_url
        self._process: ForkServerProcess | None = None

    def start(self) -> None:
        """Returns when the door is open."""
        until = time.monotonic() + OPENS_WITHIN
        self._process = _servers.Process(target=serve, args=(self._database_url, self.port))
        self._process.start()
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if not self._process.is_alive() or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def stop(self, how: signal.Signals) -> int:
        """Sends a signal and waits for the end; the status as the system tells it."""
        assert self._process is not None
        assert self._process.pid is not None
        os.kill(self._process.pid, how)
        self._process.join(ENDS_WITHIN)
        assert self._process.exitcode is not None, "the server did not end"
        return self._process.exitcode

    def end(self) -> None:
        """For a test that failed half-way: leaves nothing behind. Harmless if it has ended."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join(ENDS_WITHIN)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
