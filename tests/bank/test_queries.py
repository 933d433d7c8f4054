"""Finding questions: filters, the pool of a day, keys apart."""

from datetime import date
from typing import Any

import pytest

from app.bank import queries
from app.bank.queries import Sought
from app.bank.rules.refusals import QuestionMissing
from app.db.session import Session
from tests.bank.worlds import NOISE, TODAY, basis, of_kind, single, take_in

OLD: dict[str, Any] = {
    "basis": [basis(NOISE, "75")],
    "valid_from": date(2022, 6, 5),
    "valid_to": date(2026, 8, 14),
}


def fill(db: Session) -> None:
    take_in(
        db,
        single("single-a"),
        single("single-held", hold="等确认", stem="另一个情形"),
        single("single-old", stem="旧法下的超标情形，百分号 100%_是", **OLD),
        of_kind("true_false", "judge-a", topic="证据与期间", difficulty=4),
        of_kind("numeric", "num-a", difficulty=5),
    )


@pytest.mark.parametrize(
    ("sought", "codes"),
    [
        (Sought(), ["judge-a", "num-a", "single-a", "single-held", "single-old"]),
        (Sought(kind="single_choice"), ["single-a", "single-held", "single-old"]),
        (Sought(topic="证据与期间"), ["judge-a"]),
        (Sought(difficulty=5), ["num-a"]),
        (Sought(status="hold"), ["single-held"]),
        (Sought(status="retired"), []),
        (Sought(text="旧法下"), ["single-old"]),
        (Sought(text="JUDGE-"), ["judge-a"]),
        (Sought(text="100%_"), ["single-old"]),
        (Sought(text="1%0"), []),
        (Sought(kind="single_choice", text="没有这句话"), []),
    ],
)
def test_a_filter_finds_what_it_names(db: Session, sought: Sought, codes: list[str]) -> None:
    fill(db)
    found = [each.question.code for each in queries.listed(db, sought, on=TODAY)]
    assert sorted(found) == codes
    assert queries.count(db, sought) == len(codes)


def test_the_list_says_why_a_question_cannot_stand_today(db: Session) -> None:
    fill(db)
    barred = {each.question.code: each.barred for each in queries.listed(db, Sought(), on=TODAY)}
    assert barred["single-a"] is None
    assert barred["single-held"] == "暂缓使用：等确认"
    assert barred["single-old"] == "2026-08-14 以后不再成立"


@pytest.mark.parametrize(
    ("as_of", "codes"),
    [
        (date(2026, 8, 14), ["single-old"]),
        (date(2026, 8, 15), ["judge-a", "num-a", "single-a"]),
        (date(2022, 6, 4), []),
    ],
)
def test_the_pool_of_a_day_is_what_is_law_on_that_day(
    db: Session, as_of: date, codes: list[str]
) -> None:
    fill(db)
    assert [each.code for each in queries.pool(db, as_of)] == codes


def test_the_pool_holds_no_key_and_says_whose_options_stay(db: Session) -> None:
    fill(db)
    dates = {"A": "11月3日", "B": "11月4日", "C": "11月5日", "D": "11月9日"}
    take_in(db, single("single-days", stem="最迟哪一天？", options=dates))
    pool = {each.code: each for each in queries.pool(db, TODAY)}
    assert {code: each.fixed_order for code, each in pool.items()} == {
        "judge-a": True, "num-a": False, "single-a": False, "single-days": True,
    }  # fmt: skip
    assert all("key" not in each.content for each in pool.values())
    ids = [pool["single-a"].id, pool["num-a"].id]
    assert queries.keys(db, ids)[pool["single-a"].id]["letters"] == ["B"]
    assert queries.keys(db, ids)[pool["num-a"].id]["value"] == "216"
    assert set(queries.explanations(db, ids)) == set(ids)


def test_a_missing_question_is_said_to_be_missing(db: Session) -> None:
    with pytest.raises(QuestionMissing):
        queries.question(db, 999999)
