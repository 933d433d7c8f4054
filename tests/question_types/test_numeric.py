from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.question_types.malformed import QuestionMalformed
from app.question_types.marks import Mark
from app.question_types.numeric import (
    Content,
    Key,
    Response,
    describe,
    distractor_counts,
    form_response,
    from_bank,
    is_answered,
    mark,
    parse,
)
from app.question_types.numeric_bank import StepAsked, StepKey
from app.question_types.policy import Policy

FIVE = Decimal(5)
CONTENT = Content("罚款是多少万元？", ("万元", "元"))
FINE = Key(
    Decimal(216),
    "万元",
    accept_units={"元": Decimal(2_160_000)},
    wrong={"72": "从罚款决定送达的次日起算", "204": "漏计复查当日"},
)
QUESTION: dict[str, Any] = {
    "stem": "罚款是多少万元？",
    "numeric": {
        "key": 216,
        "unit": "万元",
        "tolerance": 0,
        "accept_units": {"元": 2160000},
        "workings": ["18 × 12 = 216"],
        "wrong": {"72": "起算错"},
    },
}


def judge(key: Key, value: str, unit: str = "", **steps: str) -> Mark:
    response = Response(value, unit, {name.removeprefix("s"): text for name, text in steps.items()})
    return mark(CONTENT, key, response, Policy(), FIVE)


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("216", ""),
        ("２１６", ""),
        ("216.00", "万元"),
        ("216万元", ""),
        ("216万", ""),
        ("216 万", "元"),
        ("二百一十六", "万元"),
        ("二百一十六万元", ""),
        ("2160000", "元"),
        ("2,160,000元", ""),
        ("2，160，000", "元"),
        ("0.0216亿元", ""),
    ],
)
def test_the_right_quantity_is_full_in_every_writing(value: str, unit: str) -> None:
    assert judge(FINE, value, unit).points == FIVE


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("216", "元", "“216元” 不对，应为 216万元"),
        ("2160000", "", "“2160000” 不对，应为 216万元"),
        ("72", "", "“72” 不对：从罚款决定送达的次日起算；应为 216万元"),
        ("720000", "元", "“720000元” 不对：从罚款决定送达的次日起算；应为 216万元"),
        ("204万", "", "“204万” 不对：漏计复查当日；应为 216万元"),
        ("216", "吨", "“216吨” 的单位不对，应为 216万元"),
        ("216美元", "", "“216美元” 的单位不对，应为 216万元"),
        ("216元", "万元", "“216元万元” 不是一个数，或者单位前后不一；应为 216万元"),
        ("18×12", "", "“18×12” 不是一个数，或者单位前后不一；应为 216万元"),
    ],
)
def test_a_wrong_result_earns_nothing_and_says_why(value: str, unit: str, text: str) -> None:
    result = judge(FINE, value, unit)
    assert result.points == 0
    assert result.reasons[0].text.removeprefix("答案无法识别：") == text


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("36.99", False),
        ("36.995", True),
        ("37", True),
        ("37.005", True),
        ("37.0050000001", False),
        ("37.01", False),
    ],
)
def test_the_boundary_of_the_tolerance_is_right_and_beyond_it_is_wrong(
    value: str, right: bool
) -> None:
    key = Key(Decimal(37), "万元", Decimal("0.005"))
    assert (judge(key, value).points == FIVE) is right


@pytest.mark.parametrize(
    ("value", "right"), [("369949", False), ("369950", True), ("370050", True), ("370051", False)]
)
def test_the_tolerance_is_scaled_to_the_unit_of_the_answer(value: str, right: bool) -> None:
    key = Key(Decimal(37), "万元", Decimal("0.005"), {"元": Decimal(370_000)})
    assert (judge(key, value, "元").points == FIVE) is right


def test_a_key_of_zero_has_its_tolerance_too() -> None:
    key = Key(Decimal(0), "日", Decimal(1))
    assert judge(key, "1").points == FIVE
    assert judge(key, "-1天").points == FIVE
    assert judge(key, "2").points == 0
    money = Key(Decimal(0), "万元", Decimal(1))
    assert judge(money, "10000元").points == FIVE
    assert judge(money, "10001元").points == 0


@given(st.decimals(-500, 500, places=3), st.decimals(0, 50, places=3))
def test_right_is_exactly_within_the_tolerance(value: Decimal, tolerance: Decimal) -> None:
    key = Key(Decimal(37), "万元", tolerance)
    assert (judge(key, f"{value:f}").points == FIVE) is (abs(value - 37) <= tolerance)


STEPS = Key(
    Decimal(216),
    "万元",
    steps=(
        StepKey(1, Decimal(18), Decimal("0.3"), "日"),
        StepKey(2, Decimal(12), Decimal("0.333"), "万元", Decimal("0.5")),
    ),
)


@pytest.mark.parametrize(
    ("value", "steps", "points"),
    [
        ("216", {}, "5"),
        ("216", {"s1": "6"}, "5"),
        ("72", {}, "0"),
        ("72", {"s1": "18"}, "1.5"),
        ("72", {"s1": "十八日", "s2": "12万"}, "3.16"),
        ("72", {"s1": "6", "s2": "12.5"}, "1.66"),
        ("72", {"s1": "18个工作日", "s2": "12.51"}, "0"),
        ("", {"s1": "18"}, "1.5"),
        ("", {"s9": "18"}, "0"),
    ],
)
def test_steps_earn_their_shares_only_where_the_result_is_not_right(
    value: str, steps: dict[str, str], points: str
) -> None:
    assert judge(STEPS, value, **steps).points == Decimal(points)


