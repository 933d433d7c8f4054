import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kernel.canonical import digest
from app.kernel.score import rounded, total
from app.question_types import registry
from app.question_types.malformed import QuestionMalformed
from app.question_types.marks import Kind
from app.question_types.policy import MultiplePolicy, Policy

OPTIONS = {"A": "甲", "B": "乙", "C": "丙", "D": "丁"}
QUESTIONS: dict[Kind, dict[str, Any]] = {
    Kind.SINGLE_CHOICE: {"options": OPTIONS, "key": ["B"], "traps": {"A": "看漏了"}},
    Kind.MULTIPLE_CHOICE: {"options": OPTIONS, "key": ["A", "C", "D"]},
    Kind.TRUE_FALSE: {"options": {"A": "正确", "B": "错误"}, "key": ["A"]},
    Kind.INDEFINITE_CHOICE: {"options": OPTIONS, "key": ["A", "B", "D"]},
    Kind.FILL_IN: {
        "stem": "【1】年，【2】日，【3】",
        "blank": [
            {"n": 1, "key": "5", "reject": {"3": "旧法"}},
            {"n": 2, "key": "60"},
            {"n": 3, "key": "处罚法"},
        ],
    },
    Kind.NUMERIC: {
        "numeric": {
            "key": 216,
            "unit": "万元",
            "accept_units": {"元": 2160000},
            "wrong": {"72": "起算错"},
            "step": [{"n": 1, "ask": "几日？", "key": 18, "unit": "日", "share": 0.35}],
        }
    },
}
STORED = {
    kind: registry.from_bank({"kind": kind.value, "stem": "题干", **question})
    for kind, question in QUESTIONS.items()
}
MADE = {
    kind: (registry.content_of(kind, content), registry.key_of(kind, key))
    for kind, (content, key) in STORED.items()
}
FULL = {
    Kind.SINGLE_CHOICE: '["B"]',
    Kind.MULTIPLE_CHOICE: '["A","C","D"]',
    Kind.TRUE_FALSE: '["A"]',
    Kind.INDEFINITE_CHOICE: '["A","B","D"]',
    Kind.FILL_IN: '{"1":"五","2":"60日","3":"《处罚法》"}',
    Kind.NUMERIC: '{"value":"216","unit":"万元"}',
}
CHOICES = sorted(registry.CHOICES)
kinds = st.sampled_from(list(Kind))
policies = st.builds(
    Policy,
    multiple_choice=st.sampled_from(MultiplePolicy),
    indefinite_choice=st.sampled_from(MultiplePolicy),
)
points = st.integers(1, 2000).map(lambda cents: Decimal(cents) / 100)
words = st.sampled_from(["", " ", "5", "五年", "60", "15日", "处罚法", "216", "72万", "元", "\x00"])
texts = words | st.text(max_size=12)
responses = (
    st.text(max_size=40)
    | st.lists(st.sampled_from(["A", "B", "C", "D", "E", "a", ""])).map(json.dumps)
    | st.dictionaries(st.sampled_from(["1", "2", "3", "4", ""]), texts).map(json.dumps)
    | st.fixed_dictionaries(
        {"value": texts},
        optional={"unit": texts, "steps": st.dictionaries(st.just("1"), texts)},
    ).map(json.dumps)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    ).map(json.dumps)
)


@pytest.mark.parametrize("kind", Kind)
def test_the_full_answer_is_full_and_the_stored_values_hash(kind: Kind) -> None:
    content, key = STORED[kind]
    mark = registry.mark(kind, content, key, FULL[kind], Policy(), Decimal("2.5"))
    assert mark.points == mark.maximum == Decimal("2.5")
    assert json.loads(json.dumps([content, key])) == [content, key]
    assert len(digest([content, key])) == 64


@pytest.mark.parametrize("kind", Kind)
def test_content_holds_nothing_of_the_key(kind: Kind) -> None:
    content = json.dumps(STORED[kind][0], ensure_ascii=False)
    for secret in ("letters", "看漏了", "accept", "旧法", "起算错", "60", "216", "18", "share"):
        assert secret not in content


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, "未作答"),
        ("", "未作答"),
        (" \n", "未作答"),
        ("xx", "答案无法识别"),
        ("null", "答案无法识别"),
        ("1", "答案无法识别"),
        ('"A"', "答案无法识别"),
        ("[1]", "答案无法识别"),
        ('{"1":1}', "答案无法识别"),
        ('["A"', "答案无法识别"),
        ("[" * 20_000, "答案无法识别"),
        ("\ud800", "答案无法识别"),
    ],
)
def test_blank_and_unreadable_are_told_apart_and_earn_nothing(
    kind: Kind, raw: str | None, text: str
) -> None:
    mark = registry.mark(kind, *STORED[kind], raw, Policy(), Decimal(2))
    assert mark.points == 0
    assert mark.reasons[0].text == text
    assert registry.describe(kind, STORED[kind][0], raw) in (
        text,
        "【1】未作答 【2】未作答 【3】未作答",
    )
    assert not registry.is_answered(kind, raw)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [(kind, "[]") for kind in CHOICES]
    + [(Kind.FILL_IN, "{}"), (Kind.FILL_IN, '{"1":" "}'), (Kind.NUMERIC, "{}")]
    + [(Kind.NUMERIC, '{"value":"","unit":"元"}')],
)
def test_an_empty_response_is_unanswered(kind: Kind, raw: str) -> None:
    mark = registry.mark(kind, *STORED[kind], raw, Policy(), Decimal(2))
    assert [reason.text for reason in mark.reasons] == ["未作答"]


