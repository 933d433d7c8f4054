from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.question_types.marks import (
    Kind,
    Mark,
    Reason,
    marked,
    plain,
    quoted,
    shares,
    unanswered,
    unreadable,
)

ONE = Decimal(1)


def test_every_kind_has_its_chinese_word() -> None:
    assert [kind.label for kind in Kind] == ["单选", "多选", "判断", "不定项", "填空", "数值"]


def test_a_mark_whose_reasons_do_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="add up"):
        Mark(ONE, ONE, (Reason("整题", Decimal("0.99"), ""),))


@pytest.mark.parametrize("points", [Decimal("-0.01"), Decimal("1.01")])
def test_a_mark_outside_its_limits_cannot_be_made(points: Decimal) -> None:
    with pytest.raises(ValueError, match="out of"):
        marked(ONE, [Reason("整题", points, "")])


def test_blank_and_unreadable_earn_nothing_and_say_which() -> None:
    assert unanswered(ONE).reasons[0].text == "未作答"
    assert unreadable(ONE).reasons[0].text == "答案无法识别"
    assert unanswered(ONE).points == unreadable(ONE).points == 0


@given(st.integers(0, 10_000), st.integers(1, 9))
def test_shares_are_whole_cents_and_add_up(cents: int, count: int) -> None:
    points = Decimal(cents) / 100
    parts = shares(points, count)
    assert sum(parts) == points
    assert len(parts) == count
    assert all(part == part.quantize(Decimal("0.01")) and part >= 0 for part in parts)
    assert len(set(parts[:-1])) <= 1, "only the last one differs"


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.50", "1.5"), ("100", "100"), ("1E+2", "100"), ("0.00", "0"), ("-7.20", "-7.2")],
)
def test_numbers_are_written_as_people_write_them(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_a_long_answer_is_cut_in_the_reason_and_a_short_one_is_not() -> None:
    assert quoted("x" * 40) == f"“{'x' * 40}”"
    assert quoted("x" * 41) == f"“{'x' * 40}……”"
