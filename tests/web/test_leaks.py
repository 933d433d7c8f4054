"""Not one byte of a question before its time, nor of a key before the release (E1, E2, E6)."""

import json
import logging
import re
from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.bank.tables import Question
from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.main import DOORS, ROOT
from app.marking import actions as marking
from app.marking.tables import SittingScore
from app.papers.rules.orders import candidate_order
from app.papers.tables import Paper
from app.question_types import registry
from app.results import actions as results
from app.sitting.rules.receipts import sitting_pass
from app.sitting.tables import KeptAnswer, Sitting
from app.web.lean import Guard
from tests.bank.worlds import take_in
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE, FixedClock
from tests.marking.worlds import written
from tests.web import worlds
from tests.web.worlds import ANY, HIDDEN, ITEMS, SHOWN, House, text_of

# Who writes, reviews and chooses questions may read them; where, and nowhere else.
READERS = {"organizer", "author", "reviewer"}
BANK = re.compile(r"^/bank(/|$)")
PAPERS = re.compile(r"^/papers/\d+")
READING = re.compile(r"^/bank(/|\.|$)|^/papers/\d+|^/blueprints")
FEW = ("organizer", "invigilator", "owner", "colleague", "ticket", "nobody")
JSON = {"accept": "application/json", "hx-request": "true"}


@pytest.fixture
def place(app: FastAPI, people: Cast, clock: FixedClock) -> House:
    with transaction(app.state.engine) as db:
        return worlds.house(db, people)


def everyone(people: Cast, place: House) -> dict[str, Actor | None]:
    tickets = zip(("ticket", "foreign_ticket"), place.tickets, strict=True)
    return people.everyone() | dict(tickets)


def crawl(
    app: FastAPI,
    client: TestClient,
    place: House,
    *more: str,
    headers: dict[str, str] | None = None,
) -> dict[str, str]:
    """Every GET address with everything that left the house for it."""
    found = {}
    for path in worlds.routes(app, "GET"):
        for address in worlds.addresses(path, place):
            found[address] = text_of(client.get(address, headers=headers))
    for address in more:
        found[address] = text_of(client.get(address, headers=headers))
    return found


