"""The lean doors: the same house, whichever way one comes in."""

import gzip
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from app.audit import queries as audit
from app.db.session import reading, transaction
from app.kernel.errors import DomainError, Kind
from app.main import DOORS
from app.sitting.rules.receipts import sitting_pass
from app.web import errors
from app.web.lean import FORM_BYTES, WORTH_PACKING, Door, FrontDoor, Guard
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall


@pytest.fixture
def place(app: FastAPI, people: Cast, clock: FixedClock) -> Hall:
    with transaction(app.state.engine) as db:
        return worlds.hall(db, people, clock.now())


@pytest.fixture
def started(app: FastAPI, place: Hall, people: Cast, clock: FixedClock) -> None:
    with transaction(app.state.engine) as db:
        worlds.begin(db, place, people, clock.now())


def address(door: Door, place: Hall) -> str:
    return door.path.replace("{sitting_id:int}", str(place.sitting_id)).replace("{code}", "XXXX")


def test_every_door_says_who_is_asked_for(app: FastAPI) -> None:
    """None is open by omission: what is everybody's is named here."""
    anybody = {(door.method, door.path) for door in DOORS if door.guard is Guard.ANYBODY}
    doors = {("GET", "/t/{code}"), ("GET", "/enter"), ("POST", "/enter"), ("GET", "/healthz")}
    assert anybody == doors
    passes = {door.path.rpartition("/")[2] for door in DOORS if door.guard is Guard.PASS}
    assert passes == {"answers", "sheet", "claim", "left", "pulse", "seen"}
    assert all(door.limit > 0 for door in DOORS if door.method == "POST")
    assert len({door.shape for door in DOORS}) == len(DOORS)


def test_whichever_way_one_comes_in_the_answer_is_the_same(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall, started: None
) -> None:
    """Through the front door, and through FastAPI as if there were none."""
    front = app.middleware_stack
    for actor in (people.owner, people.stranger, people.organizer, place.ticket, None):
        client = client_of(actor)
        for door in DOORS:
            if door.method != "GET":
                continue
            for accept in ("text/html", "application/json"):
                headers = {"accept": accept}
                app.middleware_stack = front
                lean = client.get(address(door, place), headers=headers)
                app.middleware_stack = app.build_middleware_stack()
                plain = client.get(address(door, place), headers=headers)
                app.middleware_stack = front
                assert lean.status_code == plain.status_code, door.path
                assert lean.text == plain.text, door.path
                for name in ("location", "content-type"):
                    assert lean.headers.get(name) == plain.headers.get(name)


def test_every_answer_of_a_door_carries_the_security_headers(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall, started: None
) -> None:
    """200, a redirect, 401, 403, 404, 409, 413, 422."""
    statuses = {client_of(people.owner).get("/sittings/999999").status_code}
    given = {"x-sitting-pass": sitting_pass(app.state.secret_key, place.sitting_id)}
    for actor in (people.owner, people.organizer, None):
        client = client_of(actor)
        for door in DOORS:
            at = address(door, place)
            for headers in ({"accept": "application/json"}, {"accept": "text/html"} | given):
                sent = client.request(door.method, at, headers=headers)
                many = client.request(door.method, at, headers=headers, content=b"x" * 3_000_000)
                for each in (sent, many):
                    statuses.add(each.status_code)
                    assert each.headers["cache-control"] == "no-store", door.path
                    assert each.headers["content-security-policy"].startswith("default-src")
                    assert each.headers["x-content-type-options"] == "nosniff"
                    assert each.status_code < 500, door.path
    assert statuses >= {200, 303, 401, 403, 404, 413, 422}


@pytest.mark.parametrize("name", [door.path for door in DOORS if door.method == "POST"])
def test_a_body_is_read_as_far_as_its_limit_and_no_further(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall, started: None, name: str
) -> None:
    """Both sides of each door's limit, announced and in pieces."""
    door = next(each for each in DOORS if (each.method, each.path) == ("POST", name))
    client, at = client_of(people.owner), address(door, place)

    def pieces(length: int) -> Any:
        for start in range(0, length, 1000):
            yield b"x" * min(1000, length - start)

    for length, fits in ((door.limit, True), (door.limit + 1, False)):
        for content in (b"x" * length, pieces(length)):
            sent = client.post(at, content=content)
            assert (sent.status_code != 413) is fits, (name, length)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sittings/999999999", 404),
        ("/sittings/9999999999", 404),  # a number that no table can hold
        ("/sittings/" + "9" * 400, 404),
        ("/sittings/-1", 404),
        ("/sittings/1.0", 404),
        ("/sittings/%EF%BC%91", 404),  # a full-width 1
        ("/sittings/1/", 307),
        ("/sittings//1", 404),
        ("/sittings/1/2", 404),
        ("/t/1234", 403),  # a code may be all digits
        ("/t/", 404),
    ],
)
def test_an_address_that_is_none(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall, path: str, status: int
) -> None:
    sent = client_of(people.owner).get(path)
    assert sent.status_code == status or (status == 307 and sent.status_code == 404)