@settings(max_examples=300)
@given(kinds, responses, policies, points)
@example(Kind.NUMERIC, '{"value":"负","unit":"万","steps":{"1":"点"}}', Policy(), Decimal(1))
@example(Kind.FILL_IN, '{"1":"' + "9" * 5000 + '"}', Policy(), Decimal("0.01"))
def test_no_response_at_all_raises_and_every_mark_is_its_reasons(
    kind: Kind, raw: str, policy: Policy, maximum: Decimal
) -> None:
    mark = registry.mark(kind, *MADE[kind], raw, policy, maximum)
    assert 0 <= mark.points <= mark.maximum == maximum
    assert sum(reason.points for reason in mark.reasons) == mark.points
    assert mark.points == rounded(mark.points), "whole cents"
    assert all(reason.part and reason.text for reason in mark.reasons)
    assert mark == registry.mark(kind, *STORED[kind], raw, policy, maximum), "a pure function"
    registry.describe(kind, MADE[kind][0], raw)
    registry.shown(kind, raw)
    registry.reletter(kind, raw, {"A": "B", "B": "A"})
    registry.distractor_counts(kind, MADE[kind][0], [raw, None])


@given(
    kind=st.sampled_from(CHOICES),
    letters=st.permutations("ABCD").flatmap(
        lambda order: st.integers(0, 4).map(lambda size: list(order[:size]))
    ),
    policy=policies,
)
def test_the_order_of_the_letters_changes_nothing(
    kind: Kind, letters: list[str], policy: Policy
) -> None:
    straight = registry.mark(kind, *MADE[kind], json.dumps(sorted(letters)), policy, Decimal(3))
    assert registry.mark(kind, *MADE[kind], json.dumps(letters), policy, Decimal(3)) == straight


@given(
    kind=st.sampled_from([Kind.MULTIPLE_CHOICE, Kind.INDEFINITE_CHOICE]),
    chosen=st.sets(st.sampled_from("ABCD")),
    more=st.sampled_from("ABCD"),
    policy=policies,
    maximum=points,
)
def test_a_right_option_more_never_costs_and_a_wrong_one_never_pays(
    kind: Kind, chosen: set[str], more: str, policy: Policy, maximum: Decimal
) -> None:
    def won(letters: set[str]) -> Decimal:
        raw = json.dumps(sorted(letters))
        return registry.mark(kind, *MADE[kind], raw, policy, maximum).points

    if more in MADE[kind][1].letters:
        assert won(chosen | {more}) >= won(chosen)
    else:
        assert won(chosen | {more}) <= won(chosen - {more})


@given(order=st.permutations("ABCD"), kind=st.sampled_from(CHOICES), policy=policies)
def test_an_own_option_order_earns_the_same(order: list[str], kind: Kind, policy: Policy) -> None:
    mapping = dict(zip("ABCD", order, strict=True))
    shown_as = {own: letter for letter, own in mapping.items()}
    for raw in (FULL[kind], '["A"]', '["B"]', '["B","A"]'):
        seen = registry.reletter(kind, raw, shown_as)
        assert registry.reletter(kind, seen, mapping) == json.dumps(
            sorted(json.loads(raw)), separators=(",", ":")
        )
        plain = registry.mark(kind, *MADE[kind], raw, policy, Decimal(3))
        own = registry.displayed(kind, *MADE[kind], mapping)
        assert registry.mark(kind, *own, seen, policy, Decimal(3)).points == plain.points


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (Kind.SINGLE_CHOICE, '["A"]', '["C"]'),
        (Kind.MULTIPLE_CHOICE, '["A","B"]', '["A","C"]'),
        (Kind.MULTIPLE_CHOICE, '["A","Z"]', '["?","C"]'),
        (Kind.MULTIPLE_CHOICE, "[1]", "[1]"),
        (Kind.MULTIPLE_CHOICE, None, None),
        (Kind.MULTIPLE_CHOICE, "", ""),
        (Kind.FILL_IN, '{"1":"A"}', '{"1":"A"}'),
        (Kind.NUMERIC, '{"value":"5"}', '{"value":"5"}'),
    ],
)
def test_displayed_letters_become_the_banks(
    kind: Kind, raw: str | None, expected: str | None
) -> None:
    assert registry.reletter(kind, raw, {"A": "C", "B": "A", "C": "B"}) == expected


