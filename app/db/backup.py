"""Backups of an embedded database: one consistent file, verified after it was written."""

import shutil
from contextlib import closing
from pathlib import Path

import pysqlite3


class BackupRefused(Exception):
    """Why nothing was written, in the operator's language."""


def sqlite_file(url: str) -> Path:
    """The file of an embedded database; PostgreSQL has its own tools."""
    if not url.startswith("sqlite:///"):
        raise BackupRefused(
            "这是 PostgreSQL 数据库：请用 pg_dump 备份、pg_restore 恢复，见运维手册。"
        )
    return Path(url.removeprefix("sqlite:///"))


def backup(source: Path, target: Path) -> None:
    """SQLite's online backup: consistent while answers are being saved. A copy of the file alone
    would miss what stands in the write-ahead log."""
    if not source.exists():
        raise BackupRefused(f"没有数据库 {source}")
    if target.exists():
        raise BackupRefused(f"{target} 已经存在，不覆盖；请换一个文件名")
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    with closing(pysqlite3.connect(source)) as live, closing(pysqlite3.connect(unfinished)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    _check(unfinished)
    unfinished.rename(target)


def restore(source: Path, target: Path) -> None:
    """Puts a backup in place of a database that is gone or broken; the old one is kept aside."""
    _check(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        aside = target.with_name(target.name + ".before-restore")
        if aside.exists():
            raise BackupRefused(f"上一次恢复留下的 {aside} 还在，请先移走")
        for log in ("-wal", "-shm"):
            beside = target.with_name(target.name + log)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + log))
        target.rename(aside)
    shutil.copyfile(source, target)
    _check(target)


def _check(file: Path) -> None:
    try:
        with closing(pysqlite3.connect(file)) as connection:
            good = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            known = connection.execute("SELECT count(*) FROM audit_head").fetchone()[0] == 1
    except pysqlite3.Error:
        good = known = False
    if not good or not known:
        raise BackupRefused(f"{file} 不是完好的比武数据库")
