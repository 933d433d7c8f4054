"""Reading what is to be marked, and what was marked."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import and_, col, func, select

from app.contests.rules.refusals import ContestMissing
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.marking.rules import ExamNotFound, NoPaper, SittingNotFound
from app.marking.tables import ItemMark, MarkRun, SittingScore
from app.papers.tables import Paper
from app.question_types import registry
from app.question_types.marks import Kind
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
class Handed:
    """A sitting that was handed in, as the marking page lists it; no score before it is marked."""

    sitting: Sitting
    number: str | None
    name: str
    county: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A marked item as the office reads it, in the bank's letters: the question, what was
    answered, what is right, and a reason for every point given or withheld."""

    row: ItemMark
    label: str
    stem: str
    response: str
    right: str
    reasons: tuple[dict[str, str], ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Sat:
    """Whose sitting it is, for the page that shows its marks."""

    sitting: Sitting
    exam: Exam
    number: str | None
    name: str
    county: str


def contest(db: Session, contest_id: int) -> Contest:
    """The contest, or ContestMissing."""
    row = db.get(Contest, contest_id)
    if row is None:
        raise ContestMissing
    return row


def exam_of(db: Session, contest_id: int, exam_id: int) -> Exam:
    """An exam of this contest; that of another one is as missing as none."""
    row = exam(db, exam_id)
    if row.contest_id != contest_id:
        raise ExamNotFound
    return row


def exam(db: Session, exam_id: int) -> Exam:
    """The exam, or ExamNotFound; a rehearsal (演练) is nothing to be marked."""
    row = db.get(Exam, exam_id)
    if row is None or row.rehearsal:
        raise ExamNotFound
    return row


def exam_for_update(db: Session, exam_id: int) -> Exam:
    """The same, locked: two people who mark at once get runs 1 and 2, not two runs 1."""
    counted = select(Exam).where(Exam.id == exam_id, col(Exam.rehearsal).is_(False))
    row = db.exec(counted.with_for_update()).first()
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


def _exams(db: Session, contest_id: int) -> list[Exam]:
    """What counts: the exams of a contest without its rehearsals."""
    asked = select(Exam).where(Exam.contest_id == contest_id, col(Exam.rehearsal).is_(False))
    return list(db.exec(asked.order_by(col(Exam.position), col(Exam.id))))


def rehearsed(db: Session, contest_id: int) -> int:
    """How many sittings of the contest's rehearsals were handed in: for the checklist."""
    asked = (
        select(func.count(col(Sitting.handed_in_at)))
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .where(col(Exam.contest_id) == contest_id, col(Exam.rehearsal).is_(True))
    )
    return db.exec(asked).one()


def exam_states(db: Session, contest_id: int) -> list[ExamState]:
    """The exams of a contest with how far each is; four queries, however many exams."""
    exams = _exams(db, contest_id)
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
    exams = {row.id or 0: row for row in _exams(db, contest_id)}
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
        .where(
            Sitting.id == sitting_id,
            col(Sitting.handed_in_at).is_not(None),
            col(Exam.rehearsal).is_(False),
        )
    )
    row = db.exec(asked).first()
    if row is None:
        raise SittingNotFound
    sitting, exam_row, candidate, officer = row
    county = db.get(County, candidate.county_id)
    assert county is not None
    return Sat(sitting, exam_row, candidate.number, officer.name, county.name)


def handed(db: Session, contest_id: int) -> dict[int, list[Handed]]:
    """Who handed in, by exam, in the order of candidate numbers, with the score in the newest
    run: two queries, however many."""
    newest = (
        select_columns(col(MarkRun.exam_id).label("exam_id"), func.max(MarkRun.id).label("run_id"))
        .group_by(col(MarkRun.exam_id))
        .subquery()
    )
    marked = and_(
        col(SittingScore.sitting_id) == col(Sitting.id), col(SittingScore.run_id) == newest.c.run_id
    )
    asked = (
        select_columns(
            Sitting,
            col(Candidate.number),
            col(Officer.name),
            col(County.name),
            col(SittingScore.score),
        )
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .join(newest, newest.c.exam_id == col(Sitting.exam_id), isouter=True)
        .join(SittingScore, marked, isouter=True)
        .where(
            col(Exam.contest_id) == contest_id,
            col(Exam.rehearsal).is_(False),
            col(Sitting.handed_in_at).is_not(None),
        )
        .order_by(col(Candidate.number), col(Sitting.id))
    )
    by_exam: dict[int, list[Handed]] = {}
    for row in db.execute(asked):
        by_exam.setdefault(row[0].exam_id, []).append(Handed(*row))
    return by_exam


def item_lines(db: Session, sat: Sat) -> list[ItemLine]:
    """Every item of a marked sitting with its reasons; SittingNotFound before it is marked."""
    rows = item_marks(db, sat.sitting.id or 0)
    if not rows:
        raise SittingNotFound
    paper = frozen(db, sat.exam.paper_id)
    items = {item["position"]: item for item in paper.content["items"]}
    keys = {item["position"]: item for item in paper.key["items"]}
    return [_line(row, items[row.item], keys[row.item]) for row in rows]


def _line(row: ItemMark, item: dict[str, Any], answer: dict[str, Any]) -> ItemLine:
    kind, content = item["kind"], item["content"]
    right = registry.right_response(kind, answer["key"])
    return ItemLine(
        row=row,
        label=Kind(kind).label,
        stem=content["stem"],
        response=registry.describe(kind, content, row.response),
        right=registry.describe(kind, content, right),
        reasons=tuple(json.loads(row.reasons)),
        explanation=answer["explanation"],
    )