def elsewhere(app: FastAPI) -> list[str]:
    """What no route names: the mounted files, and addresses that are none."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    static = [f"/static/{path.relative_to(ROOT / 'static').as_posix()}" for path in files]
    assert len(static) > 10
    return [*static, "/static/", "/nowhere", "/sittings/1/nowhere", "/sittings/9999999999",
            "/sittings/1/answers", "/sittings/%00", "/hall/1/9999999999"]  # fmt: skip


def passed(app: FastAPI, client: TestClient, place: House) -> dict[str, str]:
    """Every door that a signed pass opens, with everything that came back, for a body that fits
    and for one that does not."""
    few: dict[str, Any] = {
        "answers": {"item": 1, "seq": 999, "answer": '["A"]'},
        "claim": {"page": "first1"},
        "left": {"seconds": 9},
        "seen": {"message": 1},
    }
    found = {}
    for door in DOORS:
        if door.guard is not Guard.PASS:
            continue
        for sitting_id in (place.own, place.foreign):
            address = door.path.replace("{sitting_id:int}", str(sitting_id))
            name = address.rpartition("/")[2]
            given = sitting_pass(app.state.secret_key, sitting_id)
            for headers in (JSON, {"accept": "text/html"}):
                heads = headers | {"x-sitting-pass": given}
                for body in (few.get(name), {"wrong": 1}):
                    sent = client.post(address, json=body, headers=heads)
                    found[f"{address} {headers} {body}"] = text_of(sent)
                form = {"pass": given, "seq": "1", "k1": "fill_in", "q1.1": "x"}
                found[f"{address} {headers} form"] = text_of(
                    client.post(address, data=form, headers=heads)
                )
    assert len({each.partition(" ")[0] for each in found}) >= 12
    return found


def test_the_crawl_misses_no_door(app: FastAPI, place: House) -> None:
    """A lean door is a route too, and every address of the house can be filled in: a new one
    with a number that nobody has named fails here, instead of being left out."""
    for door in DOORS:
        assert door.path in worlds.routes(app, door.method)
    for path in worlds.routes(app, "GET"):
        assert list(worlds.addresses(path, place))


def tokens(found: dict[str, str], pattern: re.Pattern[str] = ANY) -> dict[str, set[str]]:
    return {at: hits for at, text in found.items() if (hits := set(pattern.findall(text)))}


def test_every_text_of_a_question_carries_its_token(app: FastAPI, place: House) -> None:
    """The trap itself works: stems and options in the paper, the rest in the key."""
    with reading(app.state.engine) as db:
        paper = db.exec(select(Paper)).one()
        stored = db.exec(select(Question)).all()
    assert len(set(SHOWN.findall(paper.content))) >= ITEMS
    assert HIDDEN.findall(paper.content) == []
    assert {hit[2] for hit in HIDDEN.findall(paper.key)} == set("ETK")
    for row in stored:
        assert f"qxS{row.code}" in row.content
        assert f"qxE{row.code}" in row.explanation


def test_a_second_before_the_start_no_question_has_left_the_house(
    app: FastAPI,
    client_of: ClientOf,
    people: Cast,
    place: House,
    clock: FixedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    clock.pass_by(seconds=-1)
    visitors = everyone(people, place)
    if app.state.engine.dialect.name == "postgresql":  # the roles were all asked on the other
        visitors = {name: visitors[name] for name in FEW}
    for name, actor in visitors.items():
        client = client_of(actor)
        client.post(f"/sittings/{place.own}/confirm", data={"rules": "yes"})
        client.post(f"/sittings/{place.own}/start")
        found = tokens(crawl(app, client, place))
        if name not in READERS:
            assert found == {}, name
            continue
        strays = {at for at in found if not BANK.match(at)}
        strays -= {at for at in strays if name == "organizer" and PAPERS.match(at)}
        assert found, f"{name} reads the bank, or this test sees nothing"
        assert strays == set(), name
    for name in FEW:
        visitor = client_of(visitors[name])
        found = tokens(crawl(app, visitor, place, *elsewhere(app), headers=JSON))
        if name in READERS:
            found = {at: hits for at, hits in found.items() if not READING.match(at)}
        assert found == {}, name
    owner = client_of(visitors["owner"])
    assert tokens(passed(app, owner, place)) == {}, "and nothing comes back for a pass"
    assert ANY.findall(caplog.text) == []


def test_the_paper_comes_at_its_moment_and_not_a_microsecond_sooner(
    client_of: ClientOf, people: Cast, place: House, clock: FixedClock
) -> None:
    clock.pass_by(microseconds=-1)
    own = f"/sittings/{place.own}"
    for actor in (people.owner, place.tickets[0]):
        client = client_of(actor)
        client.post(f"{own}/confirm", data={"rules": "yes"})
        assert client.post(f"{own}/start").status_code == 409
        for path in (own, f"{own}/hand-in", f"{own}/receipt", "/sittings"):
            assert ANY.findall(text_of(client.get(path, follow_redirects=True))) == []
    clock.pass_by(microseconds=1)
    client = client_of(people.owner)
    assert ANY.findall(text_of(client.get(own))) == []  # open, but this sitting has not begun
    assert client.post(f"{own}/start").status_code == 303
    assert len(set(SHOWN.findall(text_of(client.get(own))))) >= ITEMS


def begin(client: TestClient, sitting_id: int) -> str:
    """Confirms and starts; the paper as it is shown."""
    client.post(f"/sittings/{sitting_id}/confirm", data={"rules": "yes"})
    client.post(f"/sittings/{sitting_id}/start")
    return client.get(f"/sittings/{sitting_id}").text


def test_during_the_exam_a_candidate_sees_the_paper_and_not_its_key(
    app: FastAPI, client_of: ClientOf, people: Cast, place: House, clock: FixedClock
) -> None:
    """While it runs, after handing in, after the end, and once it is marked: the paper on its two
    pages while it runs, the key nowhere."""
    own = f"/sittings/{place.own}"
    owner, ticket = client_of(people.owner), client_of(place.tickets[0])
    begin(owner, place.own)
    begin(client_of(people.stranger), place.foreign)
    headers = {"x-sitting-pass": sitting_pass(app.state.secret_key, place.own)}
    saved = owner.post(
        f"{own}/answers", json={"item": 1, "seq": 1, "answer": '["A"]'}, headers=headers
    )
    assert (saved.status_code, ANY.findall(text_of(saved))) == (200, [])
    for client in (owner, ticket):
        found = tokens(crawl(app, client, place))
        assert set(found) == {own}
        assert tokens(found_texts(found), HIDDEN) == {}
        assert ANY.findall(text_of(client.post(f"{own}/hand-in"))) == []
    keep_late_answers(app, place)
    outside: list[Actor | None] = [None, people.colleague, people.invigilator]
    for actor in outside:
        for headers in ({"accept": "text/html"}, JSON):
            assert tokens(crawl(app, client_of(actor), place, headers=headers)) == {}
    assert tokens(passed(app, owner, place)) == {}

    owner.post(f"{own}/hand-in", data={"sure": "yes"})
    assert tokens(crawl(app, owner, place)) == {}, "handed in: the receipt tells no question"
    clock.pass_by(hours=3)
    app.state.sweep_once(app)
    with transaction(app.state.engine) as db:
        marking.mark_exam(db, exam_id=place.exam, actor=SYSTEM, now=clock.now())
    for actor in (people.owner, place.tickets[0], people.invigilator, None):
        assert tokens(crawl(app, client_of(actor), place)) == {}, "marked, but not released"


def keep_late_answers(app: FastAPI, place: House) -> None:
    """So that the hall has something to show of what came too late; what was answered is the
    candidate's, what was asked is not shown."""
    late: dict[str, Any] = {
        "item": 2, "seq": 7, "digest": "0" * 64, "answer": '["B"]', "typed_at": NINE,
        "arrived_at": NINE, "reason": "too_late", "via": "page",
    }  # fmt: skip
    with transaction(app.state.engine) as db:
        for sitting_id in (place.own, place.foreign):
            db.add(KeptAnswer(sitting_id=sitting_id, **late))


