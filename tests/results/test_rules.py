import copy
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contests.rules.contest_rules import (
    ContestRules,
    CountyMethod,
    CountyRule,
    CountyTie,
    ExamRule,
    Measure,
    PickRule,
    TieStep,
)
from app.contests.rules.people import CandidateState, Entered
from app.kernel.canonical import canonical_json
from app.results.rules.counties import CountyPlaced, county_scores
from app.results.rules.entries import (
    Absence,
    AbsentWithScore,
    CandidateTwice,
    Entry,
    ScoreOutOfRange,
    ScoreUnknownExam,
    clock,
    spelled,
    total,
)
from app.results.rules.facts import Called, ContestFacts, DrawFacts
from app.results.rules.picks import PlayOffUnknown, pick
from app.results.rules.places import Placed, rank
from app.results.rules.releases import hashed, release
from app.results.rules.verification import verify_release

THEORY = ExamRule("A", "法律法规", Decimal("0.4"))
CASE = ExamRule("B", "案例分析", Decimal("0.2"))
FILE = ExamRule("C", "案卷评查", Decimal("0.4"))
CHAIN = (
    TieStep(Measure.TOTAL),
    TieStep(Measure.EXAM, "C"),
    TieStep(Measure.EXAM, "B"),
    TieStep(Measure.EXAM, "A"),
    TieStep(Measure.SHORTER_TIME),
    TieStep(Measure.FEWER_VIOLATIONS),
)
RULES = ContestRules(
    exams=(THEORY, CASE, FILE), tie_break=CHAIN, county=CountyRule(full=Decimal(20))
)
NAMES = {"01": "青岚县", "02": "白水县", "03": "东华区", "04": "南泽市"}


def entry(
    candidate: str,
    *scores: str,
    name: str = "",
    county: str = "01",
    entered: Entered = Entered.DRAW,
    absent: Absence = Absence.NONE,
    seconds: int = 0,
    violations: int = 0,
) -> Entry:
    return Entry(
        candidate=candidate,
        name=name or f"人{candidate}",
        county_code=county,
        county=NAMES[county],
        unit=f"{NAMES[county]}执法大队",
        entered=entered,
        scores=dict(zip("ABC", map(Decimal, scores), strict=False)),
        used_seconds=seconds,
        violations=violations,
        absent=absent,
    )


def flat(candidate: str, score: str, **more: Any) -> Entry:
    """Whose total is this score."""
    return entry(candidate, score, score, score, **more)


def places(placed: Iterable[Placed]) -> list[tuple[str, int | None]]:
    return [(each.entry.candidate, each.place) for each in placed]


def scored(people: Iterable[Entry], **rule: Any) -> dict[str, CountyPlaced]:
    rules = ContestRules(RULES.exams, tie_break=CHAIN, county=CountyRule(**{"full": None, **rule}))
    return {county.code: county for county in county_scores(rank(people, rules), rules)}


# Totals


def test_a_total_is_rounded_once_from_exact_scores() -> None:
    third = Decimal(100) / Decimal(3)
    line = Entry("1", "甲", "01", "青岚县", "", Entered.DRAW, dict.fromkeys("ABC", third))
    assert total(line, dict.fromkeys("ABC", Decimal(1))) == Decimal("100.00")


@pytest.mark.parametrize(
    ("score", "shown"), [("86.0124", "34.40"), ("86.0125", "34.41"), ("86.0126", "34.41")]
)
def test_half_a_cent_goes_up(score: str, shown: str) -> None:
    assert total(entry("1", score), {"A": Decimal("0.4")}) == Decimal(shown)


def test_an_exam_that_was_not_sat_counts_nothing() -> None:
    assert total(entry("1", "100"), RULES.weights) == Decimal("40.00")


