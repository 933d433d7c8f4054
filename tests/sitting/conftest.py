"""The exam of six questions, and the browsers of those who meet in it."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db.session import transaction
from app.sitting import pages as sitting_pages
from app.sitting.rules.receipts import sitting_pass
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall


@pytest.fixture(autouse=True)
def without_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sweeper and no pulse of their own: whoever counts statements, or asks who was closed and
    who was heard, says when they run."""

    async def never(_app: FastAPI) -> None: ...

    for rounds in ("sweep", "keep_pulse"):
        monkeypatch.setattr(sitting_pages, rounds, never)


@pytest.fixture
def place(app: FastAPI, people: Cast, clock: FixedClock) -> Hall:
    with transaction(app.state.engine) as db:
        return worlds.hall(db, people, clock.now())


@pytest.fixture
def owner(client_of: ClientOf, people: Cast, place: Hall) -> TestClient:
    return client_of(people.owner)


@pytest.fixture
def url(place: Hall) -> str:
    return f"/sittings/{place.sitting_id}"


@pytest.fixture
def started(app: FastAPI, owner: TestClient, place: Hall, people: Cast, clock: FixedClock) -> None:
    with transaction(app.state.engine) as db:
        worlds.begin(db, place, people, clock.now())


@pytest.fixture
def headers(app: FastAPI, place: Hall) -> dict[str, str]:
    given = sitting_pass(app.state.secret_key, place.sitting_id)
    return {"accept": "application/json", "x-sitting-pass": given}
