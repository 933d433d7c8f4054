"""The bank's rules: reading, checking, what may stand in a paper of a day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.bank.rules import texts
from app.bank.rules.check import check
from app.bank.rules.coverage import coverage
from app.bank.rules.drafts import basis_of, drafted, fixed_order, read_questions
from app.bank.rules.faces import face, key_in_words
from app.bank.rules.laws import book, read_laws
from app.bank.rules.life import PoolQuestion, check_signers, why_not
from app.bank.rules.problems import Problem, errors
from app.bank.rules.refusals import NotBankFile, SamePersonReviews, SignerMissing
from tests.bank.worlds import (
    CODE,
    DETAIN,
    LAWS,
    NOISE,
    PENALTY,
    PERMITS,
    ROOT,
    TODAY,
    basis,
    house_laws,
    of_kind,
    single,
)

KINDS = (
    "single_choice", "multiple_choice", "true_false", "indefinite_choice", "fill_in", "numeric",
)  # fmt: skip
OLD = basis(NOISE, "75", "old")
TRANSITION: dict[str, Any] = {
    "transition": True,
    "act_end": date(2026, 6, 30),
    "decision_date": date(2026, 10, 10),
    "basis": [basis(CODE, "1057", "choice"), OLD],
}


def found(*questions: dict[str, Any]) -> list[Problem]:
    return check(questions, LAWS, TODAY)


def wrong(*questions: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.field, each.reason) for each in errors(found(*questions))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_question_of_every_kind_has_no_problem(kind: str) -> None:
    assert found(of_kind(kind, "a")) == []


def test_every_question_of_the_house_is_sound_and_every_basis_is_in_the_law_table() -> None:
    questions: list[dict[str, Any]] = []
    for path in sorted((ROOT / "question_bank").glob("*/*.toml")):
        questions += read_questions(path.read_text(encoding="utf-8"))
    assert len(questions) >= 27
    assert errors(check(questions, house_laws(), TODAY)) == []


def test_the_law_table_of_the_house_knows_the_code_and_what_it_repealed() -> None:
    laws = {law.name: law for law in house_laws()}
    assert laws["生态环境法典"].articles == 1242
    repealed = [law for law in laws.values() if law.repealed == date(2026, 8, 15)]
    assert len(repealed) == 10
    assert {law.successor for law in repealed} == {"生态环境法典"}


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"id": "Single A"}, "id", "编号应当是"),
        ({"id": "a" * 97}, "id", "超过 96 个字符"),
        ({"topic": " "}, "topic", "缺少主题"),
        ({"topic": "题" * 65}, "topic", "超过 64 个字符"),
        ({"difficulty": 0}, "difficulty", "1 到 5"),
        ({"difficulty": 6}, "difficulty", "1 到 5"),
        ({"difficulty": True}, "difficulty", "1 到 5"),
        ({"difficulty_reason": None}, "difficulty_reason", "缺少难度理由"),
        ({"explanation": None}, "explanation", "缺少解析"),
        ({"tags": []}, "tags", "缺少标签"),
        ({"hold": " "}, "hold", "写明放行前"),
        ({"kind": "ordering"}, "kind", "没有“ordering”这种题型"),
        ({"key": ["E"]}, "key", "不在选项中"),
        ({"key": ["A", "B"]}, "key", "1 个字母"),
        ({"valid_from": None}, "valid_from", "缺少适用起日"),
        ({"valid_from": "2026-08-15"}, "valid_from", "缺少适用起日"),
        ({"valid_to": date(2026, 8, 14)}, "valid_to", "早于适用起日"),
        ({"transition": "yes"}, "transition", "true 或者 false"),
        ({"basis": []}, "basis", "没有法律依据"),
        ({"basis": [basis(role="support")]}, "basis", "没有一条是答案所据"),
        ({"basis": ["法典第44条"]}, "basis[1]", "应当是一张表"),
        ({"basis": [basis(article="第44条")]}, "basis[1]", "条号应当是数字"),
        ({"basis": [basis(article="0")]}, "basis[1]", "条号应当是数字"),
        ({"basis": [basis(article="1243")]}, "basis[1]", "只有 1242 条"),
        ({"basis": [basis(paragraph=0)]}, "basis[1]", "款应当从 1 数"),
        ({"basis": [basis(item="1")]}, "basis[1]", "项应当从 1 数"),
        ({"basis": [basis(role="main")]}, "basis[1]", "role 应当是"),
        ({"basis": [basis(confidence="sure")]}, "basis[1]", "confidence 应当是"),
        ({"basis": [basis() | {"law": "环保法典"}]}, "basis[1]", "没有“环保法典”"),
        ({"basis": [basis() | {"version": date(2026, 8, 16)}]}, "basis[1]", "没有 2026-08-16"),
        ({"valid_from": date(2026, 8, 14)}, "valid_from", "早于生态环境法典的施行日"),
        ({"basis": [basis(PERMITS, confidence="firm")]}, "basis[1]", "高于依据表"),
        ({"basis": [basis(DETAIN, "5")]}, "basis[1]", "尚未确认"),
        ({"basis": [basis(NOISE)], "valid_from": TODAY}, "basis[1]", "自 2026-08-15 起废止"),
        ({"basis": [basis(), OLD]}, "basis[2]", "只有衔接题可以引用旧法"),
        (TRANSITION | {"act_end": None}, "act_end", "缺少行为终了日"),
        (TRANSITION | {"act_end": date(2026, 8, 15)}, "basis[2]", "噪声污染防治法并不施行"),
        (TRANSITION | {"decision_date": date(2026, 8, 14)}, "basis[1]", "法典并不施行"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_reason(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    said = wrong(single(**changes))
    assert any(name == field and reason in why for name, why in said), said


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": [basis(article="1242")]},
        {"basis": [basis(article="133-1")]},
        {"basis": [basis(), basis(NOISE, "75", "contrast")], "valid_to": date(2026, 8, 14),
         "valid_from": date(2022, 6, 5), "key": ["B"]} | {"basis": [basis(NOISE, "75")]},
        TRANSITION,
        TRANSITION | {"act_end": date(2026, 8, 14), "decision_date": date(2026, 8, 15)},
        {"basis": [basis(DETAIN, "5")], "hold": "等法制机构确认"},
        {"basis": [basis(PENALTY, "44")], "valid_from": date(2021, 7, 15)},
        {"basis": [basis(), basis(PENALTY, "86", "support")]},
    ],
)  # fmt: skip
def test_what_lies_just_inside_the_rules_is_no_error(changes: dict[str, Any]) -> None:
    assert wrong(single(**changes)) == []


def test_an_answer_on_standing_law_alone_is_a_remark_and_not_an_error() -> None:
    remarks = found(single(basis=[basis(PERMITS, "21")]))
    assert [(each.remark, each.field, each.reason) for each in remarks] == [
        (True, "basis", "答案只靠排污许可管理条例")
    ]
    assert found(single(basis=[basis(PERMITS, "21"), basis()])) == []


def test_two_questions_with_one_id_are_named_once() -> None:
    questions = [single(stem=stem) for stem in ("甲厂噪声超标？", "某人倾倒废渣。", "许可证过期")]
    said = wrong(*questions)
    assert said == [("id", "有两道题用了同一个编号")]


def test_options_of_uneven_length_and_giveaway_words_are_remarked() -> None:
    options = {"A": "罚款", "B": "责令改正并处罚款", "C": "只能警告", "D": "移送"}
    said = [each.reason for each in found(single(options=options)) if each.remark]
    assert said == ["选项最长 8 字，最短 2 字，相差超过 5 字", "“只能”只出现在错项里，会成为线索"]
    even = {"A": "罚款", "B": "责令改正处罚款", "C": "警告", "D": "移送"}
    assert found(single(options=even)) == []


def test_nearly_the_same_stem_is_remarked_and_a_different_one_is_not() -> None:
    stem = "2026年10月20日，执法人员发现某食品厂用软管绕过总排口把废水抽进雨水沟，应当如何定性？"
    again = stem.replace("20日", "21日")
    said = found(single("single-a", stem=stem), single("single-b", stem=again))
    assert [(each.question, each.field, each.remark) for each in said] == [
        ("single-b", "stem", True)
    ]
    assert "single-a" in said[0].reason
    other = "某市局对一家公司的罚款决定作出三日后才送达，当事人何时可以申请行政复议？"
    assert found(single("single-a", stem=stem), single("single-b", stem=other)) == []


def _batch(letters: Callable[[int], list[str]], size: int = 30) -> list[str]:
    stems = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"
    questions = [
        single(
            f"single-{n}",
            stem=stems[n] * 9,
            key=letters(n),
            traps=None,
            options=dict(zip("ABCD", ("甲项", "乙项", "丙项", "丁项"), strict=True)),
        )
        for n in range(size)
    ]
    return [each.reason for each in found(*questions)]


def test_the_letters_of_a_batch_keep_within_the_guide() -> None:
    even = _batch(lambda n: ["ABCD"[n % 4]])
    assert even == []
    lopsided = _batch(lambda n: ["A" if n < 15 else "ABCD"[n % 4]])
    assert "单选答案里 A 占 63%，界限是 15%—35%" in lopsided
    assert _batch(lambda _: ["A"], size=29) == [], "a small batch says nothing"


def test_a_law_is_in_force_from_its_first_day_to_the_day_before_its_repeal() -> None:
    assert [NOISE.in_force(date(2022, 6, 5) + timedelta(days=n)) for n in (-1, 0)] == [False, True]
    assert [NOISE.in_force(date(2026, 8, 15) + timedelta(days=n)) for n in (-1, 0)] == [True, False]


def _why(on: date, **changes: Any) -> str | None:
    question = single(**changes)
    return why_not(
        status=changes.get("status", "active"),
        hold=question.get("hold"),
        valid_from=question["valid_from"],
        valid_to=question.get("valid_to"),
        transition=question.get("transition", False),
        bases=[basis_of(row) for row in question["basis"]],
        laws=book(LAWS),
        on=on,
    )


def test_a_question_stands_in_papers_from_its_first_to_its_last_day() -> None:
    day = date(2026, 8, 15)
    assert _why(day) is None
    assert _why(day - timedelta(days=1)) == "自 2026-08-15 起才成立"
    assert _why(TODAY, valid_to=TODAY) is None
    assert _why(TODAY, valid_to=TODAY - timedelta(days=1)) == "2026-11-23 以后不再成立"


def test_hold_and_retirement_keep_a_question_out_and_say_why() -> None:
    assert _why(TODAY, hold="等确认") == "暂缓使用：等确认"
    assert _why(TODAY, status="retired") == "已停用"


def test_a_repealed_law_keeps_a_question_out_from_the_day_of_repeal() -> None:
    old: dict[str, Any] = {"basis": [basis(NOISE)], "valid_from": date(2022, 6, 5)}
    assert _why(date(2026, 8, 14), **old) is None
    assert _why(date(2026, 8, 15), **old) == "依据的噪声污染防治法自 2026-08-15 起废止"
    contrast = {"basis": [basis(), basis(NOISE, "75", "contrast")]}
    assert _why(TODAY, **contrast) is None, "a wrong option's law carries no answer"
    assert _why(TODAY, **TRANSITION) is None


def test_a_law_that_is_not_in_the_table_keeps_a_question_out() -> None:
    assert _why(TODAY, basis=[basis() | {"law": "没有的法"}]) is not None


@pytest.mark.parametrize(
    ("options", "fixed"),
    [
        (["11月11日", "11月12日"], True),
        (["2026年8月20日", "2026年9月4日"], True),
        (["一万元以上十万元以下", "二万元以上二十万元以下"], True),
        (["10%", "百分之三", "3倍", "5个工作日"], True),
        (["正确", "错误"], True),
        (["一万元以上十万元以下", "责令停产整治"], False),
        (["拟罚款十万元", "拟罚款三十万元"], False),
        (["元", "万元"], False),
        ([], False),
    ],
)
def test_numbers_dates_and_amounts_keep_their_order(options: list[str], fixed: bool) -> None:
    assert fixed_order(options) is fixed


@pytest.mark.parametrize("kind", KINDS)
def test_the_hash_is_of_what_is_kept_and_not_of_how_it_was_written(kind: str) -> None:
    question = of_kind(kind, "a", basis=[basis(), basis(PENALTY, "4", "support")])
    turned = dict(reversed(question.items())) | {"basis": question["basis"][::-1]}
    assert drafted(turned).sha256 == drafted(question).sha256
    assert drafted(question | {"explanation": "换了说法。"}).sha256 != drafted(question).sha256
    assert drafted(question | {"difficulty": 3}).sha256 != drafted(question).sha256


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("不是 = = TOML", "不是 TOML"),
        ("[[question]]\nid = 'a'", "schema = 1"),
        ("schema = 1", "没有 [[question]]"),
        ("schema = 1\nquestion = ['a']", "若干段"),
    ],
)
def test_a_file_that_is_no_bank_file_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NotBankFile) as refusal:
        read_questions(text)
    assert why in str(refusal.value)


LAW_ROW = """[[law]]
name = "甲法"
title = "甲法"
issuer = "全国人民代表大会"
version = 2020-01-01
effective = 2020-01-01
articles = 10
confidence = "firm"
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "没有 [[law]]"),
        ("x =", "不是 TOML"),
        (LAW_ROW + LAW_ROW, "短名和版本相同"),
        (LAW_ROW.replace("2020-01-01", '"2020-01-01"'), "不加引号的日期"),
        (LAW_ROW.replace("10", "0"), "条数"),
        (LAW_ROW.replace("firm", "sure"), "firm、standing、open"),
        (LAW_ROW + "repealed = 2020-01-01", "废止日应当在施行日之后"),
        (LAW_ROW.replace("全国人民代表大会", ""), "缺少 issuer"),
    ],
)
def test_a_law_table_that_is_wrong_is_refused_with_the_place(text: str, why: str) -> None:
    assert read_laws(LAW_ROW)[0].articles == 10
    with pytest.raises(NotBankFile) as refusal:
        read_laws(text)
    assert why in str(refusal.value)


