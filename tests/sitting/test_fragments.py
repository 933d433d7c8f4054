"""A paper that is put together from fragments is the paper that the template would have made."""

from collections.abc import Mapping
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from app.main import ROOT
from app.papers.rules.orders import candidate_order
from app.sitting.pages import fragments
from app.sitting.pages.fragments import MOST_PAPERS, TEMPLATE, Fragments, FragmentStore, cut
from app.sitting.rules.sheet import Item, Standing, sheet, shown
from app.web.templating import environment
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE
from tests.sitting import worlds
from tests.sitting.worlds import Hall

TEMPLATES = environment(ROOT / "templates", str)
# What a text may hold that a page, a cut or a mark could trip over.
HARD = [
    "<b>", "</label>", "</div>", "&", "&amp;", '"', "'", "{{ 7 }}", "{% raw %}", "【1】", "【2】",
    "\ue000", "\ue001", "A", "1", "<", ">", "\n", " ", "甲", "已选", "𠮷",
    '<label class="option">', "<i>A</i>", 'name="q1"',
]  # fmt: skip
texts = st.lists(st.sampled_from(HARD), min_size=1, max_size=6).map("".join)
KINDS = [question["kind"] for question in worlds.BANK]


def by_the_template(item: Item, content: Mapping[str, Any]) -> str:
    """The question as the template makes it, for this candidate alone."""
    frozen = next(each for each in content["items"] if each["position"] == item.source)
    return TEMPLATES.get_template(TEMPLATE).render(item=shown(item, frozen))


def paper(stems: list[str], options: list[list[str]], *, fixed: bool) -> dict[str, Any]:
    """A frozen paper of six kinds, each twice, with these texts in it."""
    content = worlds.content()
    items = []
    for position in range(1, 2 * worlds.ITEMS + 1):
        source = (position - 1) % worlds.ITEMS
        item = dict(content["items"][source])
        question = dict(worlds.BANK[source])
        stem = stems[position - 1]
        if question["kind"] == "fill_in":
            stem += "【1】和【2】"
        if "options" in question:
            texts_of = options[position - 1]
            question["options"] = dict(zip(question["options"], texts_of, strict=False))
        made = item["content"] | {"stem": stem}
        if "options" in made:
            made["options"] = question["options"]
        items.append(item | {"position": position, "content": made, "fixed_order": fixed})
    items.sort(key=lambda each: KINDS.index(each["kind"]))
    return content | {"items": items}


papers = st.builds(
    paper,
    st.lists(texts, min_size=12, max_size=12),
    st.lists(st.lists(texts, min_size=4, max_size=4), min_size=12, max_size=12),
    fixed=st.booleans(),
)
raws = st.sampled_from(
    ["", "[]", '["B"]', '["A","C"]', '{"1":"五"}', '{"1":"<b>\\"&","2":"\\ue000"}', "nonsense",
     '{"value":"216","unit":"万元"}', '{"value":"\\ue001"}', "\ue000\ue001", '["A","B","C","D"]']
)  # fmt: skip
standings = st.dictionaries(st.integers(1, 12), raws, max_size=8)


def made(
    content: dict[str, Any], key: str, answers: dict[int, str], flagged: set[int]
) -> list[Item]:
    order = candidate_order(worlds.SEED, key, content)
    standing = {item: Standing(raw, item, NINE) for item, raw in answers.items()}
    doubtful = Standing(f"[{','.join(map(str, sorted(flagged)))}]", 99, NINE) if flagged else None
    return sheet(content, order, standing, doubtful).items


# Without shrinking: it would take minutes, and the questions are read easily as they are.
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.generate],
)
@given(
    content=papers,
    keys=st.lists(st.text("abcdef", min_size=1, max_size=6), min_size=2, max_size=3),
    answers=standings,
    flagged=st.sets(st.integers(1, 12), max_size=3),
)
def test_what_is_put_together_is_what_the_template_makes(
    content: dict[str, Any], keys: list[str], answers: dict[int, str], flagged: set[int]
) -> None:
    """Byte by byte, for every kind, number, order and lettering, touched or not; and one candidate
    after another from the same fragments, the one with answers before the blank one."""
    ready = cut(TEMPLATES, content)
    for key, own, mine in (
        (keys[0], answers, flagged),
        (keys[1], {}, set()),
        (keys[-1], {}, set()),
    ):
        for item in made(content, key, own, mine):
            assert ready.drawn(item) == by_the_template(item, content)


