import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.contests.tables import Exam
from app.db.session import Session, transaction
from app.kernel.actor import SYSTEM
from app.sitting import actions, queries
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
    return dict(re.findall(r"<dt>(\w+)</dt><dd[^>]*>(\d+)", page))


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
        "暂停": "0",
        "到时待收": "0",
        "已交卷": "0",
        "候考": "0",
        "未到": "1",
        "有标记": "0",
        "未计入的答案": "0",
        "通知": "0",
    }
    clock.pass_by(seconds=61)
    page = invigilator.get(hall).text
    assert tiles(page)["失联"] == "1"
    assert "1 分 01 秒前" in page
    owner.post(f"{url}/answers", json={"item": 1, "seq": 1, "answer": '["A"]'}, headers=headers)
    clock.pass_by(seconds=5)
    page = invigilator.get(hall).text
    assert (tiles(page)["失联"], tiles(page)["作答中"]) == ("0", "1")
    assert "1 / 6" in page
    owner.post(f"{url}/left", json={"seconds": 9}, headers=headers)
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    clock.pass_by(seconds=5)
    page = invigilator.get(hall).text
    assert (tiles(page)["已交卷"], tiles(page)["有标记"]) == ("1", "1")
    assert "离开页面 1 次" in page
    assert "CANARY" not in page


def test_a_beat_of_the_pulse_is_a_sign_of_life(
    app: FastAPI, invigilator: TestClient, started: None, hall: str, place: Hall, clock: FixedClock
) -> None:
    clock.pass_by(seconds=61)
    with transaction(app.state.engine) as db:
        queries.hear(db, {place.sitting_id: clock.now()})
    assert tiles(invigilator.get(hall).text)["失联"] == "0"
    clock.pass_by(seconds=60)
    assert tiles(invigilator.get(hall).text)["失联"] == "0"
    clock.pass_by(seconds=5)
    assert tiles(invigilator.get(hall).text)["失联"] == "1"


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
    # the exam, the seats, their answers, events, kept ones, the closer look, the pauses,
    # the wishes to reopen, the messages
    assert len(statements) - asking == 9
    statements.clear()
    for _ in range(3):  # the others look at the same picture
        assert tiles(invigilator.get(hall).text)["应到"] == str(2 + more)
    assert len(statements) == 3 * asking
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
    assert invigilator.post(f"{hall}/extend", data=sent).headers["location"] == f"{hall}?seen=4"
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


# ---- the shared picture


def test_a_picture_is_shared_for_five_seconds_and_an_act_renews_it_at_once(
    app: FastAPI,
    invigilator: TestClient,
    client_of: ClientOf,
    people: Cast,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    place: Hall,
    clock: FixedClock,
) -> None:
    assert tiles(invigilator.get(hall).text)["已交卷"] == "0"
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    clock.pass_by(seconds=4.9)
    assert tiles(client_of(people.organizer).get(hall).text)["已交卷"] == "0"
    sent = {"reason": "火警", "county": "02"}
    assert invigilator.post(f"{hall}/pause", data=sent).status_code == 303
    page = tiles(invigilator.get(hall).text)
    assert (page["已交卷"], page["暂停"]) == ("1", "1")


def test_a_refused_act_renews_it_too_and_a_missing_hall_is_missing_every_time(
    invigilator: TestClient, hall: str, place: Hall
) -> None:
    assert invigilator.post(f"{hall}/resume", data={"reason": "没事"}).status_code == 409
    for _ in range(2):
        assert invigilator.get(f"{hall}9").status_code == 404


# ---- pause, resume, shift


@pytest.mark.parametrize("act", ["extend", "pause", "resume"])
def test_what_is_done_for_all_needs_a_reason_and_keeps_what_was_chosen(
    invigilator: TestClient, started: None, hall: str, act: str
) -> None:
    sent = {"minutes": "5", "reason": " ", "county": "02"}
    answer = invigilator.post(f"{hall}/{act}", data=sent)
    assert answer.status_code == 422
    assert answer.text.count("请写明理由") == 1
    assert f'class="sheet is-open" id="{act}-all"' in answer.text
    assert '<option value="02" selected>石澜区' in answer.text


def test_a_hall_is_paused_and_goes_on(
    invigilator: TestClient, started: None, hall: str, place: Hall, clock: FixedClock
) -> None:
    clock.pass_by(minutes=10)
    sent = {"reason": "火警，全体离场"}
    assert invigilator.post(f"{hall}/pause", data=sent).headers["location"] == f"{hall}?seen=3"
    page = invigilator.get(hall).text
    assert (tiles(page)["暂停"], tiles(page)["失联"]) == ("2", "0")
    assert "2 人暂停着" in page
    assert "时钟异常" not in page
    seat = invigilator.get(f"{hall}/{place.sitting_id}").text
    assert "时钟停在 2026-10-10 09:10:00" in seat
    assert "还剩 50 分钟" in seat
    assert "火警，全体离场（invigilator）" in seat
    assert invigilator.post(f"{hall}/pause", data=sent).status_code == 409
    clock.pass_by(minutes=7)
    assert invigilator.post(f"{hall}/resume", data={"reason": "解除"}).status_code == 303
    assert "10:07:00（含延长 7 分钟）" in invigilator.get(f"{hall}/{place.sitting_id}").text


