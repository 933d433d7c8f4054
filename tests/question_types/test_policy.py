from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.question_types.choices import Content, Key, Response
from app.question_types.multiple_choice import mark
from app.question_types.policy import MultiplePolicy, Policy, award, sentence, truth_table

ALL, HALF, PER, PROP = MultiplePolicy
CONTENT = Content("题干", dict(zip("ABCD", ("甲", "乙", "丙", "丁"), strict=True)))
SUBSETS = ["".join(letters) for size in range(1, 5) for letters in combinations("ABCD", size)]

# Written out by hand for the key AB and 3 points: every answer to four options.
TRUTH = {
    ALL: "AB=3",
    HALF: "AB=3 A=1.5 B=1.5",
    PER: "AB=3 A=1.5 B=1.5",
    PROP: "AB=3 A=1.5 B=1.5 ABC=1.5 ABD=1.5",
}
# and for the key ABC and 2 points, where thirds must be rounded.
THIRDS = {
    ALL: "ABC=2",
    HALF: "ABC=2 A=1 B=1 C=1 AB=1 AC=1 BC=1",
    PER: "ABC=2 A=0.67 B=0.67 C=0.67 AB=1.33 AC=1.33 BC=1.33",
    PROP: (
        "ABC=2 A=0.67 B=0.67 C=0.67 AB=1.33 AC=1.33 BC=1.33 ABCD=1.33 ABD=0.67 ACD=0.67 BCD=0.67"
    ),
}


def points_of(how: MultiplePolicy, key: str, chosen: str, points: Decimal) -> Decimal:
    policy = Policy(multiple_choice=how)
    return mark(CONTENT, Key(tuple(key)), Response(tuple(chosen)), policy, points).points


@pytest.mark.parametrize("how", MultiplePolicy)
@pytest.mark.parametrize(("key", "points", "table"), [("AB", "3", TRUTH), ("ABC", "2", THIRDS)])
def test_every_answer_to_four_options_earns_what_the_table_says(
    how: MultiplePolicy, key: str, points: str, table: dict[MultiplePolicy, str]
) -> None:
    earns = dict(entry.split("=") for entry in table[how].split())
    for chosen in SUBSETS:
        won = points_of(how, key, chosen, Decimal(points))
        assert won == Decimal(earns.get(chosen, "0")), chosen


@pytest.mark.parametrize("how", MultiplePolicy)
@pytest.mark.parametrize("key", SUBSETS)
@pytest.mark.parametrize("points", [Decimal(1), Decimal("1.5"), Decimal(2), Decimal(5)])
def test_the_printed_table_is_what_is_marked_for_every_key_and_every_answer(
    how: MultiplePolicy, key: str, points: Decimal
) -> None:
    rows = {row.case: row.points for row in truth_table(how, 4, key, points)}
    rest = list(rows)[-1]
    for chosen in SUBSETS:
        right, wrong = len(set(key) & set(chosen)), len(set(chosen) - set(key))
        missing = len(key) - right
        head = f"选对 {right} 项、少选 {missing} 项" if missing else f"{right} 项全部选对"
        case = f"{head}，" + (f"选错 {wrong} 项" if wrong else "没有选错")
        assert points_of(how, key, chosen, points) == rows.get(case, rows[rest])


def test_an_example_of_the_table_earns_what_its_row_says() -> None:
    for how in MultiplePolicy:
        *paying, rest = truth_table(how, 4, ["B", "D"], Decimal(3))
        assert rest.points == 0
        assert paying[0].example == "BD"
        for row in paying:
            assert points_of(how, "BD", row.example, Decimal(3)) == row.points > 0


@pytest.mark.parametrize(
    ("points", "half"),
    [
        ("0.5", "0"),
        ("1", "0"),
        ("1.01", "1"),
        ("1.5", "1"),
        ("2", "1"),
        ("2.5", "1.5"),
        ("3", "1.5"),
        ("5", "2.5"),
    ],
)
def test_half_is_rounded_up_to_half_a_point_and_small_items_give_none(
    points: str, half: str
) -> None:
    assert award(HALF, 1, 0, 2, Decimal(points)) == Decimal(half)


def test_the_steps_of_rounding_can_be_set() -> None:
    coarse = Policy(half_step=Decimal(1), share_step=Decimal("0.5"), no_half_up_to=Decimal(3))
    assert award(HALF, 1, 0, 2, Decimal(5), coarse) == 3
    assert award(HALF, 1, 0, 2, Decimal(3), coarse) == 0
    assert award(PER, 1, 0, 3, Decimal(2), coarse) == Decimal("0.5")


def test_the_defaults_are_those_of_the_field() -> None:
    assert Policy().multiple_choice is HALF
    assert Policy().indefinite_choice is PER
    assert Policy().half_step == Decimal("0.5")
    assert Policy().no_half_up_to == 1


def test_per_option_and_proportional_differ_in_whether_a_wrong_option_is_forgiven() -> None:
    assert award(PER, 2, 1, 3, Decimal(3)) == 0
    assert award(PROP, 2, 1, 3, Decimal(3)) == 1
    assert award(PROP, 1, 2, 3, Decimal(3)) == 0, "never below nothing"


@given(
    how=st.sampled_from(MultiplePolicy),
    of=st.integers(1, 8),
    right=st.integers(0, 8),
    wrong=st.integers(0, 8),
    cents=st.integers(1, 2000),
)
def test_one_more_right_never_costs_and_one_more_wrong_never_pays(
    how: MultiplePolicy, of: int, right: int, wrong: int, cents: int
) -> None:
    points, right = Decimal(cents) / 100, min(right, of)
    here = award(how, right, wrong, of, points)
    assert 0 <= here <= points
    assert (here == points) or not (right == of and wrong == 0)
    assert award(how, min(right + 1, of), wrong, of, points) >= here
    assert award(how, right, wrong + 1, of, points) <= here


def test_every_policy_says_itself_in_one_sentence() -> None:
    sentences = [sentence(how) for how in MultiplePolicy]
    assert len(set(sentences)) == 4
    assert all(text.startswith("全部选对且没有选错得满分") for text in sentences)
    assert "0.5 分的整倍数" in sentences[1]
    assert "0.01 分" in sentences[2]
    assert sentence(HALF, Policy(half_step=Decimal(1))) != sentences[1]
