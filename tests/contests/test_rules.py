import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contests.rules.checklist import (
    Facts,
    Step,
    StepState,
    checklist,
    next_step,
    progress,
)
from app.contests.rules.checks import Problem, validated
from app.contests.rules.contest_rules import (
    COUNTY_CHAIN,
    LEAVING_IS_FREE_FOR,
    ContestRules,
    CountyMethod,
    CountyRule,
    CountyTie,
    ExamRule,
    Measure,
    Numbers,
    PickRule,
    SwitchAway,
    TieStep,
    from_dict,
    to_dict,
)
from app.contests.rules.people import (
    CandidateState,
    Entered,
    late_number,
    next_reserve,
    numbers,
)
from app.contests.rules.presets import NATIONAL_WEEKLY, PRESETS, THEORY_ONLY, preset, tie_chain
from app.contests.rules.refusals import (
    CandidateTwiceInNumbering,
    EnteredTwice,
    NobodyToNumber,
    PresetMissing,
    RulesUnreadable,
)
from app.contests.rules.windows import Phase, Window, phase
from app.contests.rules.words import in_words, policy_choices, step_in_words
from app.draw.rules.record import NoReserveLeft
from app.kernel.canonical import canonical_json, digest
from app.question_types.policy import MultiplePolicy, Policy, sentence
from app.sitting.rules import course

RULES = ContestRules()
A, B, C = RULES.exams


def fields(rules: ContestRules) -> list[str]:
    return [problem.field for problem in validated(rules)]


# Declared rules: presets and data


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.name)
def test_every_preset_may_be_confirmed_as_it_is(each: Any) -> None:
    assert validated(each.rules) == []
    assert sum(each.rules.weights.values()) == 1
    assert set(each.minutes) == set(each.rules.weights)
    assert each.label
    assert each.hint


def test_the_default_is_forty_twenty_forty_and_looks_at_case_files_first() -> None:
    assert RULES.weights == {"A": Decimal("0.4"), "B": Decimal("0.2"), "C": Decimal("0.4")}
    assert [str(step) for step in RULES.tie_break] == [
        "total", "exam:C", "exam:B", "exam:A", "shorter_time", "fewer_violations",
    ]  # fmt: skip
    assert RULES.highest_total == 100
    assert (RULES.numbers.drawn, RULES.numbers.nominated, RULES.numbers.reserves) == (2, 1, 2)
    assert RULES.numbers.team == 3


def test_theory_only_is_one_exam_with_the_whole_weight() -> None:
    assert preset(THEORY_ONLY).rules.weights == {"A": Decimal(1)}


def test_the_weekly_test_takes_nothing_for_an_incomplete_choice() -> None:
    rules = preset(NATIONAL_WEEKLY).rules
    assert rules.policy.multiple_choice is MultiplePolicy.ALL_OR_NOTHING
    assert ("省赛选派", "本期不选派省赛人员。") in in_words(rules)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(PresetMissing):
        preset("nobody")


cents = st.integers(1, 100).map(lambda number: Decimal(number) / 100)
counts = st.integers(0, 9)
rules_of_any_kind = st.builds(
    ContestRules,
    exams=st.lists(
        st.builds(
            ExamRule,
            st.text("ABC1", min_size=1, max_size=4),
            st.text("法案卷", min_size=1, max_size=4),
            cents,
            st.sampled_from([Decimal(100), Decimal("100.00"), Decimal("1E+2"), Decimal("59.5")]),
        ),
        max_size=4,
    ).map(tuple),
    pass_line=cents,
    excellent_line=cents,
    tie_break=st.lists(
        st.sampled_from([*RULES.tie_break, TieStep(Measure.EXAM, "A1")]), max_size=5
    ).map(tuple),
    county=st.builds(
        CountyRule,
        st.sampled_from(CountyMethod),
        cents,
        cents,
        counts,
        st.booleans(),
        st.none() | cents,
        st.permutations(COUNTY_CHAIN).map(tuple),
    ),
    numbers=st.builds(Numbers, counts, counts, counts),
    pick=st.builds(PickRule, counts, counts, counts, st.none() | cents),
    policy=st.builds(
        Policy, st.sampled_from(MultiplePolicy), st.sampled_from(MultiplePolicy), cents, cents
    ),
    switch_away=st.sampled_from(SwitchAway),
    switch_away_limit=counts,
    appeal_days=counts,
    answer_days=counts,
)