def test_one_seat_is_paused_goes_on_and_another_is_moved(
    invigilator: TestClient, started: None, hall: str, place: Hall, clock: FixedClock
) -> None:
    seat, other = f"{hall}/{place.sitting_id}", f"{hall}/{place.foreign_id}"
    assert invigilator.post(f"{seat}/pause", data={"reason": "就医"}).headers["location"] == seat
    assert f'action="{seat}/pause"' not in invigilator.get(seat).text
    assert tiles(invigilator.get(hall).text)["暂停"] == "1"
    clock.pass_by(minutes=1)
    assert invigilator.post(f"{seat}/resume", data={"reason": "回座"}).status_code == 303
    assert invigilator.post(f"{seat}/resume", data={"reason": "回座"}).status_code == 409
    moved = {"minutes": "30", "reason": "公务迟到"}
    assert invigilator.post(f"{other}/shift", data=moved).status_code == 303
    assert "考试时间后移 30 分钟：公务迟到" in invigilator.get(other).text
    assert invigilator.post(f"{seat}/shift", data=moved).status_code == 409
    wrong = invigilator.post(f"{other}/shift", data={"minutes": "0", "reason": "公务迟到"})
    assert (wrong.status_code, "请写 1 至 180 的整数" in wrong.text) == (422, True)


