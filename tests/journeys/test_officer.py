"""An officer sits the exam: slip, identity, countdown, paper, a minute without network, receipt."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect
from sqlmodel import select

from app.accounts.actions import tickets
from app.accounts.actions.tickets import Bearer
from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.entropy import SystemEntropy
from app.sitting import queries
from app.sitting.tables import AnswerLog, Sitting
from app.web.templating import LOCAL
from tests import factories
from tests.journeys import phones
from tests.journeys.complaints import OFFLINE, UNFINISHED, Complaints, dom_faults
from tests.journeys.conftest import DESK, PHONE, OpenContext
from tests.journeys.live import Live
from tests.sitting import worlds
from tests.sitting.worlds import Hall

pytestmark = pytest.mark.browser
BOTH_ENGINES = pytest.mark.parametrize("live", ["sqlite", "postgresql"], indirect=True)
SAVED = re.compile(r"已保存 \d\d:\d\d:\d\d$")


def ticketed(live: Live) -> tuple[Hall, str]:
    """An exam of six kinds of question that opens in ten minutes, and the owner's slip for it."""
    now = live.clock.now()
    with transaction(live.engine) as db:
        people = factories.cast(db, now)
        place = worlds.hall(db, people, now + timedelta(minutes=10))
        bearer = Bearer(place.candidate_id, people.owner.name, people.owner.county or "")
        codes = tickets.issue(
            db,
            bearers=[bearer],
            valid_until=now + timedelta(days=1),
            reason="首次印发",
            entropy=SystemEntropy(),
            actor=SYSTEM,
            now=now,
        )
    return place, codes[place.candidate_id]


def come_in(page: Page, code: str) -> None:
    """From the slip's QR code to the waiting page."""
    page.goto(f"/t/{code}")
    expect(page.get_by_role("heading", name="林知远")).to_be_visible()
    page.get_by_role("button", name="是本人，进入").click()
    page.get_by_role("link", name="核对身份，进入候考").click()
    expect(page.get_by_role("heading", name="林知远")).to_be_visible()
    expect(page.get_by_text("A-001", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="我已阅读").check()
    page.get_by_role("button", name="是本人，进入候考").click()
    expect(page.get_by_text("距开考")).to_be_visible()


def question(page: Page, kind: str) -> Locator:
    return page.locator(f"article[data-kind={kind}]")


def item_of(page: Page, kind: str) -> int:
    return int(question(page, kind).get_attribute("data-item") or 0)


def option(page: Page, kind: str, letter: str) -> Locator:
    """The label is what a finger meets; the input behind it is not to be seen."""
    return question(page, kind).locator(".option", has=page.locator(f"[value={letter}]"))


def written(live: Live, place: Hall) -> list[AnswerLog]:
    """Every answer that the database holds of this sitting, the list of doubts left out."""
    with reading(live.engine) as db:
        rows = select(AnswerLog).where(AnswerLog.sitting_id == place.sitting_id, AnswerLog.item > 0)
        return list(db.exec(rows))


def receipt_of(live: Live, place: Hall) -> str:
    with reading(live.engine) as db:
        sitting = db.get(Sitting, place.sitting_id)
        assert sitting is not None
        return sitting.receipt or ""


def server_says(live: Live) -> str:
    return f"已保存 {live.clock.now().astimezone(LOCAL):%H:%M:%S}"


@BOTH_ENGINES
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_an_officer_loses_the_network_for_a_minute_and_no_answer(
    live: Live, open_context: OpenContext, complaints: Complaints, size: ViewportSize
) -> None:
    place, code = ticketed(live)
    page = open_context(live, size).new_page()
    page.goto(f"/t/{code}")
    assert dom_faults(page) == []
    come_in(page, code)
    assert dom_faults(page) == []

    # Before its time: a countdown, and not a byte of any question.
    expect(page.locator("#clock")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    assert "CANARY" not in page.content()
    expect(page.locator("#test-net")).to_have_text(re.compile("正常|较慢"))
    live.clock.pass_by(minutes=9, seconds=58)
    page.reload()
    assert "CANARY" not in page.content()
    assert page.request.get(f"/sittings/{place.sitting_id}/hand-in").text().count("CANARY") == 0
    live.clock.pass_by(seconds=2)
    # Nobody reloads: the page does it by itself when its countdown is over.
    page.get_by_role("button", name="开始作答").click()
    expect(page.locator("article.question")).to_have_count(worlds.ITEMS)
    phones.holds_the_pen(page)
    assert dom_faults(page) == []

    saved = page.locator("#saved")
    live.clock.pass_by(seconds=7)
    option(page, "single_choice", "B").click()
    expect(saved).to_have_text(server_says(live))
    live.clock.pass_by(seconds=11)
    option(page, "indefinite_choice", "A").click()
    expect(saved).to_have_text(server_says(live))
    question(page, "indefinite_choice").locator(".flag").click()
    flagged, single = item_of(page, "indefinite_choice"), item_of(page, "single_choice")
    expect(page.locator(f"#map-{flagged}")).to_have_class(re.compile("is-flag"))
    expect(page.locator(f"#map-{flagged}")).not_to_have_class(re.compile("is-wait"))

    complaints.expect(OFFLINE)
    page.context.set_offline(True)
    option(page, "single_choice", "D").click()  # a second thought about one that was saved
    expect(page.locator("#offline")).to_be_visible()  # it was tried, and did not get through
    expect(saved).to_have_text("未同步 1 条")
    option(page, "multiple_choice", "A").click()
    option(page, "multiple_choice", "C").click()
    live.clock.pass_by(minutes=1)
    page.wait_for_timeout(1500)
    blanks = question(page, "fill_in").get_by_role("textbox")
    blanks.nth(0).fill("５")
    blanks.nth(1).fill("六十")
    question(page, "numeric").get_by_label("结果").fill("216")
    expect(saved).to_have_text("未同步 4 条")
    expect(page.locator(f"#map-{single}")).to_have_class(re.compile("is-wait"))
    assert dom_faults(page) == []
    before = {row.item for row in written(live, place)}
    assert before == {single, flagged}

    page.context.set_offline(False)
    expect(saved).to_have_text(server_says(live))
    expect(page.locator("#offline")).to_be_hidden()
    rows = written(live, place)
    given = {
        "single_choice": '["D"]',
        "indefinite_choice": '["A"]',
        "multiple_choice": '["A","C"]',
        "fill_in": '{"1":"５","2":"六十"}',
        "numeric": '{"value":"216"}',
    }
    with reading(live.engine) as db:
        stands = {n: row.answer for n, row in queries.answers(db, place.sitting_id).items() if n}
    assert stands == {item_of(page, kind): answer for kind, answer in given.items()}
    times = Counter(row.item for row in rows)
    assert times.pop(single) == 2  # the first choice, and the second thought
    assert set(times.values()) == {1}
    assert not any(row.late for row in rows)

    page.reload()
    expect(question(page, "single_choice").locator("[value=D]")).to_be_checked()
    expect(question(page, "multiple_choice").locator("[value=A]")).to_be_checked()
    expect(question(page, "multiple_choice").locator("[value=B]")).not_to_be_checked()
    expect(question(page, "fill_in").get_by_role("textbox").nth(1)).to_have_value("六十")
    expect(question(page, "numeric").get_by_label("结果")).to_have_value("216")
    expect(question(page, "indefinite_choice").locator(".flag input")).to_be_checked()
    assert page.evaluate("() => localStorage.length") == 0
    assert len(written(live, place)) == len(rows)

    if size == PHONE:
        page.get_by_role("link", name="答题卡").click()
    page.get_by_role("button", name="检查并交卷").click()
    expect(page.get_by_role("heading", name="交卷前检查")).to_be_visible()
    expect(page.locator(".undone li")).to_have_count(2)  # the unanswered and the doubtful
    expect(page.locator(".undone .pill-warn")).to_have_text("未答")
    assert dom_faults(page) == []
    complaints.expect(UNFINISHED)
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_text("请先打勾")).to_be_visible()
    page.get_by_role("checkbox", name="仍要交卷").check()
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_role("heading", name=re.compile("^已交卷.* 5 题$"))).to_be_visible()
    shown = page.locator(".receipt-code b").inner_text()
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", shown)
    assert shown == receipt_of(live, place)
    assert dom_faults(page) == []


