from decimal import Decimal
from typing import Any

import pytest

from app.question_types import indefinite_choice, multiple_choice, single_choice, true_false
from app.question_types.choices import Content, Key, Response, displayed
from app.question_types.malformed import QuestionMalformed
from app.question_types.marks import Mark
from app.question_types.policy import MultiplePolicy, Policy

TWO = Decimal(2)
OPTIONS = {"A": "甲", "B": "乙", "C": "丙", "D": "丁"}
CONTENT = Content("题干", OPTIONS)
QUESTION: dict[str, Any] = {"stem": "题干", "options": OPTIONS, "key": ["A", "C"]}


def texts(mark: Mark) -> list[tuple[str, str]]:
    return [(reason.part, reason.text) for reason in mark.reasons]


@pytest.mark.parametrize("kind", [single_choice, true_false])
@pytest.mark.parametrize(
    ("chosen", "points", "text"),
    [
        ("B", "2", "选 B，正确"),
        ("A", "0", "选 A，错误：看漏了期限；应选 B"),
        ("C", "0", "选 C，错误；应选 B"),
        ("AB", "0", "选了 A、B，本题只能选一项，应选 B"),
        ("", "0", "未作答"),
        ("Z", "0", "答案无法识别"),
    ],
)
def test_one_right_option_is_full_or_nothing(
    kind: Any, chosen: str, points: str, text: str
) -> None:
    key = Key(("B",), {"A": "看漏了期限"})
    mark = kind.mark(CONTENT, key, Response(tuple(chosen)), Policy(), TWO)
    assert mark.points == Decimal(points)
    assert texts(mark) == [("整题", text)]


def test_each_of_the_two_kinds_follows_its_own_policy() -> None:
    policy = Policy(
        multiple_choice=MultiplePolicy.ALL_OR_NOTHING,
        indefinite_choice=MultiplePolicy.PER_OPTION,
    )
    key, part = Key(("A", "C")), Response(("A",))
    assert multiple_choice.mark(CONTENT, key, part, policy, TWO).points == 0
    assert indefinite_choice.mark(CONTENT, key, part, policy, TWO).points == 1


def test_every_wrong_and_every_missing_option_is_named_with_its_reason() -> None:
    key = Key(("A", "B"), {"C": "把期限看短了"})
    mark = multiple_choice.mark(CONTENT, key, Response(("A", "C", "D")), Policy(), TWO)
    assert texts(mark) == [
        ("整题", "选 A、C、D：2 个正确项选对 1 项，选错 2 项；按“少选得一半分”得 0 分"),
        ("B", "应选未选"),
        ("C", "把期限看短了"),
        ("D", "不应选"),
    ]


def test_a_letter_that_is_no_option_makes_the_answer_unreadable() -> None:
    mark = multiple_choice.mark(CONTENT, Key(("A",)), Response(("A", "E")), Policy(), TWO)
    assert texts(mark) == [("整题", "答案无法识别")]


def test_letters_are_read_in_any_order_and_once() -> None:
    assert single_choice.parse('["C","A","C"]') == Response(("A", "C"))


def test_a_candidates_own_letters_earn_the_same_with_reasons_in_those_letters() -> None:
    key = Key(("A", "B"), {"C": "把期限看短了"})
    content, own = displayed(CONTENT, key, {"A": "C", "B": "A", "C": "D", "D": "B"})
    assert content.options == {"A": "丙", "B": "甲", "C": "丁", "D": "乙"}
    assert own == Key(("B", "D"), {"A": "把期限看短了"})
    assert multiple_choice.mark(content, own, Response(("B", "D")), Policy(), TWO).points == 2


def test_reports_show_letters_with_their_texts() -> None:
    assert single_choice.describe(CONTENT, Response(("A", "C"))) == "A. 甲；C. 丙"
    assert single_choice.describe(CONTENT, Response(("E",))) == "E（无此项）"
    assert single_choice.describe(CONTENT, Response()) == "未作答"


def test_every_option_is_counted_even_if_nobody_chose_it() -> None:
    given = [Response(("A",)), Response(("A", "C")), Response()]
    counts = multiple_choice.distractor_counts(CONTENT, given)
    assert counts == {"A": 2, "B": 0, "C": 1, "D": 0, "未作答": 1}


@pytest.mark.parametrize(
    ("fields", "response"),
    [
        ({"": ["C", "A"]}, '["A","C"]'),
        ({"": ["B"]}, '["B"]'),
        ({"": [" ", ""]}, None),
        ({}, None),
        ({"": ["\ud800"]}, '["?"]'),
    ],
)
def test_ticked_boxes_become_a_response(fields: dict[str, list[str]], response: str | None) -> None:
    assert multiple_choice.form_response(fields) == response


def test_a_bank_question_becomes_content_without_key_and_key() -> None:
    content, key = multiple_choice.from_bank({**QUESTION, "traps": {"B": "张冠李戴"}})
    assert content == {"stem": "题干", "options": OPTIONS}
    assert key == {"letters": ["A", "C"], "traps": {"B": "张冠李戴"}}


@pytest.mark.parametrize(
    ("kind", "change", "problem"),
    [
        (multiple_choice, {"stem": " "}, "stem：缺少题干"),
        (multiple_choice, {"stem": 3}, "stem：题干应当是文字"),
        (multiple_choice, {"key": ["A"]}, "key：答案应当是至少 2 个字母，现有 1 个"),
        (single_choice, {}, "key：答案应当是1 个字母，现有 2 个"),
        (indefinite_choice, {"key": []}, "key：缺少答案"),
        (indefinite_choice, {"key": "A"}, "key：答案应当是文字的列表"),
        (indefinite_choice, {"key": ["E"]}, "key：答案 E 不在选项中"),
        (multiple_choice, {"key": ["C", "A"]}, "key：答案字母应当按升序各写一次"),
        (multiple_choice, {"key": ["A", "A"]}, "key：答案字母应当按升序各写一次"),
        (multiple_choice, {"options": {"A": "甲"}}, "options：应当有 2 至 8 个选项，现有 1 个"),
        (multiple_choice, {"options": {"A": "甲", "C": "乙"}}, "options：选项应当从 A 起依次编号"),
        (multiple_choice, {"options": {**OPTIONS, "D": ""}}, "options：选项没有文字"),
        (multiple_choice, {"options": {**OPTIONS, "D": "甲"}}, "options：有两个选项的文字相同"),
        (multiple_choice, {"options": ["甲"]}, "options：选项应当是“内容 = 文字”的表"),
        (multiple_choice, {"traps": {"A": "?"}}, "traps：A 不是错项"),
        (multiple_choice, {"traps": {"F": "?"}}, "traps：F 不是错项"),
        (true_false, {"key": ["A"]}, "options：选项应当是 A = 正确，B = 错误"),
    ],
)
def test_a_malformed_question_is_told_by_field(
    kind: Any, change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(QuestionMalformed) as refusal:
        kind.from_bank({**QUESTION, **change})
    assert problem in refusal.value.problems


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(QuestionMalformed) as refusal:
        multiple_choice.from_bank({})
    assert refusal.value.problems == (
        "stem：缺少题干",
        "key：缺少答案",
        "options：应当有 2 至 8 个选项，现有 0 个",
    )
    assert str(refusal.value).startswith("试题有误：stem：缺少题干；key：")
