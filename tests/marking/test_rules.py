"""A mark is a pure function of paper, key, order and responses, and it always adds up."""

import json
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kernel.canonical import digest
from app.kernel.score import total
from app.marking.rules import KeyDoesNotFit, explained, mark_sitting
from app.papers.rules.orders import CandidateOrder, candidate_order
from app.question_types import registry
from app.question_types.marks import Kind
from tests.marking import worlds

FROZEN = worlds.paper("卷", seed="ab" * 32)
PAPER: dict[str, Any] = json.loads(FROZEN.content)
KEY: dict[str, Any] = json.loads(FROZEN.key)
FULL = Decimal("12.5")
NUMBERS = range(1, len(worlds.QUESTIONS) + 1)
RUBBISH = [
    "",
    " ",
    "{",
    "null",
    "[1]",
    '["Z"]',
    '["A","A"]',
    '{"1":7}',
    '{"value":"1e999"}',
    "\x00",
]

order_keys = st.text(max_size=12)
raws = (
    st.none()
    | st.sampled_from(RUBBISH)
    | st.text(max_size=20)
    | st.lists(st.sampled_from("ABCDEZ")).map(json.dumps)
    | st.dictionaries(st.sampled_from("12x"), st.text(max_size=6)).map(json.dumps)
)
responses = st.dictionaries(st.integers(-1, 9), raws.filter(lambda raw: raw is not None))


def order_of(key: str) -> CandidateOrder:
    return candidate_order("ab" * 32, key, PAPER)


def right(order: CandidateOrder) -> dict[int, str]:
    """Every right answer, in the letters that this candidate saw."""
    out = {}
    for seen in order.items:
        item, answer = PAPER["items"][seen.position - 1], KEY["items"][seen.position - 1]
        _, key = registry.displayed(item["kind"], item["content"], answer["key"], seen.mapping)
        out[seen.number] = registry.right_response(item["kind"], key)
    return out


@given(order_keys)
@settings(max_examples=50)
def test_who_knows_everything_gets_everything_whatever_the_order(key: str) -> None:
    order = order_of(key)
    assert mark_sitting(PAPER, KEY, order, right(order)).score == FULL


@given(order_keys, responses)
@example("a", dict(enumerate(RUBBISH)))
@settings(max_examples=150)
def test_no_response_stops_the_marking_and_the_parts_add_up(
    key: str, answers: dict[int, str]
) -> None:
    marked = mark_sitting(PAPER, KEY, order_of(key), answers)
    assert [item.position for item in marked.items] == list(NUMBERS)
    assert sorted(item.number for item in marked.items) == list(NUMBERS)
    assert marked.score == total(item.mark.points for item in marked.items)
    for item in marked.items:
        assert total(reason.points for reason in item.mark.reasons) == item.mark.points
        assert 0 <= item.mark.points <= item.mark.maximum


@given(order_keys, responses)
@settings(max_examples=100)
def test_what_is_explained_to_a_candidate_is_what_was_marked(
    key: str, answers: dict[int, str]
) -> None:
    order = order_of(key)
    marked = {item.number: item.mark for item in mark_sitting(PAPER, KEY, order, answers).items}
    told = explained(PAPER, KEY, order, answers)
    assert [item.number for item in told] == list(NUMBERS)
    for item in told:
        assert (item.mark.points, item.mark.maximum) == (
            marked[item.number].points,
            marked[item.number].maximum,
        )


def test_the_sum_of_the_parts_is_the_score_to_the_cent_on_100000_papers() -> None:
    chance = random.Random(20261010)  # repeats; no lot hangs on it
    order = order_of("x")
    known = right(order)
    policy = [item["kind"] for item in PAPER["items"]]
    assert set(policy) == {kind.value for kind in Kind}
    items = PAPER["items"]
    for _ in range(100_000):
        some = chance.sample(range(len(items)), 2)
        points = [f"{chance.randint(1, 2000) / 100:.2f}" for _ in some]
        paper = {
            **PAPER,
            "items": [{**items[i], "points": p} for i, p in zip(some, points, strict=True)],
        }
        key = {"items": [KEY["items"][i] for i in some]}
        answers = {
            number: raw if chance.random() < 0.5 else chance.choice(RUBBISH)
            for number, raw in known.items()
        }
        marked = mark_sitting(paper, key, order, answers)
        parts = [reason.points for item in marked.items for reason in item.mark.reasons]
        assert total(parts) == marked.score <= total(map(Decimal, points))


def test_letters_are_those_of_the_screen_in_and_those_of_the_bank_out() -> None:
    moved = next(
        key for key in map(str, range(99)) if order_of(key).of_position(1).mapping["A"] == "B"
    )
    order = order_of(moved)
    number = order.of_position(1).number
    (first, *_) = mark_sitting(PAPER, KEY, order, {number: '["A"]'}).items
    assert (first.number, first.response, first.mark.points) == (number, '["B"]', Decimal(2))
    told = next(
        item for item in explained(PAPER, KEY, order, {number: '["A"]'}) if item.number == number
    )
    assert told.response.startswith("A")
    assert told.right.startswith("A")
    assert dict(told.item["options"])["A"] == worlds.OPTIONS["B"]
    assert told.explanation == "解析1"


def test_an_answer_under_another_number_is_another_answer() -> None:
    order = order_of("k")
    answers = right(order)
    swapped = {number % len(NUMBERS) + 1: raw for number, raw in answers.items()}
    assert mark_sitting(PAPER, KEY, order, swapped).score < FULL
    beyond = {number + 100: raw for number, raw in answers.items()}
    assert mark_sitting(PAPER, KEY, order, beyond).score == 0


@pytest.mark.parametrize(("raw", "text"), [(None, "未作答"), ("{", "答案无法识别")])
def test_nothing_and_rubbish_get_nothing_and_say_why(raw: str | None, text: str) -> None:
    answers = {} if raw is None else dict.fromkeys(NUMBERS, raw)
    marked = mark_sitting(PAPER, KEY, order_of("k"), answers)
    assert marked.score == 0
    assert {item.mark.reasons[0].text for item in marked.items} == {text}


def test_a_key_of_another_paper_is_refused() -> None:
    shorter = {"items": KEY["items"][:-1]}
    with pytest.raises(KeyDoesNotFit):
        mark_sitting(PAPER, shorter, order_of("k"), {})


def test_the_marking_changes_neither_paper_nor_key() -> None:
    before = digest([PAPER, KEY])
    order = order_of("k")
    explained(PAPER, KEY, order, right(order))
    mark_sitting(PAPER, KEY, replace(order), right(order))
    assert digest([PAPER, KEY]) == before
