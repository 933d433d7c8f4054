"""The world that is measured: one published exam, open now, and everybody who was called up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from app.accounts.rules import token_hash
from app.accounts.tables import SignIn, Ticket
from app.bank import actions as bank
from app.bank.rules.drafts import read_questions
from app.bank.rules.laws import read_laws
from app.contests import actions as contests
from app.contests import queries as contests_queries
from app.contests.rules.people import CandidateState, Entered
from app.contests.rules.presets import THEORY_ONLY, preset
from app.contests.tables import Candidate
from app.db.engine import make_engine
from app.db.migrate import upgrade
from app.db.session import Session, reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.clock import SystemClock
from app.kernel.entropy import SystemEntropy
from app.main import ROOT
from app.papers import actions as papers
from app.papers import queries as papers_queries
from app.papers.rules.blueprint import PRESETS
from app.papers.rules.orders import candidate_order
from app.question_types import registry
from app.roster import actions as roster
from app.roster.tables import County, Officer
from app.seed.world import question_files
from app.sitting import actions as sittings
from app.sitting import queries as sittings_queries
from app.sitting.tables import AnswerLog, Sitting
from app.web.templating import local_date

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
COUNTIES = 8


@dataclass(frozen=True, slots=True)
class Seat:
    """One candidate at the door: the session cookie, and the right answer of each item by the
    number and in the letters that this candidate sees."""

    sitting_id: int
    cookie: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Candidates who have yet to come in, and candidates who have begun, for single requests."""

    exam_id: int
    seats: tuple[Seat, ...]
    begun: tuple[Seat, ...]
    items: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands in the database of one sitting: the current answers, and the receipt."""

    answers: dict[int, str]
    receipt: str | None


def build(url: str, *, seats: int, begun: int) -> World:
    """Migrates an empty database and fills it, through the actions that people use wherever what
    they write is on the measured path. Raises the actions' refusals if it was not empty."""
    upgrade(url)
    engine = make_engine(url)
    try:
        now = SystemClock().now().replace(microsecond=0)
        with transaction(engine) as db:
            exam_id, paper_id = _exam(db, now)
            cookies = _candidates(db, exam_id, seats + begun, now)
            sittings.prepare(db, exam_id=exam_id, actor=SYSTEM, now=now)
        with transaction(engine) as db:
            rows = list(db.exec(select(Sitting).order_by(col(Sitting.id))))
            for row in rows[seats:]:
                row.started_at = now
            right = _right_answers(db, paper_id, rows)
        places = [
            Seat(row.id or 0, cookies[row.candidate_id], answers)
            for row, answers in zip(rows, right, strict=True)
        ]
        return World(exam_id, tuple(places[:seats]), tuple(places[seats:]), rows[0].item_count)
    finally:
        engine.dispose()


def _exam(db: Session, now: datetime) -> tuple[int, int]:
    """Laws, the project's own questions, a paper of fifty, and a contest whose exam has begun."""
    laws = read_laws((ROOT / "question_bank" / "laws.toml").read_text())
    bank.load_laws(db, laws=laws, actor=SYSTEM, now=now)
    questions = [each for file in question_files() for each in read_questions(file.read_text())]
    bank.import_questions(
        db,
        questions=questions,
        author="命题人",
        reviewer="审题人",
        dry_run=False,
        actor=SYSTEM,
        now=now,
    )
    paper = papers.freeze_paper(
        db,
        title="A 卷",
        blueprint=PRESETS["mixed"],
        as_of=local_date(now),
        entropy=SystemEntropy(),
        actor=SYSTEM,
        now=now,
    )
    chosen = preset(THEORY_ONLY)
    contest = contests.open_contest(
        db,
        year=local_date(now).year,
        number=1,
        title="压力测试",
        rules=chosen.rules,
        exams=chosen.minutes,
        actor=SYSTEM,
        now=now - 2 * DAY,
    )
    contest_id = contest.id or 0
    contests.confirm_rules(db, contest_id=contest_id, actor=SYSTEM, now=now - 2 * DAY)
    exam_id, paper_id = contests_queries.exams(db, contest_id)[0].id or 0, paper.id or 0
    contests.set_exam(
        db,
        exam_id=exam_id,
        paper_id=paper_id,
        opens_at=now - MINUTE,
        closes_at=now + DAY,
        length=90 * MINUTE,
        grace=5 * MINUTE,
        actor=SYSTEM,
        now=now - DAY,
    )
    contests.publish_exam(db, exam_id=exam_id, actor=SYSTEM, now=now - DAY)
    return exam_id, paper_id


