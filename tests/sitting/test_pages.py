import re
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from app.contests.tables import Exam
from app.db.session import reading, transaction
from app.sitting import actions, queries
from app.sitting.pages.sweeper import sweep_once
from app.sitting.rules.answers import Save
from app.sitting.tables import AnswerLog, KeptAnswer, Sitting
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE, FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall

JSON = {"accept": "application/json"}
ANSWER = {"item": 1, "seq": 1, "answer": '["B"]'}


def text_of(page: str) -> str:
    return re.sub(r"\s+", "", re.sub("<[^>]+>", "", page))


# ---- from the ticket to the paper


def test_from_the_ticket_to_the_receipt(
    owner: TestClient, url: str, headers: dict[str, str], clock: FixedClock
) -> None:
    clock.pass_by(minutes=-10)
    ticket = owner.get(url).text
    assert "请核对，是您本人吗？" in ticket
    assert all(word in ticket for word in ("林知远", "青岚县", "A-001", "A 卷 法律法规"))
    unread = owner.post(f"{url}/confirm")
    assert (unread.status_code, "请先读规则" in unread.text) == (422, True)
    assert owner.post(f"{url}/confirm", data={"rules": "yes"}).headers["location"] == url
    waiting = owner.get(url).text
    assert 'data-phase="waiting"' in waiting
    assert 'data-now="2026-10-10T00:50:00.000+00:00"' in waiting
    assert 'data-ends="2026-10-10T01:00:00.000+00:00"' in waiting
    clock.pass_by(minutes=10)
    assert "开始作答</button>" in owner.get(url).text
    assert owner.post(f"{url}/start").headers["location"] == url
    paper = owner.get(url).text
    assert 'data-ends="2026-10-10T02:00:00.000+00:00"' in paper
    assert owner.post(f"{url}/answers", json=ANSWER, headers=headers).status_code == 200
    clock.pass_by(minutes=30)
    check = owner.get(f"{url}/hand-in").text
    assert "<dt>已答</dt><dd>1</dd>" in check
    assert "这 5 题再看一眼" in check
    unsure = owner.post(f"{url}/hand-in")
    assert (unsure.status_code, "请先打勾" in unsure.text) == (422, True)
    assert owner.post(f"{url}/hand-in", data={"sure": "yes"}).headers["location"] == (
        f"{url}/receipt"
    )
    assert owner.get(url).headers["location"] == f"{url}/receipt"
    receipt = owner.get(f"{url}/receipt").text
    assert re.search(r"<b>[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}</b>", receipt)
    assert "6题中作答1题" in text_of(receipt)
    assert "用时30分钟" in text_of(receipt)
    assert "比截止时间早30分钟" in text_of(receipt)
    assert "CANARY" not in receipt


def test_not_one_byte_of_a_question_before_its_time(
    owner: TestClient, url: str, clock: FixedClock
) -> None:
    clock.pass_by(milliseconds=-1)
    owner.post(f"{url}/confirm", data={"rules": "yes"})
    for path in (url, f"{url}/hand-in", f"{url}/receipt", "/sittings"):
        assert "CANARY" not in owner.get(path, follow_redirects=True).text
    assert owner.post(f"{url}/start").status_code == 409
    clock.pass_by(milliseconds=1)
    assert "CANARY" not in owner.get(url).text  # open, but this sitting has not begun
    owner.post(f"{url}/start")
    paper = owner.get(url).text
    assert paper.count("CANARY") == worlds.ITEMS
    assert "SECRET" not in paper


def test_a_late_start_gets_what_is_left_of_the_window_and_none_after_it(
    owner: TestClient, url: str, clock: FixedClock
) -> None:
    clock.pass_by(minutes=89)
    owner.post(f"{url}/confirm", data={"rules": "yes"})
    clock.pass_by(minutes=1)
    assert owner.post(f"{url}/start").status_code == 409
    assert "没有您的作答" in owner.get(url).text