@settings(max_examples=60)
@given(rules_of_any_kind)
def test_what_is_written_is_what_is_read(rules: ContestRules) -> None:
    assert from_dict(json.loads(canonical_json(to_dict(rules)))) == rules


@settings(max_examples=60)
@given(rules_of_any_kind)
def test_whatever_was_chosen_can_be_checked_and_put_in_words(rules: ContestRules) -> None:
    assert all(problem.field and problem.message for problem in validated(rules))
    assert all(heading and text.endswith("。") for heading, text in in_words(rules))


def test_equal_rules_have_one_hash_however_the_decimals_were_typed() -> None:
    typed = replace(RULES, pass_line=Decimal("60.00"), excellent_line=Decimal("8.5E+1"))
    assert digest(to_dict(typed)) == digest(to_dict(RULES))
    assert digest(to_dict(replace(RULES, pass_line=Decimal(61)))) != digest(to_dict(RULES))


BROKEN: dict[str, Any] = {
    "nothing": {},
    "another version": {**to_dict(RULES), "version": 2},
    "more than we know": {**to_dict(RULES), "bonus": "5"},
    "a missing choice": {key: value for key, value in to_dict(RULES).items() if key != "pick"},
    "a number for a decimal": {**to_dict(RULES), "pass_line": 60},
    "a decimal with a tail": {**to_dict(RULES), "pass_line": "60.00"},
    "not a number": {**to_dict(RULES), "pass_line": "NaN"},
    "an unknown step": {**to_dict(RULES), "tie_break": ["total", "luck"]},
    "a step that is no text": {**to_dict(RULES), "tie_break": [1]},
    "true for one day": {**to_dict(RULES), "appeal_days": True},
    "one for yes": {**to_dict(RULES), "county": {**to_dict(RULES)["county"], "attendance": 1}},
    "a list for the county": {**to_dict(RULES), "county": []},
}


@pytest.mark.parametrize("stored", BROKEN.values(), ids=BROKEN.keys())
def test_rules_that_this_version_did_not_write_are_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(RulesUnreadable):
        from_dict(stored)


# Declared rules: checks

