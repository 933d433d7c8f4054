"""The blueprint as a matrix: what is typed means rows, what is lacking is said in its cell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.bank.rules.life import PoolQuestion
from app.papers.forms.blueprint import from_blueprint, parse
from app.papers.forms.freeze import parse_day, parse_freeze
from app.papers.forms.matrix import Matrix, matrix
from app.papers.rules.blueprint import Blueprint, Row
from app.question_types.marks import Kind
from app.question_types.policy import MultiplePolicy
from tests.papers.worlds import SMALL, TWO

FIELDS = {
    "title": " A 卷 ", "minutes": "60", "go": "save",
    "multiple_choice": "all_or_nothing", "indefinite_choice": "per_option",
    "topic-0": "法律责任", "topic-1": "",
    "kind-0": "single_choice", "points-0": "2", "easiest-0": "1", "hardest-0": "2",
    "kind-1": "single_choice", "points-1": "2.5", "easiest-1": "3", "hardest-1": "5",
    "n-0-0": "3", "n-0-1": "", "n-1-0": "０", "n-1-1": "1",
    "kind-new": "numeric", "points-new": "4", "easiest-new": "1", "hardest-new": "5",
}  # fmt: skip


def pooled(number: int, *, topic: str = "法律责任", difficulty: int = 2) -> PoolQuestion:
    return PoolQuestion(
        number, f"q-{number}", 1, "single_choice", topic, difficulty, {}, False, (), ""
    )


def cells(shown: Matrix) -> dict[str, tuple[int, int, int]]:
    return {
        cell.name: (cell.need, cell.have, cell.lack) for _, row, _ in shown.rows for cell in row
    }


def test_the_numbers_of_the_matrix_become_rows_column_by_column() -> None:
    form = parse(FIELDS)
    assert form.problems == {}
    made = form.blueprint()
    assert (made.title, made.minutes) == ("A 卷", 60)
    assert made.policy.multiple_choice is MultiplePolicy.ALL_OR_NOTHING
    assert made.rows == (
        Row(Kind.SINGLE_CHOICE, 3, TWO, "法律责任", 1, 2),
        Row(Kind.SINGLE_CHOICE, 1, Decimal("2.5"), None, 3, 5),
    )


def test_a_stored_blueprint_comes_back_as_it_was() -> None:
    again = from_blueprint(SMALL, ["行政处罚程序"])
    assert again.topics == ("法律责任", "行政处罚程序", None)
    assert set(again.blueprint().rows) == set(SMALL.rows)
    twice = replace(SMALL, rows=(SMALL.rows[0], SMALL.rows[0]))
    assert from_blueprint(twice, []).blueprint().rows[0].count == 6, "the same cell twice adds up"


def test_one_more_column_keeps_what_was_typed() -> None:
    form = parse(FIELDS | {"go": "add"})
    assert [column.kind for column in form.columns][-1] is Kind.NUMERIC
    assert form.columns[-1].points == 4
    assert form.blueprint().items == 4, "an empty column asks for nothing"


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("title", " ", "方案名称"),
        ("title", "卷" * 129, "128"),
        ("minutes", "0", "1 到 1440"),
        ("minutes", "1441", "1 到 1440"),
        ("minutes", "一小时", "整数"),
        ("multiple_choice", "generous", "计分办法"),
        ("kind-0", "essay", "题型"),
        ("points-0", "0", "大于 0"),
        ("points-0", "2.555", "两位小数"),
        ("points-0", "NaN", "大于 0"),
        ("points-0", "101", "不超过 100"),
        ("easiest-0", "0", "1 到 5"),
        ("hardest-1", "2", "由低到高"),
        ("n-0-0", "-1", "0 到 200"),
        ("n-0-0", "201", "0 到 200"),
        ("n-0-0", "三", "整数"),
    ],
)
def test_a_wrong_value_is_named_by_its_field_and_kept_as_typed(
    field: str, value: str, part: str
) -> None:
    form = parse(FIELDS | {field: value})
    assert part in form.problems[field]
    assert form.typed[field] == value


@pytest.mark.parametrize("change", [{"n-0-0": "", "n-1-1": ""}, {"n-0-0": "200", "n-1-1": "1"}])
def test_numbers_that_make_no_paper_are_a_problem_of_the_whole(change: dict[str, str]) -> None:
    assert set(parse(FIELDS | change).problems) == {"form"}


def test_the_values_at_the_boundaries_are_taken() -> None:
    edge = {"minutes": "1440", "points-0": "100", "points-1": "0.01", "n-0-0": "199"}
    assert parse(FIELDS | edge).problems == {}


def test_an_empty_form_is_all_problems_and_no_crash() -> None:
    form = parse({})
    assert {"title", "minutes", "multiple_choice"} <= form.problems.keys()
    assert matrix(form, []).items == 0


@pytest.mark.parametrize(
    ("pool", "lack"),
    [
        ([pooled(n) for n in range(3)] + [pooled(9, difficulty=5)], (0, 0)),
        ([pooled(n) for n in range(2)] + [pooled(9, difficulty=5)], (1, 0)),
        ([pooled(n) for n in range(3)], (0, 1)),
        ([], (3, 1)),
    ],
)
def test_every_cell_says_what_it_needs_what_there_is_and_what_is_lacking(
    pool: Sequence[PoolQuestion], lack: tuple[int, int]
) -> None:
    shown = matrix(parse(FIELDS), pool)
    easy = sum(question.difficulty == 2 for question in pool)
    assert cells(shown)["n-0-0"] == (3, easy, lack[0])
    assert cells(shown)["n-1-1"] == (1, len(pool) - easy, lack[1])
    assert cells(shown)["n-0-1"] == (0, len(pool) - easy, 0)
    assert len(shown.lacking) == sum(map(bool, lack))
    assert (shown.items, shown.points) == (4, Decimal("8.5"))


def test_two_cells_that_want_the_same_questions_cannot_both_be_full() -> None:
    rows = (
        Row(Kind.SINGLE_CHOICE, 2, TWO, "法律责任"),
        Row(Kind.SINGLE_CHOICE, 2, TWO),
    )
    form = from_blueprint(Blueprint("A", rows), [])
    three = matrix(form, [pooled(n) for n in range(3)])
    assert sum(lack for _, _, lack in cells(three).values()) == 1
    assert [have for _, have, _ in cells(three).values()] == [3, 3]
    four = matrix(form, [*(pooled(n) for n in range(3)), pooled(3, topic="排污许可")])
    assert four.lacking == ()


def test_freezing_needs_a_title_and_the_day_of_the_exam() -> None:
    today = date(2026, 11, 24)
    good = parse_freeze(title=" A 卷 ", as_of="2026-12-01", avoid=["3", "x"], today=today)
    assert (good.title, good.as_of, good.avoid, good.problems) == (
        "A 卷", date(2026, 12, 1), (3,), {},
    )  # fmt: skip
    bad = parse_freeze(title="", as_of="明天", avoid=[], today=today)
    assert bad.problems.keys() == {"title", "as_of"}
    assert parse_day("?", default=today) == today
    assert parse_day("2026-12-01", default=today) == date(2026, 12, 1)