def test_another_method_is_told_so(
    client_of: ClientOf, people: Cast, place: Hall, started: None
) -> None:
    client, own = client_of(people.owner), f"/sittings/{place.sitting_id}"
    assert client.get(f"{own}/answers").status_code == 405
    assert client.put(own).status_code == 405
    assert client.head(own).status_code in (200, 405)


def test_who_only_asks_whether_a_ticket_is_there_hears_no_server_error(
    client_of: ClientOf, people: Cast, place: Hall
) -> None:
    """HEAD, as a messenger's preview sends it, goes past the front door to the route."""
    assert client_of(None).head("/t/WXYZ-WXYZ-WXYZ").status_code in (403, 405)


def test_a_page_leaves_packed_for_who_can_unpack_it(
    client_of: ClientOf, people: Cast, place: Hall, started: None
) -> None:
    client, own = client_of(people.owner), f"/sittings/{place.sitting_id}"
    plain = client.get(own, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", own, headers={"accept-encoding": "gzip"}) as sent:
        raw = b"".join(sent.iter_raw())
    assert sent.headers["content-encoding"] == "gzip"
    assert sent.headers["vary"] == "Accept-Encoding"
    assert int(sent.headers["content-length"]) == len(raw) < len(plain.content)
    assert gzip.decompress(raw) == plain.content
    small = client.get(f"{own}/standing", headers={"accept-encoding": "gzip"})
    assert len(small.content) < WORTH_PACKING
    assert "content-encoding" not in small.headers


class Odd(DomainError):
    code, kind, message = "odd", Kind.CONFLICT, "不行。"


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [(Odd(), 409, "不行。"), (RuntimeError("SECRET-IN-A-TRACE"), 500, "编号 00000001")],
)
def test_what_goes_wrong_behind_a_door_is_told_like_everywhere(
    app: FastAPI, error: Exception, status: int, word: str
) -> None:
    async def fails(_request: Request, _body: bytes) -> Response:
        raise error

    door = Door("GET", "/odd", Guard.ANYBODY, fails)
    client = TestClient(FrontDoor(app, [door], app, errors.translate))
    sent = client.get("/odd")
    assert (sent.status_code, word in sent.text) == (status, True)
    assert "SECRET" not in sent.text


def test_a_refusal_at_a_door_is_written_down(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall
) -> None:
    """ASVS 16.3, at a lean page and at a lean act, by name."""
    clerk, own = client_of(people.clerk), f"/sittings/{place.sitting_id}"
    assert clerk.get(own).status_code == 403
    assert clerk.post(f"{own}/start").status_code == 403
    with reading(app.state.engine) as db:
        rows = audit.latest(db, limit=2)
    assert [(row.act, row.actor, row.subject) for row in rows] == [
        ("denied", people.clerk.name, f"{own}/start"),
        ("denied", people.clerk.name, own),
    ]


def test_a_form_of_a_lean_act_is_read_as_forms_are(
    app: FastAPI, client_of: ClientOf, people: Cast, place: Hall
) -> None:
    """The last of two, blank ones too, whatever the bytes; and a form of the limit itself."""
    owner, own = client_of(people.owner), f"/sittings/{place.sitting_id}"
    form = {"content-type": "application/x-www-form-urlencoded"}
    for body, status in (
        (b"rules=yes&rules=no", 422),
        (b"rules=", 422),
        (b"\xff\xfe=%ff&rules=no", 422),
        (b"rules=no&rules=yes", 303),
        (b"rules=yes&x=" + b"x" * (FORM_BYTES - 12), 303),
    ):
        sent = owner.post(f"{own}/confirm", content=body, headers=form)
        assert sent.status_code == status, body[:40]