def test_author_and_reviewer_are_two_people() -> None:
    check_signers("顾明远", "程映雪")
    for author, reviewer in (("顾明远", "顾明远"), ("顾明远", " 顾 明远"), ("Gu", "gu")):
        with pytest.raises(SamePersonReviews):
            check_signers(author, reviewer)
    for author, reviewer in (("", "程映雪"), ("顾明远", " ")):
        with pytest.raises(SignerMissing):
            check_signers(author, reviewer)


TEXTS: dict[str, Any] = {
    "生态环境法典": {
        "effective": "2026-08-15",
        "articles": {"44": "有下列情形的：\n（一）甲；\n（二）乙。\n前款规定。", "45": "一款。"},
    }
}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (basis(), None),
        (basis(paragraph=1, item=2), None),
        (basis(item=2), None),
        (basis(paragraph=2), None),
        (basis(paragraph=3), "只有 2 款"),
        (basis(paragraph=1, item=3), "只有 2 项"),
        (basis(paragraph=2, item=1), "没有分项"),
        (basis(article="46"), "没有第 46 条"),
        (basis(PENALTY), "没有“行政处罚法”的条文"),
        (basis() | {"version": date(2026, 3, 12)}, "2026-08-15 施行的版本"),
    ],
)
def test_a_citation_is_checked_against_the_text(row: dict[str, Any], reason: str | None) -> None:
    said = [each.reason for each in texts.check_texts([single(basis=[row])], TEXTS)]
    assert (reason is None and said == []) or (reason is not None and reason in said[0])