# The answer gets through, its acknowledgement does not: twice, then the network is good again.
DEAF = """() => {
  const real = window.fetch;
  window.lost = 0;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (!String(asked[0]).endsWith("/answers")) return answer;
    window.lost += 1;
    if (window.lost === 2) window.fetch = real;
    throw new TypeError("the acknowledgement is lost");
  };
}"""


def test_a_lost_acknowledgement_neither_loses_nor_doubles_an_answer(
    live: Live, phone: Page
) -> None:
    place, code = ticketed(live)
    come_in(phone, code)
    live.clock.pass_by(minutes=10)
    phone.reload()
    phone.get_by_role("button", name="开始作答").click()
    expect(phone.locator("article.question")).to_have_count(worlds.ITEMS)
    phones.holds_the_pen(phone)
    phone.evaluate(DEAF)
    option(phone, "single_choice", "C").click()
    expect(phone.locator("#saved")).to_have_text(server_says(live))
    assert phone.evaluate("() => window.lost") == 2
    assert [row.answer for row in written(live, place)] == ['["C"]']


def test_a_browser_without_scripts_sits_the_exam_with_plain_forms(
    live: Live, open_context: OpenContext
) -> None:
    place, code = ticketed(live)
    page = open_context(live, PHONE, java_script_enabled=False).new_page()
    come_in(page, code)
    assert "CANARY" not in page.content()
    live.clock.pass_by(minutes=10)
    page.reload()
    page.get_by_role("button", name="开始作答").click()

    option(page, "single_choice", "B").click()
    option(page, "true_false", "A").click()
    question(page, "fill_in").get_by_role("textbox").nth(0).fill("5")
    question(page, "indefinite_choice").locator(".flag").click()
    live.clock.pass_by(seconds=40)
    page.get_by_role("button", name="保存以上答案").first.click()
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(question(page, "single_choice").locator("[value=B]")).to_be_checked()
    expect(question(page, "fill_in").get_by_role("textbox").nth(0)).to_have_value("5")
    expect(question(page, "indefinite_choice").locator(".flag input")).to_be_checked()
    given = {"single_choice": '["B"]', "true_false": '["A"]', "fill_in": '{"1":"5"}'}
    assert {row.item: row.answer for row in written(live, place)} == {
        item_of(page, kind): answer for kind, answer in given.items()
    }

    # What is written since goes along with the hand-in.
    option(page, "multiple_choice", "C").click()
    multiple = item_of(page, "multiple_choice")
    page.get_by_role("link", name="答题卡").click()
    page.get_by_role("button", name="检查并交卷").click()
    expect(page.locator(".undone .pill-warn")).to_have_count(2)
    assert [row.answer for row in written(live, place) if row.item == multiple] == ['["C"]']
    page.get_by_role("checkbox", name="仍要交卷").check()
    page.get_by_role("button", name="交卷").click()
    expect(page.locator(".receipt-code b")).to_have_text(receipt_of(live, place))
