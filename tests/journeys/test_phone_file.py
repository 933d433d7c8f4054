"""The emergency answer file (应急答案文件): what the page seals is what its description says, and
what the house opens."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from app.main import ROOT
from app.sitting.rules import emergency
from tests.journeys import phones
from tests.journeys.complaints import OFFLINE, Complaints, dom_faults
from tests.journeys.conftest import DESK, PHONE, OpenContext
from tests.journeys.live import Live

pytestmark = pytest.mark.browser
KEY = hashlib.sha256(b"a sitting").digest()
NONCE = bytes(range(16))
TEXTS = ["", "a", "答案" * 16, "x" * 31, "x" * 32, "x" * 33, '😀\n\\"' * 40, "长" * 5000]


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def seal(key: bytes, sitting: int, text: str, nonce: bytes) -> dict[str, object]:
    """The description of the file, word for word, in another language."""
    plain, stream, number = text.encode(), b"", 0
    while len(stream) < len(plain):
        stream += mac(mac(key, b"encrypt"), nonce + number.to_bytes(4, "big"))
        number += 1
    mixed = bytes(a ^ b for a, b in zip(plain, stream, strict=False))
    sealed = base64.b64encode(mixed).decode()
    about = f"biwu-answers-1\n{sitting}\n{nonce.hex()}\n{sealed}".encode()
    return {
        "biwu": "answers",
        "version": 1,
        "sitting": sitting,
        "nonce": nonce.hex(),
        "sealed": sealed,
        "tag": mac(mac(key, b"sign"), about).hex(),
    }


SEAL = """([key, sitting, text, nonce]) =>
  biwu.seal(key, sitting, text, biwu.crypto.unhex(nonce))"""


@pytest.fixture
def blank(open_context: OpenContext, live: Live) -> Page:
    """Nothing but the two scripts that seal: they need no page of a sitting."""
    page = open_context(live, DESK).new_page()
    for name in ("crypto", "file"):
        page.add_script_tag(path=ROOT / "static" / "js" / "sitting" / f"{name}.js")
    return page


def test_the_page_seals_as_the_description_says(blank: Page) -> None:
    for text in TEXTS:
        ours = blank.evaluate(SEAL, [KEY.hex(), 7, text, NONCE.hex()])
        assert ours == seal(KEY, 7, text, NONCE)


def test_the_hash_of_the_page_is_sha256(blank: Page) -> None:
    """Every length around the edges of a block, and one much longer."""
    for length in [*range(130), 1000, 70_001]:
        text = "a" * length
        script = "(text) => biwu.crypto.hex(biwu.crypto.sha256(biwu.crypto.utf8(text)))"
        assert blank.evaluate(script, text) == hashlib.sha256(text.encode()).hexdigest()


@given(text=st.text(max_size=200), nonce=st.binary(min_size=16, max_size=16))
def test_the_description_hides_the_text_and_any_changed_byte_shows(text: str, nonce: bytes) -> None:
    made = seal(KEY, 7, text, nonce)
    assert made == seal(KEY, 7, text, nonce)
    assert made["tag"] != seal(KEY, 8, text, nonce)["tag"]
    assert len(base64.b64decode(str(made["sealed"]))) == len(text.encode())


def test_after_a_minute_without_network_the_page_offers_a_file_that_the_house_opens(
    live: Live, open_context: OpenContext, complaints: Complaints, tmp_path: Path
) -> None:
    exam = phones.open_exam(live)
    context = phones.signed_in(exam, open_context(live, PHONE))
    page = context.new_page()
    page.clock.install()
    page.goto(exam.path)
    first, blanks = phones.singles(page)[0], page.locator("article[data-kind=fill_in]")
    complaints.expect(OFFLINE)
    context.set_offline(True)
    phones.choose(page, first, "A")
    blanks.get_by_role("textbox").nth(0).fill("六十😀")
    expect(page.locator("#saved")).to_have_text("未同步 2 条")
    page.clock.run_for(30_000)
    expect(page.locator("#file")).to_be_hidden()
    page.clock.run_for(45_000)
    expect(page.locator("#file")).to_be_visible()
    expect(page.locator("#file-count")).to_have_text("2")
    assert dom_faults(page) == []

    with page.expect_download() as arriving:
        page.get_by_role("link", name="保存应急答案文件").click()
    assert arriving.value.suggested_filename == "应急答案_A-001.json"
    arriving.value.save_as(tmp_path / "file.json")
    text = (tmp_path / "file.json").read_text()
    page.get_by_text("保存不了").click()
    expect(page.locator("#file-text")).to_have_value(text)
    page.get_by_role("button", name="复制文字").click()
    expect(page.locator("#file-copy")).to_have_text("已复制")
    assert dom_faults(page) == []
    for word in ("六十", "CANARY", '["A"]', "林知远"):
        assert word not in text

    key = emergency.file_key(live.app.state.secret_key, exam.place.sitting_id)
    filed = emergency.open_file(text, key, exam.place.sitting_id)
    fill = int(blanks.get_attribute("data-item") or 0)
    assert {each.item: each.answer for each in filed} == {first: '["A"]', fill: '{"1":"六十😀"}'}
    assert all(abs((each.typed_at - live.clock.now()).total_seconds()) < 120 for each in filed)
    with pytest.raises(emergency.FileOfAnother):
        emergency.open_file(text, key, exam.place.foreign_id)
    swapped = json.dumps(json.loads(text) | {"tag": "0" * 64})
    with pytest.raises(emergency.FileAltered):
        emergency.open_file(swapped, key, exam.place.sitting_id)

    # A key stream is never used twice: another answer, another nonce.
    phones.choose(page, first, "B")
    page.clock.run_for(1_000)
    expect(page.locator("#file-text")).not_to_have_value(text)
    second = page.locator("#file-text").input_value()
    assert json.loads(second)["nonce"] != json.loads(text)["nonce"]
    assert [each.answer for each in emergency.open_file(second, key, exam.place.sitting_id)][
        -1
    ] == ('["B"]')

    # What is in the file goes to the server all the same, once it can, and the offer ends.
    context.set_offline(False)
    page.clock.run_for(20_000)
    phones.synced(page)
    expect(page.locator("#file")).to_be_hidden()
    assert exam.doubled() == []