def test_a_letter_that_was_never_displayed_cannot_become_right() -> None:
    raw = registry.reletter(Kind.SINGLE_CHOICE, '["B"]', {"A": "B"})
    mark = registry.mark(Kind.SINGLE_CHOICE, *STORED[Kind.SINGLE_CHOICE], raw, Policy(), Decimal(1))
    assert mark.reasons[0].text == "答案无法识别"


def test_a_plain_form_is_read_by_position() -> None:
    form = {
        "q1": ["B", "A"],
        "q11": ["C"],
        "q2.1": ["五"],
        "q2.2": [""],
        "q3.value": ["216"],
        "q3.unit": [""],
        "q3.step1": ["18"],
        "csrf": ["x"],
    }
    assert registry.form_response(Kind.MULTIPLE_CHOICE, 1, form) == '["A","B"]'
    assert registry.form_response("fill_in", 2, form) == '{"1":"五"}'
    assert registry.form_response(Kind.NUMERIC, 3, form) == '{"value":"216","steps":{"1":"18"}}'
    assert registry.form_response(Kind.SINGLE_CHOICE, 4, form) is None


def test_templates_get_finished_values() -> None:
    assert registry.shown(Kind.MULTIPLE_CHOICE, '["C","A"]') == {"letters": ["A", "C"]}
    assert registry.shown(Kind.FILL_IN, "xx") == {"blanks": {}}
    assert registry.shown(Kind.NUMERIC, None) == {"value": "", "unit": "", "steps": {}}
    seen = registry.presented(Kind.SINGLE_CHOICE, STORED[Kind.SINGLE_CHOICE][0])
    assert seen["options"][0] == ("A", "甲")
    asked = registry.presented(Kind.NUMERIC, STORED[Kind.NUMERIC][0])
    assert asked["steps"] == [{"n": 1, "ask": "几日？", "unit": "日"}]


def test_unreadable_answers_are_counted_apart() -> None:
    raws = ['["A"]', None, "xx"]
    counts = registry.distractor_counts(Kind.TRUE_FALSE, STORED[Kind.TRUE_FALSE][0], raws)
    assert counts == {"A": 1, "B": 0, "未作答": 1, "答案无法识别": 1}


def test_every_kind_says_its_rule_in_words() -> None:
    sentences = {registry.in_words(kind, Policy()) for kind in Kind}
    assert len(sentences) == 6


@pytest.mark.parametrize("kind", ["essay", None, 3, "Kind.NUMERIC"])
def test_an_unknown_kind_is_told(kind: object) -> None:
    with pytest.raises(QuestionMalformed, match=r"kind|malformed") as refusal:
        registry.from_bank({"kind": kind, "stem": "?"})
    assert refusal.value.problems == (f"kind：没有“{kind}”这种题型",)


POOL: dict[Kind, list[str | None]] = {
    **{
        kind: [None, "xx", '["E"]']
        + [
            json.dumps([letter for bit, letter in enumerate("ABCD") if number >> bit & 1])
            for number in range(16)
        ]
        for kind in CHOICES
    },
    Kind.FILL_IN: [None, "xx"]
    + [
        json.dumps({"1": one, "2": two, "3": three})
        for one in ("五年", "3")
        for two in ("60日", "")
        for three in ("处罚法", "其他")
    ],
    Kind.NUMERIC: [None, "xx"]
    + [
        json.dumps({"value": value, "steps": {"1": step}})
        for value in ("216万", "72", "二百", "")
        for step in ("18", "6")
    ],
}


def test_on_100000_random_papers_the_parts_add_up_to_the_total_to_the_cent() -> None:
    """Six questions, one of each kind, 0.25 to 8 points, any policy, any answer of the pool."""
    hows = list(MultiplePolicy)
    policies = [Policy(one, other) for one in hows for other in hows]
    values = [Decimal(quarters) / 4 for quarters in range(1, 33)]
    seen = set()
    for paper in range(100_000):
        chance = sha256(f"paper {paper}".encode()).digest()
        policy = policies[chance[0] % 16]
        marks = []
        cents = 0
        for at, kind in enumerate(Kind):
            pool, maximum = POOL[kind], values[chance[2 * at + 1] % 32]
            raw = pool[chance[2 * at + 2] % len(pool)]
            mark = registry.mark(kind, *MADE[kind], raw, policy, maximum)
            marks.append(mark.points)
            cents += sum(int(reason.points * 100) for reason in mark.reasons)
        whole = total(marks)
        assert whole * 100 == cents
        assert rounded(whole) == whole
        seen.add(whole)
    assert len(seen) > 1000, "the papers must differ for this to say anything"


@pytest.mark.parametrize("kind", list(Kind))
def test_the_right_response_gets_every_point(kind: Kind) -> None:
    question = {"id": "x", "kind": kind.value, "stem": "题干"} | QUESTIONS[kind]
    content, key = registry.from_bank(question)
    raw = registry.right_response(kind, key)
    assert registry.mark(kind, content, key, raw, Policy(), Decimal(4)).points == 4