def test_a_stranger_and_a_colleague_see_nothing_at_all(
    client_of: ClientOf, people: Cast, started: None, url: str
) -> None:
    for actor, status in (
        (people.colleague, 404),
        (people.stranger, 404),
        (people.organizer, 403),
        (people.auditor, 403),
        (None, 303),
    ):
        for path in ("", "/hand-in", "/receipt"):
            response = client_of(actor).get(url + path)
            assert (response.status_code, "CANARY" in response.text) == (status, False)


def test_nobody_acts_for_somebody_else(
    client_of: ClientOf, people: Cast, started: None, url: str
) -> None:
    stranger = client_of(people.stranger)
    for path in ("confirm", "start", "hand-in"):
        sent = {"rules": "yes", "sure": "yes", "seconds": "9"}
        assert stranger.post(f"{url}/{path}", data=sent).status_code == 404
    assert stranger.get(f"{url}/standing").status_code == 404


def test_an_exam_that_is_taken_back_is_gone(
    app: FastAPI, owner: TestClient, started: None, url: str
) -> None:
    with transaction(app.state.engine) as db:
        db.exec(select(Exam)).one().published_at = None
    assert owner.get(url).status_code == 404
    assert "CANARY" not in owner.get("/sittings").text


def test_a_ticket_opens_the_sitting_on_another_device_with_what_is_saved(
    client_of: ClientOf,
    owner: TestClient,
    started: None,
    url: str,
    place: Hall,
    headers: dict[str, str],
) -> None:
    owner.post(f"{url}/answers", json=ANSWER, headers=headers)
    other = client_of(place.ticket)
    assert f'href="{url}"' in other.get("/sittings").text
    paper = other.get(url).text
    assert re.search(r'name="q1" value="B" checked', paper)
    assert 'data-seq="2"' in paper


# ---- the hot path


def test_a_saved_answer_is_acknowledged_in_so_many_words(
    owner: TestClient, started: None, url: str, place: Hall, headers: dict[str, str]
) -> None:
    response = owner.post(f"{url}/answers", json=ANSWER, headers=headers)
    save = Save(place.sitting_id, 1, 1, '["B"]', timedelta(0), NINE)
    assert (response.status_code, response.json()) == (
        200,
        {
            "item": 1,
            "seq": 1,
            "digest": save.digest,
            "typed_at": "2026-10-10T01:00:00Z",
            "saved_at": "2026-10-10T01:00:00Z",
            "late": False,
            "superseded": False,
            "now": "2026-10-10T01:00:00Z",
            "ends_at": "2026-10-10T02:00:00Z",
            "epoch": 0,
            "page": "",
            "code": "",
            "detail": "",
            "kept": False,
        },
    )
    assert re.search(r'name="q1" value="B" checked', owner.get(url).text)


def test_a_number_that_another_tab_used_is_told_with_the_next_free_one(
    owner: TestClient, started: None, url: str, headers: dict[str, str], clock: FixedClock
) -> None:
    owner.post(f"{url}/answers", json=ANSWER | {"seq": 9}, headers=headers)
    clock.pass_by(seconds=5)
    for other in ({"seq": 9, "answer": '["C"]'}, {"seq": 2, "answer": '["C"]'}):
        response = owner.post(f"{url}/answers", json=ANSWER | other, headers=headers)
        told = response.json()
        assert (response.status_code, told["code"]) == (409, "sequence_taken")
        assert (told["newest"], told["typed_at"]) == (9, "2026-10-10T01:00:00Z")