def test_what_one_has_been_given_is_not_at_hand_for_another(
    app: FastAPI, client_of: ClientOf, people: Cast, place: House, clock: FixedClock
) -> None:
    """E3: the paper's fragments are warm, and somebody has been served a moment ago. Everybody
    who has not begun, and everybody who never will, gets nothing, at T itself and after it."""
    assert len(set(SHOWN.findall(begin(client_of(people.stranger), place.foreign)))) >= ITEMS
    visitors = everyone(people, place)
    if app.state.engine.dialect.name == "postgresql":
        visitors = {name: visitors[name] for name in FEW}
    for name, actor in visitors.items():
        if name in READERS or name in ("stranger", "foreign_ticket"):
            continue
        assert tokens(crawl(app, client_of(actor), place)) == {}, name
    clock.pass_by(minutes=30)
    owner = client_of(people.owner)
    owner.post(f"/sittings/{place.own}/confirm", data={"rules": "yes"})
    assert tokens(crawl(app, owner, place)) == {}, "confirmed, and not begun"
    owner.post(f"/sittings/{place.own}/start")
    assert set(tokens(crawl(app, owner, place))) == {f"/sittings/{place.own}"}
    with transaction(app.state.engine) as db:
        row = db.get(Sitting, place.own)
        assert row is not None
        row.paused_at = clock.now()
    assert tokens(crawl(app, owner, place)) == {}, "paused"


def found_texts(found: dict[str, set[str]]) -> dict[str, str]:
    return {at: " ".join(hits) for at, hits in found.items()}


def test_after_the_release_the_key_is_on_the_own_result_page_and_nowhere_else(
    app: FastAPI, client_of: ClientOf, people: Cast, place: House, clock: FixedClock
) -> None:
    for actor, sitting_id in ((people.owner, place.own), (people.stranger, place.foreign)):
        begin(client_of(actor), sitting_id)
    clock.pass_by(hours=3)
    app.state.sweep_once(app)
    with transaction(app.state.engine) as db:
        marking.mark_exam(db, exam_id=place.exam, actor=SYSTEM, now=clock.now())
        made = results.release(db, contest_id=place.contest, actor=SYSTEM, now=clock.now())
    mine = f"/results/mine/{made.id}"
    for actor in (people.owner, place.tickets[0]):
        found = crawl(app, client_of(actor), place, f"{mine}?show=all&exam=A")
        hits = tokens(found)
        assert set(hits) == {mine, f"{mine}?show=all&exam=A"}
        assert len({hit for hit in hits[mine] if hit.startswith("qxE")}) == ITEMS
    for other in (None, people.colleague, people.invigilator):
        assert tokens(crawl(app, client_of(other), place)) == {}


