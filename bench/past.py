"""Sittings that are over, by the thousand: rows as whole attempts would have left them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel, col, func, insert, select, text

from app.accounts.rules import token_hash
from app.accounts.tables import SignIn, Ticket
from app.audit.rules import Entry, link
from app.audit.tables import AuditEntry, AuditHead
from app.contests.rules.people import CandidateState, Entered
from app.contests.tables import Candidate, Exam
from app.db.engine import make_engine
from app.db.session import Session, transaction
from app.kernel.canonical import canonical_json, digest
from app.kernel.clock import SystemClock
from app.roster.tables import County, Officer
from app.sitting.rules.receipts import By, receipt
from app.sitting.tables import AnswerLog, Sitting, SittingEvent
from bench.world import World

MOST_ROWS = 5000  # in one statement
ANSWERED = timedelta(minutes=40)
ACTS = ("enter", "confirm", "start", "hand_in")


def fill(url: str, world: World, count: int) -> None:
    """Adds so many finished sittings to the exam of a world, each of a candidate of its own with a
    used ticket, an answer to every item, its course and its entries in the trail, chained as they
    must be."""
    engine = make_engine(url)
    try:
        now = SystemClock().now().replace(microsecond=0)
        with transaction(engine) as db:
            _fill(db, world, count, now - timedelta(hours=1))
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    finally:
        engine.dispose()


def _fill(db: Session, world: World, count: int, began: datetime) -> None:
    exam = db.exec(select(Exam).where(Exam.id == world.exam_id)).one()
    county = db.exec(select(County)).first()
    assert county is not None
    home, ended = county.id or 0, began + ANSWERED
    officers = _ids(db, Officer, count)
    _add(
        db,
        Officer,
        (
            {
                "id": each,
                "county_id": home,
                "name": f"往届{each}",
                "certificate": f"0802{each:08}",
                "establishment": "administrative",
                "on_post": "on_post",
                "unit": "生态环境局",
                "post": "执法大队科员",
                "updated_at": began,
            }
            for each in officers
        ),
    )
    candidates = _ids(db, Candidate, count)
    _add(
        db,
        Candidate,
        (
            {
                "id": each,
                "contest_id": exam.contest_id,
                "officer_id": officer,
                "county_id": home,
                "entered": Entered.DRAW.value,
                "state": CandidateState.CALLED.value,
                "number": f"B-{each:06}",
                "entered_at": began,
            }
            for each, officer in zip(candidates, officers, strict=True)
        ),
    )
    tickets = _ids(db, Ticket, count)
    _add(
        db,
        Ticket,
        (
            {
                "id": each,
                "code_hash": token_hash(f"past-{each}"),
                "candidate_id": candidate,
                "name": f"往届{candidate}",
                "county": county.code,
                "issued_at": began,
                "valid_until": ended + timedelta(hours=12),
                "used_at": began,
            }
            for each, candidate in zip(tickets, candidates, strict=True)
        ),
    )
    _add(
        db,
        SignIn,
        (
            {
                "token_hash": token_hash(f"past-session-{each}"),
                "ticket_id": each,
                "created_at": began,
                "expires_at": ended + timedelta(hours=12),
            }
            for each in tickets
        ),
    )
    sittings = _ids(db, Sitting, count)
    answers = dict(enumerate(world.seats[0].answers, 1))
    _add(
        db,
        Sitting,
        (
            {
                "id": each,
                "exam_id": world.exam_id,
                "candidate_id": candidate,
                "item_count": world.items,
                "opens_at": exam.opens_at,
                "closes_at": exam.closes_at,
                "length_seconds": exam.length_seconds,
                "grace_seconds": exam.grace_seconds,
                "order_key": digest(["order", world.exam_id, candidate]),
                "prepared_at": began,
                "started_at": began,
                "handed_in_at": ended,
                "closed_by": By.CANDIDATE.value,
                "receipt": receipt(each, answers, ended),
            }
            for each, candidate in zip(sittings, candidates, strict=True)
        ),
    )
    _add(db, AnswerLog, _answers(sittings, answers, began))
    _add(
        db,
        SittingEvent,
        ({"sitting_id": each, "at": began, "kind": "confirmed", "by": "往届"} for each in sittings),
    )
    _trail(db, sittings, began)


def _answers(
    sittings: Sequence[int], answers: dict[int, str], began: datetime
) -> Iterator[dict[str, Any]]:
    for each in sittings:
        for item, raw in answers.items():
            at = began + timedelta(seconds=40 * item)
            yield {
                "sitting_id": each,
                "item": item,
                "seq": item,
                "answer": raw,
                "digest": digest([each, item, item, raw]),
                "typed_at": at,
                "arrived_at": at,
                "late": False,
            }


def _trail(db: Session, sittings: Sequence[int], at: datetime) -> None:
    """Each entry linked to the one before it, as audit.record does one by one."""
    head = db.exec(select(AuditHead)).one()
    rows = []
    for each in sittings:
        for act in ACTS:
            entry = Entry(head.seq + 1, at, "往届", act, f"sitting/{each}", canonical_json({}))
            head.seq, head.hash = entry.seq, link(head.hash, entry)
            rows.append(
                {
                    "seq": entry.seq,
                    "at": at,
                    "actor": entry.actor,
                    "act": act,
                    "subject": entry.subject,
                    "detail": entry.detail,
                    "hash": head.hash,
                }
            )
    db.add(head)
    _add(db, AuditEntry, iter(rows))


def _ids(db: Session, table: Any, count: int) -> range:
    """The next free numbers of a table."""
    last = db.exec(select(func.max(col(table.id)))).one() or 0
    return range(last + 1, last + 1 + count)


def _add(db: Session, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == MOST_ROWS:
            db.execute(insert(table), some)
            some = []
    if some:
        db.execute(insert(table), some)
