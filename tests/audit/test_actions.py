from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.audit import queries
from app.audit.actions import record
from app.audit.rules import verify
from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM
from tests.fakes import NINE


def act(engine: Engine, number: int) -> None:
    with transaction(engine) as db:
        record(db, actor=SYSTEM, act="test", subject=f"对象 {number}", now=NINE, 备注="二")


def test_entries_survive_the_database_and_still_verify(engine: Engine) -> None:
    for number in range(3):
        act(engine, number)
    with reading(engine) as db:
        assert verify(queries.chain(db)) is None
        assert [entry.subject for entry in queries.latest(db)] == ["对象 2", "对象 1", "对象 0"]


def test_two_writers_never_fork_the_chain(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: act(engine, number), range(40)))
    with reading(engine) as db:
        chain = list(queries.chain(db))
    assert [linked.entry.seq for linked in chain] == list(range(1, 41))
    assert verify(chain) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET hash='x'", "DELETE FROM audit_entry"]
)
def test_the_database_itself_refuses_to_forget(engine: Engine, statement: str) -> None:
    act(engine, 1)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