def test_in_a_partial_text_a_missing_article_is_only_a_remark() -> None:
    partial = {"生态环境法典": TEXTS["生态环境法典"] | {"partial": True}}
    said = texts.check_texts([single(basis=[basis(article="46")])], partial)
    assert [each.remark for each in said] == [True]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("single_choice", (("答案", "B"),)),
        ("multiple_choice", (("答案", "A、B"),)),
        ("true_false", (("答案", "A"),)),
        ("fill_in", (("空 1", "5（也可写作五）"),)),
        ("numeric", (("结果", "216万元"), ("也可写作", "2160000元"), ("算法 1", "12×18"))),
    ],
)
def test_a_key_is_said_in_words(kind: str, lines: tuple[tuple[str, str], ...]) -> None:
    draft = drafted(of_kind(kind, "a"))
    said = key_in_words(kind, draft.key)
    assert said.lines == lines
    assert said.traps


def test_a_face_shows_the_options_in_the_order_it_is_given() -> None:
    draft = drafted(single())
    shown = face("single_choice", draft.content, letters=[("A", "C"), ("B", "A")])
    assert shown["options"] == [("A", "直接查封该厂"), ("B", "责令改正并警告")]
    assert face("fill_in", drafted(of_kind("fill_in", "b")).content, letters=[])["blanks"] == [1]
    assert "key" not in shown


def test_coverage_counts_by_topic_kind_and_band_of_difficulty() -> None:
    def pooled(number: int, kind: str, topic: str, difficulty: int) -> PoolQuestion:
        return PoolQuestion(number, str(number), 1, kind, topic, difficulty, {}, False, (), "")

    rows = coverage(
        [
            pooled(1, "single_choice", "法律责任", 1),
            pooled(2, "single_choice", "法律责任", 2),
            pooled(3, "single_choice", "法律责任", 3),
            pooled(4, "numeric", "证据与期间", 4),
        ]
    )
    assert [(row.topic, row.total.total) for row in rows] == [
        ("法律责任", 3), ("证据与期间", 1), ("合计", 4),
    ]  # fmt: skip
    assert rows[0].cells[0].bands == (("易", 2), ("中", 1), ("难", 0))
    assert rows[1].cells[5].bands == (("易", 0), ("中", 0), ("难", 1))
    assert [row.total.total for row in coverage([])] == [0]
