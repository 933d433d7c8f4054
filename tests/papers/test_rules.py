import copy
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.rules.life import PoolQuestion
from app.papers.rules.assembly import assemble, fits, shortfalls
from app.papers.rules.blueprint import (
    PRESETS,
    Blueprint,
    BlueprintMalformed,
    BlueprintUnsatisfiable,
    Row,
    checked,
    from_dict,
)
from app.papers.rules.freezing import frozen, frozen_key, key_hash, paper_hash
from app.papers.rules.orders import candidate_order
from app.question_types.marks import Kind

SEED, OTHER_SEED = "ab" * 32, "cd" * 32
DAY = date(2026, 11, 24)
SINGLE, MULTIPLE, JUDGE = Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE


def question(
    code: str, kind: Kind = SINGLE, topic: str = "法律责任", difficulty: int = 2, **more: Any
) -> PoolQuestion:
    options = (
        {"A": "正确", "B": "错误"} if kind is JUDGE else dict(zip("ABCD", "甲乙丙丁", strict=True))
    )
    content = {"stem": f"题干 {code}", "options": options}
    fixed = more.get("fixed_order", kind is JUDGE)
    return PoolQuestion(0, code, 1, kind.value, topic, difficulty, content, fixed, (), "00" * 32)


def row(kind: Kind = SINGLE, count: int = 1, points: str = "2", **more: Any) -> Row:
    return Row(kind, count, Decimal(points), **more)


POOL = [
    *(
        question(f"single-{n}", SINGLE, ["法律责任", "排污许可"][n % 2], n % 5 + 1)
        for n in range(60)
    ),
    *(question(f"multi-{n}", MULTIPLE) for n in range(20)),
    *(question(f"judge-{n}", JUDGE) for n in range(20)),
]
PLAN = assemble(PRESETS["law"], POOL, seed=SEED, as_of=DAY)
PAPER = frozen(PLAN)


@pytest.mark.parametrize(
    ("preset", "items", "points", "minutes"),
    [("law", 45, 100, 90), ("mixed", 50, 100, 90), ("weekly", 30, 100, 30)],
)
def test_the_presets_are_the_ones_of_the_field(
    preset: str, items: int, points: int, minutes: int
) -> None:
    blueprint = PRESETS[preset]
    assert (blueprint.items, blueprint.minutes) == (items, minutes)
    assert blueprint.points == Decimal(points)
    assert from_dict(blueprint.to_dict()) == blueprint


@pytest.mark.parametrize(
    ("row", "question", "does"),
    [
        (row(), question("a"), True),
        (row(MULTIPLE), question("a"), False),
        (row(topic="法律责任"), question("a"), True),
        (row(topic="排污许可"), question("a"), False),
        (row(easiest=2), question("a", difficulty=2), True),
        (row(easiest=3), question("a", difficulty=2), False),
        (row(hardest=2), question("a", difficulty=2), True),
        (row(hardest=1), question("a", difficulty=2), False),
    ],
)
def test_a_question_fits_by_kind_topic_and_both_ends_of_difficulty(
    row: Row, question: PoolQuestion, does: bool
) -> None:
    assert fits(row, question) is does


def test_rows_that_want_the_same_questions_are_solved_together() -> None:
    """The first row takes any topic. Greedy would give it what only the second can use."""
    pool = [question("a", topic="法律责任"), question("b", topic="排污许可")]
    wanted = Blueprint("x", (row(), row(topic="法律责任")))
    assert shortfalls(wanted, pool) == []
    chosen = {
        each.row.topic: each.question.code
        for each in assemble(wanted, pool, seed=SEED, as_of=DAY).chosen
    }
    assert chosen == {None: "b", "法律责任": "a"}


def test_a_long_chain_of_moves_is_found() -> None:
    pool = [question(f"q{n}", difficulty=n) for n in range(1, 6)]
    rows = tuple(row(easiest=1, hardest=n) for n in range(5, 0, -1))
    assert shortfalls(Blueprint("x", rows), pool) == []
    assert [each.row for each in shortfalls(Blueprint("x", (*rows, row(hardest=1))), pool)] == [6]


