"""Two devices, two tabs (A8): take-over over HTTP, from the first page to the receipt."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import col, select

from app.audit.tables import AuditEntry
from app.db.session import reading, transaction
from app.kernel.canonical import digest
from app.sitting import actions, queries
from app.sitting.rules.answers import EPOCH_BITS
from app.sitting.rules.hall import Scope
from app.sitting.tables import AnswerLog, KeptAnswer, SittingEvent
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE, FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall


@dataclass
class Phone:
    """An open page, as little as it can be: its word, its number, its pass."""

    client: TestClient
    url: str
    headers: dict[str, str]
    word: str
    seq: int = 0
    epoch: int = 0
    queue: list[dict[str, Any]] = field(default_factory=list)

    def open(self) -> "Phone":
        page = self.client.get(self.url).text
        found = re.search(r'data-seq="(\d+)"', page)
        assert found is not None
        self.seq = int(found[1]) - 1
        return self

    def claim(self) -> dict[str, Any]:
        sent = self.client.post(f"{self.url}/claim", json={"page": self.word}, headers=self.headers)
        assert sent.status_code == 200
        told: dict[str, Any] = sent.json()
        self.epoch = told["epoch"]
        self.seq = max(self.seq, self.epoch << EPOCH_BITS)
        return told

    def write(self, item: int, letter: str) -> None:
        self.seq += 1
        self.queue.append({"item": item, "seq": self.seq, "answer": f'["{letter}"]'})

    def drain(self) -> list[tuple[int, dict[str, Any]]]:
        """Sends all that is written; each must be acknowledged in so many words."""
        outcomes = []
        for body in self.queue:
            sent = self.client.post(f"{self.url}/answers", json=body, headers=self.headers)
            told = sent.json()
            sitting_id = int(self.url.rpartition("/")[2])
            mark = digest([sitting_id, body["item"], body["seq"], body["answer"]])
            assert (told["item"], told["seq"], told["digest"]) == (body["item"], body["seq"], mark)
            outcomes.append((sent.status_code, told))
        self.queue = []
        return outcomes


@pytest.fixture
def phone(owner: TestClient, started: None, url: str, headers: dict[str, str]) -> Phone:
    return Phone(owner, url, headers, "phone111")


@pytest.fixture
def computer(client_of: ClientOf, place: Hall, url: str, headers: dict[str, str]) -> Phone:
    """The same candidate at a desk, with a ticket."""
    return Phone(client_of(place.ticket), url, headers, "desk2222")


def stands(app: FastAPI, place: Hall) -> dict[int, str]:
    with reading(app.state.engine) as db:
        rows = queries.answers(db, place.sitting_id)
        return {item: json.loads(row.answer)[0] for item, row in rows.items()}


def acts(app: FastAPI, place: Hall) -> list[str]:
    about = AuditEntry.subject == f"sitting/{place.sitting_id}"
    with reading(app.state.engine) as db:
        return list(db.exec(select(AuditEntry.act).where(about).order_by(col(AuditEntry.seq))))


def test_a_phone_that_comes_back_online_does_not_undo_what_was_written_at_the_desk(
    app: FastAPI, phone: Phone, computer: Phone, place: Hall, clock: FixedClock
) -> None:
    """The fault of before: a phone typed offline under high numbers and won over the desk."""
    phone.open().claim()
    phone.write(1, "A")
    assert [status for status, _ in phone.drain()] == [200]
    for letter in "BCD":  # offline from here on
        clock.pass_by(seconds=10)
        phone.write(1, letter)
    phone.write(2, "A")
    computer.open()
    clock.pass_by(seconds=10)
    assert computer.claim()["epoch"] == 2
    computer.write(1, "E")
    assert [status for status, _ in computer.drain()] == [200]
    clock.pass_by(seconds=10)
    phone.write(3, "B")  # it does not know yet
    outcomes = phone.drain()
    assert [status for status, _ in outcomes] == [409] * 5
    for _, told in outcomes:
        assert (told["code"], told["epoch"], told["page"]) == ("taken_over", 2, "desk2222")
        assert (told["kept"], told["detail"] != "") == (False, True)
    assert [told["superseded"] for _, told in outcomes] == [True, True, True, False, False]
    assert stands(app, place) == {1: "E", 2: "A", 3: "B"}
    assert acts(app, place) == ["confirm", "start", "take_over"]
    with reading(app.state.engine) as db:
        assert len(db.exec(select(AnswerLog)).all()) == 7
        lines = db.exec(select(SittingEvent).where(SittingEvent.kind == "taken")).all()
        assert [(line.detail, line.by) for line in lines] == [("desk2222", "林知远")]


def test_the_pen_comes_back_and_every_number_stays_in_order(
    app: FastAPI, phone: Phone, computer: Phone, place: Hall, clock: FixedClock
) -> None:
    for holder, letter in ((phone, "A"), (computer, "B"), (phone, "C"), (computer, "D")):
        clock.pass_by(seconds=10)
        holder.open()
        holder.claim()
        holder.write(1, letter)
        assert [status for status, _ in holder.drain()] == [200]
        assert stands(app, place) == {1: letter}
    assert acts(app, place).count("take_over") == 3
    with reading(app.state.engine) as db:
        seqs = db.exec(select(AnswerLog.seq).order_by(col(AnswerLog.arrived_at))).all()
    assert seqs == [(epoch << EPOCH_BITS) + 1 for epoch in (1, 2, 3, 4)]


def test_a_reload_is_the_same_page_and_takes_nothing_from_itself(
    app: FastAPI, phone: Phone, place: Hall
) -> None:
    phone.open().claim()
    phone.write(1, "A")
    phone.drain()
    phone.open()
    assert phone.claim()["epoch"] == 1
    phone.write(1, "B")
    assert [status for status, _ in phone.drain()] == [200]
    assert stands(app, place) == {1: "B"}
    assert acts(app, place) == ["confirm", "start"]


def test_a_number_of_an_epoch_that_nobody_was_given_is_refused(
    app: FastAPI, phone: Phone, place: Hall
) -> None:
    phone.open().claim()
    for seq, status in (
        ((2 << EPOCH_BITS) - 1, 200),
        (2 << EPOCH_BITS, 422),
        (2**31 - 1, 422),
        (0, 422),
        (-1, 422),
    ):
        body = {"item": 1, "seq": seq, "answer": '["A"]'}
        sent = phone.client.post(f"{phone.url}/answers", json=body, headers=phone.headers)
        assert sent.status_code == status, seq
    with reading(app.state.engine) as db:
        assert db.exec(select(AnswerLog.seq)).all() == [(2 << EPOCH_BITS) - 1]


def test_what_the_phone_delivers_after_the_hand_in_at_the_desk_is_kept_and_said_so(
    app: FastAPI, phone: Phone, computer: Phone, place: Hall, clock: FixedClock
) -> None:
    phone.open().claim()
    phone.write(1, "A")
    computer.open()
    computer.claim()
    clock.pass_by(minutes=10)
    computer.client.post(f"{computer.url}/hand-in", data={"sure": "yes"})
    receipt = re.search(r"[0-9A-F]{4}(-[0-9A-F]{4}){2}", computer.client.get(
        f"{computer.url}/receipt").text)  # fmt: skip
    assert receipt is not None
    clock.pass_by(minutes=10)
    phone.queue[0]["age_ms"] = 11 * 60_000
    for _ in range(2):
        written = list(phone.queue)
        ((status, told),) = phone.drain()
        assert (status, told["code"], told["kept"]) == (409, "handed_in", True)
        phone.queue = written
    phone.queue = []
    assert stands(app, place) == {}
    with reading(app.state.engine) as db:
        kept = db.exec(select(KeptAnswer)).all()
    assert [(row.item, row.answer, row.reason) for row in kept] == [(1, '["A"]', "handed_in")]
    assert receipt[0] in computer.client.get(f"{computer.url}/receipt").text


def test_while_it_is_paused_what_arrives_is_stored(
    app: FastAPI, phone: Phone, place: Hall, people: Cast, clock: FixedClock
) -> None:
    """An answer that was on its way, and one typed before the page heard of it; however long it
    takes, nothing is late."""
    phone.open().claim()
    phone.write(1, "A")
    with transaction(app.state.engine) as db:
        actions.pause(
            db, exam_id=place.exam_id, scope=Scope(sitting_id=place.sitting_id), reason="停电",
            actor=people.invigilator, now=NINE,
        )  # fmt: skip
    clock.at = NINE + 3 * worlds.WINDOW
    phone.write(2, "B")
    outcomes = phone.drain()
    assert [status for status, _ in outcomes] == [200, 200]
    assert [told["late"] for _, told in outcomes] == [False, False]
    app.state.sweep_once(app)
    assert phone.client.get(f"{phone.url}/standing").json()["phase"] == "paused"
    assert "CANARY" not in phone.client.get(phone.url).text
    assert stands(app, place) == {1: "A", 2: "B"}
