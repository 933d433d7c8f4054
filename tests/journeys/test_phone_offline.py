"""Without a network: nothing is lost, nothing is doubled, and the page says what is so."""

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.journeys import phones
from tests.journeys.complaints import OFFLINE, Complaints, dom_faults
from tests.journeys.conftest import PHONE, OpenContext
from tests.journeys.live import Live
from tests.sitting import worlds

pytestmark = pytest.mark.browser
AWAY = 300 if phones.LONG else 3  # seconds of real time; the server's clock goes on five minutes
REFUSED = r"net::ERR_CONNECTION_FAILED|status of 503"


def test_five_minutes_without_network_lose_none_of_twenty_answers(
    live: Live,
    open_context: OpenContext,
    complaints: Complaints,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phones.with_paper(monkeypatch, phones.twenty_singles())
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    phones.choose(page, 1, "A")
    phones.synced(page)

    complaints.expect(OFFLINE)
    page.context.set_offline(True)
    phones.choose(page, 1, "D")  # a second thought about one that was saved
    expect(page.locator("#offline")).to_be_visible(timeout=5_000)
    for item in range(2, 21):
        phones.choose(page, item, "ABCD"[item % 4])
    expect(page.locator("#saved")).to_have_text("未同步 20 条")
    expect(page.locator("#map-7")).to_have_class(re.compile("is-wait"))
    assert dom_faults(page) == []
    page.wait_for_timeout(AWAY * 1000)
    live.clock.pass_by(minutes=5)
    assert len(exam.rows()) == 1

    page.context.set_offline(False)
    back = time.monotonic()
    expect(page.locator("#saved")).to_have_text(exam.says(), timeout=15_000)
    assert time.monotonic() - back <= 15
    expect(page.locator("#offline")).to_be_hidden()
    assert exam.stands() == {1: '["D"]'} | {n: f'["{"ABCD"[n % 4]}"]' for n in range(2, 21)}
    assert len(exam.rows()) == 21  # the second thought, and every answer once
    assert exam.doubled() == []
    assert not any(row.late for row in exam.rows())


def test_the_banner_comes_without_a_word_typed_and_goes_with_the_network(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    page = phones.on_paper(phones.open_exam(live), open_context(live, PHONE))
    complaints.expect(OFFLINE)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible(timeout=5_000)
    expect(page.locator("#offline-text")).to_contain_text("写好的都已保存")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden(timeout=5_000)


def test_a_browser_that_keeps_saying_offline_is_not_believed(
    live: Live, open_context: OpenContext
) -> None:
    exam = phones.open_exam(live)
    context = open_context(live, PHONE)
    context.add_init_script('Object.defineProperty(navigator, "onLine", { get: () => false });')
    page = phones.on_paper(exam, context)
    page.evaluate('() => window.dispatchEvent(new Event("offline"))')
    phones.choose(page, phones.singles(page)[0], "A")
    phones.synced(page)
    expect(page.locator("#offline")).to_be_hidden()
    page.get_by_role("link", name="答题卡").click()
    page.get_by_role("button", name="检查并交卷").click()
    page.get_by_role("checkbox", name="仍要交卷").check()
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_role("heading", name=re.compile("^已交卷"))).to_be_visible()


def test_the_hand_in_is_asked_for_offline_and_comes_when_the_network_is_back(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect(OFFLINE)
    page.context.set_offline(True)
    phones.choose(page, phones.singles(page)[0], "A")
    page.get_by_role("link", name="答题卡").click()
    page.get_by_role("button", name="检查并交卷").click()
    expect(page.locator("#saved")).to_have_text("未同步 1 条，送达后自动进入交卷")
    assert dom_faults(page) == []
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="交卷前检查")).to_be_visible()
    assert len(exam.rows()) == 1