def test_what_is_lacking_is_named_with_what_there_is() -> None:
    wanted = Blueprint("x", (row(count=2, topic="证据与期间", easiest=3), row(MULTIPLE, 1)))
    pool = [question("a", topic="证据与期间", difficulty=3), question("m", MULTIPLE)]
    with pytest.raises(
        BlueprintUnsatisfiable, match="单选 · 证据与期间 · 难度 3—5”要 2 道，只有 1 道"
    ):
        assemble(wanted, pool, seed=SEED, as_of=DAY)
    (lacking,) = shortfalls(wanted, pool)
    assert (lacking.row, lacking.need, lacking.have, lacking.fitting) == (1, 2, 1, 1)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_pool_changes_nothing(shuffler: Any) -> None:
    shuffled = list(POOL)
    shuffler.shuffle(shuffled)
    assert assemble(PRESETS["law"], shuffled, seed=SEED, as_of=DAY) == PLAN


def test_another_seed_gives_another_paper_and_no_question_comes_twice() -> None:
    other = assemble(PRESETS["law"], POOL, seed=OTHER_SEED, as_of=DAY)
    assert {each.question.code for each in other.chosen} != {
        each.question.code for each in PLAN.chosen
    }
    assert len({each.question.code for each in PLAN.chosen}) == 45


def test_questions_that_give_each_other_away_never_stand_in_one_paper() -> None:
    apart = [
        replace(each, tags=("不同卷：multi-1",)) if each.code == "multi-0" else each
        for each in POOL
    ]
    wanted = Blueprint("x", (row(MULTIPLE, 19),))
    for number in range(60):
        plan = assemble(wanted, apart, seed=f"{number:064x}", as_of=DAY)
        codes = {each.question.code for each in plan.chosen}
        assert len(codes) == 19
        assert not {"multi-0", "multi-1"} <= codes


def test_a_pair_that_cannot_be_helped_stays_rather_than_leave_no_paper() -> None:
    apart = [
        replace(each, tags=("不同卷：multi-1",)) if each.code == "multi-0" else each
        for each in POOL
    ]
    plan = assemble(Blueprint("x", (row(MULTIPLE, 20),)), apart, seed=SEED, as_of=DAY)
    assert len(plan.chosen) == 20


def test_every_question_has_about_the_same_chance() -> None:
    """10 of 20 over 400 seeds: each is taken 200 times, give or take four standard deviations."""
    taken: Counter[str] = Counter()
    wanted = Blueprint("x", (row(MULTIPLE, 10),))
    for number in range(400):
        plan = assemble(wanted, POOL, seed=f"{number:064x}", as_of=DAY)
        taken.update(each.question.code for each in plan.chosen)
    assert len(taken) == 20
    assert all(160 <= count <= 240 for count in taken.values()), taken


