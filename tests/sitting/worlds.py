"""A published exam of six questions that opens at nine, with two who were called up for it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.canonical import canonical_json
from app.papers.tables import Paper
from app.question_types import registry
from app.question_types.marks import Kind
from app.question_types.policy import DEFAULT
from app.roster.tables import County, Officer
from app.sitting import actions, queries
from tests.factories import Cast, officer

LENGTH = timedelta(minutes=60)
WINDOW = timedelta(minutes=90)
GRACE = timedelta(minutes=5)
SEED = "5e" * 32
OPTIONS = {"A": "甲", "B": "乙", "C": "丙", "D": "丁"}
BANK: list[dict[str, Any]] = [
    {"kind": "single_choice", "options": OPTIONS, "key": ["B"], "traps": {"A": "SECRET"}},
    {"kind": "multiple_choice", "options": OPTIONS, "key": ["A", "C"]},
    {"kind": "true_false", "options": {"A": "正确", "B": "错误"}, "key": ["A"]},
    {"kind": "indefinite_choice", "options": OPTIONS, "key": ["A"]},
    {"kind": "fill_in", "blank": [{"n": 1, "key": "5"}, {"n": 2, "key": "60"}]},
    {"kind": "numeric", "numeric": {"key": 216, "unit": "万元", "accept_units": {"元": 2160000}}},
]
ITEMS = len(BANK)


@dataclass(frozen=True, slots=True)
class Hall:
    """The exam, and the sittings of the owner and of the stranger. `ticket` is the owner with a
    ticket instead of a password."""

    contest_id: int
    exam_id: int
    sitting_id: int
    foreign_id: int
    candidate_id: int
    ticket: Actor


def content() -> dict[str, Any]:
    """A frozen paper as papers.rules.freezing makes it."""
    items = []
    for position, question in enumerate(BANK, 1):
        stem = f"CANARY-{position}" + ("【1】和【2】" if question["kind"] == "fill_in" else "")
        made, _ = registry.from_bank({"stem": stem, **question})
        items.append(
            {
                "position": position,
                "kind": question["kind"],
                "points": "2",
                "question": f"q{position}",
                "question_version": 1,
                "content": made,
                "fixed_order": question["kind"] == "true_false",
            }
        )
    sections = [
        {
            "kind": kind.value,
            "label": kind.label,
            "rule": registry.in_words(kind, DEFAULT),
            "count": 1,
            "points": "2",
        }
        for kind in map(Kind, (question["kind"] for question in BANK))
    ]
    return {"title": "A 卷", "total": "12", "sections": sections, "items": items}


def hall(db: Session, people: Cast, now: datetime, *, published: bool = True) -> Hall:
    """Owner and stranger are called up, the colleague is a reserve."""
    paper = Paper(
        title="A 卷",
        blueprint="{}",
        as_of=date(2026, 10, 1),
        seed=SEED,
        content=canonical_json(content()),
        key='{"answer":"SECRET"}',
        paper_hash="0" * 64,
        key_hash="0" * 64,
        item_count=ITEMS,
        points=Decimal(12),
        frozen_at=now,
        frozen_by="organizer",
    )
    contest = Contest(
        year=2026, number=2, title="第二期比武", rules="{}", created_at=now, created_by="organizer"
    )
    db.add(paper)
    db.add(contest)
    db.flush()
    exam = Exam(
        contest_id=contest.id or 0,
        code="A",
        title="A 卷 法律法规",
        position=1,
        paper_id=paper.id,
        opens_at=now,
        closes_at=now + WINDOW,
        length_seconds=int(LENGTH.total_seconds()),
        grace_seconds=int(GRACE.total_seconds()),
        published_at=now - timedelta(days=1) if published else None,
    )
    db.add(exam)
    db.flush()
    owner = called(db, contest.id or 0, people.owner, "A-001", now)
    called(db, contest.id or 0, people.colleague, None, now, state="reserve")
    stranger = called(db, contest.id or 0, people.stranger, "A-002", now)
    if not published:
        return Hall(contest.id or 0, exam.id or 0, 0, 0, owner, bearer(people.owner, owner))
    actions.prepare(db, exam_id=exam.id or 0, actor=SYSTEM, now=now)
    seats = queries.called(db, exam.id or 0)
    ids = [seats[candidate] for candidate in (owner, stranger)]
    mine, foreign = (row.id or 0 if row else 0 for row in ids)
    about = contest.id or 0, exam.id or 0
    return Hall(*about, mine, foreign, owner, bearer(people.owner, owner))


def bearer(owner: Actor, candidate_id: int) -> Actor:
    """The same person, who came in with a ticket."""
    return Actor(0, owner.name, frozenset({Role.CANDIDATE}), owner.county, candidate_id)


def called(
    db: Session,
    contest_id: int,
    actor: Actor,
    number: str | None,
    now: datetime,
    *,
    state: str = "called",
) -> int:
    """A candidate of this contest: the officer behind this account."""
    officer = db.exec(select(Officer).where(Officer.account_id == actor.account_id)).one()
    return candidate(db, contest_id, officer, number, now, state=state)


def candidate(
    db: Session,
    contest_id: int,
    officer: Officer,
    number: str | None,
    now: datetime,
    *,
    state: str = "called",
) -> int:
    row = Candidate(
        contest_id=contest_id,
        officer_id=officer.id or 0,
        county_id=officer.county_id,
        entered="draw",
        state=state,
        number=number,
        entered_at=now,
    )
    db.add(row)
    db.flush()
    return row.id or 0


def begin(db: Session, place: Hall, people: Cast, now: datetime) -> None:
    """The owner has confirmed and started."""
    actions.confirm(db, sitting_id=place.sitting_id, actor=people.owner, now=now)
    actions.start(db, sitting_id=place.sitting_id, actor=people.owner, now=now)


@dataclass(frozen=True, slots=True)
class Guest:
    """One more candidate of the same exam, who came in with a ticket."""

    actor: Actor
    sitting_id: int


def crowd(db: Session, place: Hall, count: int, now: datetime) -> list[Guest]:
    """So many more, called up and prepared, from the first county; none has confirmed."""
    home = db.exec(select(County).order_by(col(County.id))).first()
    assert home is not None
    ids = []
    for number in range(1, count + 1):
        person = officer(db, home, f"考生{number}", f"0809{number:08d}", now=now)
        ids.append(candidate(db, place.contest_id, person, f"B-{number:03d}", now))
    actions.prepare(db, exam_id=place.exam_id, actor=SYSTEM, now=now)
    seats = queries.called(db, place.exam_id)
    guests = []
    for number, candidate_id in enumerate(ids, 1):
        row = seats[candidate_id]
        actor = Actor(0, f"考生{number}", frozenset({Role.CANDIDATE}), home.code, candidate_id)
        guests.append(Guest(actor, row.id or 0 if row else 0))
    return guests