CASES: list[tuple[str, ContestRules, list[str]]] = [
    ("no exams", replace(RULES, exams=()), ["exams"]),
    (
        "weights below one",
        replace(RULES, exams=(A, B, replace(C, weight=Decimal("0.3999")))),
        ["exams"],
    ),
    ("weights above one", replace(RULES, exams=(A, B, replace(C, weight=Decimal("0.4001")))),
     ["exams"]),
    ("a weight of nothing",
     replace(RULES, exams=(replace(A, weight=Decimal("0.6")), replace(B, weight=Decimal(0)), C)),
     ["exams.B.weight"]),
    ("a negative weight",
     replace(RULES, exams=(replace(A, weight=Decimal("0.8")), replace(B, weight=Decimal("-0.2")),
                           C)),
     ["exams.B.weight"]),
    ("a code used twice", replace(RULES, exams=(A, replace(B, code="A"), C)),
     ["exams.A", "tie_break"]),
    ("a small letter", replace(RULES, exams=(replace(A, code="a"), B, C)),
     ["exams.a", "tie_break"]),
    ("a code of nine", replace(preset(THEORY_ONLY).rules, exams=(
        ExamRule("A12345678", "理论", Decimal(1)),)), ["exams.A12345678"]),
    ("a code of eight", replace(preset(THEORY_ONLY).rules, exams=(
        ExamRule("A1234567", "理论", Decimal(1)),)), []),
    ("a title of spaces", replace(RULES, exams=(replace(A, title=" "), B, C)), ["exams.A.title"]),
    ("a title used twice", replace(RULES, exams=(A, replace(B, title=A.title), C)), ["exams"]),
    ("a full score of nothing", replace(RULES, exams=(replace(A, full=Decimal(0)), B, C)),
     ["exams.A.full", "excellent_line"]),
    ("no number", replace(RULES, exams=(replace(A, weight=Decimal("NaN")), B, C)),
     ["exams.A.weight"]),
    ("pass line of nothing", replace(RULES, pass_line=Decimal(0)), ["pass_line"]),
    ("excellent equals pass", replace(RULES, excellent_line=Decimal(60)), []),
    ("excellent below pass", replace(RULES, excellent_line=Decimal("59.99")), ["excellent_line"]),
    ("excellent is everything", replace(RULES, excellent_line=Decimal(100)), []),
    ("excellent is more", replace(RULES, excellent_line=Decimal("100.01")), ["excellent_line"]),
    ("no chain", replace(RULES, tie_break=()), ["tie_break"]),
    ("only the total", replace(RULES, tie_break=tie_chain()[:1]), []),
    ("the total second", replace(RULES, tie_break=tie_chain("A")[1:]), ["tie_break"]),
    ("a step twice", replace(RULES, tie_break=tie_chain("A", "A")), ["tie_break"]),
    ("an exam that is not held", replace(RULES, tie_break=tie_chain("D")), ["tie_break"]),
    ("a time with an exam",
     replace(RULES, tie_break=(TieStep(Measure.TOTAL), TieStep(Measure.SHORTER_TIME, "A"))),
     ["tie_break"]),
    ("groups that fit", replace(RULES, county=CountyRule(CountyMethod.WEIGHTED_GROUPS)), []),
    ("groups that do not",
     replace(RULES, county=CountyRule(CountyMethod.WEIGHTED_GROUPS, Decimal("0.7"))),
     ["county.drawn_weight"]),
    ("one group takes all",
     replace(RULES, county=CountyRule(CountyMethod.WEIGHTED_GROUPS, Decimal(1), Decimal(0))),
     ["county.drawn_weight", "county.nominated_weight"]),
    ("groups without nominations",
     replace(RULES, county=CountyRule(CountyMethod.WEIGHTED_GROUPS), numbers=Numbers(2, 0, 2)),
     ["county.method"]),
    ("weights that nobody uses", replace(RULES, county=CountyRule(drawn_weight=Decimal(3))), []),
    ("best three of three", replace(RULES, county=CountyRule(CountyMethod.BEST_N, best=3)), []),
    ("best four of three", replace(RULES, county=CountyRule(CountyMethod.BEST_N, best=4)),
     ["county.best"]),
    ("best none", replace(RULES, county=CountyRule(CountyMethod.BEST_N, best=0)),
     ["county.best"]),
    ("nothing converted", replace(RULES, county=CountyRule(full=None)), []),
    ("converted to nothing", replace(RULES, county=CountyRule(full=Decimal(0))), ["county.full"]),
    ("another county order",
     replace(RULES, county=CountyRule(tie_break=(CountyTie.BEST_PERSON,))), []),
    ("a county step twice",
     replace(RULES, county=CountyRule(tie_break=(CountyTie.BEST_PERSON,) * 2)),
     ["county.tie_break"]),
    ("nobody", replace(RULES, numbers=Numbers(0, 0, 0)), ["numbers.drawn"]),
    ("only the drawn", replace(RULES, numbers=Numbers(3, 0, 0)), []),
    ("reserves of no draw", replace(RULES, numbers=Numbers(0, 3, 1)), ["numbers.reserves"]),
    ("fifty", replace(RULES, numbers=Numbers(50, 1, 2)), []),
    ("fifty-one", replace(RULES, numbers=Numbers(51, 1, 2)), ["numbers.drawn"]),
    ("fewer than nobody", replace(RULES, numbers=Numbers(2, -1, 2)), ["numbers.nominated"]),
    ("nobody goes", replace(RULES, pick=PickRule(0, 0)), []),
    ("substitutes of nobody", replace(RULES, pick=PickRule(0, 1)), ["pick.substitutes"]),
    ("no county may send", replace(RULES, pick=PickRule(per_county=0)), ["pick.per_county"]),
    ("lowest is everything", replace(RULES, pick=PickRule(lowest=Decimal(100))), []),
    ("lowest is more", replace(RULES, pick=PickRule(lowest=Decimal("100.5"))), ["pick.lowest"]),
    ("a step of nothing", replace(RULES, policy=Policy(share_step=Decimal(0))),
     ["policy.share_step"]),
    ("a limit that nobody asks", replace(RULES, switch_away_limit=0), []),
    ("a limit of nothing", replace(RULES, switch_away=SwitchAway.ASK, switch_away_limit=0),
     ["switch_away_limit"]),
    ("a limit of one", replace(RULES, switch_away=SwitchAway.ASK, switch_away_limit=1), []),
    ("no day to appeal", replace(RULES, appeal_days=0), ["appeal_days"]),
    ("fifteen days", replace(RULES, appeal_days=15, answer_days=15), []),
    ("sixteen days", replace(RULES, answer_days=16), ["answer_days"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_wrong_is_said_at_its_field(rules: ContestRules, expected: list[str]) -> None:
    assert fields(rules) == expected


def test_a_wrong_sum_of_weights_says_by_how_much() -> None:
    rules = replace(RULES, exams=(A, B, replace(C, weight=Decimal("0.35"))))
    assert validated(rules) == [
        Problem("exams", "各科权重合计应为 100%，现在是 95%，还差 5%。"),
    ]


# Declared rules: words


def said(heading: str, **choices: Any) -> str:
    return dict(in_words(replace(RULES, **choices)))[heading]


WORDS: list[tuple[str, dict[str, Any], str]] = [
    ("科目与权重", {"exams": preset(THEORY_ONLY).rules.exams},
     "生态环境法律法规（满分100分，权重100%）。"),
    ("及格与优秀", {"pass_line": Decimal("60.50")},
     "总分60.5分以上（含）为及格，85分以上（含）为优秀。"),
    ("个人名次", {"tie_break": tie_chain("C", "A")},
     "按总分由高到低排列。总分相同的，依次比较：案卷评查成绩高者列前；生态环境法律法规成绩高者列前；"
     "用时短者列前；违规记录少者列前；仍相同的名次并列，下一名次空出。"),
    ("个人名次", {"tie_break": tie_chain()[:1]},
     "按总分由高到低排列。总分相同的，名次并列，下一名次空出。"),
    ("县区名次", {"county": CountyRule(tie_break=(CountyTie.LOWER_SPREAD,))},
     "成绩相同的，依次比较：个人总分最高与最低之差小者列前；"
     "仍相同的名次并列，下一名次空出。"),
    ("县区名次", {"county": CountyRule(tie_break=())},
     "成绩相同的，名次并列，下一名次空出。"),
    ("折算得分", {"county": CountyRule(full=Decimal("20.0"))},
     "折算得分＝县区成绩÷最高县区成绩×20，计入年度大练兵评比。"),
    ("省赛选派", {"pick": PickRule(4, 2, 2, Decimal("60.0"))},
     "从总分不低于60分的人员中按个人名次选派4人，替补2人依次递补；"
     "每县区选派与替补合计不超过2人，超出的由下一名次顺延并说明理由；"
     "名额边界上名次并列的，以加赛确定；缺考人员不选派。"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "choices", "expected"), WORDS)
def test_a_choice_is_put_in_words(heading: str, choices: dict[str, Any], expected: str) -> None:
    assert said(heading, **choices) == expected


@pytest.mark.parametrize(
    ("county", "expected"),
    [
        (CountyRule(), "计入人员（随机抽取和推荐合并）个人总分的平均数，按"),
        (CountyRule(attendance=True), "个人总分的平均数，再乘以出勤率，按"),
        (CountyRule(CountyMethod.WEIGHTED_GROUPS),
         "随机抽取人员均分×60%＋推荐人员均分×40%（一组无人计入的，取另一组均分），按"),
        (CountyRule(CountyMethod.BEST_N, best=2), "最高的2人的平均数（不足2人的按实有人数），按"),
        (CountyRule(CountyMethod.SUM), "计入人员个人总分之和，按"),
    ],
)  # fmt: skip
def test_the_county_score_is_put_in_words(county: CountyRule, expected: str) -> None:
    assert expected in said("县区成绩", county=county)
    assert county.method.label


def test_what_is_not_converted_is_not_spoken_of() -> None:
    assert "折算得分" not in dict(in_words(replace(RULES, county=CountyRule(full=None))))


def test_headings_stand_once() -> None:
    headings = [heading for heading, _ in in_words(RULES)]
    assert len(set(headings)) == len(headings) == 14


@pytest.mark.parametrize("policy", MultiplePolicy)
def test_the_sentence_about_choices_is_the_one_of_the_policy(policy: MultiplePolicy) -> None:
    rules = replace(RULES, policy=Policy(multiple_choice=policy))
    assert dict(in_words(rules))["多选题计分"] == sentence(policy)
    assert (policy, policy.label, sentence(policy)) in policy_choices(rules)


@pytest.mark.parametrize(
    ("policy", "says", "says_not"),
    [
        (SwitchAway.RECORD, "只作记录", "监考员"),
        (SwitchAway.TELL, "提示监考员", "5次"),
        (SwitchAway.ASK, "超过5次的，提请监考员决定", "只作记录"),
    ],
)
def test_leaving_the_page_is_never_decided_by_the_machine(
    policy: SwitchAway, says: str, says_not: str
) -> None:
    text = dict(in_words(replace(RULES, switch_away=policy)))["离开作答页面"]
    assert says in text
    assert says_not not in text
    assert "不超过3秒的不计" in text


def test_the_free_seconds_are_those_that_the_hall_counts() -> None:
    assert not course.counts_as_leaving(LEAVING_IS_FREE_FOR)
    assert course.counts_as_leaving(LEAVING_IS_FREE_FOR + 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Numbers(2, 1, 2), ["随机抽取2人、推荐1人，共3人", "不能既被抽取又被推荐", "替补2人"]),
        (Numbers(3, 0, 0), ["随机抽取3人，共3人"]),
        (Numbers(0, 3, 0), ["每个县（市、区）推荐3人，共3人参赛。"]),
    ],
)
def test_the_numbers_of_people_say_only_what_there_is(given: Numbers, expected: list[str]) -> None:
    text = dict(in_words(replace(RULES, numbers=given)))["参赛名额"]
    assert all(part in text for part in expected)
    assert ("替补" in text) == bool(given.reserves)
    assert ("又被推荐" in text) == bool(given.drawn and given.nominated)


def test_a_step_about_an_unknown_exam_is_named_by_its_code() -> None:
    assert step_in_words(TieStep(Measure.EXAM, "X"), RULES) == "X成绩高者列前"
    assert step_in_words(TieStep(Measure.TOTAL), RULES) == "总分高者列前"


# Windows

NOON = datetime(2026, 10, 22, 4, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
WINDOW = Window(NOON, NOON + 120 * MINUTE, 90 * MINUTE, 5 * MINUTE)


@pytest.mark.parametrize(
    ("boundary", "before", "after"),
    [
        (NOON - 30 * MINUTE, Phase.EARLY, Phase.SIGN_IN),
        (NOON, Phase.SIGN_IN, Phase.OPEN),
        (NOON + 120 * MINUTE, Phase.OPEN, Phase.SETTLING),
        (NOON + 125 * MINUTE, Phase.SETTLING, Phase.CLOSED),
    ],
)
def test_a_moment_equal_to_a_boundary_belongs_to_the_later_phase(
    boundary: datetime, before: Phase, after: Phase
) -> None:
    assert phase(WINDOW, boundary - TICK) is before
    assert phase(WINDOW, boundary) is after


def test_without_sign_in_and_grace_their_phases_have_no_moment() -> None:
    window = replace(WINDOW, grace=timedelta(0), sign_in_before=timedelta(0))
    assert phase(window, NOON - TICK) is Phase.EARLY
    assert phase(window, NOON) is Phase.OPEN
    assert phase(window, window.closes_at) is Phase.CLOSED


spans = st.timedeltas(timedelta(0), timedelta(hours=6))


@settings(max_examples=60)
@given(spans, spans, spans, st.lists(st.timedeltas(-2 * 360 * MINUTE, 3 * 360 * MINUTE)))
def test_phases_never_go_back(
    opened: timedelta, grace: timedelta, sign_in: timedelta, moments: list[timedelta]
) -> None:
    window = Window(NOON, NOON + opened, 90 * MINUTE, grace, sign_in)
    order = list(Phase)
    seen = [order.index(phase(window, NOON + moment)) for moment in sorted(moments)]
    assert seen == sorted(seen)


def test_the_last_full_start_leaves_exactly_the_length() -> None:
    assert WINDOW.closes_at - WINDOW.last_full_start == WINDOW.length


# People


def test_people_have_names_for_what_they_are_and_only_the_called_sit() -> None:
    assert [each.value for each in Entered] == ["draw", "nomination"]
    assert [each.value for each in CandidateState] == [
        "called",
        "reserve",
        "replaced",
        "on_leave",
    ]
    assert len({each.label for each in [*Entered, *CandidateState]}) == 6
    assert [each for each in CandidateState if each.sits] == [CandidateState.CALLED]


certificates = st.lists(st.text("0123456789", min_size=3, max_size=9), min_size=1, unique=True)


@settings(max_examples=60)
@given(certificates, st.randoms(use_true_random=False))
def test_numbers_are_unique_complete_and_indifferent_to_the_order_given(
    people: list[str], random: Any
) -> None:
    given_numbers = numbers("5eed", people, "BW")
    assert set(given_numbers) == set(people)
    assert sorted(given_numbers.values()) == [f"BW{n:03d}" for n in range(1, len(people) + 1)]
    shuffled = list(people)
    random.shuffle(shuffled)
    assert numbers("5eed", shuffled, "BW") == given_numbers


def test_numbers_follow_the_digest_that_anyone_can_compute() -> None:
    people = [f"5301{n:04d}" for n in range(20)]
    order = sorted(
        people,
        key=lambda who: hmac.new(
            b"5eed", b"biwu-candidate-numbers/1\n" + who.encode(), hashlib.sha256
        ).hexdigest(),
    )
    assert list(numbers("5eed", people, "")) == order
    assert order != people
    assert list(numbers("feed", people, "")) != order


@pytest.mark.parametrize(("people", "last"), [(999, "999"), (1000, "1000")])
def test_numbers_have_as_many_digits_as_the_last_one_needs(people: int, last: str) -> None:
    given_numbers = numbers("5eed", [str(n) for n in range(people)], "")
    assert list(given_numbers.values())[-1] == last
    assert {len(number) for number in given_numbers.values()} == {len(last)}


def test_a_person_is_numbered_once() -> None:
    with pytest.raises(CandidateTwiceInNumbering) as refused:
        numbers("5eed", ["1", "2", "1"], "BW")
    assert "1" in str(refused.value)
    with pytest.raises(NobodyToNumber):
        numbers("5eed", [], "BW")


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (set(), "BW001"),
        ({"BW001", "BW007"}, "BW008"),
        ({"BW999"}, "BW1000"),
        ({"BW0999"}, "BW1000"),
        ({"XX009"}, "BW001"),
        ({"BWA09", "BW²"}, "BW001"),
    ],
)
def test_a_late_number_is_above_all_that_were_given(taken: set[str], expected: str) -> None:
    assert late_number(taken, "BW") == expected