def _candidates(db: Session, exam_id: int, count: int, now: datetime) -> dict[int, str]:
    """Officers called up, each come in with a ticket; the session cookies by candidate. Rows, not
    actions: how they got there is not what is measured."""
    exam, _ = sittings_queries.exam(db, exam_id)
    homes: list[County] = [
        roster.open_county(
            db, code=f"{at:02}", name=f"第{at}县", position=at, actor=SYSTEM, now=now
        )
        for at in range(1, COUNTIES + 1)
    ]
    officers = [_officer(homes[at % COUNTIES], at, now) for at in range(count)]
    db.add_all(officers)
    db.flush()
    rows = [
        Candidate(
            contest_id=exam.contest_id,
            officer_id=officer.id or 0,
            county_id=officer.county_id,
            entered=Entered.DRAW.value,
            state=CandidateState.CALLED.value,
            number=f"A-{at:05}",
            entered_at=now,
        )
        for at, officer in enumerate(officers, 1)
    ]
    db.add_all(rows)
    db.flush()
    return _let_in(db, rows, officers, now)


def _officer(home: County, at: int, now: datetime) -> Officer:
    return Officer(
        county_id=home.id or 0,
        name=f"考生{at}",
        certificate=f"0801{at:08}",
        establishment="administrative",
        on_post="on_post",
        unit=f"{home.name}生态环境局",
        post="执法大队科员",
        updated_at=now,
    )


def _let_in(
    db: Session, rows: Sequence[Candidate], officers: Sequence[Officer], now: datetime
) -> dict[int, str]:
    entropy, until = SystemEntropy(), now + DAY
    tickets = [
        Ticket(
            code_hash=token_hash(entropy.token(16)),
            candidate_id=row.id or 0,
            name=officer.name,
            county="",
            issued_at=now,
            valid_until=until,
            used_at=now,
        )
        for row, officer in zip(rows, officers, strict=True)
    ]
    db.add_all(tickets)
    db.flush()
    cookies = {ticket.candidate_id: entropy.token() for ticket in tickets}
    db.add_all(
        SignIn(
            token_hash=token_hash(cookies[ticket.candidate_id]),
            ticket_id=ticket.id,
            created_at=now,
            expires_at=until,
        )
        for ticket in tickets
    )
    return cookies


def _right_answers(db: Session, paper_id: int, rows: Sequence[Sitting]) -> list[tuple[str, ...]]:
    """What each candidate must write for full marks: real answers of every kind, none blank."""
    paper, key = papers_queries.content(db, paper_id), papers_queries.key(db, paper_id)
    seed = papers_queries.paper(db, paper_id).seed
    kinds = {item["position"]: item["kind"] for item in paper["items"]}
    right = {
        item["position"]: registry.right_response(kinds[item["position"]], item["key"])
        for item in key["items"]
    }
    out = []
    for row in rows:
        answers = []
        for item in candidate_order(seed, row.order_key, paper).items:
            raw, shown = right[item.position], {own: seen for seen, own in item.letters}
            answers.append(registry.reletter(kinds[item.position], raw, shown) or raw)
        out.append(tuple(answers))
    return out


def stored(url: str, world: World) -> dict[int, Stored]:
    """Every sitting that was handed in, as marking would read it."""
    with _open(url) as db:
        answers = sittings_queries.responses(db, world.exam_id)
        receipts = {row.id: row.receipt for row in sittings_queries.handed_in(db, world.exam_id)}
    return {each: Stored(given, receipts[each]) for each, given in answers.items()}


def logged(url: str, sitting_ids: Sequence[int]) -> int:
    """How many answers the log holds of these sittings, replaced ones included."""
    about = col(AnswerLog.sitting_id).in_(sitting_ids)
    with _open(url) as db:
        return db.exec(select(func.count()).select_from(AnswerLog).where(about)).one()


@contextmanager
def _open(url: str) -> Iterator[Session]:
    engine = make_engine(url)
    try:
        with reading(engine) as db:
            yield db
    finally:
        engine.dispose()