@given(
    st.lists(
        st.tuples(
            st.sampled_from([SINGLE, MULTIPLE, JUDGE]),
            st.integers(0, 4),
            st.integers(1, 5),
            st.integers(1, 5),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_assembled_satisfies_its_blueprint(
    lines: list[tuple[Kind, int, int, int]],
) -> None:
    rows = tuple(
        row(kind, count, easiest=min(a, b), hardest=max(a, b)) for kind, count, a, b in lines
    )
    blueprint = Blueprint("x", rows)
    if shortfalls(blueprint, POOL):
        with pytest.raises(BlueprintUnsatisfiable):
            assemble(blueprint, POOL, seed=SEED, as_of=DAY)
        return
    chosen = assemble(blueprint, POOL, seed=SEED, as_of=DAY).chosen
    assert all(fits(each.row, each.question) for each in chosen)
    assert len({each.question.code for each in chosen}) == len(chosen) == blueprint.items


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (Blueprint("x", ()), "一道题也没有"),
        (Blueprint(" ", (row(),)), "没有写名称"),
        (Blueprint("x", (row(count=-1), row(count=2))), "第 1 行的题数"),
        (Blueprint("x", (row(points="0"),)), "第 1 行的分值"),
        (Blueprint("x", (row(points="0.125"),)), "第 1 行的分值"),
        (Blueprint("x", (row(easiest=3, hardest=2),)), "第 1 行的难度"),
        (Blueprint("x", (row(count=201),)), "超过 200 题"),
        (Blueprint("x", (row(),), minutes=0), "时长"),
    ],
)
def test_what_is_no_blueprint_is_refused_with_its_line(wrong: Blueprint, words: str) -> None:
    with pytest.raises(BlueprintMalformed, match=words):
        checked(wrong)


def test_the_paper_holds_no_byte_of_the_key_and_the_key_knows_its_paper() -> None:
    codes = [item["question"] for item in PAPER["items"]]
    keys = {code: {"key": {"key": ["A"]}, "explanation": "解析在此"} for code in codes}
    key = frozen_key(PAPER, keys)
    assert "解析在此" not in str(PAPER)
    assert key["paper_hash"] == paper_hash(PAPER)
    assert [item["position"] for item in key["items"]] == list(range(1, 46))
    changed = copy.deepcopy(PAPER)
    changed["items"][0]["content"]["stem"] += "。"
    assert paper_hash(changed) != paper_hash(PAPER)
    assert key_hash(key) != key_hash(key | {"paper_hash": "0"})


def test_the_sections_add_up_to_the_paper() -> None:
    assert [(each["kind"], each["count"], each["points"]) for each in PAPER["sections"]] == [
        ("single_choice", 25, "50"),
        ("multiple_choice", 10, "30"),
        ("true_false", 10, "20"),
    ]
    assert PAPER["total"] == "100"


order_keys = st.text(min_size=1, max_size=20)


@given(order_keys)
def test_an_order_is_a_permutation_that_keeps_sections_and_fixed_options(order_key: str) -> None:
    order = candidate_order(SEED, order_key, PAPER)
    items = {item["position"]: item for item in PAPER["items"]}
    assert [each.number for each in order.items] == list(range(1, 46))
    assert sorted(each.position for each in order.items) == list(range(1, 46))
    kinds = [items[each.position]["kind"] for each in order.items]
    assert kinds == sorted(kinds, key=["single_choice", "multiple_choice", "true_false"].index)
    for each in order.items:
        item = items[each.position]
        assert sorted(each.mapping.values()) == sorted(item["content"]["options"])
        assert list(each.mapping) == list("ABCD")[: len(each.mapping)]
        if item["fixed_order"]:
            assert all(shown == own for shown, own in each.letters)
        assert order.at(each.number) == order.of_position(each.position) == each


def test_two_candidates_have_different_orders_and_one_has_the_same_again() -> None:
    first = candidate_order(SEED, "sitting 1", PAPER)
    assert first == candidate_order(SEED, "sitting 1", copy.deepcopy(PAPER))
    assert first != candidate_order(SEED, "sitting 2", PAPER)
    assert first != candidate_order(OTHER_SEED, "sitting 1", PAPER)


def test_a_known_order_gives_a_known_answer() -> None:
    """The vector for other implementations."""
    order = candidate_order(SEED, "sitting 1", PAPER)
    assert [each.position for each in order.items][:6] == [2, 12, 3, 1, 11, 19]
    assert order.at(1).mapping == {"A": "A", "B": "D", "C": "C", "D": "B"}


def test_the_place_of_the_right_option_says_nothing() -> None:
    """χ² of where option A stands over 2,000 candidates: 3 degrees of freedom, p > 0.001."""
    places: Counter[str] = Counter()
    for number in range(2000):
        first = candidate_order(SEED, f"sitting {number}", PAPER).of_position(1)
        places[next(shown for shown, own in first.letters if own == "A")] += 1
    assert sum((count - 500) ** 2 / 500 for count in places.values()) < 16.3


def test_unshuffled_is_the_papers_own_order() -> None:
    order = candidate_order(SEED, "", PAPER, shuffled=False)
    assert [each.position for each in order.items] == list(range(1, 46))
    assert all(shown == own for each in order.items for shown, own in each.letters)


@pytest.mark.parametrize("number", [0, -1, 46])
def test_a_number_that_is_not_on_the_paper_is_no_item(number: int) -> None:
    with pytest.raises(IndexError):
        candidate_order(SEED, "x", PAPER).at(number)
