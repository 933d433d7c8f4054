from decimal import Decimal
from typing import Any

import pytest

from app.question_types.fill_in import (
    Blank,
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
from app.question_types.malformed import QuestionMalformed
from app.question_types.policy import Policy

STEM = "保存期限不得少于【1】年；可以自知道之日起【2】日内申请；依据是【3】。"
QUESTION: dict[str, Any] = {
    "stem": STEM,
    "blank": [
        {"n": 1, "key": "5", "accept": ["五", "5年"], "reject": {"3": "沿用旧的习惯"}},
        {"n": 2, "key": "60", "accept": ["六十"], "reject": {"15": "与缴款期限混淆"}},
        {"n": 3, "key": "《行政处罚法》", "accept": ["处罚法"]},
    ],
}
CONTENT = Content(STEM, (1, 2, 3))


def key_of(**change: Any) -> Key:
    return Key((Blank(**{"n": 1, "key": "5", "units": ("年",), **change}),))


def is_right(text: str, key: Key) -> bool:
    content = Content("【1】", (1,))
    one = mark(content, key, Response({"1": text}), Policy(), Decimal(1))
    return one.points == 1


@pytest.mark.parametrize(
    "text", ["5", "５", " 5 ", "五", "5年", "五年", "５　年", "5.0", "伍", "五年。", "“五”"]
)
def test_the_key_is_right_in_every_writing(text: str) -> None:
    assert is_right(text, key_of())


@pytest.mark.parametrize("text", ["6", "5月", "5日", "五六", "50", "0.5", "五年以上", "-5", "5万"])
def test_another_number_or_another_unit_is_wrong(text: str) -> None:
    assert not is_right(text, key_of())


def test_a_working_day_is_not_a_day_but_tian_is() -> None:
    key = key_of(key="15", units=("日",))
    assert is_right("15天", key)
    assert not is_right("15个工作日", key)
    working = key_of(key="15", units=("个工作日",))
    assert is_right("15工作日", working)
    assert not is_right("15日", working)


def test_money_may_be_written_with_or_without_wan() -> None:
    key = key_of(key="10", units=("万元",))
    for text in ("10", "十", "10万", "十万元", "100000元", "10万元"):
        assert is_right(text, key), text
    for text in ("100000", "10元", "10亿元"):
        assert not is_right(text, key), text


def test_without_a_unit_in_the_key_a_unit_is_another_wording() -> None:
    assert not is_right("5年", key_of(units=()))
    assert is_right("5年", key_of(units=(), accept=("5年",)))


def test_a_unit_can_be_demanded() -> None:
    key = key_of(key="5年", unit_required=True)
    assert is_right("五年", key)
    assert not is_right("5", key)


def test_the_points_are_split_to_the_cent_and_the_last_blank_takes_the_remainder() -> None:
    content, key = from_bank(QUESTION)
    all_right = Response({"1": "五年", "2": "60", "3": "行政处罚法"})
    result = mark(CONTENT, _key(key), all_right, Policy(), Decimal(2))
    assert [reason.points for reason in result.reasons] == [
        Decimal("0.66"),
        Decimal("0.66"),
        Decimal("0.68"),
    ]
    assert result.points == 2
    assert content == {"stem": STEM, "blanks": [1, 2, 3]}


def test_every_blank_says_why() -> None:
    response = Response({"1": "3年", "3": "民法典"})
    result = mark(CONTENT, _key(from_bank(QUESTION)[1]), response, Policy(), Decimal(3))
    assert [(reason.part, reason.text) for reason in result.reasons] == [
        ("第 1 空", "“3年” 不对：沿用旧的习惯；应为“5”"),
        ("第 2 空", "未作答"),
        ("第 3 空", "“民法典” 与标准答案“《行政处罚法》”不符"),
    ]


def test_each_blank_stands_for_itself() -> None:
    key = _key(from_bank(QUESTION)[1])
    for n, text in (("1", "5"), ("2", "六十日"), ("3", "处罚法")):
        assert mark(CONTENT, key, Response({n: text}), Policy(), Decimal(3)).points == 1


def test_units_come_from_the_stem_and_from_the_accepted_wordings() -> None:
    question = {
        "stem": "不少于【1】年，每日百分之【2】，处【3】万元罚款，【4】内缴清",
        "blank": [
            {"n": 1, "key": "5"},
            {"n": 2, "key": "3"},
            {"n": 3, "key": "10"},
            {"n": 4, "key": "15日", "accept": ["十五日"]},
        ],
    }
    units = [blank["units"] for blank in from_bank(question)[1]["blanks"]]
    assert units == [["年"], ["%"], ["万元"], ["日"]]


def test_the_wire_form_and_the_plain_form_are_read() -> None:
    assert parse('{"1":"五","2":""}') == Response({"1": "五", "2": ""})
    fields = {"2": ["30日 "], "1": ["五"], "10": [""], "x": ["?"]}
    assert form_response(fields) == '{"1":"五","2":"30日"}'
    assert form_response({"1": [" "]}) is None
    assert is_answered(Response({"1": "五"}))
    assert not is_answered(Response({"1": " "}))


def test_reports_show_every_blank_and_count_every_wording() -> None:
    assert describe(CONTENT, Response({"1": "五"})) == "【1】五 【2】未作答 【3】未作答"
    content = Content("【1】", (1,))
    given = [Response({"1": text}) for text in ("五年", "5 年", "3", "")]
    counts = distractor_counts(content, given)
    assert counts == {"1：5年": 2, "1：3": 1, "1：未作答": 1}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"blank": []}, "blank：缺少各空的答案"),
        ({"blank": "5"}, "blank：各空的答案应当写成 [[blank]] 的若干段"),
        (
            {"stem": "没有空"},
            "stem：题干里的空应当依次是 【1】【2】【3】，现在是 没有",
        ),
        (
            {"stem": "【1】【3】【2】"},
            "stem：题干里的空应当依次是 【1】【2】【3】，现在是 【1】【3】【2】",
        ),
    ],
)
def test_a_malformed_question_is_told_by_field(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(QuestionMalformed) as refusal:
        from_bank({**QUESTION, **change})
    assert problem in refusal.value.problems


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"n": 2}, "blank[1].n：空的编号应当是 1"),
        ({"key": ""}, "blank[1].key：缺少答案"),
        ({"key": ["5", "五"]}, "blank[1].key：每空只写一个答案，其余写入 accept"),
        ({"accept": "五"}, "blank[1].accept：可接受的写法应当是文字的列表"),
        ({"accept": [" "]}, "blank[1].accept：有空的写法"),
        ({"reject": {"五年": "?"}}, "blank[1].reject：“五年”与可接受的写法相同"),
        ({"unit_required": True}, "blank[1].unit_required：必须写单位时，key 要带单位"),
        ({"unit_required": "是"}, "blank[1].unit_required：是否必须写单位应当是 true 或者 false"),
    ],
)
def test_a_malformed_blank_is_told_by_field(change: dict[str, Any], problem: str) -> None:
    question = {"stem": "【1】年", "blank": [{"n": 1, "key": "5", **change}]}
    with pytest.raises(QuestionMalformed) as refusal:
        from_bank(question)
    assert problem in refusal.value.problems


def test_a_number_may_stand_as_the_key() -> None:
    assert (
        from_bank({"stem": "【1】年", "blank": [{"n": 1, "key": 5}]})[1]["blanks"][0]["key"] == "5"
    )


def _key(stored: dict[str, Any]) -> Key:
    from app.question_types.registry import key_of as made

    key = made("fill_in", stored)
    assert isinstance(key, Key)
    return key
