"""A browser that keeps nothing, or throws, or never answers: the exam works, and the page says what
that means. And a shared phone: nothing of a sitting stays on it."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys import phones
from tests.journeys.complaints import OFFLINE, Complaints
from tests.journeys.conftest import PHONE, OpenContext
from tests.journeys.live import Live
from tests.sitting import worlds

pytestmark = pytest.mark.browser

NO_LOCAL = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""
FULL_LOCAL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError"); };"""
NO_SESSION = """Object.defineProperty(window, "sessionStorage", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""
NO_DATABASE = 'Object.defineProperty(window, "indexedDB", { value: undefined });'
THROWING_DATABASE = """Object.defineProperty(window, "indexedDB", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""
HANGING_DATABASE = "IDBFactory.prototype.open = () => ({});"
REFUSING_DATABASE = """IDBFactory.prototype.open = () => {
  const asked = {};
  setTimeout(() => asked.onerror({ preventDefault() {} }), 10);
  return asked;
};"""
# Opens, and then every transaction fails.
BROKEN_DATABASE = """IDBDatabase.prototype.transaction = () => {
  throw new DOMException("broken", "InvalidStateError"); };"""
ABORTING_DATABASE = """const real = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...asked) {
  const change = real.apply(this, asked);
  if (asked[1] === "readwrite") setTimeout(() => { try { change.abort(); } catch (_) {} }, 0);
  return change;
};"""

MUTE = '() => { window.fetch = () => Promise.reject(new TypeError("gone")); }'

# name → (what is done to the browser, whether an answer outlives the page)
BROWSERS: dict[str, tuple[str, bool]] = {
    "ordinary": ("", True),
    "no-local": (NO_LOCAL, True),
    "local-full": (FULL_LOCAL, True),
    "no-session": (NO_SESSION, True),
    "no-database": (NO_DATABASE, True),
    "database-throws": (THROWING_DATABASE, True),
    "database-hangs": (HANGING_DATABASE, True),
    "database-refuses": (REFUSING_DATABASE, True),
    "database-broken": (BROKEN_DATABASE, True),
    "database-aborts": (ABORTING_DATABASE, True),
    "nothing": (NO_LOCAL + NO_SESSION + THROWING_DATABASE, False),
    "nothing-and-hanging": (NO_LOCAL + NO_SESSION + HANGING_DATABASE, False),
    "full-and-refusing": (FULL_LOCAL + REFUSING_DATABASE, False),
}


@pytest.mark.parametrize("name", BROWSERS)
def test_the_exam_works_whatever_the_browser_keeps(
    live: Live, open_context: OpenContext, complaints: Complaints, name: str
) -> None:
    done, keeps = BROWSERS[name]
    exam = phones.open_exam(live)
    context = open_context(live, PHONE)
    context.add_init_script(done)
    page = phones.on_paper(exam, context)
    one = phones.singles(page)[0]
    other = int(page.locator("article[data-kind=true_false]").get_attribute("data-item") or 0)
    phones.impatient(page)
    phones.choose(page, one, "A")
    phones.synced(page)
    if keeps:
        expect(page.locator("#offline")).to_be_hidden()
    else:
        expect(page.locator("#offline")).to_be_visible()
        expect(page.locator("#offline-text")).to_contain_text("本机不能暂存答案")

    complaints.expect(OFFLINE)
    context.set_offline(True)
    phones.choose(page, one, "B")
    phones.choose(page, other, "A")
    expect(page.locator("#saved")).to_have_text("未同步 2 条")
    words = "答案存在本机" if keeps else "千万不要刷新或关闭本页"
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#offline-text")).to_contain_text(words)
    context.set_offline(False)
    phones.synced(page)
    assert exam.stands() == {one: '["B"]', other: '["A"]'}

    complaints.expect("ERR_CONNECTION_FAILED|status of 409")  # without a session, a new page
    phones.only_saves(context, phones.aborted)
    phones.choose(page, one, "D")
    expect(page.locator("#offline")).to_be_visible()
    page.evaluate(MUTE)  # or the page sends it with its last breath, and storage is not asked
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    context.unroute_all()
    expect(page.locator("article.question")).to_have_count(worlds.ITEMS)
    phones.drained(page)
    assert exam.stands() == {one: '["D"]' if keeps else '["B"]', other: '["A"]'}
    assert exam.doubled() == []


def _left_behind(context: BrowserContext, path: str) -> str:
    page = context.new_page()
    page.goto(path)
    return str(phones.stored(page)).replace("\\", "")


def test_nothing_of_a_sitting_stays_on_a_shared_phone_after_the_hand_in(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    one = phones.singles(page)[0]
    phones.choose(page, one, "A")
    blanks = page.locator("article[data-kind=fill_in]").get_by_role("textbox")
    complaints.expect("ERR_CONNECTION_FAILED")
    phones.only_saves(page.context, phones.aborted)
    blanks.nth(0).fill("六十万元")
    expect(page.locator("#offline")).to_be_visible()
    page.wait_for_timeout(300)
    during = str(phones.stored(page))
    assert "六十万元" in during  # or this test looks in the wrong place
    assert "CANARY" not in during
    page.context.unroute_all()
    phones.synced(page)

    page.goto(f"{exam.path}/hand-in")
    complaints.expect("status of 422")
    page.get_by_role("checkbox", name="仍要交卷").check()
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_role("heading", name=re.compile("^已交卷"))).to_be_visible()
    page.wait_for_function("() => window.biwu && biwu.page && biwu.page.isKnown()")
    page.wait_for_timeout(300)
    for left in (str(phones.stored(page)), _left_behind(page.context, "/column")):
        for word in ("CANARY", "六十万元", "[A]", '"A"', "甲", "林知远", "A-001", "biwu."):
            assert word not in left
    page.go_back()  # the paper is not shown again from the browser's memory
    page.wait_for_timeout(500)
    assert "CANARY" not in page.content()


def test_signing_out_wipes_the_phone_and_warns_of_what_was_not_delivered(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect("ERR_CONNECTION_FAILED")
    phones.only_saves(page.context, phones.aborted)
    phones.choose(page, phones.singles(page)[0], "C")
    expect(page.locator("#offline")).to_be_visible()
    page.goto("/sittings")
    said: list[str] = []
    answers = [False, True]

    def hear(dialog: object) -> None:
        said.append(dialog.message)  # type: ignore[attr-defined]
        (dialog.accept if answers.pop(0) else dialog.dismiss)()  # type: ignore[attr-defined]

    page.on("dialog", hear)
    page.get_by_role("button", name="退出").click()
    page.wait_for_timeout(300)
    assert "1 条答案" in said[0]
    expect(page.get_by_role("heading", name="我的考试")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="退出")).to_be_hidden()
    left = _left_behind(page.context, "/column")
    assert "C" not in left.replace("IndexedDB", "").replace("localStorage", "")
    assert len(said) == 2