def test_save_answer_after_deadline_is_refused_and_not_stored(
    app: FastAPI,
    owner: TestClient,
    started: None,
    url: str,
    headers: dict[str, str],
    clock: FixedClock,
) -> None:
    clock.pass_by(minutes=61)
    late = owner.post(f"{url}/answers", json=ANSWER, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    with reading(app.state.engine) as db:
        assert db.exec(select(AnswerLog)).all() == []
    in_time = owner.post(f"{url}/answers", json=ANSWER | {"age_ms": 61_000}, headers=headers)
    assert (in_time.status_code, in_time.json()["late"]) == (200, True)
    clock.pass_by(minutes=4)
    beyond = owner.post(
        f"{url}/answers", json=ANSWER | {"seq": 2, "age_ms": 360_000}, headers=headers
    )
    told = beyond.json()
    assert (beyond.status_code, told["code"], told["kept"]) == (409, "too_late", True)
    assert (told["item"], told["seq"], told["detail"] != "") == (1, 2, True)
    save = Save(1, 1, 2, '["B"]', timedelta(0), NINE)
    assert told["digest"] == replace(save, sitting_id=int(url.split("/")[-1])).digest
    with reading(app.state.engine) as db:
        assert [row.seq for row in db.exec(select(AnswerLog))] == [1]
        assert [row.seq for row in db.exec(select(KeptAnswer))] == [2]


@pytest.mark.parametrize("given", ["", "1.00", "2.abc"])
def test_without_the_pass_nothing_is_saved(
    owner: TestClient, started: None, url: str, given: str
) -> None:
    headers = JSON | {"x-sitting-pass": given}
    response = owner.post(f"{url}/answers", json=ANSWER, headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "bad_pass")
    assert owner.post(f"{url}/sheet", data={"pass": given, "seq": "1"}).status_code == 403


def test_the_pass_outlives_the_session(
    owner: TestClient, started: None, url: str, headers: dict[str, str]
) -> None:
    owner.post("/sign-out")
    assert owner.post(f"{url}/answers", json=ANSWER, headers=headers).status_code == 200


def test_a_save_costs_three_statements(
    owner: TestClient,
    started: None,
    url: str,
    headers: dict[str, str],
    statements: list[str],
) -> None:
    statements.clear()
    owner.post(f"{url}/answers", json=ANSWER, headers=headers)
    assert [sent.split()[0] for sent in statements] == ["SELECT", "SELECT", "INSERT"]


def test_a_failed_commit_is_a_503_and_the_answer_is_not_claimed(
    app: FastAPI, owner: TestClient, started: None, url: str, headers: dict[str, str]
) -> None:
    def disk_full(_connection: object) -> None:
        raise OSError("disk full")

    event.listen(app.state.journal_engine, "commit", disk_full)
    failed = owner.post(f"{url}/answers", json=ANSWER, headers=headers)
    event.remove(app.state.journal_engine, "commit", disk_full)
    assert (failed.status_code, failed.json()["code"]) == (503, "answer_not_stored")
    assert failed.headers["retry-after"] == "2"
    assert not re.search(r'name="q1" value="B" checked', owner.get(url).text)
    assert owner.post(f"{url}/answers", json=ANSWER, headers=headers).status_code == 200


# ---- without JavaScript


def fields_of(page: str) -> dict[str, str]:
    form = page[page.index('<form id="paper"') :]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")])
    return {name: value.replace("&#34;", '"') for name, value in found}


def test_without_javascript_a_plain_form_saves_the_whole_sheet(
    owner: TestClient, started: None, url: str, statements: list[str]
) -> None:
    hidden = fields_of(owner.get(url).text)
    sheet = hidden | {"q1": "A", "q2": ["B", "C"], "q5.1": "五", "q6.value": "216", "f3": "1"}
    assert owner.post(f"{url}/sheet", data=sheet).headers["location"] == url
    paper = owner.get(url).text
    assert re.findall(r'name="(q\d)" value="(\w)" checked', paper) == [
        ("q1", "A"),
        ("q2", "B"),
        ("q2", "C"),
    ]
    assert 'name="q5.1" value="五"' in paper
    assert 'name="q6.value" value="216"' in paper
    assert 'name="f3" checked' in paper
    assert "已保存 09:00:00" in paper
    # once more, one answer changed and one taken back: only these two are saved
    again = fields_of(paper) | {
        "q1": "D",
        "q5.1": "五",
        "q6.value": "216",
        "f3": "1",
        "go": "hand-in",
    }
    statements.clear()
    assert owner.post(f"{url}/sheet", data=again).headers["location"] == f"{url}/hand-in"
    assert sum(sent.startswith("INSERT") for sent in statements) <= 2
    paper = owner.get(url).text
    assert re.findall(r'name="(q\d)" value="(\w)" checked', paper) == [("q1", "D")]


def test_two_plain_forms_do_not_lose_each_others_answers(
    owner: TestClient, started: None, url: str, clock: FixedClock
) -> None:
    printed = fields_of(owner.get(url).text)
    for letter in "ABC":
        clock.pass_by(seconds=1)
        assert owner.post(f"{url}/sheet", data=printed | {"q1": letter}).status_code == 303
    assert re.findall(r'name="q1" value="(\w)" checked', owner.get(url).text) == ["C"]


def test_a_plain_form_after_the_end_is_told_so(
    owner: TestClient, started: None, url: str, clock: FixedClock
) -> None:
    printed = fields_of(owner.get(url).text)
    clock.pass_by(minutes=60)
    response = owner.post(f"{url}/sheet", data=printed | {"q1": "A"})
    assert (response.status_code, "到时之后写的" in response.text) == (409, True)


# ---- the end


def test_when_time_is_up_the_page_says_who_hands_in_and_the_server_does(
    app: FastAPI,
    owner: TestClient,
    started: None,
    url: str,
    headers: dict[str, str],
    clock: FixedClock,
) -> None:
    owner.post(f"{url}/answers", json=ANSWER, headers=headers)
    clock.pass_by(minutes=60)
    over = owner.get(url).text
    assert "时间到，不用再操作" in over
    assert "10:05:00" in over
    assert 'data-pass="' + headers["x-sitting-pass"] in over  # what is kept may still come
    assert "CANARY" not in over
    assert owner.get(f"{url}/hand-in").headers["location"] == url
    clock.pass_by(minutes=5)
    sweep_once(app)
    receipt = owner.get(url, follow_redirects=True).text
    assert "到时由服务器收卷" in receipt
    assert "10:00:00" in receipt
    sweep_once(app)


def test_the_sweeper_prepares_what_was_called_up_since(
    app: FastAPI, people: Cast, place: Hall, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        db.exec(select(Exam)).one().grace_seconds = 120
    sweep_once(app)
    with reading(app.state.engine) as db:
        assert (
            queries.sitting(db, place.sitting_id, actor=people.owner).sitting.grace_seconds == 120
        )


def test_handing_in_after_the_end_needs_no_tick_and_counts_at_the_deadline(
    owner: TestClient, started: None, url: str, clock: FixedClock
) -> None:
    clock.pass_by(minutes=62)
    assert owner.post(f"{url}/hand-in").status_code == 303
    receipt = text_of(owner.get(f"{url}/receipt").text)
    assert "10:00:00，本人交卷。" in receipt
    assert "用时60分钟" in receipt


def test_leaving_is_shown_to_the_candidate_and_standing_sets_the_clock(
    app: FastAPI,
    owner: TestClient,
    started: None,
    url: str,
    place: Hall,
    people: Cast,
    headers: dict[str, str],
) -> None:
    def leave(seconds: int) -> int:
        left = owner.post(f"{url}/left", json={"seconds": seconds}, headers=headers)
        assert left.status_code == 200
        return int(left.json()["left"])

    assert (leave(3), leave(14)) == (0, 1)
    assert owner.get(f"{url}/standing").json() == {
        "now": "2026-10-10T01:00:00.000+00:00",
        "ends_at": "2026-10-10T02:00:00.000+00:00",
        "phase": "running",
        "left": 1,
        "news": 0,
        "epoch": 0,
        "page": "",
        "messages": [],
    }
    with transaction(app.state.engine) as db:
        actions.extend(
            db,
            exam_id=place.exam_id,
            sitting_id=place.sitting_id,
            minutes=10,
            reason="停电",
            actor=people.invigilator,
            now=NINE,
        )
    standing = owner.get(f"{url}/standing").json()
    assert standing["ends_at"] == "2026-10-10T02:10:00.000+00:00"
    assert standing["news"] > 0
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    assert "1次，共14秒" in text_of(owner.get(f"{url}/receipt").text)


def test_a_page_claims_the_pen_with_its_pass(
    app: FastAPI,
    client_of: ClientOf,
    owner: TestClient,
    started: None,
    url: str,
    headers: dict[str, str],
) -> None:
    told = owner.post(f"{url}/claim", json={"page": "first1"}, headers=headers)
    assert (told.status_code, told.json()) == (
        200,
        {
            "epoch": 1,
            "page": "first1",
            "now": "2026-10-10T01:00:00Z",
            "ends_at": "2026-10-10T02:00:00Z",
        },
    )
    # no cookie is asked for: the pass speaks for the page
    other = client_of(None).post(f"{url}/claim", json={"page": "second"}, headers=headers)
    assert (other.status_code, other.json()["epoch"]) == (200, 2)
    standing = owner.get(f"{url}/standing").json()
    assert (standing["epoch"], standing["page"]) == (2, "second")
    assert f'data-seq="{(2 << 20) + 1}"' in owner.get(url).text
    for name, body in (
        ("claim", {"page": "third3"}), ("left", {"seconds": 9}), ("pulse", {}),
        ("seen", {"message": 1}),
    ):  # fmt: skip
        for forged in ("", "1.00", headers["x-sitting-pass"].replace("1.", "2.", 1)):
            refused = owner.post(
                f"{url}/{name}", json=body, headers=headers | {"x-sitting-pass": forged}
            )
            assert (refused.status_code, refused.json()["code"]) == (403, "bad_pass")
    assert owner.get(f"{url}/standing").json()["epoch"] == 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("claim", b'{"page":"ABC123"}'),
        ("claim", b'{"page":"short"}'),
        ("claim", b'{"page":"seventeenletters1"}'),
        ("claim", b'{"page":"first1\n"}'),
        ("claim", b'{"page":"first1","epoch":-1}'),
        ("claim", b'{"page":"first1","epoch":2048}'),
        ("claim", b'{"page":"first1","seq":9}'),
        ("claim", b"{}"),
        ("left", b'{"seconds":-1}'),
        ("left", b'{"seconds":86401}'),
        ("left", b'{"seconds":"9"}'),
        ("left", b""),
        ("seen", b'{"message":0}'),
        ("seen", b"<html>"),
    ],
)
def test_what_no_page_of_ours_sends_is_refused_and_changes_nothing(
    owner: TestClient, started: None, url: str, headers: dict[str, str], name: str, body: bytes
) -> None:
    refused = owner.post(f"{url}/{name}", content=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_page")
    standing = owner.get(f"{url}/standing").json()
    assert (standing["epoch"], standing["left"]) == (0, 0)


def test_a_dropped_response_to_the_start_costs_nothing(
    owner: TestClient, url: str, clock: FixedClock
) -> None:
    """D3: the same sitting, the same paper, the same deadline, however often it is pressed, on
    whatever device."""
    owner.post(f"{url}/confirm", data={"rules": "yes"})
    owner.post(f"{url}/start")
    bare = re.compile(r'data-now="[^"]*"|<time.*?</time>|(还有|剩余)[^<]*|<b id="clock".*?</b>')
    first = owner.get(url).text
    for _ in range(3):
        clock.pass_by(seconds=20)
        assert owner.post(f"{url}/start").headers["location"] == url
    again = owner.get(url).text
    ends = re.findall(r'data-ends="[^"]*"', again)
    assert ends == ['data-ends="2026-10-10T02:00:00.000+00:00"']
    form = slice(first.index('<form id="paper"'), first.index("</form>", first.index("<form id=")))
    assert first[form] in again
    assert bare.sub("", first)[:200] == bare.sub("", again)[:200]


def test_a_store_that_others_have_warmed_gives_nothing_to_who_may_not_see(
    app: FastAPI,
    client_of: ClientOf,
    people: Cast,
    owner: TestClient,
    started: None,
    url: str,
    place: Hall,
    clock: FixedClock,
) -> None:
    """E3: the fragments of the paper are at hand; the statement still decides."""
    assert owner.get(url).text.count("CANARY") == worlds.ITEMS
    assert app.state.fragments.get("0" * 64) is not None
    stranger, theirs = client_of(people.stranger), f"/sittings/{place.foreign_id}"

    def seen(client: TestClient, address: str) -> int:
        pages = [client.get(f"{address}{path}", follow_redirects=True).text
                 for path in ("", "/hand-in", "/receipt", "/standing")]  # fmt: skip
        return sum(page.count("CANARY") for page in pages)

    assert seen(stranger, theirs) == 0  # has not confirmed
    stranger.post(f"{theirs}/confirm", data={"rules": "yes"})
    assert seen(stranger, theirs) == 0  # has not begun
    with transaction(app.state.engine) as db:
        row = db.get(Sitting, place.sitting_id)
        assert row is not None
        row.paused_at = NINE
    assert seen(owner, url) == 0  # is paused
    with transaction(app.state.engine) as db:
        row = db.get(Sitting, place.sitting_id)
        assert row is not None
        row.paused_at = None
    clock.pass_by(milliseconds=-1)
    assert owner.get(url).status_code == 404  # a clock that was put back
    assert seen(owner, url) == 0
    clock.pass_by(milliseconds=1)
    assert seen(owner, url) > 0
    clock.at = NINE + worlds.LENGTH
    assert seen(owner, url) == 0  # time is up
    clock.at = NINE
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    assert seen(owner, url) == 0  # handed in


# ---- what a page costs


def test_the_pages_of_a_sitting_cost_a_fixed_number_of_queries(
    owner: TestClient,
    started: None,
    url: str,
    headers: dict[str, str],
    statements: list[str],
) -> None:
    def cost(path: str) -> int:
        statements.clear()
        owner.get(path)
        return len(statements) - asking

    statements.clear()
    owner.get("/enter")
    asking = len(statements)  # who is asking
    owner.get(url)  # the first to see a paper asks for its content too
    before = [cost(path) for path in ("/sittings", url, f"{url}/hand-in")]
    for item in range(1, worlds.ITEMS + 1):
        owner.post(f"{url}/answers", json=ANSWER | {"item": item}, headers=headers)
    after = [cost(path) for path in ("/sittings", url, f"{url}/hand-in")]
    assert before == after == [1, 3, 3]  # the sitting; and what it is given, and the answers


def test_a_start_is_one_short_transaction_of_five_statements(
    owner: TestClient, url: str, statements: list[str]
) -> None:
    """D1: the sitting and its start, the trail; who is asking is one more, before it."""
    statements.clear()
    owner.get("/sittings/999999")
    asking = len(statements) - 1  # of these the last looked for the sitting
    owner.post(f"{url}/confirm", data={"rules": "yes"})
    statements.clear()
    owner.post(f"{url}/start")
    words = [sent.split()[0] for sent in statements[asking:]]
    assert words == ["SELECT", "UPDATE", "SELECT", "INSERT", "UPDATE"]
    statements.clear()
    owner.post(f"{url}/start")  # once more: it only looks
    assert [sent.split()[0] for sent in statements[asking:]] == ["SELECT"]


def test_the_paper_carries_no_htmx_and_no_script_but_its_own(
    owner: TestClient, started: None, url: str
) -> None:
    scripts = re.findall(r'<script src="([^"]+)"', owner.get(url).text)
    scripts = [script.partition("?v=")[0] for script in scripts]
    assert scripts[0] == "/static/js/size.js"
    assert scripts[1:] == ["/static/js/sitting.js"]
