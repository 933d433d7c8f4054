"""What the hall does reaches the open page within ten seconds: more time, a pause, a message, a
hand-in. And what the page tells the hall: that a message was seen, that the page was left."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from app.db.session import reading, transaction
from app.sitting import actions
from app.sitting.rules.course import Happened
from app.sitting.rules.hall import Scope
from app.sitting.tables import MessageSeen, SittingEvent
from tests import factories
from tests.journeys import phones
from tests.journeys.complaints import dom_faults
from tests.journeys.conftest import DESK, PHONE, OpenContext
from tests.journeys.live import Live
from tests.journeys.phones import Exam
from tests.sitting import worlds

pytestmark = pytest.mark.browser
WITHIN = 10_000  # milliseconds, from the commit to the page


def hall(exam: Exam, act: Callable[..., object], **about: object) -> None:
    """An invigilator does something, now."""
    with transaction(exam.live.engine) as db:
        now = exam.live.clock.now()
        act(db, exam_id=exam.place.exam_id, actor=exam.people.invigilator, now=now, **about)


def seen(exam: Exam) -> list[int]:
    with reading(exam.live.engine) as db:
        mine = MessageSeen.sitting_id == exam.place.sitting_id
        return [row.message_id for row in db.exec(select(MessageSeen).where(mine))]


def left_seconds(exam: Exam) -> list[str]:
    with reading(exam.live.engine) as db:
        mine = SittingEvent.sitting_id == exam.place.sitting_id
        left = SittingEvent.kind == Happened.LEFT.value
        return [row.detail for row in db.exec(select(SittingEvent).where(mine, left))]


def slow(route: Route) -> None:
    time.sleep(5)
    route.continue_()


def hide(page: Page, hidden: bool) -> None:
    """Another program comes in front of the browser, or goes."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def minutes_left(page: Page) -> int:
    """As the countdown says it."""
    parts = [int(each) for each in page.locator("#clock").inner_text().split(":")]
    return parts[0] * 60 + parts[1] if len(parts) == 3 else parts[0]


def test_more_time_a_pause_and_a_message_reach_the_open_page_within_ten_seconds(
    live: Live, open_context: OpenContext
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    item = phones.singles(page)[0]
    phones.choose(page, item, "A")
    phones.synced(page)
    me = Scope(sitting_id=exam.place.sitting_id)
    assert minutes_left(page) in (59, 60)

    about = {"sitting_id": exam.place.sitting_id, "minutes": 15, "reason": "设备故障"}
    hall(exam, actions.extend, **about)
    expect(page.locator("#clock")).to_have_text(re.compile(r"^1:1[45]:"), timeout=WITHIN)

    hall(exam, actions.send, sitting_id=None, text="第 2 题表格见黑板。")
    expect(page.locator("#message-list li")).to_have_count(1, timeout=WITHIN)
    expect(page.locator("#message-list")).to_contain_text("第 2 题表格见黑板。")
    expect(page.locator("#messages")).to_have_attribute("role", "status")
    assert dom_faults(page) == []
    until = time.monotonic() + 5
    while not seen(exam) and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert len(seen(exam)) == 1

    live.clock.pass_by(minutes=10)
    hall(exam, actions.pause, scope=me, reason="火警演习")
    expect(page.locator("#paused")).to_be_visible(timeout=WITHIN)
    expect(page.locator("#paused")).to_contain_text("时间不走")
    expect(page.locator("#paper .options input:enabled")).to_have_count(0)
    expect(page.locator("article.question").first).to_be_hidden()
    assert dom_faults(page) == []
    stood = page.locator("#clock").inner_text()
    live.clock.pass_by(minutes=20)  # longer than a beat of the clock, and nothing is lost
    page.wait_for_timeout(2000)
    assert page.locator("#clock").inner_text() == stood

    hall(exam, actions.resume, scope=me, reason="演习结束")
    expect(page.locator("#paused")).to_be_hidden(timeout=WITHIN)
    assert abs(minutes_left(page) - (60 + 15 - 10)) <= 1
    phones.choose(page, item, "B")
    phones.synced(page)
    assert exam.stands() == {item: '["B"]'}

    page.reload()  # a message that was not closed is there again; a closed one is not
    expect(page.locator("#message-list li")).to_have_count(1)
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("#messages")).to_be_hidden()
    page.reload()
    page.wait_for_timeout(3000)
    expect(page.locator("#messages")).to_be_hidden()
    assert len(seen(exam)) == 1


