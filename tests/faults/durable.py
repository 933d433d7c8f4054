"""The ledger against the database: what is missing, what is different, what nobody ever sent."""

import shutil
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pysqlite3
from sqlmodel import select

from app.db.engine import make_engine
from app.db.session import reading
from app.kernel.canonical import digest
from app.sitting.tables import AnswerLog
from tests.faults.candidates import Key, Ledger
from tests.faults.report import folder


@dataclass(frozen=True)
class Verdict:
    """`missing`: acknowledged and not there. `different`: acknowledged, and something else is
    there. `strange`: there, and not what any candidate sent under that number, in part or whole.
    `unknown`: there without an acknowledgement, which is allowed."""

    missing: frozenset[Key]
    different: frozenset[Key]
    strange: frozenset[Key]
    unknown: int
    sound: bool


@dataclass
class Tally:
    """What all verdicts of a run found together."""

    missing: set[Key] = field(default_factory=set)
    different: set[Key] = field(default_factory=set)
    strange: set[Key] = field(default_factory=set)
    unsound: int = 0
    most: int = 0

    def add(self, verdict: Verdict) -> None:
        """One more judgement."""
        self.missing |= verdict.missing
        self.different |= verdict.different
        self.strange |= verdict.strange
        self.unsound += not verdict.sound
        self.most = max(self.most, len(verdict.missing))

    def wrong(self) -> dict[str, object]:
        """For the complaints of a report."""
        return {
            "acked_and_missing": sorted(self.missing)[:5],
            "acked_and_different": sorted(self.different)[:5],
            "stored_in_part": sorted(self.strange)[:5],
            "integrity_not_ok": self.unsound,
        }


def judge(url: str, ledger: Ledger) -> Verdict:
    """Compares every row of the answer log with the ledger. For SQLite it looks at a copy of the
    files: opening the database would repair it, and that is the server's own work."""
    if not url.startswith("sqlite:///"):
        return compare(_rows(url), ledger, sound=True)
    file = Path(url.removeprefix("sqlite:///"))
    with folder("judge") as place:
        copy = place / file.name
        for end in ("", "-wal"):
            part = file.with_name(file.name + end)
            if part.exists():
                shutil.copyfile(part, copy.with_name(copy.name + end))
        sound = _sound(copy)
        return compare(_rows(f"sqlite:///{copy}"), ledger, sound=sound)


def compare(rows: dict[Key, tuple[str, str]], ledger: Ledger, *, sound: bool) -> Verdict:
    """The same on rows (answer, digest) that somebody has read."""
    acked, sent = ledger.acked, ledger.sent
    return Verdict(
        missing=frozenset(key for key in acked if key not in rows),
        different=frozenset(
            key for key, told in acked.items() if key in rows and rows[key][1] != told
        ),
        strange=frozenset(
            key
            for key, (answer, stored) in rows.items()
            if sent.get(key) != answer or digest([*key, answer]) != stored
        ),
        unknown=sum(key not in acked for key in rows),
        sound=sound,
    )


def _sound(file: Path) -> bool:
    with closing(pysqlite3.connect(file)) as connection:
        said: list[tuple[str]] = connection.execute("PRAGMA integrity_check").fetchall()
        broken: list[object] = connection.execute("PRAGMA foreign_key_check").fetchall()
    return said == [("ok",)] and not broken


def _rows(url: str) -> dict[Key, tuple[str, str]]:
    engine = make_engine(url)
    try:
        columns = (AnswerLog.sitting_id, AnswerLog.item, AnswerLog.seq)
        with reading(engine) as db:
            found = db.exec(select(*columns, AnswerLog.answer, AnswerLog.digest))  # type: ignore[call-overload]
            return {(row[0], row[1], row[2]): (row[3], row[4]) for row in found}
    finally:
        engine.dispose()
