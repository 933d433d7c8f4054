"""Contests and their exams, as rows and as the values that rules take."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, or_, select

from app.contests.rules.contest_rules import ContestRules, from_dict
from app.contests.rules.people import CandidateState
from app.contests.rules.refusals import ContestMissing, ExamMissing
from app.contests.rules.windows import Window
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.papers.tables import Paper
from app.roster.tables import County


@dataclass(frozen=True, slots=True)
class ContestLine:
    """A contest in the list: how many people, and from when to when."""

    contest: Contest
    candidates: int
    opens_at: datetime | None
    closes_at: datetime | None


def contest(db: Session, contest_id: int) -> Contest:
    """One contest; raises ContestMissing."""
    row = db.get(Contest, contest_id)
    if row is None:
        raise ContestMissing
    return row


def contest_for_update(db: Session, contest_id: int) -> Contest:
    """The same, locked: two clerks cannot both take the last place of a county."""
    asked = select(Contest).where(Contest.id == contest_id).with_for_update()
    row = db.exec(asked.execution_options(populate_existing=True)).first()
    if row is None:
        raise ContestMissing
    return row


def contests(db: Session) -> list[Contest]:
    """Every contest, the newest first."""
    newest = (col(Contest.year).desc(), col(Contest.number).desc())
    return list(db.exec(select(Contest).order_by(*newest)))


def contest_lines(db: Session) -> list[ContestLine]:
    """The list with figures: three queries, however many contests."""
    called = dict(
        db.exec(
            select(Candidate.contest_id, func.count())
            .where(Candidate.state == CandidateState.CALLED.value)
            .group_by(col(Candidate.contest_id))
        ).all()
    )
    asked = select(Exam.contest_id, func.min(Exam.opens_at), func.max(Exam.closes_at))
    counted = asked.where(col(Exam.rehearsal).is_(False)).group_by(col(Exam.contest_id))
    times = {row[0]: row[1:] for row in db.exec(counted)}
    return [
        ContestLine(row, called.get(row.id or 0, 0), *times.get(row.id or 0, (None, None)))
        for row in contests(db)
    ]


def last_number(db: Session, year: int) -> int:
    """The highest number of a contest in that year; 0 when there is none."""
    return db.exec(select(func.max(Contest.number)).where(Contest.year == year)).one() or 0


def rules(contest: Contest) -> ContestRules:
    """The declared rules as a value."""
    return from_dict(json.loads(contest.rules))


def number_prefix(contest: Contest) -> str:
    """What candidate numbers of this contest begin with: year and number, `2601-`."""
    return f"{contest.year % 100:02d}{contest.number:02d}-"


def exams(db: Session, contest_id: int) -> list[Exam]:
    """The exams of a contest in order; a rehearsal is none of them."""
    return [exam for exam in all_exams(db, contest_id) if not exam.rehearsal]


def all_exams(db: Session, contest_id: int) -> list[Exam]:
    """The exams of a contest in order, then its rehearsals (演练): all that takes people's time."""
    asked = select(Exam).where(Exam.contest_id == contest_id)
    return list(db.exec(asked.order_by(col(Exam.rehearsal), col(Exam.position), col(Exam.id))))


def papers_to_come(db: Session, *, now: datetime) -> set[int]:
    """The papers of all exams that are not over, in any contest: their questions are secret."""
    asked = select(Exam.paper_id).where(
        col(Exam.rehearsal).is_(False),
        or_(col(Exam.closes_at).is_(None), col(Exam.closes_at) > now),
    )
    return {paper_id for paper_id in db.exec(asked) if paper_id is not None}


def exam(db: Session, exam_id: int, *, contest_id: int | None = None) -> Exam:
    """One exam; ExamMissing also for one of another contest, if `contest_id` is given."""
    row = db.get(Exam, exam_id)
    if row is None or contest_id not in (None, row.contest_id):
        raise ExamMissing
    return row


def exam_for_update(db: Session, exam_id: int) -> Exam:
    """The same, locked: a paper is not exchanged while somebody publishes."""
    asked = select(Exam).where(Exam.id == exam_id).with_for_update()
    row = db.exec(asked.execution_options(populate_existing=True)).first()
    if row is None:
        raise ExamMissing
    return row


def window(exam: Exam) -> Window | None:
    """The exam's time window, once it is set."""
    if exam.opens_at is None or exam.closes_at is None:
        return None
    length, grace = timedelta(seconds=exam.length_seconds), timedelta(seconds=exam.grace_seconds)
    return Window(exam.opens_at, exam.closes_at, length, grace)


def windows(exams: Iterable[Exam]) -> list[tuple[str, Window]]:
    """The windows that are set, by title, as the linter takes them."""
    return [(exam.title, found) for exam in exams if (found := window(exam)) is not None]


def papers(db: Session) -> list[Paper]:
    """The frozen papers that may be chosen, the newest first."""
    return list(db.exec(select(Paper).order_by(col(Paper.id).desc())))


def counties(db: Session) -> list[County]:
    """The counties in official order."""
    return list(db.exec(select(County).order_by(col(County.position), col(County.id))))
