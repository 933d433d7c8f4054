from datetime import timedelta

import pytest

from app.papers.rules.orders import candidate_order
from app.sitting.rules.sheet import Sheet, Standing, answered, flags, sheet
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


def test_the_sheet_is_the_paper_in_the_candidates_order_and_letters() -> None:
    shown = made({})
    assert [item.position for item in shown.items] == [1, 2, 3, 4, 5, 6]
    assert [part.heading for part in shown.parts][:2] == ["一、单选", "二、多选"]
    first = shown.items[0]
    own = worlds.OPTIONS
    assert first.options == [(seen, own[bank]) for seen, bank in ORDER.at(1).letters]
    assert [letter for letter, _ in first.options] == ["A", "B", "C", "D"]
    assert shown.next_seq == 1


def test_what_is_saved_is_counted_and_shown() -> None:
    shown = made({1: '["B"]', 2: "[]", 5: '{"1":"五"}', 6: "nonsense"}, "[2,6]")
    assert (shown.answered, shown.unanswered, shown.doubtful) == (2, 4, 2)
    assert [item.position for item in shown.open] == [2, 3, 4, 6]
    assert shown.items[0].response == {"letters": ["B"]}
    assert shown.items[5].state == "未答，存疑"
    assert shown.items[0].saved_at == NINE + timedelta(seconds=4)
    assert shown.next_seq == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", set()), ("[7,26]", {7, 26}), ("{}", set()), ("[", set()), ('["7",true,2.0,3]', {3})],
)
def test_flags_are_read_whatever_was_sent(text: str, expected: set[int]) -> None:
    assert flags(text) == expected


def test_an_answer_taken_back_is_no_answer() -> None:
    assert answered({1: '["A"]', 2: "[]", 3: "", 4: "{}", 5: '{"value":"1"}'}) == 2
