"""The organizer marks from a page and reads every reason; nobody else sees a mark."""

import pytest
from fastapi import FastAPI

from app.db.session import reading, transaction
from app.kernel.actor import Actor, Role
from app.marking import queries
from app.sitting.tables import Sitting
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE
from tests.marking import worlds
from tests.marking.worlds import World


@pytest.fixture
def world(app: FastAPI, people: Cast) -> World:
    with transaction(app.state.engine) as db:
        return worlds.sat(db)


def test_an_organizer_marks_and_reads_the_reasons(
    app: FastAPI, client_of: ClientOf, people: Cast, world: World
) -> None:
    organizer = client_of(people.organizer)
    page = f"/contests/{world.contest}/marking"
    before = organizer.get(page)
    assert "待阅卷 4 份" in before.text
    assert "待阅卷 3 份" in before.text
    assert "/marking/sittings/" not in before.text

    answer = organizer.post(page, data={"exam_id": world.exams["A"]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}#exam-A")

    after = organizer.get(page)
    assert "第 1 次阅卷" in after.text
    assert after.text.count("/marking/sittings/") == 4
    sheet = organizer.get(f"/marking/sittings/{world.sittings['林知远', 'A']}")
    assert "12.50<small> / 12.5</small>" in sheet.text
    assert sheet.text.count('<article class="mark-item"') == len(worlds.QUESTIONS)
    assert "选 B，正确" in sheet.text
    rubbish = organizer.get(f"/marking/sittings/{world.sittings['苏望舒', 'A']}")
    assert "答案无法识别" in rubbish.text
    assert "0.00<small> / 12.5</small>" in rubbish.text


def test_while_somebody_sits_there_is_a_reason_instead_of_a_button(
    app: FastAPI, client_of: ClientOf, people: Cast, world: World
) -> None:
    with transaction(app.state.engine) as db:
        sitting = db.get(Sitting, world.sittings["白露", "A"])
        assert sitting is not None
        sitting.started_at = NINE
    organizer = client_of(people.organizer)
    page = organizer.get(f"/contests/{world.contest}/marking")
    assert "还有 1 人没有交卷" in page.text
    assert page.text.count('<button class="btn btn-primary">阅卷</button>') == 1
    answer = organizer.post(
        f"/contests/{world.contest}/marking", data={"exam_id": world.exams["A"]}
    )
    assert answer.status_code == 409
    with reading(app.state.engine) as db:
        assert queries.newest_run(db, world.exams["A"]) is None


def test_an_exam_of_another_contest_and_an_unmarked_sitting_are_missing(
    app: FastAPI, client_of: ClientOf, people: Cast, world: World
) -> None:
    with transaction(app.state.engine) as db:
        other = worlds.sat(db, number=2)
    organizer = client_of(people.organizer)
    foreign = organizer.post(
        f"/contests/{world.contest}/marking", data={"exam_id": other.exams["A"]}
    )
    assert foreign.status_code == 404
    assert organizer.get(f"/marking/sittings/{world.sittings['林知远', 'A']}").status_code == 404
    assert organizer.get(f"/marking/sittings/{world.sittings['白露', 'A']}").status_code == 404
    assert organizer.get("/contests/999999/marking").status_code == 404


def test_nobody_but_the_organizer_sees_a_mark(
    app: FastAPI, client_of: ClientOf, people: Cast, world: World
) -> None:
    client_of(people.organizer).post(
        f"/contests/{world.contest}/marking", data={"exam_id": world.exams["A"]}
    )
    bearer = Actor(
        0, "林知远", frozenset({Role.CANDIDATE}), "01", candidate_id=world.candidates["林知远"]
    )
    own = f"/marking/sittings/{world.sittings['林知远', 'A']}"
    for actor in (people.owner, people.clerk, people.invigilator, people.auditor, bearer):
        assert client_of(actor).get(own).status_code == 403
        assert client_of(actor).get(f"/contests/{world.contest}/marking").status_code == 403
    assert client_of(None).get(own).headers["location"].startswith("/sign-in")


def test_the_list_costs_as_much_for_four_papers_as_for_none(
    app: FastAPI, client_of: ClientOf, people: Cast, world: World, statements: list[str]
) -> None:
    organizer = client_of(people.organizer)
    with transaction(app.state.engine) as db:
        empty = worlds.contest(db, number=2)
    statements.clear()
    assert "回执码" not in organizer.get(f"/contests/{empty.contest}/marking").text
    few = len(statements)
    statements.clear()
    assert "回执码" in organizer.get(f"/contests/{world.contest}/marking").text
    assert len(statements) == few == 7  # visitor, contest, four of the states, papers