@pytest.mark.parametrize(
    ("used", "expected"), [(set(), 31), ({31}, 12), ({12}, 31), ({31, 12, 99}, 20)]
)
def test_the_next_reserve_is_the_first_in_the_order_of_the_draw(
    used: set[int], expected: int
) -> None:
    assert next_reserve([(5, 20), (3, 31), (4, 12)], used) == expected


@pytest.mark.parametrize(("reserves", "used"), [([], set()), ([(3, 31), (4, 12)], {12, 31})])
def test_when_the_reserves_are_used_up_it_is_said(
    reserves: list[tuple[int, int]], used: set[int]
) -> None:
    with pytest.raises(NoReserveLeft) as refused:
        next_reserve(reserves, used, "青岚县")
    assert "青岚县" in str(refused.value)


def test_a_refusal_reads_as_the_clerk_reads_it() -> None:
    refusal = EnteredTwice(name="李某", entered=Entered.DRAW.label)
    assert str(refusal) == "李某已经由随机抽取列入本期参赛名单，一个人不能列入两次。"


# Checklist

DONE = Facts(
    officers=320, roster_frozen=True, questions_usable=150, questions_needed=50, contest=True,
    rules_confirmed=True, draw_announced=True, draw_held=True, drawn_called=26, drawn_wanted=26,
    nominated=13, nominated_wanted=13, exams=2, papers_chosen=2, windows_set=2, published=2,
    candidates=39, tickets=39, closed=2, marked=2, released=True, circular_published=True,
)  # fmt: skip


