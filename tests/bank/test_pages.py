"""The bank's pages, for those who may read it."""

import re

import pytest
from fastapi import FastAPI
from httpx2 import Response

from app.bank import queries
from app.bank.queries import Sought
from app.db.session import reading, transaction
from tests.bank.worlds import NOISE, TODAY, basis, of_kind, single, take_in
from tests.conftest import ClientOf
from tests.factories import Cast

FILE = """schema = 1
checked_on = 2026-11-24
[[question]]
id = "single-a"
kind = "single_choice"
topic = "法律责任"
difficulty = 2
difficulty_reason = "一条规则"
stem = "某厂的情形，应当怎样处理？"
key = ["B"]
explanation = "法典第四十四条写明了处理方式。"
basis = [{ law = "生态环境法典", version = 2026-08-15, article = "44", role = "key", confidence = "firm" }]
valid_from = 2026-08-15
tags = ["罚款"]
[question.options]
A = "责令改正并警告"
B = "责令改正并罚款"
[question.traps]
A = "把罚款当成可选"
"""  # noqa: E501  # a file as authors write it


def ids(app: FastAPI) -> dict[str, int]:
    with reading(app.state.engine) as db:
        rows = queries.listed(db, Sought(), on=TODAY)
        return {row.question.code: row.question.id or 0 for row in rows}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_queries_however_long(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str], rows: int
) -> None:
    author = client_of(people.author)
    with transaction(app.state.engine) as db:
        take_in(db, *(single(f"single-{n}") for n in range(rows)))
    statements.clear()
    page = author.get("/bank").text
    assert page.count('class="stem-link"') == rows
    assert len(statements) == 6  # who, how many, the page, laws, provisions, topics


def test_a_filtered_list_shows_only_what_was_asked(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        take_in(db, single("single-a"), of_kind("numeric", "num-a"))
    page = client_of(people.organizer).get("/bank?kind=numeric&difficulty=&q=").text
    assert "num-a" in page
    assert "single-a" not in page
    assert "没有符合条件的试题" in client_of(people.organizer).get("/bank?q=没有").text


def test_an_empty_bank_says_what_to_do_next(client_of: ClientOf, people: Cast) -> None:
    page = client_of(people.reviewer).get("/bank").text
    assert "题库还没有试题" in page
    assert 'href="/bank/import"' in page


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("single_choice", ["责令改正并罚款", "<b>B</b>", "没有拘留情形"]),
        ("fill_in", ["空 1", "5（也可写作五）", "旧规定"]),
        ("numeric", ["216万元", "2160000元", "12×18", "只算了六日"]),
        ("true_false", ["<b>A</b>", "看错"]),
    ],
)
def test_a_question_shows_its_face_its_key_and_what_it_rests_on(
    app: FastAPI, client_of: ClientOf, people: Cast, kind: str, parts: list[str]
) -> None:
    old = basis(NOISE, "75", "contrast")
    with transaction(app.state.engine) as db:
        take_in(db, of_kind(kind, "a", valid_to=TODAY))
    page = client_of(people.author).get(f"/bank/{ids(app)['a']}").text
    for part in [*parts, "生态环境法典第 44 条", "2026年8月15日", "顾明远", "程映雪"]:
        assert part in page, part
    assert 'class="question"' in page
    assert 'name="flag-1"' not in page, "read-only"
    assert old["law"] not in page


def test_every_version_of_a_question_can_be_looked_at(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        take_in(db, single("single-a"))
        take_in(db, single("single-a", explanation="第二版的解析。"))
    with reading(app.state.engine) as db:
        newest, old = queries.history(db, "single-a")
    page = client_of(people.author).get(f"/bank/{newest.id}").text
    assert "第 2 版（本页）" in page
    assert f'href="/bank/{old.id}"' in page
    assert "已停用" in client_of(people.author).get(f"/bank/{old.id}").text


def test_coverage_counts_what_a_paper_of_the_day_could_take(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        take_in(db, single("single-a"), single("single-b", difficulty=5), single("c", hold="等"))
    page = client_of(people.organizer).get("/bank/coverage?on=2026-11-24").text
    assert re.search(r"<b>2</b><small>易 1 · 难 1</small>", page)
    before = client_of(people.organizer).get("/bank/coverage?on=2026-08-14").text
    assert "这一天没有能进卷的题" in before


def upload(browser: object, *, go: str, text: str = FILE, reviewer: str = "程映雪") -> Response:
    answer: Response = browser.post(  # type: ignore[attr-defined]  # TestClient, untyped here
        "/bank/import",
        data={"author": "顾明远", "reviewer": reviewer, "go": go},
        files={"file": ("题.toml", text.encode(), "application/toml")},
    )
    return answer


def test_a_checked_file_is_counted_and_an_imported_one_is_in_the_bank(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        take_in(db)
    browser = client_of(people.author)
    checked = upload(browser, go="check")
    assert checked.status_code == 200
    assert "检查通过，可以入库" in checked.text
    assert ids(app) == {}
    written = upload(browser, go="import")
    assert (written.status_code, written.headers["location"]) == (303, "/bank")
    assert set(ids(app)) == {"single-a"}
    assert "没有变化的 1 道" in upload(browser, go="check").text


def test_a_wrong_file_says_where_and_how_to_mend_it_and_nothing_is_written(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        take_in(db)
    browser = client_of(people.author)
    wrong = upload(browser, go="import", text=FILE.replace('"44"', '"1243"'))
    assert wrong.status_code == 422
    assert "一道题也没有入库" in wrong.text
    assert "生态环境法典只有 1242 条，没有第 1243 条" in wrong.text
    assert "核对条号" in wrong.text
    alone = upload(browser, go="import", reviewer="顾明远")
    assert alone.status_code == 422
    assert "审题要由另一个人完成" in alone.text
    assert browser.post("/bank/import", data={"author": "甲", "reviewer": "乙"}).status_code == 422
    assert ids(app) == {}


def test_officers_and_the_public_do_not_see_the_bank(client_of: ClientOf, people: Cast) -> None:
    for actor in (people.owner, people.clerk, people.invigilator, people.auditor):
        assert client_of(actor).get("/bank").status_code == 403
    assert client_of(None).get("/bank").status_code == 303
