"""Answers that came too late to count: kept, not marked, and read by nobody too early."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db.session import reading, transaction
from app.sitting import actions, queries
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE, FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall

AGE = 10 * 60 * 1000  # milliseconds since it was typed


@pytest.fixture
def late(
    app: FastAPI,
    owner: TestClient,
    started: None,
    url: str,
    headers: dict[str, str],
    people: Cast,
    clock: FixedClock,
) -> None:
    """The owner handed in, and then an answer arrives that was typed before."""
    clock.pass_by(minutes=20)
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    clock.pass_by(minutes=1)
    body = {"item": 2, "seq": 5, "answer": '["A","C"]', "age_ms": AGE}
    answer = owner.post(f"{url}/answers", json=body, headers=headers)
    assert (answer.status_code, answer.json()["kept"]) == (409, True)


def page(client_of: ClientOf, people: Cast, place: Hall) -> str:
    return client_of(people.invigilator).get(f"/hall/{place.exam_id}/kept").text


def test_while_somebody_may_still_write_only_their_number_is_told(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall, late: None, clock: FixedClock
) -> None:
    told = page(client_of, people, place)
    assert "共 1 个" in told
    assert "考试结束后才能查看内容" in told
    for secret in ("A、C", "林知远", "第 2 题"):
        assert secret not in told
    # The stranger may begin until the window closes, and is not missed before.
    clock.at = NINE + worlds.WINDOW - timedelta(seconds=1)
    assert "考试结束后才能查看内容" in page(client_of, people, place)
    clock.at = NINE + worlds.WINDOW
    assert "A、C" in page(client_of, people, place)


def test_somebody_who_was_given_more_time_is_waited_for(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall, late: None, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        about = {"exam_id": place.exam_id, "sitting_id": place.foreign_id, "minutes": 30}
        actions.shift(db, **about, reason="迟到", actor=people.invigilator, now=clock.now())
    clock.at = NINE + worlds.WINDOW
    assert "考试结束后才能查看内容" in page(client_of, people, place)


def test_afterwards_it_says_whose_which_when_why_and_how(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall, late: None, clock: FixedClock
) -> None:
    clock.at = NINE + worlds.WINDOW
    told = page(client_of, people, place)
    for word in ("林知远", "A-001", "青岚县", "第 2 题", "09:11:00", "09:21:00", "A、C"):
        assert word in told
    assert "交卷之后才送到" in told
    assert ">页面</td>" in told
    with reading(app.state.engine) as db:
        assert queries.responses(db, place.exam_id)[place.sitting_id] == {}


def test_nothing_kept_is_said_in_so_many_words(
    client_of: ClientOf, people: Cast, place: Hall
) -> None:
    assert "没有未计入的答案" in page(client_of, people, place)
    missing = client_of(people.invigilator).get(f"/hall/{place.exam_id}9/kept")
    assert missing.status_code == 404
