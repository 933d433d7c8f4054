"""Answers that are none: a captive portal's page, a redirect, nothing, a refusal, a fault. The page
never says 已保存 to them, never drops an answer, and delivers it when the server itself is back."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.journeys import phones
from tests.journeys.complaints import Complaints
from tests.journeys.conftest import PHONE, OpenContext
from tests.journeys.live import Live

pytestmark = pytest.mark.browser
PORTAL = "<!doctype html><title>登录无线网络</title><p>请先登录"
HTML = {"content-type": "text/html"}


def _acknowledged(change: Callable[[dict[str, Any]], object]) -> Callable[[Route], None]:
    """A real acknowledgement, with one thing in it changed on its way."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        change(body)
        route.fulfill(response=response, body=json.dumps(body))

    return answer


ANSWERS: dict[str, Callable[[Route], None]] = {
    "html-200": lambda route: route.fulfill(status=200, headers=HTML, body=PORTAL),
    "redirect": lambda route: route.fulfill(status=302, headers={"location": "/sign-in"}),
    "empty-204": lambda route: route.fulfill(status=204),
    "empty-200": lambda route: route.fulfill(status=200, body=""),
    "null-200": lambda route: route.fulfill(status=200, json=None),
    "list-200": lambda route: route.fulfill(status=200, json=[1]),
    "json-of-another": lambda route: route.fulfill(status=200, json={"ok": True}),
    "401": lambda route: route.fulfill(status=401, json={"code": "not_signed_in"}),
    "413": lambda route: route.fulfill(status=413, body="too large"),
    "429": lambda route: route.fulfill(status=429, json={"code": "slow_down"}),
    "500": lambda route: route.fulfill(status=500, body="fault"),
    "503": lambda route: route.fulfill(status=503, json={"code": "answer_not_stored"}),
    "502-with-a-final-code": lambda route: route.fulfill(status=502, json={"code": "too_late"}),
    "ack-of-another-answer": _acknowledged(lambda ack: ack.update(digest="0" * 64)),
    "ack-of-another-number": _acknowledged(lambda ack: ack.update(seq=ack["seq"] + 1)),
    "ack-of-another-item": _acknowledged(lambda ack: ack.update(item=ack["item"] + 1)),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_is_no_acknowledgement_saves_nothing_and_drops_nothing(
    live: Live, open_context: OpenContext, complaints: Complaints, kind: str
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    item = phones.singles(page)[0]
    complaints.expect(r"status of [45]\d\d|ERR_FAILED|redirect")
    tries: list[Route] = []

    def answer(route: Route) -> None:
        tries.append(route)
        ANSWERS[kind](route)

    phones.impatient(page)
    phones.only_saves(page.context, answer)
    phones.choose(page, item, "C")
    expect(page.locator("#offline")).to_be_visible()
    while len(tries) < 3:
        page.wait_for_timeout(50)
        assert "已保存" not in page.locator("#saved").inner_text()
    expect(page.locator("#saved")).to_have_text("未同步 1 条")
    assert '["C"]' in str(phones.stored(page)).replace("\\", "")
    page.context.unroute_all()
    expect(page.locator("#saved")).to_have_text(re.compile("^已保存"))
    assert exam.stands() == {item: '["C"]'}
    assert exam.doubled() == []
    expect(page.locator("#offline")).to_be_hidden()


def test_a_refused_answer_is_named_kept_on_the_phone_and_put_into_the_file(
    live: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    exam = phones.open_exam(live)
    page = phones.on_paper(exam, open_context(live, PHONE))
    item = phones.singles(page)[0]
    complaints.expect("status of 422")
    refusal = {"code": "bad_answer", "detail": "答案的格式不对，没有保存。"}
    phones.only_saves(page.context, lambda route: route.fulfill(status=422, json=refusal))
    phones.choose(page, item, "C")
    expect(page.locator("#unsent-list")).to_contain_text(f"第 {item} 题：未被接收。答案的格式不对")
    expect(page.locator("#file")).to_be_visible()
    expect(page.locator(f"#saved-{item}")).to_have_class(re.compile("refused"))
    assert "已保存" not in page.locator("#saved").inner_text()
    page.context.unroute_all()
    page.reload()
    expect(page.locator("#unsent-list")).to_contain_text("未被接收")
    expect(page.locator("#file-count")).to_have_text("1")
