"""How people come in, and how those who are not watched sit their exam."""

from datetime import datetime, timedelta

from playwright.sync_api import Page

from app.contests import queries as contests
from app.db.session import Engine, reading, transaction
from app.kernel.actor import Actor, Role
from app.papers import queries as papers
from app.papers.rules.orders import candidate_order
from app.seed.simulated import Simulated
from app.sitting import actions as sitting
from app.sitting import queries as sittings
from app.sitting.rules.answers import Save
from app.sitting.tables import Sitting


def sign_in(page: Page, name: str, password: str) -> None:
    """Fills in the door that is open, and waits until it is behind us."""
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()


def simulate(
    engine: Engine, exam_id: int, *, at: datetime, away: int, seed: str = "journey"
) -> int:
    """Everybody who has not started sits the exam, but the last `away`; returns how many sat."""
    with reading(engine) as db:
        exam, _ = sittings.exam(db, exam_id)
        paper_id, contest_id = exam.paper_id or 0, exam.contest_id
        paper, key = papers.content(db, paper_id), papers.key(db, paper_id)
        paper_seed = papers.paper(db, paper_id).seed
        people = {row.id: row for row in contests.candidates(db, contest_id)}
        seats = [row for row in sittings.called(db, exam_id).values() if row is not None]
    waiting = [seat for seat in seats if seat.started_at is None]
    for seat in waiting[: len(waiting) - away]:
        row = people[seat.candidate_id]
        role = frozenset({Role.CANDIDATE})
        actor = Actor(0, row.officer.name, role, row.county.code, seat.candidate_id)
        order = candidate_order(paper_seed, seat.order_key, paper)
        answers = Simulated(seed, row.officer.certificate).answers(paper, key, order)
        _sit(engine, seat, actor, answers, at)
    return len(waiting) - away


def _sit(
    engine: Engine, seat: Sitting, actor: Actor, answers: dict[int, str], at: datetime
) -> None:
    number = seat.id or 0
    took = timedelta(minutes=30, seconds=number)
    with transaction(engine) as db:
        sitting.confirm(db, sitting_id=number, actor=actor, now=at)
        sitting.start(db, sitting_id=number, actor=actor, now=at)
    with transaction(engine) as db:
        sitting.save_answers(
            db.connection(),
            [
                Save(number, item, 1, raw, timedelta(0), at + took / 2)
                for item, raw in answers.items()
            ],
        )
    with transaction(engine) as db:
        sitting.hand_in(db, sitting_id=number, actor=actor, now=at + took)
