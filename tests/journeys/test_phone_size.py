"""What the phone pays: the first load of a paper of sixty questions, and one save, in bytes on the
wire with their headers, as Chromium's own network log counts them."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import phones
from tests.journeys.conftest import PHONE, OpenContext
from tests.journeys.live import Live

pytestmark = pytest.mark.browser
FIRST_LOAD = 100 * 1024
SAVE = 1024
AGENT = (
    "Mozilla/5.0 (Linux; Android 10; V1962A Build/QP1A.190711.020; wv) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Version/4.0 Chrome/86.0.4240.99 XWEB/4343 MMWEBSDK/20220805 Mobile Safari/537.36 "
    "MMWEBID/4786 MicroMessenger/8.0.27.2220(0x28001B37) WeChat/arm64 Weixin NetType/4G "
    "Language/zh_CN ABI/arm64"
)  # the longest that a phone here really sends


@dataclass
class Log:
    """Bytes by path: what was sent, what came."""

    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    came: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _paths: dict[str, str] = field(default_factory=dict)
    _early: dict[str, int] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._request)
        session.on("Network.requestWillBeSentExtraInfo", self._headers)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _request(self, event: dict[str, Any]) -> None:
        request, number = event["request"], event["requestId"]
        self._paths[number] = path = urlsplit(request["url"]).path
        line = len(f"{request['method']} {path} HTTP/1.1\r\n\r\n")
        body = len(request.get("postData", "").encode())
        self.sent[path] += line + body + self._early.pop(number, 0)

    def _headers(self, event: dict[str, Any]) -> None:
        size = sum(len(f"{k}: {v}\r\n".encode()) for k, v in event["headers"].items())
        number = event["requestId"]
        if number in self._paths:
            self.sent[self._paths[number]] += size
        else:
            self._early[number] = self._early.get(number, 0) + size

    def _finished(self, event: dict[str, Any]) -> None:
        path = self._paths.get(event["requestId"], "")
        self.came[path] += int(event["encodedDataLength"])


def test_the_first_load_of_sixty_questions_and_a_save_are_small(
    live: Live, open_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones.with_paper(monkeypatch, phones.bank(60))
    exam = phones.open_exam(live)
    context = phones.signed_in(exam, open_context(live, PHONE, user_agent=AGENT))
    page, log = context.new_page(), Log()
    log.listen(page)
    page.goto(exam.path)
    expect(page.locator("article.question")).to_have_count(60)
    page.wait_for_function(
        "() => window.biwu && biwu.page && biwu.queue.pen.held && biwu.page.isKnown()"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("() => document.body.innerText.length") > 8000  # a real paper
    assert any(path.startswith("/static/js/sitting.js") for path in log.came)  # the log has seen it
    assert sum(log.came.values()) <= FIRST_LOAD

    item = phones.singles(page)[0]
    phones.choose(page, item, "B")
    phones.synced(page)
    page.wait_for_timeout(300)
    path = f"{exam.path}/answers"
    assert 100 < log.sent[path] <= SAVE
    assert 100 < log.came[path] <= SAVE
