from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.papers.rules.orders import candidate_order
from app.sitting.rules.answers import EPOCH_BITS
from app.sitting.rules.sheet import (
    Sheet,
    Shown,
    Standing,
    answered,
    flags,
    pristine,
    sheet,
    shown,
)
from tests.fakes import NINE
from tests.sitting import worlds

PAPER = worlds.content()
ORDER = candidate_order(worlds.SEED, "someone", PAPER)


def made(answers: dict[int, str], doubtful: str = "") -> Sheet:
    standing = {
        item: Standing(answer, seq, NINE + timedelta(seconds=seq))
        for seq, (item, answer) in enumerate(answers.items(), 4)
    }
    return sheet(PAPER, ORDER, standing, Standing(doubtful, 2, NINE) if doubtful else None)


def drawn(whole: Sheet, number: int) -> Shown:
    """The question that stands under this number."""
    item = whole.items[number - 1]
    return shown(item, next(each for each in PAPER["items"] if each["position"] == item.source))


def test_the_sheet_is_the_paper_in_the_candidates_order_and_letters() -> None:
    whole = made({})
    assert [item.position for item in whole.items] == [1, 2, 3, 4, 5, 6]
    assert [part.heading for part in whole.parts][:2] == ["一、单选", "二、多选"]
    assert sorted(item.source for item in whole.items) == [1, 2, 3, 4, 5, 6]
    first = drawn(whole, 1)
    own = worlds.OPTIONS
    assert first.options == [(seen, own[bank]) for seen, bank in ORDER.at(1).letters]
    assert [letter for letter, _ in first.options] == ["A", "B", "C", "D"]
    assert whole.next_seq == 1


def test_what_is_saved_is_counted_and_shown() -> None:
    whole = made({1: '["B"]', 2: "[]", 5: '{"1":"五"}', 6: "nonsense"}, "[2,6]")
    assert (whole.answered, whole.unanswered, whole.doubtful) == (2, 4, 2)
    assert [item.position for item in whole.open] == [2, 3, 4, 6]
    assert drawn(whole, 1).response == {"letters": ["B"]}
    assert drawn(whole, 1).raw == '["B"]'
    assert whole.items[5].state == "未答，存疑"
    assert drawn(whole, 6).flagged
    assert drawn(whole, 1).saved_at == whole.items[0].saved_at == NINE + timedelta(seconds=4)
    assert whole.next_seq == 8


def test_a_page_numbers_on_under_the_epoch_of_the_pen() -> None:
    """Above everything stored; and what an older page numbered never reaches into the epoch."""
    standing = {1: Standing("[]", 9, NINE), 2: Standing("[]", (2 << EPOCH_BITS) + 3, NINE)}
    assert sheet(PAPER, ORDER, standing, epoch=0).next_seq == (2 << EPOCH_BITS) + 4
    assert sheet(PAPER, ORDER, standing, epoch=2).next_seq == (2 << EPOCH_BITS) + 4
    assert sheet(PAPER, ORDER, standing, epoch=3).next_seq == (3 << EPOCH_BITS) + 1
    flagged = Standing("[1]", (3 << EPOCH_BITS) + 7, NINE)
    assert sheet(PAPER, ORDER, standing, flagged, epoch=3).next_seq == (3 << EPOCH_BITS) + 8


def test_only_what_nobody_touched_looks_as_on_everybodys_paper() -> None:
    whole = made({1: '["B"]', 2: "[]"}, "[3]")
    assert [item.untouched for item in whole.items] == [False, False, False, True, True, True]


@pytest.mark.parametrize("frozen", PAPER["items"], ids=lambda frozen: frozen["kind"])
def test_a_pristine_question_is_what_an_untouched_item_shows(frozen: dict[str, Any]) -> None:
    item = next(each for each in made({}).items if each.source == frozen["position"])
    own = shown(item, frozen)
    assert pristine(frozen, str(item.position), own.options) == replace(
        own, position=str(item.position)
    )
    assert pristine(frozen, "1").options == [
        (bank, dict(own.options)[seen]) for seen, bank in sorted(item.letters, key=lambda p: p[1])
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", set()), ("[7,26]", {7, 26}), ("{}", set()), ("[", set()), ('["7",true,2.0,3]', {3})],
)
def test_flags_are_read_whatever_was_sent(text: str, expected: set[int]) -> None:
    assert flags(text) == expected


def test_an_answer_taken_back_is_no_answer() -> None:
    assert answered({1: '["A"]', 2: "[]", 3: "", 4: "{}", 5: '{"value":"1"}'}) == 2
