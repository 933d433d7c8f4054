from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app.db.session import reading, transaction
from app.db.types import UtcDateTime
from app.roster.tables import County
from tests.databases import SqliteFiles


def counties(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return [county.name for county in db.exec(select(County))]


def test_leaving_a_transaction_commits(engine: Engine) -> None:
    with transaction(engine) as db:
        db.add(County(code="01", name="青岚县", position=1))
    assert counties(engine) == ["青岚县"]


def test_an_exception_rolls_everything_back(engine: Engine) -> None:
    def fail_halfway() -> None:
        with transaction(engine) as db:
            db.add(County(code="01", name="青岚县", position=1))
            db.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert counties(engine) == []


def test_reading_never_commits(engine: Engine) -> None:
    with reading(engine) as db:
        db.add(County(code="01", name="青岚县", position=1))
        db.flush()
    assert counties(engine) == []


def test_a_deferred_write_after_a_read_is_refused_at_once(sqlite: SqliteFiles) -> None:
    """The trap behind BEGIN IMMEDIATE: busy_timeout does not help a stale snapshot."""
    from app.db.engine import make_engine

    engine = make_engine(sqlite.fresh())
    with reading(engine) as late:
        late.exec(select(County)).all()
        with transaction(engine) as db:
            db.add(County(code="01", name="青岚县", position=1))
        late.add(County(code="02", name="石澜区", position=2))
        with pytest.raises(OperationalError, match="locked"):
            late.flush()
    engine.dispose()


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 10, 10, 9, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(naive, None)  # type: ignore[arg-type]
