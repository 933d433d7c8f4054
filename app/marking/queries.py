"""Reading what is to be marked, and what was marked."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import col, func, select

from app.contests.tables import Candidate, Exam
from app.db.session import Session
from app.marking.rules import ExamNotFound, NoPaper, SittingNotFound
from app.marking.tables import ItemMark, MarkRun, SittingScore
from app.papers.tables import Paper
from app.roster.tables import County, Officer
from app.sitting.tables import Sitting


@dataclass(frozen=True, slots=True)
class Frozen:
    """A paper with its key, as values."""

    seed: str
    content: dict[str, Any]
    key: dict[str, Any]
    key_hash: str


@dataclass(frozen=True, slots=True)
class ExamState:
    """An exam as the marking page lists it."""

    exam: Exam
    called: int
    handed_in: int
    running: int
    run: MarkRun | None


@dataclass(frozen=True, slots=True)
class Scored:
    """The score of one sitting in the newest run of its exam."""

    candidate_id: int
    sitting_id: int
    exam_code: str
    score: Decimal
    used_seconds: int


@dataclass(frozen=True, slots=True)
class Sat:
    """Whose sitting it is, for the page that shows its marks."""

    sitting: Sitting
    exam: Exam
    number: str | None
    name: str
    county: str


def exam(db: Session, exam_id: int) -> Exam:
    """The exam, or ExamNotFound."""
    row = db.get(Exam, exam_id)
    if row is None:
        raise ExamNotFound
    return row


def exam_for_update(db: Session, exam_id: int) -> Exam:
    """The same, locked: two people who mark at once get runs 1 and 2, not two runs 1."""
    row = db.exec(select(Exam).where(Exam.id == exam_id).with_for_update()).first()
    if row is None:
        raise ExamNotFound
    return row


def frozen(db: Session, paper_id: int | None) -> Frozen:
    """The paper of an exam and its key."""
    row = db.get(Paper, paper_id) if paper_id is not None else None
    if row is None:
        raise NoPaper
    return Frozen(row.seed, json.loads(row.content), json.loads(row.key), row.key_hash)


def running(db: Session, exam_id: int) -> int:
    """How many have begun and not handed in."""
    asked = select(func.count(col(Sitting.id))).where(
        Sitting.exam_id == exam_id,
        col(Sitting.started_at).is_not(None),
        col(Sitting.handed_in_at).is_(None),
    )
    return db.exec(asked).one()


def newest_run(db: Session, exam_id: int) -> MarkRun | None:
    """The run that counts."""
    asked = select(MarkRun).where(MarkRun.exam_id == exam_id)
    return db.exec(asked.order_by(col(MarkRun.number).desc()).limit(1)).first()


def _newest_runs(db: Session, exam_ids: Collection[int]) -> dict[int, MarkRun]:
    asked = select(MarkRun).where(col(MarkRun.exam_id).in_(exam_ids)).order_by(col(MarkRun.number))
    return {run.exam_id: run for run in db.exec(asked)}


def exam_states(db: Session, contest_id: int) -> list[ExamState]:
    """The exams of a contest with how far each is; four queries, however many exams."""
    exams = list(
        db.exec(select(Exam).where(Exam.contest_id == contest_id).order_by(col(Exam.position)))
    )
    ids = [row.id or 0 for row in exams]
    called = db.exec(
        select(func.count(col(Candidate.id))).where(
            Candidate.contest_id == contest_id, Candidate.state == "called"
        )
    ).one()
    counts = select(
        Sitting.exam_id,
        func.count(col(Sitting.started_at)),
        func.count(col(Sitting.handed_in_at)),
    ).where(col(Sitting.exam_id).in_(ids))
    sat = {row[0]: row for row in db.exec(counts.group_by(col(Sitting.exam_id)))}
    runs = _newest_runs(db, ids)
    out = []
    for row in exams:
        _, begun, done = sat.get(row.id or 0, (0, 0, 0))
        out.append(ExamState(row, called, done, max(0, begun - done), runs.get(row.id or 0)))
    return out


def scores(db: Session, contest_id: int) -> list[Scored]:
    """Every score of a contest in the newest run of each exam: two queries."""
    exams = {row.id or 0: row for row in db.exec(select(Exam).where(Exam.contest_id == contest_id))}
    runs = [run.id or 0 for run in _newest_runs(db, exams).values()]
    asked = (
        select(SittingScore, Sitting)
        .join(Sitting, col(Sitting.id) == col(SittingScore.sitting_id))
        .where(col(SittingScore.run_id).in_(runs))
        .order_by(col(Sitting.id))
    )
    return [
        Scored(
            sitting.candidate_id,
            sitting.id or 0,
            exams[sitting.exam_id].code,
            score.score,
            score.used_seconds,
        )
        for score, sitting in db.exec(asked)
    ]


def item_marks(db: Session, sitting_id: int) -> list[ItemMark]:
    """The marks of one sitting in the newest run of its exam, in the paper's order."""
    newest = select(func.max(ItemMark.run_id)).where(ItemMark.sitting_id == sitting_id)
    asked = select(ItemMark).where(
        ItemMark.sitting_id == sitting_id, col(ItemMark.run_id) == newest.scalar_subquery()
    )
    return list(db.exec(asked.order_by(col(ItemMark.item))))


def sat(db: Session, sitting_id: int) -> Sat:
    """A sitting that was handed in, with its person; SittingNotFound otherwise."""
    asked = (
        select(Sitting, Exam, Candidate, Officer)
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .where(Sitting.id == sitting_id, col(Sitting.handed_in_at).is_not(None))
    )
    row = db.exec(asked).first()
    if row is None:
        raise SittingNotFound
    sitting, exam_row, candidate, officer = row
    county = db.get(County, candidate.county_id)
    assert county is not None
    return Sat(sitting, exam_row, candidate.number, officer.name, county.name)
