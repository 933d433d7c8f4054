"""An afternoon of an invigilator: the hall in a browser, with a phone that sits in it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from app.db.session import transaction
from app.kernel.actor import SYSTEM, Actor
from app.sitting import actions
from tests import factories
from tests.journeys import phones
from tests.journeys.complaints import OFFLINE, UNFINISHED, Complaints, dom_faults
from tests.journeys.conftest import DESK, PHONE, OpenContext
from tests.journeys.live import Live
from tests.journeys.phones import Exam

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
WITHIN = 12_000  # milliseconds: a round of the hall's own questions, and a little


def watching(exam: Exam, open_context: OpenContext, size: ViewportSize, actor: Actor) -> Page:
    """A browser of somebody of the hall, which opens on its board."""
    context = open_context(exam.live, size)
    with transaction(exam.live.engine) as db:
        token = factories.signed_in(db, actor, exam.live.clock.now())
    context.add_cookies([{"name": "biwu", "value": token, "url": exam.live.url}])
    page = context.new_page()
    page.goto(hall(exam))
    return page


def hall(exam: Exam) -> str:
    return f"/hall/{exam.place.exam_id}"


def seat(exam: Exam) -> str:
    return f"{hall(exam)}/{exam.place.sitting_id}"


def tile(page: Page, name: str) -> str:
    return page.locator(".tile", has=page.get_by_text(name, exact=True)).locator("dd").inner_text()


def opened(page: Page, heading: str) -> Locator:
    """One of the things that can be done at a seat, unfolded."""
    act = page.locator("details", has=page.get_by_role("heading", name=heading, exact=True))
    if act.get_attribute("open") is None:
        act.locator("summary").click()
    return act


@SIZES
def test_the_board_follows_by_itself_and_a_county_is_paused_from_it(
    live: Live, open_context: OpenContext, complaints: Complaints, size: ViewportSize
) -> None:
    exam = phones.open_exam(live)
    page = watching(exam, open_context, size, exam.people.invigilator)
    assert tile(page, "作答中") == "1"
    live.clock.pass_by(seconds=61)
    silent = page.get_by_role("link", name=re.compile("^林知远 A-001，失联"))
    expect(silent).to_be_visible(timeout=WITHIN)
    assert dom_faults(page) == []
    page.get_by_role("link", name="暂停", exact=True).click()
    sheet = page.locator("#pause-all")
    expect(sheet).to_be_visible()
    page.wait_for_timeout(11_000)  # a round of the board must not close what is being written
    sheet.get_by_label("范围").select_option("青岚县")
    complaints.expect(UNFINISHED)
    sheet.get_by_role("button", name="暂停").click()
    expect(page.get_by_text("请写明理由")).to_be_visible()
    expect(sheet.get_by_label("范围")).to_have_value("01")
    assert dom_faults(page) == []
    sheet.get_by_label("理由").fill("火警演习")
    sheet.get_by_role("button", name="暂停").click()
    expect(page.get_by_text("火警演习")).to_be_visible()  # the list of the county
    expect(page.get_by_text("苏望舒")).to_have_count(0)
    page.get_by_role("link", name="返回全场").click()
    assert tile(page, "暂停") == "1"
    assert dom_faults(page) == []
    page.get_by_role("link", name="续考", exact=True).first.click()
    sheet = page.locator("#resume-all")
    sheet.get_by_label("理由").fill("演习结束")
    sheet.get_by_role("button", name="续考").click()
    expect(page.get_by_text("人暂停着")).to_have_count(0)
    assert tile(page, "暂停") == "0"


@SIZES
def test_the_alarm_of_the_house_is_not_to_be_missed(
    live: Live, open_context: OpenContext, size: ViewportSize
) -> None:
    exam = phones.open_exam(live)
    page = watching(exam, open_context, size, exam.people.invigilator)
    with transaction(live.engine) as db:
        actions.hold(
            db,
            at=live.clock.now(),
            reason="时钟跳变 7200 秒",
            actor=SYSTEM,
            now=live.clock.now() + timedelta(hours=2),
        )
    live.clock.pass_by(hours=2)
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("考试时钟已暂停在 2026-10-10 09:00:00", timeout=WITHIN)
    box = alarm.bounding_box()
    assert box is not None
    assert box["y"] < size["height"] / 2  # without scrolling
    assert dom_faults(page) == []
    alarm.get_by_role("link", name="核对好了，续考").click()
    sheet = page.locator("#resume-all")
    sheet.get_by_label("理由").fill("时间已核对")
    sheet.get_by_role("button", name="续考").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto(seat(exam))
    expect(page.get_by_text("12:00:00")).to_be_visible()  # nine, two hours later, and the hour


@SIZES
def test_a_message_is_counted_as_read_when_it_stood_on_the_phone(
    live: Live, open_context: OpenContext, size: ViewportSize
) -> None:
    exam = phones.open_exam(live)
    officer = phones.on_paper(exam, open_context(live, PHONE))
    page = watching(exam, open_context, size, exam.people.invigilator)
    page.get_by_role("link", name="通知", exact=True).click()
    page.get_by_label("内容").fill("第 7 题表中的单位是万元，请以此为准。")
    page.get_by_role("button", name="发给全场").click()
    expect(page.get_by_text("已读 0/2")).to_be_visible()
    page.get_by_text("2 人还没有看到").click()
    assert dom_faults(page) == []
    phones.pulse(officer)
    expect(officer.get_by_text("第 7 题表中的单位是万元")).to_be_visible()
    refresh = page.get_by_role("link", name="刷新已读情况")
    for _ in range(20):
        refresh.click()
        if page.get_by_text("已读 1/2").count():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_text("已读 1/2")).to_be_visible()
    page.get_by_text("1 人还没有看到").click()
    expect(page.get_by_role("link", name="苏望舒")).to_be_visible()


@SIZES
def test_two_people_take_a_hand_in_back_and_the_phone_goes_on(
    live: Live, open_context: OpenContext, size: ViewportSize
) -> None:
    exam = phones.open_exam(live)
    officer = phones.on_paper(exam, open_context(live, PHONE))
    item = phones.singles(officer)[0]
    phones.choose(officer, item, "A")
    phones.synced(officer)
    live.clock.pass_by(minutes=20)
    first = watching(exam, open_context, size, exam.people.invigilator)
    first.goto(seat(exam))
    force = opened(first, "代为交卷")
    force.get_by_label("理由").fill("点错了人")
    force.get_by_role("button").click()
    ask = opened(first, "申请撤回交卷")
    expect(ask).to_contain_text("交卷时还剩 40 分钟")
    ask.get_by_label("另补几分钟").fill("5")
    ask.get_by_label("理由").fill("代为交卷点错了人")
    ask.get_by_role("button", name="提出申请").click()
    expect(first.get_by_text("这是您自己申请的")).to_be_visible()
    assert dom_faults(first) == []
    live.clock.pass_by(minutes=1)
    second = watching(exam, open_context, size, exam.people.organizer)
    second.get_by_role("link", name="青岚县 林知远").click()
    assert dom_faults(second) == []
    second.get_by_role("button", name="同意撤回交卷").click()
    expect(second.get_by_text("撤回交卷，继续作答：代为交卷点错了人").first).to_be_visible()
    officer.goto(exam.path)
    expect(officer.locator("article.question").first).to_be_visible()
    expect(phones.option(officer, item, "A").locator("input")).to_be_checked()
    assert officer.locator("#clock").inner_text().startswith(("45:", "44:"))
    phones.choose(officer, item, "B")
    phones.synced(officer)
    assert exam.stands() == {item: '["B"]'}


@SIZES
def test_an_answer_file_is_carried_from_the_phone_to_the_seat(
    live: Live,
    open_context: OpenContext,
    complaints: Complaints,
    tmp_path: Path,
    size: ViewportSize,
) -> None:
    exam = phones.open_exam(live)
    context = phones.signed_in(exam, open_context(live, PHONE))
    officer = context.new_page()
    officer.clock.install()
    officer.goto(exam.path)
    item = phones.singles(officer)[0]
    complaints.expect(OFFLINE)
    context.set_offline(True)
    phones.choose(officer, item, "A")
    officer.clock.run_for(75_000)
    with officer.expect_download() as arriving:
        officer.get_by_role("link", name="保存应急答案文件").click()
    file = tmp_path / "file.json"
    arriving.value.save_as(file)

    page = watching(exam, open_context, size, exam.people.invigilator)
    broken = tmp_path / "broken.json"
    broken.write_text(file.read_text().replace('"tag":"', '"tag":"0')[:-3] + '"}')
    complaints.expect(UNFINISHED)
    for path, said in (
        (broken, "文件损坏或被改动过"),
        (file, "计入 1 个"),
        (file, "已有 1 个"),
    ):
        page.goto(seat(exam))
        form = opened(page, "上传应急答案文件")
        form.locator("input[type=file]").set_input_files(path)
        form.get_by_role("button", name="上传").click()
        expect(page.get_by_text(said).first).to_be_visible()
        assert dom_faults(page) == []
    assert exam.stands() == {item: '["A"]'}
    assert exam.doubled() == []