def test_right_and_wrong_options_look_the_same(
    app: FastAPI, client_of: ClientOf, people: Cast, place: House
) -> None:
    """Whatever tells two options of one kind apart besides letter and words would be the key."""
    page = begin(client_of(people.owner), place.own)
    body = page[page.index('<form id="paper"') :]
    words = re.compile(r">[^<>]+<")
    shapes: dict[str, set[str]] = {}
    for label in re.findall(r"<label\b.*?</label>", body, re.S):
        field = re.search(r'type="(radio|checkbox)" name="q\d+" value="([A-F])"', label)
        if field is None:
            continue
        bare = re.sub(r'(name|id|for)="[^"]*"|value="[A-F]"', "", words.sub("><", label))
        shapes.setdefault(field[1], set()).add(" ".join(bare.split()))
    assert set(shapes) == {"radio", "checkbox"}
    for kind, different in shapes.items():
        assert len(different) == 1, (kind, different)


def test_the_place_of_an_option_tells_nothing_of_the_key(app: FastAPI, place: House) -> None:
    """χ² over 2000 candidates' orders: the right option of a single choice stands anywhere."""
    with reading(app.state.engine) as db:
        paper = db.exec(select(Paper)).one()
    content, key = json.loads(paper.content), json.loads(paper.key)
    item = next(each for each in content["items"] if each["kind"] == "single_choice")
    right = next(each["key"] for each in key["items"] if each["position"] == item["position"])
    letter = registry.right_response("single_choice", right)
    own = json.loads(letter)[0]
    counts: Counter[str] = Counter()
    for number in range(2000):
        order = candidate_order(paper.seed, f"somebody-{number}", content)
        seen = next(each for each in order.items if each.position == item["position"])
        counts[next(shown for shown, bank in seen.letters if bank == own)] += 1
    expected = 2000 / 4
    chi = sum((counts[each] - expected) ** 2 / expected for each in "ABCD")
    assert chi < 16.27  # p > 0.001 at three degrees of freedom; the orders are no chance here


def test_an_edited_question_changes_no_frozen_paper_and_no_score(
    app: FastAPI, client_of: ClientOf, people: Cast, place: House, clock: FixedClock
) -> None:
    """E6: a new version of a question, with another key, while the exam runs and after it."""
    owner = client_of(people.owner)
    before = begin(owner, place.own)
    with transaction(app.state.engine) as db:
        frozen = db.exec(select(Paper)).one()
        hashes = (frozen.paper_hash, frozen.key_hash, frozen.content, frozen.key)
        row = db.get(Sitting, place.own)
        assert row is not None
        answers = written(frozen, row.order_key, knows=100)
    headers = {"x-sitting-pass": sitting_pass(app.state.secret_key, place.own)}
    for item, answer in answers.items():
        saved = owner.post(
            f"/sittings/{place.own}/answers",
            json={"item": item, "seq": 1, "answer": answer},
            headers=headers,
        )
        assert saved.status_code == 200
    changed = [edited(each) for each in worlds.bank()]
    with transaction(app.state.engine) as db:
        assert take_in(db, *changed).updated == len(changed)
    bare = re.compile(r'data-now="[^"]*"|data-seq="\d+"')
    again = owner.get(f"/sittings/{place.own}").text
    assert set(ANY.findall(again)) == set(ANY.findall(before))
    assert bare.sub("", again).count("改过") == 0
    owner.post(f"/sittings/{place.own}/hand-in", data={"sure": "yes"})
    clock.pass_by(hours=3)
    with transaction(app.state.engine) as db:
        marking.mark_exam(db, exam_id=place.exam, actor=SYSTEM, now=clock.now())
        score = db.exec(select(SittingScore)).one()
        now = db.exec(select(Paper)).one()
        assert (now.paper_hash, now.key_hash, now.content, now.key) == hashes
        assert score.score == now.points, "by the key that was frozen, everything was right"


def edited(question: dict[str, object]) -> dict[str, object]:
    """The same question as somebody would falsify it: other words, another key."""
    changed = dict(question) | {"stem": f"改过：{question['stem']}"}
    options = question.get("options")
    if question["kind"] == "single_choice":
        changed |= {"key": ["C"], "traps": {"A": "甲", "B": "乙", "D": "丁"}}
    assert options is None or changed["options"] == options
    return changed
