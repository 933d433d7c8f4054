"""What is wrong with declared rules, said before they are confirmed (规则核对)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.contests.rules.contest_rules import (
    ContestRules,
    CountyMethod,
    Measure,
    SwitchAway,
)
from app.question_types.marks import plain

EXAM_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}")
LONGEST_TITLE = 128
MOST_EXAMS = 8
MOST_PEOPLE = 50
LONGEST_DAYS = 15
MOST_LEAVINGS = 50
HIGHEST_FULL = Decimal(1000)
ONE, NOTHING = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that must be put right: the field that it belongs to and what to do (中文)."""

    field: str
    message: str


def validated(rules: ContestRules) -> list[Problem]:
    """Everything that is wrong with the rules, in the order of the form; empty means they may be
    confirmed. Without exams, or with something that is no number, nothing else can be said."""
    if not rules.exams:
        return [Problem("exams", "至少要有一个科目。")]
    if unreadable := list(_no_numbers(rules)):
        return unreadable
    return [
        *_exams(rules),
        *_lines(rules),
        *_tie_break(rules),
        *_county(rules),
        *_numbers(rules),
        *_pick(rules),
        *_policy(rules),
        *_days(rules),
    ]


def _no_numbers(rules: ContestRules) -> Iterator[Problem]:
    """NaN and infinity are Decimals too, and comparing with them raises."""
    county, policy = rules.county, rules.policy
    given = {
        **{f"exams.{exam.code}.weight": exam.weight for exam in rules.exams},
        **{f"exams.{exam.code}.full": exam.full for exam in rules.exams},
        "pass_line": rules.pass_line,
        "excellent_line": rules.excellent_line,
        "county.drawn_weight": county.drawn_weight,
        "county.nominated_weight": county.nominated_weight,
        "county.full": county.full,
        "pick.lowest": rules.pick.lowest,
        "policy.half_step": policy.half_step,
        "policy.share_step": policy.share_step,
        "policy.no_half_up_to": policy.no_half_up_to,
    }
    for field, number in given.items():
        if number is not None and not number.is_finite():
            yield Problem(field, "请填写数字。")


def _exams(rules: ContestRules) -> Iterator[Problem]:
    if len(rules.exams) > MOST_EXAMS:
        yield Problem("exams", f"科目不能多于 {MOST_EXAMS} 个。")
    codes = Counter(exam.code for exam in rules.exams)
    titles = Counter(exam.title.strip() for exam in rules.exams)
    for exam in rules.exams:
        at = f"exams.{exam.code}"
        if not EXAM_CODE.fullmatch(exam.code):
            yield Problem(
                at, f"科目代码“{exam.code}”应以大写字母开头，只含大写字母和数字，至多 8 位。"
            )
        if not exam.title.strip():
            yield Problem(f"{at}.title", f"请填写科目 {exam.code} 的名称。")
        if len(exam.title) > LONGEST_TITLE:
            yield Problem(f"{at}.title", f"科目名称不能超过 {LONGEST_TITLE} 个字。")
        if not NOTHING < exam.weight <= ONE:
            yield Problem(f"{at}.weight", f"科目 {exam.code} 的权重应大于 0%，不超过 100%。")
        if not NOTHING < exam.full <= HIGHEST_FULL:
            yield Problem(
                f"{at}.full", f"科目 {exam.code} 的满分应大于 0，不超过 {plain(HIGHEST_FULL)} 分。"
            )
    for code, times in codes.items():
        if times > 1:
            yield Problem(f"exams.{code}", f"科目代码“{code}”用了 {times} 次。")
    for title, times in titles.items():
        if title and times > 1:
            yield Problem("exams", f"科目名称“{title}”用了 {times} 次。")
    whole = sum((exam.weight for exam in rules.exams), NOTHING)
    if whole != ONE:
        yield Problem(
            "exams", f"各科权重合计应为 100%，现在是 {plain(whole * 100)}%，{_off(whole)}。"
        )


def _off(whole: Decimal) -> str:
    if whole < ONE:
        return f"还差 {plain((ONE - whole) * 100)}%"
    return f"多出 {plain((whole - ONE) * 100)}%"


def _lines(rules: ContestRules) -> Iterator[Problem]:
    top = rules.highest_total
    if not NOTHING < rules.pass_line <= top:
        yield Problem("pass_line", f"及格线应大于 0，不超过总分满分 {plain(top)} 分。")
    if not NOTHING < rules.excellent_line <= top:
        yield Problem("excellent_line", f"优秀线应大于 0，不超过总分满分 {plain(top)} 分。")
    if rules.excellent_line < rules.pass_line:
        yield Problem("excellent_line", "优秀线不能低于及格线。")


