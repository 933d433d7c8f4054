"""A3: thousands of transactions fail, and no 2xx is given for an answer that is not stored.

The app runs in this process. Its connections are made here, below everything it knows: each
transaction may be made to fail before its commit, at its commit, or after some statements, by
errors that only look like a full disk or a lock, and, on SQLite, by a disk that is really full and
a lock that is really held. The nastiest fails *after* the commit has been done, as when the line to
the database breaks: those answers may be there, whole, but nobody may be told so.
"""

import argparse
import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import psycopg
import pysqlite3
from sqlalchemy import Engine, event

from app.db.engine import BUSY_TIMEOUT_MS
from app.kernel.canonical import digest
from app.main import create_app
from app.settings import Settings
from app.sitting.rules.receipts import sitting_pass
from tests.databases import SqliteFiles
from tests.faults import world
from tests.faults.candidates import Key, Ledger, read
from tests.faults.durable import judge
from tests.faults.house import KEY
from tests.faults.report import Report, command, complain, folder, postgresql

SAVERS, MOST_TOGETHER = 24, 12
FAILS = 0.5  # of the transactions, so that batches, their retries and good ones all mix
MODES = ("before", "at", "after", "statement", "begin")
REAL_MODES = ("full", "locked")  # SQLite only
REAL = 0.02  # of the failures; a real lock costs its waiting time


class Raised(Exception):
    """Not any error that the house knows."""


@dataclass
class Faults:
    """Decides about each transaction, and counts what it did. Asleep until `awake`."""

    chance: random.Random
    sqlite: str | None = None
    awake: bool = False
    counted: Counter[str] = field(default_factory=Counter)

    def next(self) -> str | None:
        """How the transaction that begins now will fail, if it does."""
        if not self.awake or self.chance.random() >= FAILS:
            return None
        if self.sqlite and self.chance.random() < REAL:
            return self.chance.choice(REAL_MODES)
        return self.chance.choice(MODES)

    def fail(self, mode: str, errors: Any) -> None:
        """Counts, and raises what this mode looks like from above."""
        self.counted[mode] += 1
        if self.chance.random() < 0.2:
            raise Raised(mode)
        texts = ("database or disk is full", "database is locked", "disk I/O error")
        raise errors.OperationalError(self.chance.choice(texts))