def test_a_page_opened_in_a_pause_waits_and_goes_on_by_itself(
    live: Live, open_context: OpenContext
) -> None:
    exam = phones.open_exam(live)
    me = Scope(sitting_id=exam.place.sitting_id)
    hall(exam, actions.pause, scope=me, reason="停电")
    page = phones.signed_in(exam, open_context(live, PHONE)).new_page()
    page.goto(exam.path)
    expect(page.get_by_role("heading", name="考试暂停")).to_be_visible()
    assert "CANARY" not in page.content()
    assert dom_faults(page) == []
    hall(exam, actions.resume, scope=me, reason="来电")
    expect(page.locator("article.question").first).to_be_visible(timeout=WITHIN)


def test_who_has_not_begun_waits_out_a_pause_too(live: Live, open_context: OpenContext) -> None:
    """Such a page has no pass yet, so it asks by its cookie."""
    now = live.clock.now()
    with transaction(live.engine) as db:
        people = factories.cast(db, now)
        place = worlds.hall(db, people, now)
        actions.confirm(db, sitting_id=place.sitting_id, actor=people.owner, now=now)
    exam = Exam(live, people, place)
    me = Scope(sitting_id=place.sitting_id)
    hall(exam, actions.pause, scope=me, reason="停电")
    page = phones.signed_in(exam, open_context(live, PHONE)).new_page()
    page.goto("/sittings")
    page.get_by_role("link", name="回到考试页").click()
    expect(page.get_by_text("您还没有开始作答")).to_be_visible()
    assert dom_faults(page) == []
    phones.pulse(page)
    expect(page.locator("#offline")).to_be_hidden()
    hall(exam, actions.resume, scope=me, reason="来电")
    phones.pulse(page)
    expect(page.get_by_role("button", name="开始作答")).to_be_visible()


def test_a_forced_hand_in_leads_the_open_page_to_its_receipt(
    live: Live, open_context: OpenContext
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, DESK))
    hall(exam, actions.force, sitting_id=exam.place.sitting_id, reason="身体不适")
    expect(page.get_by_role("heading", name=re.compile("^已交卷"))).to_be_visible(timeout=WITHIN)


def test_a_message_on_a_hidden_page_counts_as_seen_only_when_it_is_looked_at(
    live: Live, open_context: OpenContext
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    hide(page, True)
    hall(exam, actions.send, sitting_id=exam.place.sitting_id, text="请坐到第一排。")
    page.wait_for_timeout(9000)
    assert seen(exam) == []
    hide(page, False)
    expect(page.locator("#message-list")).to_contain_text("请坐到第一排。")
    until = time.monotonic() + 5
    while not seen(exam) and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert len(seen(exam)) == 1


def test_leaving_is_written_down_after_three_seconds_and_shown_to_the_officer(
    live: Live, open_context: OpenContext
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, DESK))
    hide(page, True)  # a glance at a pop-up
    page.wait_for_timeout(1500)
    hide(page, False)
    page.wait_for_timeout(500)
    hide(page, True)
    page.wait_for_timeout(4000)
    hide(page, False)
    expect(page.locator("#left-count")).to_contain_text("离开页面 1 次")
    expect(page.locator("#left-list li")).to_have_count(1)
    expect(page.locator("#left-list")).to_contain_text("离开了 4 秒")
    assert left_seconds(exam) == ["4"]
    # Loading anew is no leaving, however slow the network is.
    page.context.route(re.compile(f"{exam.path}$"), slow)
    page.reload()
    expect(page.locator("article.question").first).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator("#left-count")).to_contain_text("离开页面 1 次")
    assert left_seconds(exam) == ["4"]
    # Closing the page and coming back later is one.
    page.context.unroute_all()
    page.evaluate("() => { sessionStorage.clear(); }")
    hide(page, True)
    page.goto("about:blank")
    page.wait_for_timeout(5000)
    live.clock.pass_by(seconds=10)  # the phone's own clock says five, and that is less
    page.goto(exam.path)
    expect(page.locator("#left-count")).to_contain_text("离开页面 2 次")
    assert left_seconds(exam)[1] in ("4", "5", "6")