def step(facts: Facts, code: str) -> Step:
    return next(each for each in checklist(facts) if each.code == code)


MISSING: list[tuple[Facts, str, str]] = [
    (replace(DONE, officers=0), "roster_imported", "还没有人员"),
    (replace(DONE, roster_frozen=False), "roster_frozen", "冻结"),
    (replace(DONE, questions_usable=49), "bank_ready", "还差 1 道"),
    (replace(DONE, questions_usable=0, questions_needed=0), "bank_ready", "还差 1 道"),
    (replace(DONE, rules_confirmed=False), "rules_confirmed", "确认公布"),
    (replace(DONE, contest=False), "rules_confirmed", "新建一期"),
    (replace(DONE, draw_announced=False), "draw_announced", "花名册哈希"),
    (replace(DONE, draw_held=False), "draw_held", "见证人"),
    (replace(DONE, drawn_called=25), "candidates_called", "抽取结果列入"),
    (replace(DONE, nominated=12), "candidates_called", "应推荐 13 人，还差 1 人"),
    (replace(DONE, draws=False, nominated_wanted=0, candidates=0), "candidates_called", "空的"),
    (replace(DONE, papers_chosen=1), "papers_chosen", "2 个科目中有 1 个还没有选定试卷"),
    (replace(DONE, windows_set=0), "windows_set", "2 个科目中有 2 个还没有安排"),
    (replace(DONE, published=1), "exams_published", "还没有发布"),
    (replace(DONE, tickets=38), "tickets_printed", "还有 1 人没有准考证"),
    (replace(DONE, closed=1), "exams_sat", "还没有考完"),
    (replace(DONE, marked=1), "exams_marked", "还没有阅卷"),
    (replace(DONE, exams=0), "papers_chosen", "还没有科目"),
    (replace(DONE, released=False), "results_released", "核对名次"),
    (replace(DONE, circular_published=False), "circular_published", "文号"),
]


