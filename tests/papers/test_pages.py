"""The organizer's pages of papers."""

import re

import pytest
from fastapi import FastAPI

from app.db.session import reading, transaction
from app.papers import actions, queries
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE
from tests.papers.test_forms import FIELDS
from tests.papers.worlds import ORGANIZER, SMALL, fill_bank, frozen_paper


def saved(app: FastAPI) -> int:
    with transaction(app.state.engine) as db:
        row = actions.save_blueprint(db, title="A 卷", spec=SMALL, actor=ORGANIZER, now=NINE)
        return row.id or 0


def test_a_blueprint_begins_from_a_preset(app: FastAPI, client_of: ClientOf, people: Cast) -> None:
    browser = client_of(people.organizer)
    page = browser.get("/papers/new").text
    assert page.count('name="preset"') == 3
    assert "共 45 题 100 分，90 分钟" in page
    made = browser.post("/papers/new", data={"preset": "law"})
    assert made.status_code == 303
    with reading(app.state.engine) as db:
        (draft,) = queries.drafts(db)
    assert made.headers["location"] == f"/papers/blueprints/{draft.row.id}"
    assert draft.blueprint.items == 45
    assert browser.post("/papers/new", data={"preset": "none"}).status_code == 404


def test_the_matrix_says_at_once_what_the_bank_lacks(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    blueprint = saved(app)
    browser = client_of(people.organizer)
    url = f"/papers/blueprints/{blueprint}?as_of=2026-11-24"
    empty = browser.get(url).text
    assert "6 格不够" in empty
    assert "要 3 道，只有 0 道，缺 3 道" in empty
    assert len(re.findall('<td class="lack">', empty)) == 6
    with transaction(app.state.engine) as db:
        fill_bank(db)
    full = browser.get(url).text
    assert "题库够用" in full
    assert "有 4" in full
    assert '<td class="lack">' not in full
    assert "6 格不够" in browser.get(url.replace("11-24", "08-14")).text, "that day has no law"


def test_the_policy_is_shown_as_a_truth_table_in_words(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    page = client_of(people.organizer).get(f"/papers/blueprints/{saved(app)}").text
    assert "以每题 3 分、四个选项、正确答案 ABD 为例" in page
    row = '<td>选对 2 项、少选 1 项，没有选错</td><td>AB</td><td class="num">1.5</td>'
    assert row in page
    assert page.count('type="radio"') == 8


def test_a_saved_matrix_is_the_blueprint_from_then_on(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    blueprint = saved(app)
    browser = client_of(people.organizer)
    answer = browser.post(f"/papers/blueprints/{blueprint}", data=FIELDS | {"as_of": "2026-12-01"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/papers/blueprints/{blueprint}?as_of=2026-12-01"
    with reading(app.state.engine) as db:
        kept = queries.draft(db, blueprint).blueprint
    assert [(row.count, row.topic) for row in kept.rows] == [(3, "法律责任"), (1, None)]


def test_a_wrong_number_comes_back_with_its_reason_and_nothing_is_saved(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    blueprint = saved(app)
    browser = client_of(people.organizer)
    answer = browser.post(f"/papers/blueprints/{blueprint}", data=FIELDS | {"n-0-0": "很多"})
    assert answer.status_code == 422
    assert 'value="很多"' in answer.text
    assert "题数应当是 0 到 200 的整数。" in answer.text
    more = browser.post(f"/papers/blueprints/{blueprint}", data=FIELDS | {"go": "add"})
    assert more.status_code == 200
    assert 'name="kind-2"' in more.text
    assert 'name="kind-3"' not in more.text
    with reading(app.state.engine) as db:
        assert queries.draft(db, blueprint).blueprint == SMALL


def test_freezing_leads_to_the_paper_or_says_what_is_lacking(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    blueprint = saved(app)
    browser = client_of(people.organizer)
    form = {"title": "A 卷", "as_of": "2026-11-24"}
    lacking = browser.post(f"/papers/blueprints/{blueprint}/freeze", data=form)
    assert lacking.status_code == 422
    assert "没有封存" in lacking.text
    with transaction(app.state.engine) as db:
        fill_bank(db)
    wrong = browser.post(f"/papers/blueprints/{blueprint}/freeze", data=form | {"as_of": ""})
    assert wrong.status_code == 422
    assert "请填写适用日期" in wrong.text
    done = browser.post(f"/papers/blueprints/{blueprint}/freeze", data=form)
    assert done.status_code == 303
    assert browser.get(done.headers["location"]).status_code == 200
    again = browser.post(
        f"/papers/blueprints/{blueprint}/freeze",
        data=form | {"avoid": done.headers["location"].rpartition("/")[2]},
    )
    assert again.status_code == 422, "four of a kind do not give three twice"


def test_a_paper_shows_both_hashes_its_rules_and_every_key(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        paper = frozen_paper(db)
    page = client_of(people.organizer).get(f"/papers/{paper.id}").text
    assert paper.paper_hash in page
    assert paper.key_hash in page
    assert page.count('class="keyed"') == 9
    assert "答案：A、B" in page
    assert "216万元" in page
    assert "少选得一半分" in page


@pytest.mark.parametrize("where", ["preview", "print"])
def test_what_a_candidate_may_see_holds_no_byte_of_the_key(
    app: FastAPI, client_of: ClientOf, people: Cast, where: str
) -> None:
    with transaction(app.state.engine) as db:
        paper = frozen_paper(db)
    page = client_of(people.organizer).get(f"/papers/{paper.id}/{where}").text
    assert page.count('class="stem"') == 9
    for secret in ("法典第四十四条", "12×18", "把罚款当成可选", "没有查封情形", "也可写作"):
        assert secret not in page
    assert "<form" not in page.partition("<main")[2], "nothing can be answered here"


def test_the_preview_is_the_candidates_page_in_one_of_many_orders(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        paper = frozen_paper(db)
    browser = client_of(people.organizer)
    orders = {browser.get(f"/papers/{paper.id}/preview?order={n}").text.partition("<h1")[2]
              for n in range(1, 6)}  # fmt: skip
    assert len(orders) > 1
    page = browser.get(f"/papers/{paper.id}/preview").text
    assert page.count('<article class="question"') == 9
    assert page.count("disabled") >= 9
    assert "第 1 至 3 题，共 6 分。选对得满分" in page


def test_the_printed_paper_carries_its_hash_and_the_truth_table(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        paper = frozen_paper(db)
    page = client_of(people.organizer).get(f"/papers/{paper.id}/print").text
    assert paper.paper_hash in page
    assert paper.key_hash not in page
    assert page.count('class="answer-line"') == 9
    assert "作答情形" in page
    assert "题目所依据的法律以 2026年11月24日有效的为准" in page


@pytest.mark.parametrize("papers", [1, 3])
def test_the_list_costs_the_same_queries_however_long(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str], papers: int
) -> None:
    for _ in range(papers):
        saved(app)
        with transaction(app.state.engine) as db:
            frozen_paper(db)
    browser = client_of(people.organizer)
    statements.clear()
    page = browser.get("/papers").text
    assert page.count('href="/papers/blueprints/') == papers
    assert len(re.findall(r'href="/papers/\d+"', page)) == papers
    assert len(statements) == 4  # who, how many, papers, blueprints


def test_nobody_but_the_organizer_sees_a_paper(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        paper = frozen_paper(db)
    for actor in (people.author, people.reviewer, people.clerk, people.owner, people.auditor):
        for where in ("", "/preview", "/print"):
            assert client_of(actor).get(f"/papers/{paper.id}{where}").status_code == 403
    assert client_of(None).get(f"/papers/{paper.id}").status_code == 303
