"""Static files from memory, packed, under addresses that carry the mark of their content."""

import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import BUNDLES, ROOT
from app.web.shelf import Shelf


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False)


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)


def test_every_file_a_page_names_is_there_for_good(browser: TestClient) -> None:
    named = addresses(browser.get("/sign-in").text)
    assert len(named) >= 3
    for address in named:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.content == (ROOT / address.partition("?")[0].lstrip("/")).read_bytes()


def test_without_its_mark_a_file_is_asked_about_again(browser: TestClient) -> None:
    first = browser.get("/static/css/base.css")
    assert first.headers["cache-control"] == "no-cache"
    again = browser.get("/static/css/base.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = browser.get("/static/css/base.css", headers={"if-none-match": '"0000"'})
    assert other.status_code == 200


def test_a_file_is_packed_for_who_can_unpack(app: FastAPI, browser: TestClient) -> None:
    plain = browser.get("/static/css/base.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = browser.get("/static/css/base.css", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content
    assert plain.headers["content-type"] == "text/css; charset=utf-8"


def test_nothing_outside_the_folder_is_on_the_shelf(browser: TestClient) -> None:
    for path in ("/static/", "/static/../README.md", "/static/%2e%2e/README.md", "/static/no.css"):
        assert browser.get(path).status_code == 404


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("one")
    (tmp_path / "b.css").write_text("one")
    before = Shelf(tmp_path)
    (tmp_path / "a.css").write_text("two")
    after = Shelf(tmp_path)
    assert before.address("a.css") != after.address("a.css")
    assert before.address("b.css") == after.address("b.css")
    assert gzip.decompress(after.files["a.css"].packed or gzip.compress(b"two")) == b"two"


def test_a_bundle_is_its_parts_in_order(browser: TestClient) -> None:
    parts = [(ROOT / "static" / name).read_text() for name in BUNDLES["js/sitting.js"]]
    assert browser.get("/static/js/sitting.js").text == "\n".join(parts)
    folder = {path.name for path in (ROOT / "static/js/sitting").iterdir()}
    assert folder == {name.rpartition("/")[2] for name in BUNDLES["js/sitting.js"]}


def test_a_page_cannot_name_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Shelf(tmp_path).address("css/base.css")
