"""Two tabs and two devices of one candidate: the later one holds the pen, the older one turns
read-only and still delivers what it had, and nothing older stands above anything newer."""

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from app.db.session import reading, transaction
from app.sitting.rules.course import Happened
from app.sitting.tables import Sitting, SittingEvent
from tests.journeys import phones
from tests.journeys.complaints import OFFLINE, Complaints, dom_faults
from tests.journeys.conftest import DESK, PHONE, OpenContext
from tests.journeys.live import Live
from tests.journeys.phones import Exam

pytestmark = pytest.mark.browser
BOTH_ENGINES = pytest.mark.parametrize("live", ["sqlite", "postgresql"], indirect=True)


def takings(exam: Exam) -> int:
    with reading(exam.live.engine) as db:
        mine = SittingEvent.sitting_id == exam.place.sitting_id
        found = db.exec(select(SittingEvent).where(mine, SittingEvent.kind == Happened.TAKEN.value))
        return len(list(found))


def read_only(page: Page) -> None:
    """The page says so, and nothing can be written on it."""
    expect(page.locator("#taken")).to_be_visible()
    expect(page.locator("#taken")).to_contain_text(
        "本页只读；本页写好的都会送达".replace("；", "。")
    )
    expect(page.locator("#paper .options input:enabled")).to_have_count(0)


