"""The house itself behind a real port, in a thread of the test: its clock can be moved, its
database looked into, while a browser visits it over HTTP."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from app.main import create_app
from app.settings import Settings
from tests.fakes import FixedClock


@dataclass(frozen=True, slots=True)
class Live:
    """A running house: where it is, and the clock on its wall."""

    url: str
    app: FastAPI
    clock: FixedClock

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.state.engine
        return engine

    def sweep(self) -> None:
        """A round of the sweeper now, which otherwise comes every ten seconds of real time."""
        self.app.state.sweep_once(self.app)


@contextmanager
def serving(database_url: str, clock: FixedClock) -> Iterator[Live]:
    """Serves a migrated database on a free port of 127.0.0.1."""
    app = create_app(Settings(database_url=database_url), clock=clock, board_seconds=0)
    config = uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    server = _Announced(config)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        thread = Thread(target=server.run, kwargs={"sockets": [door]}, name="live house")
        thread.start()
        try:
            server.wait_until_open(thread)
            yield Live(f"http://127.0.0.1:{port}", app, clock)
        finally:
            server.should_exit = True
            thread.join(timeout=15)
    assert not thread.is_alive(), "the house did not close"


class _Announced(uvicorn.Server):
    """A server that says when its door is open."""

    def wait_until_open(self, thread: Thread) -> None:
        while not self.started:
            assert thread.is_alive(), "the house did not open"
            thread.join(timeout=0.02)
