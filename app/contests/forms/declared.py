"""The form in which the rules of a contest are chosen, and what it says of a slip."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from app.contests.rules.checks import Problem, validated
from app.contests.rules.contest_rules import (
    ContestRules,
    CountyMethod,
    CountyRule,
    ExamRule,
    Measure,
    Numbers,
    PickRule,
    SwitchAway,
    TieStep,
)
from app.question_types.marks import plain
from app.question_types.policy import MultiplePolicy, Policy

Choice = TypeVar("Choice", bound=StrEnum)

EXAM_ROWS = 8
TIE_ROWS = 10
HUNDRED = Decimal(100)
PLACES = 6  # of a number as typed, on either side of the point


@dataclass(frozen=True, slots=True)
class RulesForm:
    """The rules as fields and as a value (None while a field cannot be read), and what is wrong:
    the field of the form or of `checks`, and the sentence."""

    values: dict[str, str]
    rules: ContestRules | None
    problems: tuple[Problem, ...] = ()

    def of(self, section: str) -> list[str]:
        """What is wrong in one part of the form: `exams`, `county`, `pick` …"""
        found = (p for p in self.problems if p.field.partition(".")[0].partition("-")[0] == section)
        return list(dict.fromkeys(p.message for p in found))


def shown(rules: ContestRules) -> RulesForm:
    """The form filled with rules that stand."""
    return RulesForm(_values(rules), rules, tuple(validated(rules)))


def _values(rules: ContestRules) -> dict[str, str]:
    county, pick, policy = rules.county, rules.pick, rules.policy
    values = {
        "pass_line": plain(rules.pass_line),
        "excellent_line": plain(rules.excellent_line),
        "county.method": county.method.value,
        "county.drawn_weight": _percent(county.drawn_weight),
        "county.nominated_weight": _percent(county.nominated_weight),
        "county.best": str(county.best),
        "county.attendance": "1" if county.attendance else "",
        "county.full": "" if county.full is None else plain(county.full),
        "numbers.drawn": str(rules.numbers.drawn),
        "numbers.nominated": str(rules.numbers.nominated),
        "numbers.reserves": str(rules.numbers.reserves),
        "pick.seats": str(pick.seats),
        "pick.substitutes": str(pick.substitutes),
        "pick.per_county": str(pick.per_county),
        "pick.lowest": "" if pick.lowest is None else plain(pick.lowest),
        "policy.multiple_choice": policy.multiple_choice.value,
        "policy.indefinite_choice": policy.indefinite_choice.value,
        "policy.half_step": plain(policy.half_step),
        "policy.share_step": plain(policy.share_step),
        "policy.no_half_up_to": plain(policy.no_half_up_to),
        "switch_away": rules.switch_away.value,
        "switch_away_limit": str(rules.switch_away_limit),
        "appeal_days": str(rules.appeal_days),
        "answer_days": str(rules.answer_days),
    }
    for row in range(1, EXAM_ROWS + 1):
        exam = rules.exams[row - 1] if row <= len(rules.exams) else None
        values[f"exams-code-{row}"] = exam.code if exam else ""
        values[f"exams-title-{row}"] = exam.title if exam else ""
        values[f"exams-weight-{row}"] = _percent(exam.weight) if exam else ""
        values[f"exams-full-{row}"] = plain(exam.full) if exam else ""
    chain = [str(step) for step in rules.tie_break if step.measure is not Measure.TOTAL]
    for row in range(1, TIE_ROWS + 1):
        values[f"tie_break-{row}"] = chain[row - 1] if row <= len(chain) else ""
    return values


def parse(given: Mapping[str, str]) -> RulesForm:
    """计分规则: every field as it was typed, the rules behind them, and what is wrong. Shares are
    typed in per cent. A row of exams without code and title is no exam."""
    values = {name: given.get(name, "").strip() for name in _values(ContestRules())}
    read = _Reader(values)
    rules = read.rules()
    if read.problems:
        return RulesForm(values, None, tuple(read.problems))
    return RulesForm(values, rules, tuple(validated(rules)))


class _Reader:
    """Reads field by field and remembers each that cannot be read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[Problem] = []

    def rules(self) -> ContestRules:
        county_full, lowest = self.values["county.full"], self.values["pick.lowest"]
        return ContestRules(
            exams=tuple(self._exams()),
            pass_line=self._number("pass_line", "及格线"),
            excellent_line=self._number("excellent_line", "优秀线"),
            tie_break=(TieStep(Measure.TOTAL), *self._chain()),
            county=CountyRule(
                method=self._choice("county.method", CountyMethod, "县区成绩算法"),
                drawn_weight=self._share("county.drawn_weight", "抽取组权重"),
                nominated_weight=self._share("county.nominated_weight", "推荐组权重"),
                best=self._whole("county.best", "取最好成绩的人数"),
                attendance=bool(self.values["county.attendance"]),
                full=self._number("county.full", "折算满分") if county_full else None,
            ),
            numbers=Numbers(
                self._whole("numbers.drawn", "抽取人数"),
                self._whole("numbers.nominated", "推荐人数"),
                self._whole("numbers.reserves", "替补人数"),
            ),
            pick=PickRule(
                self._whole("pick.seats", "选派人数"),
                self._whole("pick.substitutes", "选派替补人数"),
                self._whole("pick.per_county", "每县区选派上限"),
                self._number("pick.lowest", "选派最低分") if lowest else None,
            ),
            policy=Policy(
                multiple_choice=self._choice(
                    "policy.multiple_choice", MultiplePolicy, "多选题计分"
                ),
                indefinite_choice=self._choice(
                    "policy.indefinite_choice", MultiplePolicy, "不定项选择题计分"
                ),
                half_step=self._number("policy.half_step", "半数分取整的步长"),
                share_step=self._number("policy.share_step", "按比例得分取整的步长"),
                no_half_up_to=self._number("policy.no_half_up_to", "少选不给分的小题分值"),
            ),
            switch_away=self._choice("switch_away", SwitchAway, "离开作答页面"),
            switch_away_limit=self._whole("switch_away_limit", "离开页面的次数"),
            appeal_days=self._whole("appeal_days", "申请复核期限"),
            answer_days=self._whole("answer_days", "答复复核期限"),
        )

    def _exams(self) -> list[ExamRule]:
        found = []
        for row in range(1, EXAM_ROWS + 1):
            code = self.values[f"exams-code-{row}"].upper()
            title = self.values[f"exams-title-{row}"]
            if code or title:
                weight = self._share(f"exams-weight-{row}", f"第 {row} 科权重")
                full = self._number(f"exams-full-{row}", f"第 {row} 科满分")
                found.append(ExamRule(code, title, weight, full))
        return found

    def _chain(self) -> list[TieStep]:
        steps = []
        for row in range(1, TIE_ROWS + 1):
            measure, _, exam = self.values[f"tie_break-{row}"].partition(":")
            if measure in set(Measure):
                steps.append(TieStep(Measure(measure), exam))
            elif measure:
                self.problems.append(Problem("tie_break", "请从列表中选择同分排序。"))
        return steps

    def _choice(self, name: str, kind: type[Choice], label: str) -> Choice:
        try:
            return kind(self.values[name])
        except ValueError:
            self.problems.append(Problem(name, f"请选择{label}。"))
            return next(iter(kind))

    def _number(self, name: str, label: str) -> Decimal:
        try:
            number = Decimal(self.values[name])
        except InvalidOperation:
            number = Decimal("NaN")
        # 1e999999 is finite, and written out it is a page of a million zeros
        few = len(self.values[name]) <= 20 and abs(number.adjusted()) <= PLACES
        if not (number.is_finite() and few):
            self.problems.append(Problem(name, f"{label}请填写数字。"))
            return Decimal(0)
        return number

    def _share(self, name: str, label: str) -> Decimal:
        return self._number(name, label) / HUNDRED

    def _whole(self, name: str, label: str) -> int:
        text = self.values[name]
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            self.problems.append(Problem(name, f"{label}请填写整数。"))
            return 0
        return int(text)


def _percent(share: Decimal) -> str:
    return plain(share * HUNDRED)
