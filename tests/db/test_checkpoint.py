"""Checkpoints beside the writers: the log does not grow for ever, and readers stop nobody."""

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.db import checkpoint
from app.db.checkpoint import Checkpointer
from app.db.engine import for_writing, make_engine, turnstile_of
from tests.databases import SqliteFiles

NEVER = 3600.0


@pytest.fixture
def file(sqlite: SqliteFiles) -> Path:
    return Path(sqlite.fresh().removeprefix("sqlite:///"))


def write(engine: Engine, pages: int) -> None:
    """One commit of about so many pages."""
    row = text(
        "INSERT INTO audit_entry (seq, at, actor, act, subject, detail, hash) "
        "SELECT coalesce(max(seq), 0) + 1, '2026-11-25', 'a', 'b', 'c', :detail, "
        "hex(randomblob(32)) FROM audit_entry"
    )
    with for_writing(engine).begin() as connection:
        for _ in range(pages):
            connection.execute(row, {"detail": "x" * 4000})


def test_the_log_is_copied_and_begins_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "LONG_LOG", 50)
    engine = make_engine(f"sqlite:///{file}")
    checkpointer = Checkpointer(engine, every_seconds=NEVER)
    log = file.with_name(file.name + "-wal")
    write(engine, 60)
    longest = log.stat().st_size
    for _ in range(5):
        pages, copied = checkpointer.once()
        assert pages == copied
        write(engine, 60)
    assert log.stat().st_size <= longest * 1.1, "the log never began anew"
    checkpointer.close()
    engine.dispose()


def test_a_reader_keeps_no_writer_waiting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long export holds its snapshot: the log stays, and nobody stands aside for long."""
    monkeypatch.setattr(checkpoint, "LONG_LOG", 10)
    engine = make_engine(f"sqlite:///{file}")
    checkpointer = Checkpointer(engine, every_seconds=NEVER)
    write(engine, 5)
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM audit_entry")).scalar_one()
        write(engine, 60)
        began = time.monotonic()
        checkpointer.once()
        assert time.monotonic() - began < 5  # not the ten seconds of a writer's patience
        turnstile_of(engine).enter(0.01)  # it has left the way free
        turnstile_of(engine).leave()
        write(engine, 5)
    assert checkpointer.once()[0] >= 0
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 10_000
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    checkpointer.close()
    engine.dispose()


def test_it_runs_by_itself_and_ends_when_told(file: Path) -> None:
    engine = make_engine(f"sqlite:///{file}")
    checkpointer = Checkpointer(engine, every_seconds=0.01)
    write(engine, 30)
    size, until = file.stat().st_size, time.monotonic() + 10
    while file.stat().st_size < 30 * 4096 and time.monotonic() < until:
        time.sleep(0.01)
    assert file.stat().st_size >= size
    assert file.stat().st_size >= 30 * 4096, "nothing was copied into the database"
    checkpointer.close()
    assert not checkpointer._thread.is_alive()
    engine.dispose()


def test_postgresql_does_it_by_itself(engine: Engine) -> None:
    checkpointer = Checkpointer(engine, every_seconds=NEVER)
    assert checkpointer._thread.is_alive() is (engine.dialect.name == "sqlite")
    checkpointer.close()
