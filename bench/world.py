"""The world that is measured: one published exam, open now, and everybody who was called up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col, select, update

from app.accounts.actions import tickets
from app.accounts.actions.tickets import Bearer
from app.bank import actions as bank
from app.bank.rules.drafts import read_questions
from app.bank.rules.laws import read_laws
from app.contests import actions as contests
from app.contests import queries as contests_queries
from app.contests.rules.people import CandidateState, Entered
from app.contests.rules.presets import THEORY_ONLY, preset
from app.contests.tables import Candidate, Exam
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
from app.seed import world as demo
from app.seed.world import question_files
from app.sitting import actions as sittings
from app.sitting import queries as sittings_queries
from app.sitting.tables import Sitting
from app.web.templating import local_date

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
COUNTIES = 8


@dataclass(frozen=True, slots=True)
class Seat:
    """One candidate before the door: the code of the ticket, the right answer of each item by the
    number and in the letters that this candidate sees, and whether the exam opens later."""

    sitting_id: int
    code: str
    answers: tuple[str, ...]
    waits_for_opening: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """Candidates with tickets that nobody has used, for one exam."""

    exam_id: int
    seats: tuple[Seat, ...]
    items: int
    opens_at: datetime

    def seconds_to_opening(self) -> float:
        """Until the exam opens; negative afterwards."""
        return (self.opens_at - SystemClock().now()).total_seconds()


def build(url: str, *, seats: int, demo_key: str = "") -> World:
    """Migrates an empty database and fills it, through the actions that people use wherever what
    they write is on the measured path. Raises the actions' refusals if it was not empty. The exam
    is open. With a `demo_key` (the server's secret key) the demo world stands beside it: finished
    contests, their circulars, and the office's accounts."""
    upgrade(url)
    engine = make_engine(url)
    try:
        now = SystemClock().now().replace(microsecond=0)
        if demo_key:
            demo.build(engine, secret_key=demo_key, entropy=SystemEntropy(), now=now)
        with transaction(engine) as db:
            exam_id, paper_id = _exam(db, now, fresh=not demo_key)
            codes = _candidates(db, exam_id, seats, now)
            sittings.prepare(db, exam_id=exam_id, actor=SYSTEM, now=now)
        with reading(engine) as db:
            mine = select(Sitting).where(Sitting.exam_id == exam_id)
            rows = list(db.exec(mine.order_by(col(Sitting.id))))
            right = _right_answers(db, paper_id, rows)
        places = tuple(
            Seat(row.id or 0, codes[row.candidate_id], answers)
            for row, answers in zip(rows, right, strict=True)
        )
        return World(exam_id, places, rows[0].item_count, now - MINUTE)
    finally:
        engine.dispose()


def opening_in(url: str, world: World, seconds: float) -> World:
    """The same world, whose exam opens so many seconds from now (or opened, if negative), and
    shows candidates the waiting page first. To be called while no server runs: one may know the
    windows by heart."""
    engine, opens_at = make_engine(url), SystemClock().now() + timedelta(seconds=seconds)
    try:
        with transaction(engine) as db:
            mine = col(Exam.id) == world.exam_id, col(Sitting.exam_id) == world.exam_id
            db.exec(update(Exam).where(mine[0]).values(opens_at=opens_at))
            db.exec(update(Sitting).where(mine[1]).values(opens_at=opens_at))
    finally:
        engine.dispose()
    seats = tuple(replace(seat, waits_for_opening=True) for seat in world.seats)
    return replace(world, seats=seats, opens_at=opens_at)


def _exam(db: Session, now: datetime, *, fresh: bool) -> tuple[int, int]:
    """Laws, the project's own questions, a paper of fifty, and a contest whose exam has begun."""
    if fresh:
        _bank(db, now)
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
        number=99,
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


def _bank(db: Session, now: datetime) -> None:
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


def _candidates(db: Session, exam_id: int, count: int, now: datetime) -> dict[int, str]:
    """Officers called up, each with a ticket; the codes by candidate. That they were called up is
    rows, not actions: how they got there is not what is measured."""
    exam, _ = sittings_queries.exam(db, exam_id)
    homes: list[County] = [
        roster.open_county(
            db, code=f"{at:02}", name=f"第{at}县", position=100 + at, actor=SYSTEM, now=now
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
    bearers = [
        Bearer(row.id or 0, officer.name, f"{1 + at % COUNTIES:02}")
        for at, (row, officer) in enumerate(zip(rows, officers, strict=True))
    ]
    return tickets.issue(
        db,
        bearers=bearers,
        valid_until=now + DAY,
        reason="压力测试",
        entropy=SystemEntropy(),
        actor=SYSTEM,
        now=now,
    )


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
