"""What the ceremony's form reads, and what it says of a slip."""

import pytest

from app.draw import forms
from app.draw.rules.lots import Contribution


def parsed(*rows: tuple[str, str, str]) -> forms.HoldForm:
    return forms.parse_hold(
        witnesses=[row[0] for row in rows],
        duties=[row[1] for row in rows],
        values=[row[2] for row in rows],
    )


GOOD = ("赵秉衡", "驻局纪检组", "480317")


def test_two_filled_rows_are_two_contributions_in_the_order_they_were_spoken() -> None:
    form = parsed(GOOD, (" 钱若溪 ", "机关工会", "９０５ 226"), ("", "", ""), ("", "", ""))
    assert form.problems == {}
    assert form.contributions == (
        Contribution("赵秉衡", "驻局纪检组", "480317"),
        Contribution("钱若溪", "机关工会", "905226"),
    )


@pytest.mark.parametrize(
    ("second", "field"),
    [
        (("", "机关工会", "905226"), "witness-2"),
        (("钱若溪", "", "905226"), "duty-2"),
        (("钱若溪", "机关工会", "90522"), "value-2"),
        (("钱若溪", "机关工会", "90522a"), "value-2"),
        (("钱若溪", "机关工会", ""), "value-2"),
        (GOOD, "form"),
        (("", "", ""), "form"),
    ],
)
def test_a_slip_is_named_at_its_field_and_the_rest_stays_typed(
    second: tuple[str, str, str], field: str
) -> None:
    form = parsed(GOOD, second)
    assert field in form.problems
    assert form.rows[0] == forms.WitnessRow(*GOOD)
    assert len(form.rows) == forms.ROWS


def test_an_empty_form_asks_for_two_witnesses() -> None:
    assert set(parsed().problems) == {"form"}


@pytest.mark.parametrize(("reason", "fine"), [("", False), ("  错 ", False), ("漏报两人", True)])
def test_a_void_says_why(reason: str, fine: bool) -> None:
    assert (forms.parse_void(reason).problems == {}) == fine
