"""A backup is whole while the database is being written to, and a restore says what it did."""

import shutil
from pathlib import Path

import pytest

from app.audit import actions as audit
from app.audit import queries
from app.audit.rules import verify
from app.db.backup import BackupRefused, backup, restore, sqlite_file
from app.db.engine import make_engine
from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM
from tests.databases import SqliteFiles
from tests.fakes import NINE


def write(url: str, count: int) -> None:
    engine = make_engine(url)
    for number in range(count):
        with transaction(engine) as db:
            audit.record(db, actor=SYSTEM, act="test", subject=str(number), now=NINE)
    engine.dispose()


def entries(file: Path) -> int:
    engine = make_engine(f"sqlite:///{file}")
    with reading(engine) as db:
        chain = list(queries.chain(db))
    engine.dispose()
    assert verify(chain) is None
    return len(chain)


def test_what_was_committed_is_in_the_backup_though_the_file_alone_lacks_it(
    sqlite: SqliteFiles, tmp_path: Path
) -> None:
    url = sqlite.fresh()
    live = sqlite_file(url)
    engine = make_engine(url)
    with transaction(engine) as db:
        audit.record(db, actor=SYSTEM, act="test", subject="in the log", now=NINE)
    # While a connection is open, the commit stands in the write-ahead log only.
    shutil.copyfile(live, tmp_path / "copied.db")
    backup(live, tmp_path / "backup.db")
    engine.dispose()
    assert entries(tmp_path / "copied.db") == 0
    assert entries(tmp_path / "backup.db") == 1


def test_a_restored_database_is_the_one_that_was_backed_up(
    sqlite: SqliteFiles, tmp_path: Path
) -> None:
    url = sqlite.fresh()
    write(url, 3)
    backup(sqlite_file(url), tmp_path / "backup.db")
    write(url, 2)
    restore(tmp_path / "backup.db", sqlite_file(url))
    assert entries(sqlite_file(url)) == 3
    assert entries(sqlite_file(url).with_name(sqlite_file(url).name + ".before-restore")) == 5


def test_nothing_is_overwritten_and_nonsense_is_refused(
    sqlite: SqliteFiles, tmp_path: Path
) -> None:
    live = sqlite_file(sqlite.fresh())
    nonsense = tmp_path / "nonsense.db"
    nonsense.write_bytes(b"SQLite format 3\0 and then nothing")
    with pytest.raises(BackupRefused, match="不是完好"):
        restore(nonsense, live)
    with pytest.raises(BackupRefused, match="已经存在"):
        backup(live, nonsense)
    with pytest.raises(BackupRefused, match="没有数据库"):
        backup(tmp_path / "gone.db", tmp_path / "new.db")
    with pytest.raises(BackupRefused, match="pg_dump"):
        sqlite_file("postgresql+psycopg://biwu@/biwu")
    assert entries(live) == 0