def test_a_clock_that_the_house_stopped_raises_an_alarm(
    app: FastAPI, invigilator: TestClient, started: None, hall: str, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        now = clock.now() + timedelta(hours=2)
        actions.hold(db, at=clock.now(), reason="时钟跳变 2 小时", actor=SYSTEM, now=now)
    page = invigilator.get(hall).text
    assert 'class="alarm" role="alert"' in page
    said = "时钟异常或系统中断，考试时钟已暂停在 2026-10-10 09:00:00，请核对后续考"
    assert said in page
    assert "时钟跳变 2 小时" in page
    assert 'href="#resume-all"' in page
    invigilator.post(f"{hall}/resume", data={"reason": "已核对"})
    assert said not in invigilator.get(hall).text
    invigilator.post(f"{hall}/pause", data={"reason": "火警"})  # by hand: no alarm
    assert said not in invigilator.get(hall).text


# ---- lists


def test_the_list_of_a_county_and_of_those_with_a_mark(
    invigilator: TestClient,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    headers: dict[str, str],
    clock: FixedClock,
) -> None:
    owner.post(f"{url}/left", json={"seconds": 9}, headers=headers)
    county = invigilator.get(f"{hall}?county=02").text
    assert "苏望舒" in county
    assert "林知远" not in county
    assert f'hx-get="{hall}?county=02"' in county
    flagged = invigilator.get(f"{hall}?show=flagged", headers={"hx-request": "true"}).text
    assert "林知远" in flagged
    assert "苏望舒" not in flagged
    assert f'hx-get="{hall}?show=flagged"' in flagged
    for odd in ("county=77", "show=everything", "county=%3Cscript%3E"):
        page = invigilator.get(f"{hall}?{odd}").text
        assert tiles(page)["应到"] == "2"
        assert "&lt;script" not in page


@pytest.mark.parametrize(("more", "shut"), [(58, 0), (59, 2)])
def test_a_large_hall_opens_only_what_needs_a_look(
    app: FastAPI,
    invigilator: TestClient,
    started: None,
    hall: str,
    place: Hall,
    people: Cast,
    clock: FixedClock,
    more: int,
    shut: int,
) -> None:
    with transaction(app.state.engine) as db:
        home = factories.county(db, "00", "白鹭县")
        for number in range(more):
            row = factories.officer(db, home, f"考生{number}", f"0803{number:03}", now=clock.now())
            worlds.candidate(db, place.contest_id, row, f"B-{number:03}", clock.now())
        actions.prepare(db, exam_id=place.exam_id, actor=people.organizer, now=clock.now())
    clock.pass_by(seconds=61)  # the owner falls silent
    page = invigilator.get(hall).text
    assert page.count('class="county-row is-shut"') == shut
    assert page.count("展开名单") == shut
    rows = re.findall(r'class="county-row[^>]*><h3><a[^>]*>(\w+)<', page)
    assert rows == ["青岚县", "白鹭县", "石澜区"]  # the silent one first
    assert ("请看一看" in page) is bool(shut)


# ---- messages


def test_a_message_goes_out_and_the_page_counts_who_has_read_it(
    invigilator: TestClient,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    headers: dict[str, str],
    place: Hall,
) -> None:
    assert "还没有发过通知" in invigilator.get(f"{hall}/messages").text
    sent = {"text": "第 7 题单位是万元。<b>"}
    answer = invigilator.post(f"{hall}/messages", data=sent)
    assert answer.headers["location"] == f"{hall}/messages"
    page = invigilator.get(f"{hall}/messages").text
    assert "第 7 题单位是万元。&lt;b&gt;" in page
    assert "已读 0/2" in page
    seen = owner.post(f"{url}/seen", json={"message": 1}, headers=headers)
    assert seen.status_code in (200, 204)
    page = invigilator.get(f"{hall}/messages").text
    assert "已读 1/2" in page
    assert re.findall(r'<li><a class="tap"[^>]*>(\w+)</a>', page) == ["苏望舒"]
    assert tiles(invigilator.get(hall).text)["通知"] == "1"


@pytest.mark.parametrize(("text", "said"), [(" ", "请写通知的内容"), ("好" * 201, "现在是 201 字")])
def test_a_message_without_words_or_with_too_many_stays_on_its_page(
    invigilator: TestClient, started: None, hall: str, place: Hall, text: str, said: str
) -> None:
    for path in (f"{hall}/messages", f"{hall}/{place.sitting_id}/messages"):
        answer = invigilator.post(path, data={"text": text})
        assert (answer.status_code, said in answer.text) == (422, True)
        assert text.strip() in answer.text
    assert "还没有发过通知" in invigilator.get(f"{hall}/messages").text


def test_a_message_to_one(invigilator: TestClient, started: None, hall: str, place: Hall) -> None:
    seat = f"{hall}/{place.sitting_id}"
    answer = invigilator.post(f"{seat}/messages", data={"text": "请到讲台来一下。"})
    assert answer.headers["location"] == seat
    assert "考场通知：请到讲台来一下。" in invigilator.get(seat).text
    page = invigilator.get(f"{hall}/messages").text
    assert "给 青岚县 林知远" in page
    assert "已读 0/1" in page
    assert "考场通知" not in invigilator.get(f"{hall}/{place.foreign_id}").text


# ---- taking a hand-in back


def test_two_people_take_a_hand_in_back(
    app: FastAPI,
    invigilator: TestClient,
    client_of: ClientOf,
    people: Cast,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    place: Hall,
    clock: FixedClock,
) -> None:
    clock.pass_by(minutes=20)
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    seat = f"{hall}/{place.sitting_id}"
    sent = {"minutes": "5", "reason": "误按交卷"}
    assert invigilator.post(f"{seat}/reopen", data=sent).headers["location"] == seat
    page = invigilator.get(seat).text
    assert "这是您自己申请的" in page
    assert f'action="{seat}/reopen"' not in page
    assert "1 项撤回交卷等第二个人处理" in invigilator.get(hall).text
    assert invigilator.post(f"{seat}/reopen", data=sent).status_code == 409
    own = invigilator.post(f"{seat}/reopen/1", data={"granted": "yes"})
    assert (own.status_code, "申请人自己不能处理" in own.text) == (403, True)
    second = client_of(people.organizer)
    assert "交卷时还剩 40 分钟，另补 5 分钟" in second.get(seat).text
    clock.pass_by(minutes=10)
    assert second.post(f"{seat}/reopen/1", data={"granted": "yes"}).headers["location"] == seat
    page = second.get(seat).text
    assert "撤回交卷，继续作答：误按交卷（invigilator 申请，organizer 同意" in page
    assert "10:15:00" in page
    assert owner.get(url).status_code == 200
    assert "等第二个人处理" not in second.get(hall).text
    assert second.post(f"{seat}/reopen/1", data={"granted": "yes"}).status_code == 409
    assert second.post(f"{seat}/reopen/9", data={"granted": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("minutes", "said"), [("181", "请写 0 至 180"), ("", "请写 0 至 180"), ("x", "请写 0 至 180")]
)
def test_a_wish_to_reopen_is_checked_on_the_seat(
    invigilator: TestClient,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    place: Hall,
    minutes: str,
    said: str,
) -> None:
    seat = f"{hall}/{place.sitting_id}"
    sent = {"minutes": minutes, "reason": "误按交卷"}
    fine = {"minutes": "0", "reason": "误按交卷"}
    assert invigilator.post(f"{seat}/reopen", data=fine).status_code == 409  # not handed in
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    answer = invigilator.post(f"{seat}/reopen", data=sent)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_refused_wish_stays_refused_and_is_shown(
    invigilator: TestClient,
    client_of: ClientOf,
    people: Cast,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    place: Hall,
) -> None:
    seat = f"{hall}/{place.sitting_id}"
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    sent = {"minutes": "0", "reason": "误按交卷"}
    client_of(people.organizer).post(f"{seat}/reopen", data=sent)
    assert invigilator.post(f"{seat}/reopen/1", data={"granted": "no"}).status_code == 303
    page = invigilator.get(seat).text
    assert "invigilator 不同意" in page
    assert "已交卷" in page


def test_once_results_are_released_no_hand_in_is_taken_back(
    app: FastAPI,
    invigilator: TestClient,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    place: Hall,
) -> None:
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    asked: list[int] = []

    def released(_: Session, exam_id: int) -> bool:
        asked.append(exam_id)
        return True

    app.state.released = released
    sent = {"minutes": "0", "reason": "误按交卷"}
    answer = invigilator.post(f"{hall}/{place.sitting_id}/reopen", data=sent)
    assert (answer.status_code, "成绩已经发布" in answer.text) == (409, True)
    assert asked == [place.exam_id]


# ---- leaving, rehearsals


def test_the_seat_lists_when_the_page_was_left_and_the_candidate_reads_the_same(
    invigilator: TestClient,
    owner: TestClient,
    started: None,
    hall: str,
    url: str,
    headers: dict[str, str],
    place: Hall,
    clock: FixedClock,
) -> None:
    seat = f"{hall}/{place.sitting_id}"
    assert "没有离开过页面" in invigilator.get(seat).text
    for seconds in (3, 9, 70):
        clock.pass_by(minutes=1)
        owner.post(f"{url}/left", json={"seconds": seconds}, headers=headers)
    page = invigilator.get(seat).text
    said = re.findall(r"<time[^>]*>([\d:]+)</time> 回来，离开了 ([^<]+)<", page)
    assert said == [("09:02:00", "9 秒"), ("09:03:00", "1 分 10 秒")]
    owner.post(f"{url}/hand-in", data={"sure": "yes"})
    receipt = owner.get(f"{url}/receipt").text
    assert receipt.count("离开页面 9 秒") == receipt.count("离开页面 70 秒") == 1


def test_a_rehearsal_is_named_as_one_on_every_page_of_its_hall(
    app: FastAPI, invigilator: TestClient, people: Cast, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        place = worlds.hall(db, people, clock.now())
        exam = db.get(Exam, place.exam_id)
        assert exam is not None
        rehearsal = Exam(**(exam.model_dump(exclude={"id"}) | {"code": "Y", "rehearsal": True}))
        db.add(rehearsal)
        db.flush()
        number = rehearsal.id or 0
        actions.prepare(db, exam_id=number, actor=people.organizer, now=clock.now())
        (seat, *_) = queries.seats(db, number, now=clock.now())
    for real, trial in (
        (f"/hall/{place.exam_id}", f"/hall/{number}"),
        (f"/hall/{place.exam_id}/kept", f"/hall/{number}/kept"),
        (f"/hall/{place.exam_id}/messages", f"/hall/{number}/messages"),
        (f"/hall/{place.exam_id}/{place.sitting_id}", f"/hall/{number}/{seat.id}"),
    ):
        pages = [invigilator.get(each).text for each in (real, trial)]
        assert ['pill-warn">演练' in page for page in pages] == [False, True]
    assert invigilator.get("/hall").text.count('pill-warn">演练') == 1


def test_the_old_picture_is_dropped_only_when_the_act_is_committed(
    app: FastAPI,
    invigilator: TestClient,
    started: None,
    hall: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Dropped before, somebody else could make one of the old state, good for five seconds."""
    invigilator.get(hall)
    order: list[str] = []
    drop = app.state.boards.drop

    def dropping(exam_id: int) -> None:
        order.append("dropped")
        drop(exam_id)

    def committing(_: object) -> None:
        order.append("committed")

    monkeypatch.setattr(app.state.boards, "drop", dropping)
    event.listen(app.state.engine, "commit", committing)
    invigilator.post(f"{hall}/pause", data={"reason": "火警"})
    event.remove(app.state.engine, "commit", committing)
    assert order == ["committed", "dropped"]


def test_who_acts_sees_the_act_also_when_another_process_answers(
    app: FastAPI, invigilator: TestClient, started: None, hall: str
) -> None:
    assert tiles(invigilator.get(hall).text)["暂停"] == "0"
    other_process = app.state.boards
    del app.state.boards
    sent = {"reason": "火警", "county": "01"}
    onward = invigilator.post(f"{hall}/pause", data=sent).headers["location"]
    app.state.boards = other_process
    assert tiles(invigilator.get(hall).text)["暂停"] == "0"  # five seconds are five seconds
    assert onward == f"{hall}?county=01&seen=2"
    page = invigilator.get(onward).text
    assert "火警" in page
    assert f'hx-get="{hall}?county=01"' in page
    assert tiles(invigilator.get(hall).text)["暂停"] == "1"
