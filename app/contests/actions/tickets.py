"""Candidate numbers, and the slips that are printed once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts import queries as accounts
from app.accounts.actions import tickets
from app.audit import actions as audit
from app.contests import queries
from app.contests.queries import CandidateRow
from app.contests.rules.people import CandidateState, late_number, numbers
from app.contests.rules.refusals import NobodyToNumber, TimingMissing
from app.contests.tables import Contest, Exam
from app.db.session import Session
from app.draw import queries as draws
from app.kernel.actor import Actor
from app.kernel.entropy import Entropy
from app.roster import queries as roster

# A ticket outlives the last exam by a day: more time, a pause, a late sitting.
OUTLIVES = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SlipExam:
    """An exam as a slip names it."""

    title: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Slip:
    """One admission ticket (准考证) as it is printed. `code` can be read only now: the database
    keeps its hash."""

    candidate: int
    name: str
    county: str
    unit: str
    number: str
    code: str
    exams: tuple[SlipExam, ...]


def number_candidates(db: Session, *, contest_id: int, actor: Actor, now: datetime) -> int:
    """编考号: by the draw's seed, so that a number tells nothing of county or entry. Whoever came
    later gets the next number above all; nobody's number ever changes. Returns how many got one.
    """
    contest = queries.contest_for_update(db, contest_id)
    given = _number(db, contest)
    audit.record(
        db,
        actor=actor,
        act="number_candidates",
        subject=contest.title,
        now=now,
        contest=contest_id,
        numbered=given,
    )
    return given


def _number(db: Session, contest: Contest) -> int:
    rows = queries.candidates(db, contest.id or 0)
    waiting = [
        row
        for row in rows
        if row.candidate.number is None
        and (row.state is CandidateState.CALLED or _left_a_place(row))
    ]
    taken = [row.candidate.number for row in rows if row.candidate.number is not None]
    prefix = queries.number_prefix(contest)
    if not taken:
        found = numbers(_seed(db, contest), [row.officer.certificate for row in waiting], prefix)
        for row in waiting:
            row.candidate.number = found[row.officer.certificate]
    else:
        for row in waiting:
            row.candidate.number = late_number(taken, prefix)
            taken.append(row.candidate.number)
    db.add_all([row.candidate for row in waiting])
    db.flush()
    return len(waiting)


def _left_a_place(row: CandidateRow) -> bool:
    """On leave from a place in the team, not from the bench: results name such people too."""
    return row.state is CandidateState.ON_LEAVE and row.candidate.reserve_place is None


def _seed(db: Session, contest: Contest) -> str:
    if contest.draw_id is not None:
        seed: str = draws.transcript(db, contest.draw_id)["seed"]
        return seed
    if contest.roster_version_id is None:
        raise NobodyToNumber
    return roster.version(db, contest.roster_version_id).sha256


def issue_tickets(
    db: Session,
    *,
    contest_id: int,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
    again: bool = False,
) -> list[Slip]:
    """印发准考证: a slip for every candidate who has none; numbers are given on the way. `again`
    makes new ones for everybody, and every earlier code and what it opened ends: only for a sheet
    that was lost before the exam. Empty when everybody has one."""
    queries.contest_for_update(db, contest_id)
    exams = [e for e in queries.all_exams(db, contest_id) if e.opens_at and e.closes_at]
    if not exams:
        raise TimingMissing
    rows = [r for r in queries.candidates(db, contest_id) if r.state is CandidateState.CALLED]
    if not rows:
        raise NobodyToNumber
    if any(row.candidate.number is None for row in rows):
        number_candidates(db, contest_id=contest_id, actor=actor, now=now)
    if not again:
        held = {t.candidate_id for t in accounts.live_tickets(db, [row.id for row in rows])}
        rows = [row for row in rows if row.id not in held]
    if not rows:
        return []
    codes = tickets.issue(
        db,
        bearers=[tickets.Bearer(r.id, r.officer.name, r.county.code) for r in rows],
        valid_until=max(exam.closes_at for exam in exams if exam.closes_at) + OUTLIVES,
        reason="重新印发" if again else "首次印发",
        entropy=entropy,
        actor=actor,
        now=now,
    )
    # In the order in which they are handed out: by county, there by number.
    rows.sort(key=lambda row: (row.county.position, row.candidate.number or ""))
    return [_slip(row, codes[row.id], exams) for row in rows]


def _slip(row: CandidateRow, code: str, exams: list[Exam]) -> Slip:
    return Slip(
        row.id,
        row.officer.name,
        row.county.name,
        row.officer.unit,
        row.candidate.number or "",
        code,
        tuple(
            SlipExam(exam.title, exam.opens_at, exam.closes_at)
            for exam in exams
            if exam.opens_at and exam.closes_at
        ),
    )