@pytest.mark.parametrize(
    ("people", "refusal"),
    [
        ([flat("1", "1"), flat("1", "2")], CandidateTwice),
        ([entry("1", "100.01")], ScoreOutOfRange),
        ([entry("1", "-0.01")], ScoreOutOfRange),
        ([entry("1", "0", absent=Absence.LEAVE)], AbsentWithScore),
        (
            [Entry("1", "甲", "01", "青岚县", "", Entered.DRAW, {"X": Decimal(1)})],
            ScoreUnknownExam,
        ),
    ],
)
def test_what_cannot_be_a_result_is_refused(people: list[Entry], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rank(people, RULES)


def test_the_whole_range_of_a_score_is_allowed() -> None:
    assert places(rank([flat("1", "0"), flat("2", "100")], RULES)) == [("2", 1), ("1", 2)]


# Places


def test_two_equal_scores_share_the_place_and_the_next_is_skipped() -> None:
    placed = rank([flat("3", "70"), flat("2", "80"), flat("1", "80")], RULES)
    assert places(placed) == [("1", 1), ("2", 1), ("3", 3)]
    assert [each.why for each in placed] == [
        "与人2总分（80.00）及各项同分排序依据均相同，名次并列",
        "与人1总分（80.00）及各项同分排序依据均相同，名次并列",
        "",
    ]


TIES: list[tuple[Mapping[str, Any], Mapping[str, Any], str]] = [
    (
        {"scores": ("80", "80", "80.5")},
        {"scores": ("80.5", "80", "80")},
        "案卷评查成绩高者列前，本人80.50分、对方80.00分",
    ),
    (
        {"scores": ("80", "82", "80")},
        {"scores": ("81", "80", "80")},
        "案例分析成绩高者列前，本人82.00分、对方80.00分",
    ),
    (
        {"scores": ("80", "80", "80"), "seconds": 3599, "violations": 9},
        {"scores": ("80", "80", "80"), "seconds": 3600},
        "用时短者列前，本人59分59秒、对方60分00秒",
    ),
    (
        {"scores": ("80", "80", "80"), "violations": 1},
        {"scores": ("80", "80", "80"), "violations": 2},
        "违规记录少者列前，本人1次、对方2次",
    ),
]


@pytest.mark.parametrize(("ahead", "behind", "why"), TIES)
def test_each_step_of_the_chain_decides_and_says_so(
    ahead: Mapping[str, Any], behind: Mapping[str, Any], why: str
) -> None:
    def person(candidate: str, facts: Mapping[str, Any]) -> Entry:
        return entry(candidate, *facts["scores"], **{k: facts[k] for k in facts if k != "scores"})

    placed = rank([person("1", behind), person("2", ahead)], RULES)
    assert places(placed) == [("2", 1), ("1", 2)]
    assert placed[0].why == f"与人1总分相同（{placed[0].total}），{why}，列前"
    assert placed[1].why.startswith(f"与人2总分相同（{placed[1].total}），")
    assert placed[1].why.endswith("，列后")


def test_of_three_level_people_two_may_share_and_each_knows_why() -> None:
    placed = rank(
        [flat("1", "80", seconds=9), flat("2", "80", seconds=9), flat("3", "80", seconds=8)], RULES
    )
    assert places(placed) == [("3", 1), ("1", 2), ("2", 2)]
    assert "名次并列；与人3总分相同" in placed[1].why
    assert "与人1总分相同" in placed[0].why


def test_namesakes_are_told_apart_by_number() -> None:
    placed = rank([flat("1", "80", name="王伟"), flat("2", "80", name="王伟")], RULES)
    assert "与王伟（2）总分" in placed[0].why


def test_what_is_shown_equal_is_treated_as_equal() -> None:
    """86.001 and 86.004 both read 86.00: the invisible difference must not decide."""
    placed = rank([entry("1", "0", "0", "86.004"), entry("2", "0", "0", "86.001")], RULES)
    assert places(placed) == [("1", 1), ("2", 1)]


def test_the_absent_have_no_place_and_stand_at_the_end() -> None:
    placed = rank(
        [
            entry("1", absent=Absence.LEAVE),
            entry("2", absent=Absence.WITHOUT_LEAVE),
            flat("3", "0"),
        ],
        RULES,
    )
    assert places(placed) == [("3", 1), ("2", None), ("1", None)]
    assert [each.total for each in placed] == [Decimal("0.00"), Decimal("0.00"), None]


# Counties


def test_a_county_score_is_worked_out_in_full() -> None:
    people = [
        flat("1", "86.5"),
        entry("2", absent=Absence.WITHOUT_LEAVE),
        flat("3", "79.25", entered=Entered.NOMINATION),
        entry("4", absent=Absence.LEAVE),
    ]
    county = scored(people, full=Decimal(20))["01"]
    assert county.worked == "(86.50＋79.25＋0.00)÷3＝55.25"
    assert county.score == Decimal("55.25")
    assert (county.called, county.counted) == (4, 3)
    assert (county.mean_drawn, county.mean_nominated) == (Decimal("43.25"), Decimal("79.25"))
    assert (county.best, county.spread) == (Decimal("86.50"), Decimal("86.50"))
    assert county.exam_means[0] == ("A", Decimal("55.25"))
    assert county.converted == Decimal("20.00")
    assert county.remark == "人2无故缺考，按0分计入；人4经批准请假，不计入"


PEOPLE = [
    flat("1", "90"),
    flat("2", "80"),
    flat("3", "71", entered=Entered.NOMINATION),
    entry("4", absent=Absence.WITHOUT_LEAVE),
]


@pytest.mark.parametrize(
    ("rule", "worked"),
    [
        ({}, "(90.00＋80.00＋71.00＋0.00)÷4＝60.25"),
        ({"method": CountyMethod.SUM}, "90.00＋80.00＋71.00＋0.00＝241.00"),
        ({"method": CountyMethod.BEST_N, "best": 2}, "(90.00＋80.00)÷2＝85.00"),
        ({"method": CountyMethod.BEST_N, "best": 9}, "(90.00＋80.00＋71.00＋0.00)÷4＝60.25"),
        (
            {"method": CountyMethod.WEIGHTED_GROUPS},
            "(90.00＋80.00＋0.00)÷3×60%＋71.00÷1×40%＝62.40",
        ),
        ({"attendance": True}, "(90.00＋80.00＋71.00＋0.00)÷4×(3÷4)≈45.19"),
    ],
)
def test_the_variants_of_the_county_rule(rule: dict[str, Any], worked: str) -> None:
    county = scored(PEOPLE, **rule)["01"]
    assert county.worked == worked
    assert str(county.score) == worked.rpartition("＝")[2].rpartition("≈")[2]


def test_a_group_that_is_all_on_leave_punishes_nobody() -> None:
    people = [flat("1", "90"), entry("2", entered=Entered.NOMINATION, absent=Absence.LEAVE)]
    assert scored(people, method=CountyMethod.WEIGHTED_GROUPS)["01"].worked == "90.00÷1＝90.00"


def test_half_a_cent_is_exact_although_a_factor_in_between_has_no_end() -> None:
    """(0.10 ÷ 6) × 0.30 is exactly half a cent; with a rounding in between it gets lost."""
    people = [flat("1", "0.10"), *(flat(str(n), "0") for n in range(2, 7))]
    people.append(flat("9", "0", entered=Entered.NOMINATION))
    rule = {"drawn_weight": Decimal("0.3"), "nominated_weight": Decimal("0.7")}
    assert scored(people, method=CountyMethod.WEIGHTED_GROUPS, **rule)["01"].score == Decimal(
        "0.01"
    )


def test_a_county_whose_people_are_all_on_leave_has_no_score_and_no_place() -> None:
    counties = county_scores(
        rank([entry("1", absent=Absence.LEAVE), flat("2", "0", county="02")], RULES), RULES
    )
    assert [(c.code, c.place, c.score) for c in counties] == [
        ("02", 1, Decimal("0.00")),
        ("01", None, None),
    ]
    assert counties[1].worked == "没有计入成绩的人员，不排名"
    assert counties[0].converted == Decimal("0.00")


def test_the_converted_score_is_measured_by_the_best_county() -> None:
    people = [flat("1", "81.33"), flat("2", "55.25", county="02")]
    counties = scored(people, full=Decimal(20))
    assert counties["02"].worked_converted == "55.25÷81.33×20≈13.59"
    assert counties["01"].worked_converted == "81.33÷81.33×20＝20.00"
    assert scored(people)["01"].converted is None


NOMINATED = Entered.NOMINATION
COUNTY_TIES = [
    (  # mean of the drawn
        [flat("1", "82"), flat("2", "78", entered=NOMINATED)],
        [flat("3", "78", county="02"), flat("4", "82", county="02", entered=NOMINATED)],
        "随机抽取人员均分高者列前，本县区82.00、对方78.00",
    ),
    (  # best individual
        [flat("1", "85"), flat("2", "75")],
        [flat("3", "84", county="02"), flat("4", "76", county="02")],
        "个人最高总分高者列前，本县区85.00、对方84.00",
    ),
    (  # lower spread
        [flat("1", "90"), flat("2", "75"), flat("5", "75")],
        [flat("3", "90", county="02"), flat("4", "80", county="02"), flat("6", "70", county="02")],
        "个人总分最高与最低之差小者列前，本县区15.00、对方20.00",
    ),
]


@pytest.mark.parametrize(("ahead", "behind", "why"), COUNTY_TIES)
def test_level_counties_are_told_apart_by_their_chain(
    ahead: list[Entry], behind: list[Entry], why: str
) -> None:
    first, second = county_scores(rank([*behind, *ahead], RULES), RULES)
    assert (first.code, first.place, second.place) == ("01", 1, 2)
    assert first.remark == f"与白水县成绩相同（{first.score}），{why}，列前"
    assert second.remark.endswith("，列后")


def test_counties_are_told_apart_by_the_chain_that_was_declared_and_no_other() -> None:
    spread_only = CountyRule(tie_break=(CountyTie.LOWER_SPREAD,))
    rules = ContestRules(RULES.exams, tie_break=CHAIN, county=spread_only)
    people = [
        *(flat("1", "90"), flat("2", "70", entered=NOMINATED)),
        *(flat("3", "79", county="02"), flat("4", "81", county="02", entered=NOMINATED)),
    ]
    first, second = county_scores(rank(people, rules), rules)
    assert (first.code, second.code) == ("02", "01")
    assert "最高与最低之差小者列前" in first.remark
    bare = ContestRules(RULES.exams, tie_break=CHAIN, county=CountyRule(tie_break=()))
    both = county_scores(rank(people, bare), bare)
    assert [county.place for county in both] == [1, 1]
    assert "成绩（80.00）均相同，名次并列" in both[0].remark


def test_counties_level_in_everything_share_the_place_and_the_next_is_skipped() -> None:
    people = [flat("1", "80"), flat("2", "80", county="02"), flat("3", "70", county="03")]
    counties = county_scores(rank(people, RULES), RULES)
    assert [(c.code, c.place) for c in counties] == [("01", 1), ("02", 1), ("03", 3)]
    assert counties[0].remark == "与白水县成绩（80.00）及各项排序依据均相同，名次并列"
    assert counties[2].remark == ""


# Picks


def ranked(*scores: tuple[str, str], rules: ContestRules = RULES) -> list[Placed]:
    people = [flat(f"{n:02d}", s, county=c) for n, (s, c) in enumerate(scores, 1)]
    return rank(people, rules)


def test_a_third_of_one_county_is_passed_over_with_the_reason() -> None:
    placed = ranked(*[(str(s), "01") for s in (99, 98, 97)], ("96", "02"), ("95", "03"))
    picks = pick(placed, PickRule(seats=3, substitutes=1))
    assert [each.candidate for each in picks.picked] == ["01", "02", "04"]
    assert [(s.candidate, s.why) for s in picks.skipped] == [
        ("03", "第3名，但青岚县入选和替补已满2人（每县区上限）")
    ]
    assert [(each.candidate, each.order, each.why) for each in picks.substitutes] == [
        ("05", 1, "第5名")
    ]


def test_the_cap_holds_whoever_steps_in() -> None:
    placed = ranked(("99", "01"), ("98", "02"), ("97", "01"), ("96", "01"), ("95", "03"))
    picks = pick(placed, PickRule(seats=2, substitutes=2))
    assert [each.candidate for each in picks.substitutes] == ["03", "05"]


def test_a_true_tie_at_the_border_chooses_nobody() -> None:
    placed = ranked(("99", "01"), ("90", "02"), ("90", "03"), ("80", "04"))
    picks = pick(placed, PickRule(seats=2, substitutes=2))
    assert [each.candidate for each in picks.picked] == ["01"]
    assert [(p.candidates, p.seats, p.substitutes) for p in picks.play_offs] == [
        (("02", "03"), 1, 1)
    ]
    assert picks.play_offs[0].why == (
        "人02、人03并列第2名，各项同分排序依据均相同，须加赛确定选派1人、替补1人"
    )
    assert [each.candidate for each in picks.substitutes] == ["04"]
    assert [picks.state(c) for c in ("01", "02", "03", "04", "05")] == [
        "picked",
        "play_off",
        "play_off",
        "substitute",
        None,
    ]


def test_a_play_off_that_was_held_decides_the_border() -> None:
    placed = ranked(("99", "01"), ("90", "02"), ("90", "03"), ("80", "04"))
    picks = pick(placed, PickRule(seats=2, substitutes=2), play_off=["03", "02"])
    assert [(each.candidate, each.why) for each in picks.picked][1] == (
        "03",
        "并列第2名，加赛列第1",
    )
    assert [each.candidate for each in picks.substitutes] == ["02", "04"]
    assert picks.play_offs == ()


def test_a_play_off_cannot_lift_anyone_over_a_better_place() -> None:
    placed = ranked(("99", "01"), ("90", "02"), ("80", "03"))
    picks = pick(placed, PickRule(seats=1, substitutes=0), play_off=["03", "02"])
    assert [each.candidate for each in picks.picked] == ["01"]


@pytest.mark.parametrize("order", [["99"], ["01", "01"]])
def test_a_play_off_of_strangers_is_refused(order: list[str]) -> None:
    with pytest.raises(PlayOffUnknown):
        pick(ranked(("99", "01")), PickRule(), play_off=order)


def test_a_tie_inside_the_seats_is_no_tie_at_the_border() -> None:
    picks = pick(ranked(("90", "01"), ("90", "02"), ("80", "03")), PickRule(2, 1))
    assert [(each.candidate, each.order) for each in picks.picked] == [("01", 1), ("02", 1)]
    assert picks.play_offs == ()


def test_two_of_one_county_who_share_its_last_room_play_for_it() -> None:
    placed = ranked(("99", "01"), ("90", "01"), ("90", "01"), ("90", "02"), ("80", "03"))
    picks = pick(placed, PickRule(seats=4, substitutes=1))
    assert [each.candidate for each in picks.picked] == ["01", "04", "05"]
    assert [(p.candidates, p.seats) for p in picks.play_offs] == [(("02", "03"), 1)]


def test_where_nobody_is_picked_nobody_stands_by() -> None:
    picks = pick(ranked(("99", "01"), ("90", "02")), PickRule(seats=0, substitutes=2))
    assert (picks.picked, picks.substitutes, picks.play_offs) == ((), (), ())


def test_a_tie_for_the_last_substitute_is_named_too() -> None:
    picks = pick(ranked(("99", "01"), ("90", "02"), ("90", "03")), PickRule(1, 1))
    assert [(p.candidates, p.seats, p.substitutes) for p in picks.play_offs] == [
        (("02", "03"), 0, 1)
    ]


def test_the_absent_are_never_picked_even_if_seats_stay_empty() -> None:
    people = [flat("1", "60"), *(entry(str(n), absent=Absence.WITHOUT_LEAVE) for n in range(2, 9))]
    picks = pick(rank(people, RULES), PickRule())
    assert [each.candidate for each in (*picks.picked, *picks.substitutes)] == ["1"]


@pytest.mark.parametrize(("score", "taken"), [("60.00", 1), ("59.99", 0)])
def test_a_lowest_total_holds_on_both_sides(score: str, taken: int) -> None:
    picks = pick(ranked((score, "01")), PickRule(lowest=Decimal(60)))
    assert len(picks.picked) == taken


# Properties

cents = st.integers(0, 8).map(lambda n: Decimal(n) / 2 + 60)
absences = st.sampled_from([*([Absence.NONE] * 6), Absence.LEAVE, Absence.WITHOUT_LEAVE])


@st.composite
def contests(draw: st.DrawFn) -> list[Entry]:
    people = []
    for number in range(draw(st.integers(1, 14))):
        absent = draw(absences)
        scores = {} if absent is not Absence.NONE else {code: draw(cents) for code in "ABC"}
        county = draw(st.sampled_from(sorted(NAMES)))
        people.append(
            Entry(
                candidate=f"{number:03d}",
                name=f"人{number}",
                county_code=county,
                county=NAMES[county],
                unit="大队",
                entered=draw(st.sampled_from(Entered)),
                scores=scores,
                used_seconds=draw(st.integers(0, 3)) * 60,
                violations=draw(st.integers(0, 1)),
                absent=absent,
            )
        )
    return people


@given(contests(), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_entries_makes_no_difference(
    people: list[Entry], rnd: random.Random
) -> None:
    shuffled = list(people)
    rnd.shuffle(shuffled)
    assert rank(shuffled, RULES) == rank(people, RULES)
    assert county_scores(rank(shuffled, RULES), RULES) == county_scores(rank(people, RULES), RULES)


@given(contests())
@settings(max_examples=80, deadline=None)
def test_a_place_is_one_more_than_the_number_of_those_ahead(people: list[Entry]) -> None:
    placed = rank(people, RULES)
    assert len(placed) == len(people)
    ordered = [each for each in placed if each.place is not None]
    assert placed[: len(ordered)] == ordered
    for each in ordered:
        ahead = [other for other in ordered if _naive(other.entry) > _naive(each.entry)]
        assert each.place == len(ahead) + 1
        level = [other for other in ordered if other.total == each.total]
        assert bool(each.why) == (len(level) > 1)
    totals = [each.total for each in ordered if each.total is not None]
    assert totals == sorted(totals, reverse=True)


def _naive(entry: Entry) -> tuple[Fraction, ...]:
    a, b, c = (Fraction(entry.scores[code]) for code in "ABC")
    whole = a * 4 / 10 + b * 2 / 10 + c * 4 / 10
    return (whole, c, b, a, Fraction(-entry.used_seconds), Fraction(-entry.violations))


@given(contests(), st.integers(0, 13), cents)
@settings(max_examples=60, deadline=None)
def test_a_better_score_never_gives_a_worse_place(
    people: list[Entry], index: int, score: Decimal
) -> None:
    person = people[index % len(people)]
    if person.absent is not Absence.NONE:
        return
    better = {**person.scores, "A": max(person.scores["A"], score)}
    others = [each for each in people if each is not person]
    raised = Entry(
        **{name: getattr(person, name) for name in Entry.__slots__ if name != "scores"},
        scores=better,
    )
    before = dict(places(rank(people, RULES)))[person.candidate]
    after = dict(places(rank([*others, raised], RULES)))[person.candidate]
    assert before is not None
    assert after is not None
    assert after <= before


@given(contests(), st.integers(0, 5), st.integers(0, 3), st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_picks_never_exceed_the_seats_or_the_cap(
    people: list[Entry], seats: int, substitutes: int, cap: int
) -> None:
    rule = PickRule(seats, substitutes, cap)
    placed = rank(people, RULES)
    first = pick(placed, rule)
    order = [candidate for tie in first.play_offs for candidate in tie.candidates]
    decided = pick(placed, rule, play_off=order)
    assert decided.play_offs == () or set(order) != {
        candidate for tie in decided.play_offs for candidate in tie.candidates
    }
    ranks = dict(places(placed))
    county = {each.candidate: each.county_code for each in people}
    for picks in (first, decided):
        assert len(picks.picked) + sum(tie.seats for tie in picks.play_offs) <= seats
        assert len(picks.substitutes) + sum(t.substitutes for t in picks.play_offs) <= substitutes
        taken = [each.candidate for each in (*picks.picked, *picks.substitutes)]
        assert all(n <= cap for n in Counter(county[candidate] for candidate in taken).values())
        assert all(ranks[candidate] is not None for candidate in taken)
        assert len(set(taken)) == len(taken)
        passed = {each.candidate for each in picks.skipped} | {
            candidate for tie in picks.play_offs for candidate in tie.candidates
        }
        for candidate in taken:  # nobody better was left out without a word
            for other, place in ranks.items():
                if place is not None and place < (ranks[candidate] or 0):
                    assert other in taken or other in passed


@given(contests(), st.sampled_from(CountyMethod))
@settings(max_examples=80, deadline=None)
def test_the_shown_parts_give_the_shown_county_score(
    people: list[Entry], method: CountyMethod
) -> None:
    """The worked sentence is evaluated as a reader would do it, from the printed text alone."""
    for county in scored(people, method=method, best=2, full=Decimal(20)).values():
        for worked in filter(None, (county.worked, county.worked_converted)):
            if worked.startswith(("没有", "最高")):
                continue
            left, right = worked.replace("≈", "＝").split("＝")
            assert _by_hand(left) == Fraction(right)


def _by_hand(text: str) -> Fraction:
    import re

    code = re.sub(r"(\d+(?:\.\d+)?)%", r"(\1÷100)", text)
    code = re.sub(r"\d+(?:\.\d+)?", lambda m: f"F('{m[0]}')", code)
    code = code.replace("＋", "+").replace("÷", "/").replace("×", "*")
    value = eval(code, {"F": Fraction, "__builtins__": {}})
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)


# Releases

CONTEST = ContestFacts("执法比武", 2026, 2, date(2026, 11, 20), date(2026, 11, 20))
AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CROWD = [
    entry("001", "90", "85", "88.5", seconds=3000),
    entry("002", "88", "85", "88.5", county="02", entered=Entered.NOMINATION),
    entry("003", "88", "85", "88.5", county="03", seconds=1),
    entry("004", absent=Absence.WITHOUT_LEAVE),
    entry("005", absent=Absence.LEAVE, county="02"),
    entry("006", "33.3333333333", "85", county="03"),
]


def made(people: Iterable[Entry] = CROWD, **more: Any) -> dict[str, Any]:
    return release(people, number="2026-2-1", contest=CONTEST, rules=RULES, released_at=AT, **more)


FULL = made(
    calls=[
        Called("01", "青岚县", "人001", "云A**01", Entered.DRAW, CandidateState.CALLED, 1, "001"),
        Called("01", "青岚县", "人099", "云A**99", Entered.DRAW, CandidateState.RESERVE, 2),
    ],
    draw=DrawFacts("a" * 64, "b" * 64, "c" * 64, date(2026, 11, 13), ("市纪检组",)),
    evidence={"papers": ["d" * 64]},
)


def test_a_release_has_the_shape_that_others_read() -> None:
    assert {"release", "hash", "contest", "rules", "counties", "candidates"} <= FULL.keys()
    first = FULL["candidates"][0]
    assert {k: first[k] for k in ("candidate", "name", "county", "entered", "place", "pick")} == {
        "candidate": "001",
        "name": "人001",
        "county": "青岚县",
        "entered": "draw",
        "place": 1,
        "pick": "picked",
    }
    assert first["exams"][2] == {"exam": "C", "score": "88.50", "sat": True}
    assert (first["total"], first["absent"]) == ("88.40", None)
    assert FULL["candidates"][3]["exams"][0]["score"] == "33.3333333333"
    assert FULL["candidates"][3]["exams"][2] == {"exam": "C", "score": "0.00", "sat": False}
    by_number = {line["candidate"]: line for line in FULL["candidates"]}
    assert (by_number["004"]["total"], by_number["004"]["absent"]) == ("0.00", "without_leave")
    assert (by_number["005"]["total"], by_number["005"]["absent"]) == (None, "leave")
    assert [(c["county"], c["place"], c["county_score"]) for c in FULL["counties"]] == [
        ("白水县", 1, "87.60"),
        ("东华区", 2, "58.97"),
        ("青岚县", 3, "44.20"),
    ]


def test_two_releases_of_the_same_facts_are_the_same_bytes() -> None:
    assert canonical_json(made(reversed(CROWD))) == canonical_json(made())


def test_violations_are_published_only_where_a_place_hangs_on_them() -> None:
    assert all("violations" in line for line in FULL["candidates"])
    quiet = ContestRules(RULES.exams, tie_break=CHAIN[:4])
    lines = release(CROWD, number="1", contest=CONTEST, rules=quiet, released_at=AT)["candidates"]
    assert not any("violations" in line for line in lines)


def test_a_true_release_is_verified() -> None:
    assert verify_release(FULL) == []


TAMPERED = [
    (("candidates", 0, "total"), "88.41", "candidates/001/total"),
    (("candidates", 0, "place"), 2, "candidates/001/place"),
    (("candidates", 0, "pick"), None, "candidates/001/pick"),
    (("candidates", 0, "why"), "因表现突出", "candidates/001/why"),
    (("counties", 0, "county_score"), "87.61", "counties/白水县/county_score"),
    (("counties", 0, "place"), 3, "counties/白水县/place"),
    (("counties", 0, "converted"), "19.99", "counties/白水县/converted"),
    (("counties", 0, "worked"), "x", "counties/白水县/worked"),
    (("rules", "words", 0, "text"), "随意", "rules/words/1/text"),
    (("picks", "picked", 0, "order"), 9, "picks/picked/001/order"),
]


@pytest.mark.parametrize(("path", "value", "where"), TAMPERED, ids=lambda x: str(x)[:40])
def test_a_false_number_is_found_even_under_a_fresh_hash(
    path: tuple[str | int, ...], value: object, where: str
) -> None:
    forged = copy.deepcopy(FULL)
    at: Any = forged
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    assert [d.where for d in verify_release(forged)] == ["hash", where]
    forged["hash"] = hashed(forged)
    assert [d.where for d in verify_release(forged)] == [where]


def test_a_changed_exam_score_pulls_total_and_county_after_it() -> None:
    forged = copy.deepcopy(FULL)
    forged["candidates"][3]["exams"][1]["score"] = "95.00"
    forged["hash"] = hashed(forged)
    found = {d.where for d in verify_release(forged)}
    assert "candidates/006/total" in found
    assert "counties/东华区/county_score" in found


def test_evidence_is_covered_by_the_hash() -> None:
    forged = copy.deepcopy(FULL)
    forged["evidence"]["papers"] = []
    assert [d.where for d in verify_release(forged)] == ["hash"]


def test_a_candidate_who_was_dropped_is_missed() -> None:
    forged = copy.deepcopy(FULL)
    del forged["candidates"][1]
    forged["hash"] = hashed(forged)
    assert "counties/东华区/counted" in {d.where for d in verify_release(forged)}


BROKEN: list[Any] = [
    {},
    {"hash": ""},
    {**FULL, "candidates": None},
    {**FULL, "candidates": [*FULL["candidates"], FULL["candidates"][0]]},
    {**FULL, "rules": {**FULL["rules"], "exams": []}},
    {**FULL, "rules": {**FULL["rules"], "tie_break": ["exam:Z"]}},
    {**FULL, "released_at": 1.5},
    {
        **FULL,
        "candidates": [
            {**FULL["candidates"][0], "exams": [{"exam": "A", "score": "NaN", "sat": True}]}
        ],
    },
]


@pytest.mark.parametrize("given", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_a_finding_and_not_a_crash(given: Any) -> None:
    assert verify_release(given) != []


@given(contests())
@settings(max_examples=40, deadline=None)
def test_every_release_verifies(people: list[Entry]) -> None:
    assert verify_release(made(people)) == []


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (spelled(Decimal("1E+2")), "100.00"),
        (spelled(Decimal("0.4")), "0.40"),
        (spelled(Decimal("86.6250")), "86.625"),
        (clock(59), "0分59秒"),
    ],
)
def test_numbers_are_spelled_for_people(said: str, text: str) -> None:
    assert said == text