def test_what_has_one_of_the_marks_in_it_is_not_cut_at_all() -> None:
    """Both sides: a text with a private mark is rendered for each candidate, its neighbour is
    cut."""
    content = worlds.content()
    content["items"][0]["content"]["options"]["A"] = "甲\ue001乙"
    content["items"][2]["content"]["stem"] = "\ue000"
    ready = cut(TEMPLATES, content)
    assert sorted(ready.pieces) == [2, 4, 5, 6]
    for item in made(content, "someone", {}, set()):
        assert ready.drawn(item) == by_the_template(item, content)


def test_a_question_is_rendered_once_and_not_once_a_candidate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The point of it: twenty blank papers cost no rendering, and one answer costs one."""
    content, rendered = worlds.content(), []
    ready = cut(TEMPLATES, content)
    original = fragments._rendered

    def counting(templates: Environment, question: Any) -> str:
        rendered.append(question.position)
        return original(templates, question)

    monkeypatch.setattr(fragments, "_rendered", counting)
    for number in range(20):
        for item in made(content, f"{number}", {}, set()):
            ready.drawn(item)
    assert rendered == []
    for item in made(content, "someone", {3: '["A"]'}, {5}):
        ready.drawn(item)
    assert sorted(rendered) == [3, 5]


def test_the_store_cuts_a_paper_once_and_forgets_the_oldest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cuts: list[int] = []

    def counting(_templates: Environment, content: Mapping[str, Any]) -> Fragments:
        cuts.append(content["number"])
        return Fragments(content, {}, {}, TEMPLATES)

    monkeypatch.setattr(fragments, "cut", counting)
    store = FragmentStore(TEMPLATES)
    assert store.get("0") is None
    threads = [Thread(target=store.put, args=("0", {"number": 0})) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cuts == [0]
    for number in range(1, MOST_PAPERS):
        store.put(str(number), {"number": number})
    assert store.get("0") is not None
    store.put("one more", {"number": 99})
    assert store.get("0") is None
    assert store.get("1") is not None
    assert store.put("0", {"number": 0}).content == {"number": 0}


def form_of(page: str) -> str:
    return page[
        page.index('<form id="paper"') : page.index("</form>", page.index('<form id="paper"'))
    ]


def test_nobody_s_marks_are_on_somebody_elses_page(
    app: FastAPI,
    client_of: ClientOf,
    people: Cast,
    owner: TestClient,
    started: None,
    url: str,
    place: Hall,
    headers: dict[str, str],
) -> None:
    """The one with answers first, the blank one after; and the blank one is the same whether or
    not anybody was there before."""
    stranger, theirs = client_of(people.stranger), f"/sittings/{place.foreign_id}"
    stranger.post(f"{theirs}/confirm", data={"rules": "yes"})
    stranger.post(f"{theirs}/start")
    alone = form_of(stranger.get(theirs).text)
    app.state.fragments = FragmentStore(app.state.templates)
    answers = {
        1: '["B"]',
        2: '["A","C"]',
        5: '{"1":"只有我"}',
        6: '{"value":"31415"}',
        0: "[1,4]",
    }
    for seq, (item, answer) in enumerate(answers.items(), 1):
        body = {"item": item, "seq": seq, "answer": answer}
        assert owner.post(f"{url}/answers", json=body, headers=headers).status_code == 200
    mine = form_of(owner.get(url).text)
    after = form_of(stranger.get(theirs).text)
    assert after == alone
    marks = (" checked", "只有我", "31415", "已保存", 'name="was')
    for mark in marks:
        assert mark in mine
        assert mark not in after.replace('name="was0"', "")
    assert form_of(owner.get(url).text) == mine


def test_one_s_own_marks_stand_at_ones_own_questions(
    owner: TestClient, started: None, url: str, headers: dict[str, str]
) -> None:
    for seq, item in enumerate((1, 2), 1):
        body = {"item": item, "seq": seq, "answer": '["B"]'}
        owner.post(f"{url}/answers", json=body, headers=headers)
    page = form_of(owner.get(url).text)
    articles = page.split("<article ")[1:]
    assert [article.count(" checked") for article in articles] == [1, 1, 0, 0, 0, 0]
    assert [article.count("已保存") for article in articles] == [1, 1, 0, 0, 0, 0]


def test_an_untouched_item_is_touched_by_each_of_the_three() -> None:
    item = made(worlds.content(), "someone", {}, set())[0]
    assert item.untouched
    for touched in ({"raw": "[]"}, {"flagged": True}, {"saved_at": NINE}):
        assert not replace(item, **touched).untouched
