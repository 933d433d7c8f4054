"""kill -9 at random instants: what was acknowledged is there, byte for byte.

This finds "acknowledged before committed". It cannot find a missing fsync, because the page cache
survives a killed process: that promise is kept by the pragmas that tests/db looks at.
"""

import http.client
import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from app.db.engine import make_engine
from app.db.session import reading, transaction
from app.kernel.canonical import digest
from app.kernel.clock import SystemClock
from app.settings import DEMO_KEY
from app.sitting.rules.receipts import sitting_pass
from app.sitting.tables import AnswerLog, Sitting
from tests import factories
from tests.journeys.server import Server
from tests.sitting import worlds

ROUNDS, SAVERS = 5, 8
pytestmark = pytest.mark.crash

# (sitting, item, seq) → (answer, digest)
Ledger = dict[tuple[int, int, int], tuple[str, str]]


@dataclass
class Saver:
    """One page that answers one item again and again, as fast as it is told that it may. What was
    not acknowledged it sends again under the same number, as a phone does."""

    sitting_id: int
    item: int
    seq: int = 1
    ledger: Ledger = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    told_wrong: list[str] = field(default_factory=list)

    @property
    def answer(self) -> str:
        return f"答案 {self.sitting_id}-{self.item}-{self.seq}"

    def save_until_the_server_is_gone(self, server: Server) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        try:
            while self._saved(server, connection):
                self.seq += 1
        except (OSError, http.client.HTTPException, ValueError):
            pass  # no answer, or half of one: nothing was acknowledged
        finally:
            connection.close()

    def _saved(self, server: Server, connection: http.client.HTTPConnection) -> bool:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Origin": server.url,
            "X-Sitting-Pass": sitting_pass(DEMO_KEY, self.sitting_id),
        }
        about = {"item": self.item, "seq": self.seq, "answer": self.answer}
        path = f"/sittings/{self.sitting_id}/answers"
        connection.request("POST", path, json.dumps(about), headers)
        response = connection.getresponse()
        told = json.loads(response.read())
        if response.status != 200:
            self.refusals.append(told["code"])
            return False
        mine = digest([self.sitting_id, self.item, self.seq, self.answer])
        if (told["item"], told["seq"], told["digest"]) != (self.item, self.seq, mine):
            self.told_wrong.append(f"{told} for {about}")
        self.ledger[self.sitting_id, self.item, self.seq] = self.answer, mine
        return True


@pytest.fixture
def server(database_url: str) -> Iterator[Server]:
    server = Server(database_url)
    yield server
    server.end()


@pytest.fixture
def savers(database_url: str) -> list[Saver]:
    """Two sittings that have begun, four items in each; nobody shares an item."""
    engine, now = make_engine(database_url), SystemClock().now()
    with transaction(engine) as db:
        place = worlds.hall(db, factories.cast(db, now), now)
        for row in db.exec(select(Sitting)):
            row.started_at = now
    engine.dispose()
    sittings = (place.sitting_id, place.foreign_id)
    return [Saver(sittings[at % 2], 1 + at // 2) for at in range(SAVERS)]


def end_amid_saves(server: Server, savers: list[Saver], how: signal.Signals) -> int:
    """Everybody saves, and at a moment that nobody knows the server gets the signal."""
    threads = [
        threading.Thread(target=saver.save_until_the_server_is_gone, args=(server,))
        for saver in savers
    ]
    for thread in threads:
        thread.start()
    enough, until = total(savers) + 5 * SAVERS, time.monotonic() + 10
    while total(savers) < enough and time.monotonic() < until:
        time.sleep(0.005)
    assert total(savers) >= enough, "next to nothing was saved"
    time.sleep(random.uniform(0.0, 0.5))
    status = server.stop(how)
    for thread in threads:
        thread.join(timeout=15)
    assert not any(thread.is_alive() for thread in threads)
    return status


def total(savers: list[Saver]) -> int:
    return sum(len(saver.ledger) for saver in savers)


def acknowledged(savers: list[Saver]) -> Ledger:
    assert [wrong for saver in savers for wrong in saver.told_wrong] == []
    return {key: value for saver in savers for key, value in saver.ledger.items()}


def stored(url: str) -> Ledger:
    engine = make_engine(url)
    with reading(engine) as db:
        rows = list(db.exec(select(AnswerLog)))
    engine.dispose()
    return {(row.sitting_id, row.item, row.seq): (row.answer, row.digest) for row in rows}


def test_a_killed_server_has_every_answer_it_acknowledged(
    database_url: str, server: Server, savers: list[Saver]
) -> None:
    for _ in range(ROUNDS):
        server.start()
        assert end_amid_saves(server, savers, signal.SIGKILL) == -signal.SIGKILL
    ledger, found = acknowledged(savers), stored(database_url)
    assert {key: found.get(key) for key in ledger} == ledger
    # Stored and never acknowledged: at most what was on its way at the last kill. Whatever an
    # earlier kill cut off was sent again under its number, and stored once.
    assert len(found) - len(ledger) <= SAVERS
    assert [code for saver in savers for code in saver.refusals] == []


def test_a_server_told_to_stop_answers_what_is_under_way_and_stores_nothing_else(
    database_url: str, server: Server, savers: list[Saver]
) -> None:
    server.start()
    end_amid_saves(server, savers, signal.SIGTERM)
    ledger = acknowledged(savers)
    assert stored(database_url) == ledger
    assert {code for saver in savers for code in saver.refusals} <= {"answer_not_stored"}
