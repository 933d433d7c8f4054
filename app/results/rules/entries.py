"""What goes into a result (成绩): entries, and a candidate's total."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.contests.rules.contest_rules import ContestRules
from app.contests.rules.people import Entered
from app.kernel.errors import DomainError, Kind
from app.kernel.score import rounded


class CandidateTwice(DomainError):
    code, kind = "candidate_twice", Kind.INVALID
    message = "参赛号 {candidate} 出现了两次，成绩不能汇总。"


class ScoreUnknownExam(DomainError):
    code, kind = "score_unknown_exam", Kind.INVALID
    message = "{name}（{candidate}）有科目“{exam}”的成绩，但本期没有这个科目。"


class ScoreOutOfRange(DomainError):
    code, kind = "score_out_of_range", Kind.INVALID
    message = "{name}（{candidate}）“{exam}”成绩 {score} 不在 0 到 {full} 之间。"


class AbsentWithScore(DomainError):
    code, kind = "absent_with_score", Kind.INVALID
    message = "{name}（{candidate}）登记为缺考或请假，却有成绩，请先核对考勤。"


class Absence(StrEnum):
    """Whether a candidate was away from the whole contest (缺考): the two kinds count unlike."""

    NONE = "none"
    LEAVE = "leave"
    WITHOUT_LEAVE = "without_leave"

    @property
    def label(self) -> str:
        return {
            Absence.NONE: "参加",
            Absence.LEAVE: "经批准请假",
            Absence.WITHOUT_LEAVE: "无故缺考",
        }[self]


@dataclass(frozen=True, slots=True)
class Entry:
    """One candidate (参赛人员) with exact exam scores. An exam without a score was not sat and
    counts 0. `certificate` is masked. No identity or phone number ever comes here."""

    candidate: str
    name: str
    county_code: str
    county: str
    unit: str
    entered: Entered
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    used_seconds: int = 0
    violations: int = 0
    absent: Absence = Absence.NONE
    certificate: str = ""

    def score(self, exam: str) -> Decimal:
        """The exact score of one exam; 0 if it was not sat."""
        return self.scores.get(exam, Decimal(0))


def total(entry: Entry, weights: Mapping[str, Decimal]) -> Decimal:
    """总分: the sum of weight × exact exam score, rounded once, at the end.

    >>> entry = Entry("001", "李某", "01", "青岚县", "大队", Entered.DRAW, {"A": Decimal("86.5")})
    >>> total(entry, {"A": Decimal("0.4"), "B": Decimal("0.6")})
    Decimal('34.60')
    """
    parts = (weight * entry.score(exam) for exam, weight in weights.items())
    return rounded(sum(parts, Decimal(0)))


def check(entries: Iterable[Entry], rules: ContestRules) -> None:
    """Refuses what cannot be a result: a number given twice, a score of an exam that the contest
    has not, a score below 0 or above full, a score of somebody who was not there."""
    entries = list(entries)
    for candidate, times in Counter(entry.candidate for entry in entries).items():
        if times > 1:
            raise CandidateTwice(candidate=candidate)
    full = {exam.code: exam.full for exam in rules.exams}
    for entry in entries:
        who = {"name": entry.name, "candidate": entry.candidate}
        if entry.absent is not Absence.NONE and entry.scores:
            raise AbsentWithScore(**who)
        for exam, score in entry.scores.items():
            if exam not in full:
                raise ScoreUnknownExam(**who, exam=exam)
            if not 0 <= score <= full[exam]:
                raise ScoreOutOfRange(**who, exam=exam, score=score, full=full[exam])


def spelled(number: Decimal) -> str:
    """A number of a release as text: exact, never in powers of ten, two decimals at least.

    >>> spelled(Decimal("86.5")), spelled(Decimal("86.625")), spelled(Decimal("1E+2"))
    ('86.50', '86.625', '100.00')
    """
    plain = f"{number:f}"
    whole, _, decimals = plain.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def spelled_or_null(number: Decimal | None) -> str | None:
    """A decimal string, or null for what does not exist."""
    return None if number is None else spelled(number)


def clock(seconds: int) -> str:
    """A used time as people say it.

    >>> clock(3725)
    '62分05秒'
    """
    return f"{seconds // 60}分{seconds % 60:02d}秒"