@pytest.mark.parametrize(("facts", "code", "hint"), MISSING)
def test_the_first_missing_step_is_now_and_says_what_is_lacking(
    facts: Facts, code: str, hint: str
) -> None:
    now = next_step(checklist(facts))
    assert now is not None
    assert now.code == code
    assert hint in now.hint


def test_everything_done_leaves_no_next_step() -> None:
    steps = checklist(DONE)
    assert {each.state for each in steps} == {StepState.DONE}
    assert next_step(steps) is None
    assert progress(steps) == "共 15 步，已完成 15 步"


NOT_SAT = replace(DONE, closed=1, marked=0, released=False, circular_published=False)


@pytest.mark.parametrize(
    ("facts", "state", "hint", "counted"),
    [
        (NOT_SAT, StepState.SUGGESTED, "加一场演练", 15),
        (replace(NOT_SAT, rehearsals=1), StepState.SUGGESTED, "还没有人交卷", 15),
        (replace(NOT_SAT, rehearsals=1, rehearsed=1), StepState.DONE, "已有 1 人交卷", 16),
        (replace(DONE, rehearsals=1, rehearsed=39), StepState.DONE, "已有 39 人交卷", 16),
    ],
)
def test_a_rehearsal_is_suggested_and_holds_nothing_up(
    facts: Facts, state: StepState, hint: str, counted: int
) -> None:
    steps = checklist(facts)
    found = step(facts, "rehearsed")
    assert (found.state, hint in found.hint) == (state, True)
    now = next_step(steps)
    assert (now.code if now else None) == (None if facts.released else "exams_sat")
    assert progress(steps).startswith(f"共 {counted} 步")