class Trouble:
    """One connection's share of it: what the transaction under way is in for."""

    def __init__(self, faults: Faults, errors: Any) -> None:
        self.faults, self.errors = faults, errors
        self._mode: str | None = None
        self._left = 0
        self._lock: Any = None
        self._narrow = False

    def begins(self, pragma: Callable[[str], Any]) -> None:
        """Before the BEGIN. `pragma` speaks to the database past all faults."""
        self._mode, self._left = self.faults.next(), self.faults.chance.randint(0, 2)
        if self._mode == "begin":
            self.faults.fail("begin", self.errors)
        if self._mode == "locked":
            pragma("PRAGMA busy_timeout=5")
            self._lock = pysqlite3.connect(self.faults.sqlite, isolation_level=None)
            self._lock.execute("BEGIN IMMEDIATE")
        if self._mode == "full":
            self._narrow = True
            pragma(f"PRAGMA max_page_count={pragma('PRAGMA page_count').fetchone()[0]}")

    def statement(self) -> None:
        """Before each statement inside the transaction."""
        if self._mode == "statement":
            if self._left == 0:
                self.faults.fail("statement", self.errors)
            self._left -= 1

    def commits(self, commit: Callable[[], None]) -> None:
        """Instead of the COMMIT."""
        if self._mode in ("before", "at"):
            # Two names for one thing seen from above: the transaction is still open, and the
            # house must roll it back.
            self.faults.fail(self._mode, self.errors)
        commit()
        if self._mode == "after":
            self.faults.fail("after", self.errors)

    def failed(self, error: Exception) -> None:
        """The database itself refused."""
        if (self._lock and "locked" in str(error)) or (self._narrow and "full" in str(error)):
            self.faults.counted["really full" if self._narrow else "really locked"] += 1

    def ended(self, pragma: Callable[[str], Any]) -> None:
        """After COMMIT or ROLLBACK: gives back the lock and the space."""
        if self._lock is not None:
            self._lock.execute("ROLLBACK")
            self._lock.close()
            self._lock = None
            pragma(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if self._narrow:
            self._narrow = False
            pragma(f"PRAGMA max_page_count={2**32 - 2}")
        self._mode = None


class SqliteCursor(pysqlite3.Cursor):  # type: ignore[misc]
    """Every statement of the house goes through here."""

    def execute(self, statement: str, *values: Any) -> Any:
        with self.connection.watched(statement):
            return super().execute(statement, *values)

    def executemany(self, statement: str, *values: Any) -> Any:
        with self.connection.watched(statement):
            return super().executemany(statement, *values)


class SqliteConnection(pysqlite3.Connection):  # type: ignore[misc]
    """A connection that fails when it is told to."""

    trouble: Trouble

    def cursor(self, *_: Any, **__: Any) -> Any:
        return super().cursor(SqliteCursor)

    def execute(self, statement: str, *values: Any) -> Any:
        return self.cursor().execute(statement, *values)

    def executemany(self, statement: str, *values: Any) -> Any:
        return self.cursor().executemany(statement, *values)

    def _pragma(self, statement: str) -> Any:
        return super().cursor().execute(statement)

    @contextmanager
    def watched(self, statement: str) -> Iterator[None]:
        word = statement.split(maxsplit=1)[0].upper()
        if word == "COMMIT":  # said by hand, not through commit()
            raise AssertionError("teach this harness to fail a COMMIT that is a statement")
        if word == "BEGIN":
            self.trouble.begins(self._pragma)
        elif self.in_transaction:
            self.trouble.statement()
        with self._heeded():
            yield

    @contextmanager
    def _heeded(self) -> Iterator[None]:
        try:
            yield
        except pysqlite3.Error as error:
            self.trouble.failed(error)
            raise

    def commit(self) -> None:
        if self.in_transaction:
            with self._heeded():
                self.trouble.commits(super().commit)
            self.trouble.ended(self._pragma)

    def rollback(self) -> None:
        super().rollback()
        self.trouble.ended(self._pragma)


class PostgresCursor(psycopg.Cursor[Any]):
    """Every statement of the house goes through here; the first one begins the transaction."""

    def execute(self, *values: Any, **more: Any) -> Any:
        self._watch()
        return super().execute(*values, **more)

    def executemany(self, *values: Any, **more: Any) -> Any:
        self._watch()
        return super().executemany(*values, **more)

    def _watch(self) -> None:
        trouble: Trouble = self.connection.trouble  # type: ignore[attr-defined]
        if self.connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE:
            trouble.begins(lambda _: None)
        else:
            trouble.statement()


class PostgresConnection(psycopg.Connection[Any]):
    """A connection that fails when it is told to."""

    trouble: Trouble

    def commit(self) -> None:
        if self.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE:
            self.trouble.commits(super().commit)
            self.trouble.ended(lambda _: None)

    def rollback(self) -> None:
        super().rollback()
        self.trouble.ended(lambda _: None)


@contextmanager
def faulty_connections(faults: Faults) -> Iterator[None]:
    """Every connection that any engine of this process opens meanwhile."""

    def connect(dialect: Any, _record: Any, values: Any, names: dict[str, Any]) -> Any:
        made: Any
        if dialect.name == "sqlite":
            made = pysqlite3.connect(*values, factory=SqliteConnection, **names)
            made.trouble = Trouble(faults, pysqlite3)
        else:
            made = PostgresConnection.connect(*values, cursor_factory=PostgresCursor, **names)
            made.trouble = Trouble(faults, psycopg)
        return made

    event.listen(Engine, "do_connect", connect)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", connect)


class Savers:
    """A few savers at a time, in the same event loop as the app. What was refused is sent again
    later under its number, or given up for good, by chance."""

    def __init__(self, people: world.World, chance: random.Random) -> None:
        self.ledger = Ledger()
        self._chance = chance
        self._seqs = Counter[tuple[int, int]]()
        self._waiting: dict[tuple[int, int], Key] = {}
        self._places = [
            (sitting_id, item) for sitting_id in people.sitting_ids for item in range(1, 7)
        ]

    async def save_together(self, client: httpx2.AsyncClient) -> None:
        """One burst: so many saves at once, each of another item."""
        places = self._chance.sample(self._places, self._chance.randint(1, MOST_TOGETHER))
        await asyncio.gather(*(self._save(client, place) for place in places))

    async def finish(self, client: httpx2.AsyncClient) -> None:
        """Sends whatever is still waiting."""
        for place in list(self._waiting):
            await self._save(client, place)

    async def _save(self, client: httpx2.AsyncClient, place: tuple[int, int]) -> None:
        key = self._waiting.get(place)
        if key is None:
            self._seqs[place] += 1
            key = self._waiting[place] = (*place, self._seqs[place])
        answer = self.ledger.sent[key] = f"答案 {key}"
        sitting_id, item, seq = key
        reply = await client.post(
            f"/sittings/{sitting_id}/answers",
            content=json.dumps({"item": item, "seq": seq, "answer": answer, "age_ms": 0}),
            headers={"x-sitting-pass": sitting_pass(KEY, sitting_id)},
        )
        told, status = read(reply.content), reply.status_code
        self.ledger.replies[str(status) if status == 200 else f"{status} {told.get('code')}"] += 1
        if status == 503 and "retry-after" not in reply.headers:
            self.ledger.no_retry_after += 1
        if 200 <= status < 300:
            mine = digest([*key, answer])
            if (told.get("item"), told.get("seq"), told.get("digest")) != (item, seq, mine):
                self.ledger.told_wrong.append(f"{told} for {key}")
            self.ledger.acked[key] = mine
            del self._waiting[place]
        elif self._chance.random() < 0.3:
            del self._waiting[place]


async def run(url: str, *, failures: int, seed: int) -> Report:
    """Until so many transactions have failed."""
    people = world.build(url, seats=SAVERS)
    file = url.removeprefix("sqlite:///") if url.startswith("sqlite") else None
    faults = Faults(random.Random(seed), file)
    savers = Savers(people, random.Random(f"{seed} savers"))
    with faulty_connections(faults):
        app = create_app(Settings(database_url=url, secret_key=KEY))
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        about = {"accept": "application/json", "origin": "http://biwu"}
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(
                transport=transport, base_url="http://biwu", headers=about
            ) as client,
        ):
            faults.awake = True
            while faults.counted.total() < failures:
                await savers.save_together(client)
            faults.awake = False
            await savers.finish(client)
    verdict, ledger = judge(url, savers.ledger), savers.ledger
    figures = {
        "engine": url.split(":")[0].split("+")[0],
        "transactions that failed": faults.counted.total(),
        "how": ", ".join(f"{how} {count}" for how, count in sorted(faults.counted.items())),
        "saves": ledger.replies.total(),
        "acknowledged": len(ledger.acked),
        "refused with 503": ledger.refused,
        "2xx without its row": len(verdict.missing),
        "2xx with another row": len(verdict.different),
        "stored, never acknowledged": verdict.unknown,
        "stored in part": len(verdict.strange),
    }
    return Report(
        "commits",
        figures,
        complain(
            missing=sorted(verdict.missing)[:5],
            different=sorted(verdict.different)[:5],
            stored_in_part=sorted(verdict.strange)[:5],
            integrity=not verdict.sound,
            told_wrong=ledger.told_wrong[:5],
            without_retry_after=ledger.no_retry_after,
            replies=ledger.broken,
            nothing_was_refused=not ledger.refused,
            nothing_was_saved=not ledger.acked,
        ),
    )


def _run(options: argparse.Namespace) -> Report:
    if options.postgresql:
        with postgresql() as url:
            return asyncio.run(run(url, failures=options.rounds, seed=options.seed))
    with folder("commits") as place:
        url = SqliteFiles(place).fresh()
        return asyncio.run(run(url, failures=options.rounds, seed=options.seed))


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--postgresql", action="store_true", help="a temporary cluster")


if __name__ == "__main__":
    command(__doc__, _run, short=300, long=10_000, more=_more)