def test_every_step_says_why() -> None:
    result = judge(STEPS, "72", s1="6")
    assert [(reason.part, reason.text) for reason in result.reasons] == [
        ("结果", "“72” 不对，应为 216万元"),
        ("步骤 1", "“6” 不对，应为 18日"),
        ("步骤 2", "未作答"),
    ]
    assert judge(STEPS, " ").reasons[0].text == "未作答"


def test_the_wire_form_and_the_plain_form_are_read() -> None:
    assert parse('{"value":"216"}') == Response("216")
    full = '{"value":"216","unit":"万元","steps":{"1":"18"}}'
    fields = {"value": ["216 "], "unit": ["万元"], "step1": ["18"], "step2": [""]}
    assert form_response(fields) == full
    assert parse(full) == Response("216", "万元", {"1": "18"})
    assert form_response({"value": [""], "unit": ["万元"]}) is None
    assert form_response({"step1": ["18"]}) == '{"value":"","steps":{"1":"18"}}'
    assert is_answered(Response("", "", {"1": "18"}))
    assert not is_answered(Response(" ", "万元"))


def test_reports_show_value_unit_and_steps_and_count_values() -> None:
    content = Content("", (), (StepAsked(1, "几日？"),))
    assert describe(content, Response("216", "万元", {"1": "18"})) == "216 万元（步骤 1：18）"
    assert describe(content, Response()) == "未作答"
    given = [Response("216"), Response("２１６"), Response("72", "元"), Response()]
    assert distractor_counts(content, given) == {"216": 2, "72元": 1, "未作答": 1}


def test_a_bank_question_becomes_content_without_key_and_key_without_floats() -> None:
    content, key = from_bank(QUESTION)
    assert content == {"stem": "罚款是多少万元？", "units": ["万元", "元"], "steps": []}
    assert key["value"] == "216"
    assert key["accept_units"] == {"元": "2160000"}
    surcharge = {"key": 72000, "unit": "元", "accept_units": {"万元": 7.2}}
    assert from_bank({**QUESTION, "numeric": surcharge})[1]["accept_units"] == {"万元": "7.2"}


def test_steps_are_asked_in_the_content_and_answered_in_the_key() -> None:
    step = {"n": 1, "ask": "计罚几日？", "key": 18, "unit": "日", "share": 0.4}
    content, key = from_bank({**QUESTION, "numeric": {**QUESTION["numeric"], "step": [step]}})
    assert content["steps"] == [{"n": 1, "ask": "计罚几日？", "unit": "日"}]
    assert key["steps"] == [{"n": 1, "value": "18", "share": "0.4", "unit": "日", "tolerance": "0"}]


GOOD_STEP = {"n": 1, "ask": "几日？", "key": 18, "share": 0.5}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"key": "很多"}, "numeric.key：答案应当是一个数"),
        ({"key": True}, "numeric.key：答案应当是一个数"),
        ({"key": None}, "numeric.key：答案应当是一个数"),
        ({"key": float("nan")}, "numeric.key：答案应当是一个数"),
        ({"key": 10**15}, "numeric.key：答案位数过多"),
        ({"unit": 3}, "numeric.unit：单位应当是文字"),
        ({"tolerance": -1}, "numeric.tolerance：允许误差不能是负数"),
        ({"accept_units": {"元": 216}}, "numeric.accept_units：216元 与答案 216万元 不等"),
        ({"accept_units": ["元"]}, "numeric.accept_units：其他单位应当是“单位 = 数”的表"),
        ({"unit": ""}, "numeric.accept_units：写了其他单位，就要写 unit 和各单位的名称"),
        ({"wrong": {"216": "?"}}, "numeric.wrong：216 在允许误差之内，不是错数"),
        ({"wrong": {"多": "?"}}, "numeric.wrong.多：错数应当是一个数"),
        ({"workings": "18×12"}, "numeric.workings：计算步骤应当是文字的列表"),
        ({"step": [{**GOOD_STEP, "n": 2}]}, "numeric.step[1].n：步骤的编号应当是 1"),
        ({"step": [{**GOOD_STEP, "ask": ""}]}, "numeric.step[1].ask：缺少步骤的问法"),
        (
            {"step": [{**GOOD_STEP, "share": 1}]},
            "numeric.step[1].share：步骤占分应当大于 0、小于 1",
        ),
        (
            {"step": [GOOD_STEP, {**GOOD_STEP, "n": 2}]},
            "numeric.step：各步骤占分之和应当小于 1，其余归结果",
        ),
    ],
)
def test_a_malformed_question_is_told_by_field(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(QuestionMalformed) as refusal:
        from_bank({**QUESTION, "numeric": {**QUESTION["numeric"], **change}})
    assert problem in refusal.value.problems


def test_a_question_without_its_table_is_told() -> None:
    with pytest.raises(QuestionMalformed) as refusal:
        from_bank({"stem": "多少？"})
    assert refusal.value.problems == ("numeric：缺少数值答案", "numeric.key：答案应当是一个数")