def test_a_retry_asked_for_while_one_is_under_way_is_not_forgotten(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect(REFUSED)
    page.evaluate("() => { biwu.server.pause = () => 600000; }")  # nothing goes by itself
    under_way: list[Route] = []

    def first_is_held(route: Route) -> None:
        if under_way:
            route.continue_()
        else:
            under_way.append(route)

    phones.only_saves(page.context, first_is_held)
    phones.choose(page, phones.singles(page)[0], "A")
    while not under_way:
        page.wait_for_timeout(20)
    page.evaluate('() => window.dispatchEvent(new Event("online"))')
    under_way[0].abort("connectionfailed")
    expect(page.locator("#saved")).to_have_text(exam.says(), timeout=5_000)


def test_a_server_that_says_when_it_is_asked_again_then(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect(REFUSED)
    page.evaluate("() => { biwu.server.pause = () => 0; }")
    asked: list[float] = []

    def busy(route: Route) -> None:
        asked.append(time.monotonic())
        told = {"code": "answer_not_stored", "detail": "请稍候"}
        route.fulfill(status=503, headers={"retry-after": "2"}, json=told)

    phones.only_saves(page.context, busy)
    phones.choose(page, phones.singles(page)[0], "A")
    while len(asked) < 2:
        page.wait_for_timeout(50)
    assert asked[1] - asked[0] >= 1.9
    page.context.unroute_all()
    expect(page.locator("#saved")).to_have_text(exam.says())


def test_a_server_that_swallows_everything_is_named_within_five_seconds(
    live: Live, open_context: OpenContext
) -> None:
    """No error comes: the request just hangs, as behind a dead access point."""
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    hanging: list[Route] = []
    phones.only_saves(page.context, lambda route: hanging.append(route))
    phones.choose(page, phones.singles(page)[0], "A")
    expect(page.locator("#offline")).to_be_visible(timeout=5_000)
    expect(page.locator("#offline-text")).to_contain_text("答案没有丢")
    assert hanging
    page.context.unroute_all()
    expect(page.locator("#saved")).to_have_text(exam.says(), timeout=15_000)


def test_what_was_typed_before_the_end_is_delivered_in_the_grace_and_flagged(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect(REFUSED)
    phones.only_saves(page.context, phones.aborted)
    item = phones.singles(page)[0]
    phones.choose(page, item, "C")
    expect(page.locator("#offline")).to_be_visible()
    live.clock.pass_by(minutes=60, seconds=30)
    phones.pulse(page)
    expect(page.locator("#clock")).to_have_text("0:00")
    expect(page.locator("body")).to_have_class(re.compile("up"))
    expect(page.locator("#file")).to_be_visible()
    assert "时间到" in page.locator("#offline-text").inner_text()
    assert dom_faults(page) == []
    page.context.unroute_all()
    expect(page.locator(f"#saved-{item}")).to_contain_text("到时前写好，补传送达")
    row = exam.rows()[-1]
    assert (row.answer, row.late) == ('["C"]', True)
    expect(page.get_by_text("时间到，不用再操作")).to_be_visible()  # by itself


ASLEEP = "(ms) => { const awake = Date.now; Date.now = () => awake() + ms; }"


def test_a_phone_that_slept_past_the_end_still_delivers_what_was_typed_before_it(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    """The steady clock of a sleeping phone stands still: asked how long ago, it would say just
    now, and that was after the end."""
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect(OFFLINE)
    page.context.set_offline(True)
    typed = live.clock.now()
    phones.choose(page, phones.singles(page)[0], "C")
    expect(page.locator("#offline")).to_be_visible()
    live.clock.pass_by(minutes=61)
    page.evaluate(ASLEEP, 61 * 60 * 1000)
    page.context.set_offline(False)
    expect(page.get_by_text("时间到，不用再操作")).to_be_visible()
    row = exam.rows()[-1]
    assert (row.answer, row.late) == ('["C"]', True)
    assert abs(row.typed_at - typed) < timedelta(seconds=10)


def test_what_comes_after_the_grace_is_kept_not_counted_and_said_so(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect(REFUSED)
    complaints.expect("status of 409")
    phones.only_saves(page.context, phones.aborted)
    item = phones.singles(page)[0]
    phones.choose(page, item, "C")
    expect(page.locator("#offline")).to_be_visible()
    live.clock.pass_by(minutes=60, seconds=worlds.GRACE.total_seconds() + 1)
    phones.pulse(page)
    page.context.unroute_all()
    expect(page.locator("#unsent-list")).to_contain_text(f"第 {item} 题：")
    expect(page.locator("#unsent-list")).to_contain_text("已留存，不计入成绩")
    assert dom_faults(page) == []
    assert [(kept.item, kept.answer) for kept in exam.kept()] == [(item, '["C"]')]
    assert exam.stands() == {}
    live.sweep()
    page.goto(f"{exam.path}/receipt")
    expect(page.locator("#unsent-list")).to_contain_text("已留存，不计入成绩")  # it lasts
    assert '["C"]' not in str(phones.stored(page))
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("#unsent")).to_be_hidden()
    page.reload()
    expect(page.locator("#unsent")).to_be_hidden()


def test_at_the_end_without_network_the_page_stays_and_goes_on_when_it_is_back(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    """A page that went to be collected while offline would be the browser's error page."""
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    phones.choose(page, phones.singles(page)[0], "C")
    phones.synced(page)
    live.clock.pass_by(minutes=59, seconds=56)
    page.reload()
    complaints.expect(OFFLINE)
    page.context.set_offline(True)
    expect(page.locator("body")).to_have_class(re.compile("up"))
    page.wait_for_timeout(6000)
    assert page.url.endswith(exam.path)
    expect(page.locator("#offline-text")).to_contain_text("恢复后自动收卷")
    live.clock.pass_by(seconds=20)
    page.context.set_offline(False)
    expect(page.get_by_text("时间到，不用再操作")).to_be_visible()