@BOTH_ENGINES
def test_an_offline_phone_delivers_after_the_pc_took_over_and_overrides_nothing(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    phone = phones.on_paper(exam, open_context(live, PHONE))
    one = phones.singles(phone)[0]
    other = int(phone.locator("article[data-kind=true_false]").get_attribute("data-item") or 0)
    complaints.expect(OFFLINE)
    complaints.expect("status of 409")
    phone.context.set_offline(True)
    for letter in "ABCD" * 3:  # high numbers, before the other device writes its first
        phones.choose(phone, one, letter)
    phones.choose(phone, other, "A")
    expect(phone.locator("#saved")).to_have_text("未同步 2 条")

    live.clock.pass_by(seconds=30)
    desk = phones.on_paper(exam, open_context(live, DESK))
    phones.choose(desk, one, "B")
    phones.synced(desk)
    assert exam.stands() == {one: '["B"]'}

    phone.context.set_offline(False)
    read_only(phone)
    phone.wait_for_function("() => window.biwu && biwu.page && biwu.queue.queue.size === 0")
    assert dom_faults(phone) == []
    # Both of its answers are in the log; the newer page's stands where both wrote.
    assert exam.stands() == {one: '["B"]', other: '["A"]'}
    assert exam.doubled() == []
    assert takings(exam) == 1

    phone.get_by_role("button", name="在本机继续").click()
    expect(phone.locator("#taken")).to_be_hidden()
    expect(phone.locator(f"#question-{one} [value=B]")).to_be_checked()
    phones.holds_the_pen(phone)
    phones.choose(phone, one, "D")
    phones.synced(phone)
    assert exam.stands() == {one: '["D"]', other: '["A"]'}
    read_only(desk)  # told by its pulse, without writing anything
    assert takings(exam) == 2


def test_a_second_tab_takes_the_pen_and_a_reload_does_not(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    first = phones.on_paper(exam, open_context(live, PHONE))
    first.reload()
    phones.holds_the_pen(first)
    assert takings(exam) == 0
    item = phones.singles(first)[0]
    second = first.context.new_page()
    second.goto(exam.path)
    phones.holds_the_pen(second)
    assert takings(exam) == 1
    complaints.expect("status of 409")
    phones.choose(first, item, "A")  # before it knows
    read_only(first)
    live.clock.pass_by(seconds=5)
    phones.choose(second, item, "C")
    phones.synced(second)
    assert exam.stands() == {item: '["C"]'}


def test_a_duplicated_tab_is_another_page(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    """Duplicating a tab copies its name along with its session storage."""
    exam = phones.open_exam(live)
    first = phones.on_paper(exam, open_context(live, DESK))
    word = first.evaluate("() => biwu.storage.word")
    complaints.expect("status of 409")
    second = first.context.new_page()
    second.goto("/sittings")
    second.evaluate(
        "([name, word]) => sessionStorage.setItem(name, word)",
        [f"biwu.{exam.place.sitting_id}.page", word],
    )
    second.goto(exam.path)
    second.wait_for_function(
        "(word) => window.biwu && biwu.page && biwu.storage.word !== word", arg=word
    )
    read_only(first)
    assert first.evaluate("() => biwu.storage.word") == word
    item = phones.singles(second)[0]
    phones.choose(second, item, "C")
    phones.synced(second)
    assert exam.stands() == {item: '["C"]'}
    expect(second.locator("#taken")).to_be_hidden()
    second.reload()
    phones.holds_the_pen(second)
    assert takings(exam) == 1


def test_what_the_old_phone_wrote_last_does_not_stand_over_the_new_one_after_reopening(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    """The old phone is switched off with an answer in it; hours of clicks later it comes back."""
    exam = phones.open_exam(live)
    phone = phones.on_paper(exam, open_context(live, PHONE))
    item = phones.singles(phone)[0]
    complaints.expect("ERR_CONNECTION_FAILED|status of 409")
    phones.only_saves(phone.context, phones.aborted)
    phones.choose(phone, item, "A")
    expect(phone.locator("#offline")).to_be_visible()
    phone.close()
    live.clock.pass_by(minutes=5)
    desk = phones.on_paper(exam, open_context(live, DESK))
    phones.choose(desk, item, "C")
    phones.synced(desk)
    phone.context.unroute_all()
    again = phone.context.new_page()
    again.goto(exam.path)
    phones.drained(again)
    assert exam.stands() == {item: '["C"]'}
    expect(again.locator(f"#question-{item} [value=C]")).to_be_checked()  # and it shows what stands
    expect(again.locator("#taken")).to_be_hidden()


def test_a_claim_that_fails_is_asked_again_and_answers_do_not_wait_for_it(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    complaints.expect("status of 503")
    context = phones.signed_in(exam, open_context(live, PHONE))
    context.route(re.compile("/claim$"), lambda route: route.fulfill(status=503, body="busy"))
    page = context.new_page()
    page.goto(exam.path)
    item = phones.singles(page)[0]
    phones.choose(page, item, "A")
    phones.synced(page)
    assert page.evaluate("() => biwu.queue.pen.held") is False
    context.unroute_all()
    phones.holds_the_pen(page)
    phones.choose(page, item, "B")
    phones.synced(page)
    first, second = exam.rows()
    assert (first.seq >> 20, second.seq >> 20) == (0, 1)
    assert exam.stands() == {item: '["B"]'}


def test_a_number_that_is_taken_is_left_to_the_later_word(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    """Typed later here: a higher number. Typed later there: ours gives way, and it says so."""
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect("status of 409")
    item, sent = phones.singles(page)[0], []
    typed_there = live.clock.now() - timedelta(minutes=1)

    def taken(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "")["seq"])
        if len(sent) % 2 == 0:
            route.continue_()
            return
        told = {"newest": sent[-1] + 5, "typed_at": typed_there.isoformat()}
        route.fulfill(status=409, json=told | {"code": "sequence_taken", "detail": "序号已用"})

    phones.only_saves(page.context, taken)
    phones.choose(page, item, "A")
    phones.synced(page)
    assert sent[1] == sent[0] + 6
    assert exam.stands() == {item: '["A"]'}

    typed_there = live.clock.now() + timedelta(minutes=1)
    phones.choose(page, item, "B")
    expect(page.locator(f"#saved-{item}")).to_contain_text("有更晚的答案")
    phones.drained(page)
    assert exam.stands() == {item: '["A"]'}


def test_a_house_that_was_put_back_to_a_backup_still_takes_what_is_written(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    """It has forgotten two takings of the pen, and refuses numbers from a time it knows not."""
    exam = phones.open_exam(live)
    first = phones.on_paper(exam, open_context(live, PHONE))
    first.close()
    page = phones.on_paper(exam, open_context(live, PHONE))
    complaints.expect("status of 4(09|22)")
    with transaction(live.engine) as db:
        row = db.get(Sitting, exam.place.sitting_id)
        assert row is not None
        assert row.epoch == 2
        row.epoch, row.page = 0, ""
    item = phones.singles(page)[0]
    phones.choose(page, item, "D")
    phones.synced(page)
    assert exam.stands() == {item: '["D"]'}
    expect(page.locator("#unsent")).to_be_hidden()
    phones.choose(page, item, "C")
    phones.synced(page)
    assert exam.stands() == {item: '["C"]'}