def _tie_break(rules: ContestRules) -> Iterator[Problem]:
    chain, known = rules.tie_break, {exam.code for exam in rules.exams}
    if not chain or chain[0].measure is not Measure.TOTAL:
        yield Problem("tie_break", "个人名次应先比较总分。")
    for step, times in Counter(chain).items():
        if times > 1:
            yield Problem("tie_break", f"同分排序中“{step}”出现了 {times} 次。")
    for step in chain:
        if step.measure is Measure.EXAM and step.exam not in known:
            yield Problem("tie_break", f"同分排序要比较科目“{step.exam}”，但本期没有这个科目。")
        if step.measure is not Measure.EXAM and step.exam:
            yield Problem("tie_break", f"同分排序“{step}”不应指定科目。")


def _county(rules: ContestRules) -> Iterator[Problem]:
    county, numbers = rules.county, rules.numbers
    if county.method is CountyMethod.WEIGHTED_GROUPS:
        for field in ("drawn_weight", "nominated_weight"):
            if not NOTHING < getattr(county, field) < ONE:
                yield Problem(f"county.{field}", "分组权重应大于 0%，小于 100%。")
        whole = county.drawn_weight + county.nominated_weight
        if whole != ONE:
            yield Problem(
                "county.drawn_weight",
                f"抽取与推荐的权重合计应为 100%，现在是 {plain(whole * 100)}%，{_off(whole)}。",
            )
        if not (numbers.drawn and numbers.nominated):
            yield Problem("county.method", "分组加权要求每县区既有抽取名额，也有推荐名额。")
    if county.method is CountyMethod.BEST_N and not 1 <= county.best <= numbers.team:
        yield Problem(
            "county.best", f"取最好成绩的人数应在 1 到每县区参赛人数 {numbers.team} 之间。"
        )
    if county.full is not None and not NOTHING < county.full <= HIGHEST_FULL:
        yield Problem("county.full", f"折算满分应大于 0，不超过 {plain(HIGHEST_FULL)} 分。")
    for tie, times in Counter(county.tie_break).items():
        if times > 1:
            yield Problem("county.tie_break", f"县区同分排序中“{tie.label}”出现了 {times} 次。")


def _numbers(rules: ContestRules) -> Iterator[Problem]:
    numbers = rules.numbers
    for field, title in (("drawn", "抽取"), ("nominated", "推荐"), ("reserves", "替补")):
        if not 0 <= getattr(numbers, field) <= MOST_PEOPLE:
            yield Problem(f"numbers.{field}", f"每县区{title}人数应在 0 到 {MOST_PEOPLE} 之间。")
    if numbers.drawn == 0 and numbers.nominated == 0:
        yield Problem("numbers.drawn", "每县区至少要有一名参赛人员。")
    if numbers.drawn == 0 and numbers.reserves > 0:
        yield Problem("numbers.reserves", "替补按抽取顺序递补，没有抽取名额就不能设替补。")


def _pick(rules: ContestRules) -> Iterator[Problem]:
    pick, top = rules.pick, rules.highest_total
    for field, title in (("seats", "选派"), ("substitutes", "选派替补")):
        if not 0 <= getattr(pick, field) <= MOST_PEOPLE:
            yield Problem(f"pick.{field}", f"{title}人数应在 0 到 {MOST_PEOPLE} 之间。")
    if pick.seats == 0 and pick.substitutes > 0:
        yield Problem("pick.substitutes", "不选派人员时不能设选派替补。")
    if not 1 <= pick.per_county <= MOST_PEOPLE:
        yield Problem("pick.per_county", f"每县区选派上限应在 1 到 {MOST_PEOPLE} 之间。")
    if pick.lowest is not None and not NOTHING <= pick.lowest <= top:
        yield Problem("pick.lowest", f"选派最低分应在 0 到总分满分 {plain(top)} 分之间。")


def _policy(rules: ContestRules) -> Iterator[Problem]:
    policy = rules.policy
    for field in ("half_step", "share_step"):
        if getattr(policy, field) <= NOTHING:
            yield Problem(f"policy.{field}", "取整的步长应大于 0。")
    if policy.no_half_up_to < NOTHING:
        yield Problem("policy.no_half_up_to", "少选不给分的小题分值不能是负数。")


def _days(rules: ContestRules) -> Iterator[Problem]:
    asks = rules.switch_away is SwitchAway.ASK
    if asks and not 1 <= rules.switch_away_limit <= MOST_LEAVINGS:
        yield Problem("switch_away_limit", f"离开页面的次数应在 1 到 {MOST_LEAVINGS} 之间。")
    for field, title in (("appeal_days", "申请复核"), ("answer_days", "答复复核")):
        if not 1 <= getattr(rules, field) <= LONGEST_DAYS:
            yield Problem(field, f"{title}的期限应在 1 到 {LONGEST_DAYS} 个工作日之间。")
