import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.contests.tables import Exam
from app.db.session import transaction
from app.sitting import actions
from tests import factories
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall


@pytest.fixture
def invigilator(client_of: ClientOf, people: Cast) -> TestClient:
    return client_of(people.invigilator)


@pytest.fixture
def hall(place: Hall) -> str:
    return f"/hall/{place.exam_id}"


def tiles(page: str) -> dict[str, str]:
    found = re.findall(r"<dt>(\w+)</dt><dd[^>]*>(\d+)", page)
    return dict(found)


def test_the_hall_shows_who_is_in_silent_done_and_not_come(
    invigilator: TestClient,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    headers: dict[str, str],
    clock: FixedClock,
) -> None:
    assert tiles(invigilator.get(hall).text) == {
        "应到": "2",
        "作答中": "1",
        "失联": "0",
        "到时待收": "0",
        "已交卷": "0",
        "候考": "0",
        "未到": "1",
    }
    clock.pass_by(seconds=61)
    assert tiles(invigilator.get(hall).text)["失联"] == "1"
    owner.post(f"{url}/answers", json={"item": 1, "seq": 1, "answer": '["A"]'}, headers=headers)
    page = invigilator.get(hall).text
    assert (tiles(page)["失联"], tiles(page)["作答中"]) == ("0", "1")
    assert "1 / 6" in page
    owner.post(f"{url}/events", data={"kind": "left", "seconds": "9"})
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    page = invigilator.get(hall).text
    assert tiles(page)["已交卷"] == "1"
    assert "1 次" in page
    assert "CANARY" not in page


def test_the_fragment_alone_is_what_is_polled(
    invigilator: TestClient, hall: str, place: Hall
) -> None:
    whole = invigilator.get(hall).text
    alone = invigilator.get(hall, headers={"hx-request": "true"}).text
    assert alone.startswith('<div id="hall-live"')
    assert alone in whole
    assert 'hx-trigger="every 10s"' in alone


@pytest.mark.parametrize("more", [0, 2])
def test_the_hall_costs_the_same_however_full(
    app: FastAPI,
    invigilator: TestClient,
    hall: str,
    place: Hall,
    people: Cast,
    statements: list[str],
    clock: FixedClock,
    more: int,
) -> None:
    with transaction(app.state.engine) as db:
        home = factories.county(db, "03", "白鹭县")
        for number in range(more):
            row = factories.officer(db, home, f"考生{number}", f"0803{number}", now=clock.now())
            worlds.candidate(db, place.contest_id, row, f"B-{number}", clock.now())
        actions.prepare(db, exam_id=place.exam_id, actor=people.organizer, now=clock.now())
    statements.clear()
    invigilator.get("/enter")
    asking = len(statements)
    statements.clear()
    assert tiles(invigilator.get(hall).text)["应到"] == str(2 + more)
    assert len(statements) - asking == 4  # the exam, the seats, the answers, the events
    statements.clear()
    assert str(2 + more) in invigilator.get("/hall").text
    assert len(statements) - asking == 1


def test_an_empty_hall_says_what_to_do_and_does_it(
    app: FastAPI, people: Cast, clock: FixedClock, invigilator: TestClient
) -> None:
    assert "还没有发布的考试" in invigilator.get("/hall").text
    with transaction(app.state.engine) as db:
        place = worlds.hall(db, people, clock.now(), published=False)
    assert invigilator.get(f"/hall/{place.exam_id}").status_code == 404
    with transaction(app.state.engine) as db:
        exam = db.get(Exam, place.exam_id)
        assert exam is not None
        exam.published_at = clock.now()
    assert "现在编场" in invigilator.get(f"/hall/{place.exam_id}").text
    assert invigilator.post(f"/hall/{place.exam_id}/prepare").status_code == 303
    assert tiles(invigilator.get(f"/hall/{place.exam_id}").text)["应到"] == "2"


@pytest.mark.parametrize("act", ["extend", "force", "ticket"])
def test_nothing_is_done_without_a_reason(
    invigilator: TestClient, started: None, hall: str, place: Hall, act: str
) -> None:
    seat = f"{hall}/{place.sitting_id}"
    response = invigilator.post(f"{seat}/{act}", data={"minutes": "5", "reason": " "})
    assert (response.status_code, "请写明理由" in response.text) == (422, True)
    assert "还没有记录" not in invigilator.get(seat).text  # only the confirmation
    assert invigilator.get(seat).text.count('<li class="past">') == 1


def test_more_time_for_one_and_for_all(
    invigilator: TestClient, started: None, hall: str, place: Hall
) -> None:
    seat = f"{hall}/{place.sitting_id}"
    sent = {"minutes": "8", "reason": "停电"}
    assert invigilator.post(f"{seat}/extend", data=sent).headers["location"] == seat
    page = invigilator.get(seat).text
    assert "10:08:00（含延长 8 分钟）" in page
    assert "延长 8 分钟：停电" in page
    assert invigilator.post(f"{hall}/extend", data=sent).headers["location"] == hall
    assert "10:16:00（含延长 16 分钟）" in invigilator.get(seat).text
    wrong = invigilator.post(f"{hall}/extend", data={"minutes": "-8", "reason": "停电"})
    assert (wrong.status_code, "请写 1 至 180 的整数" in wrong.text) == (422, True)


def test_a_forced_hand_in_shows_on_both_sides(
    invigilator: TestClient, owner: TestClient, started: None, hall: str, url: str, place: Hall
) -> None:
    seat = f"{hall}/{place.sitting_id}"
    assert invigilator.post(f"{seat}/force", data={"reason": "本人要求"}).status_code == 303
    page = invigilator.get(seat).text
    assert "监考员代为交卷：本人要求" in page
    assert f'action="{seat}/force"' not in page
    assert "监考员代为交卷" in owner.get(f"{url}/receipt").text


def test_a_new_ticket_is_shown_once_as_a_code_to_scan(
    invigilator: TestClient, client_of: ClientOf, started: None, hall: str, place: Hall
) -> None:
    seat = f"{hall}/{place.sitting_id}"
    page = invigilator.post(f"{seat}/ticket", data={"reason": "换手机"}).text
    assert re.search(r'<svg viewBox="[\d ]+" class="qr">', page)
    code = re.search(r'<p class="code">([\w-]+)</p>', page)
    assert code is not None
    assert code[1] not in invigilator.get(seat).text
    other = client_of(None)
    assert other.post("/enter", data={"code": code[1]}).headers["location"] == "/sittings"
    assert other.get(f"/sittings/{place.sitting_id}").status_code == 200
    assert other.get(f"/sittings/{place.foreign_id}").status_code == 404


def test_a_seat_of_another_hall_is_missing(invigilator: TestClient, hall: str, place: Hall) -> None:
    for path in (f"{hall}9/{place.sitting_id}", f"{hall}/{place.sitting_id}9", f"{hall}9"):
        assert invigilator.get(path).status_code == 404