def test_after_the_exams_nobody_is_told_that_there_was_no_rehearsal() -> None:
    assert [each for each in checklist(DONE) if each.code == "rehearsed"] == []


def test_a_step_done_out_of_order_stays_done() -> None:
    facts = Facts(questions_usable=150, questions_needed=50)
    assert step(facts, "roster_imported").state is StepState.NOW
    assert step(facts, "roster_frozen").state is StepState.LATER
    assert step(facts, "bank_ready").state is StepState.DONE


def test_a_contest_without_a_draw_has_no_steps_of_a_draw() -> None:
    codes = [each.code for each in checklist(replace(DONE, draws=False, draw_held=False))]
    assert not [code for code in codes if code.startswith("draw_")]
    assert len(codes) == 13
    assert next_step(checklist(replace(DONE, draws=False, draw_held=False))) is None


small = st.integers(0, 2)


@settings(max_examples=100)
@given(
    st.builds(
        Facts, small, st.booleans(), small, small, st.booleans(), st.booleans(), st.booleans(),
        st.booleans(), st.booleans(), small, small, small, small, small, small, small, small,
        small, small, small, small, st.booleans(), st.booleans(),
    )
)  # fmt: skip
def test_exactly_one_step_is_now_unless_all_are_done(facts: Facts) -> None:
    steps = checklist(facts)
    states = [each.state for each in steps]
    undone = [state for state in states if state in (StepState.NOW, StepState.LATER)]
    assert undone == [StepState.NOW, *[StepState.LATER] * (len(undone) - 1)][: len(undone)]
    assert all(each.hint.endswith("。") and "-" not in each.hint for each in steps)
    assert len({each.code for each in steps}) == len(steps)
