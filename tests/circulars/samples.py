"""A release of a whole contest for the circular's tests: 13 counties, 52 candidates, every trouble.

Scores come from a formula, so that a golden file can be read and checked by hand.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.circulars.rules.document import CircularMeta, document_number
from app.contests.rules.contest_rules import (
    ContestRules,
    CountyRule,
    ExamRule,
    Measure,
    Numbers,
    TieStep,
)
from app.contests.rules.people import CandidateState, Entered
from app.results.rules.entries import (
    Absence,
    Entry,
)
from app.results.rules.facts import Called, ContestFacts, DrawFacts
from app.results.rules.releases import release

COUNTIES = [
    "青岚县",
    "白水县",
    "东华区",
    "南泽市",
    "云溪区",
    "龙潭县",
    "石门县",
    "松山县",
    "临江县",
    "永宁县",
    "双河区",
    "金坪县",
    "凤鸣彝族自治县",
]
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马"
GIVEN = ("建国", "敏", "志强", "丽", "洋", "艳")
RULES = ContestRules(
    exams=(
        ExamRule("A", "法律法规", Decimal("0.4")),
        ExamRule("B", "案例分析", Decimal("0.2")),
        ExamRule("C", "案卷评查", Decimal("0.4")),
    ),
    tie_break=(
        TieStep(Measure.EXAM, "C"),
        TieStep(Measure.EXAM, "B"),
        TieStep(Measure.EXAM, "A"),
        TieStep(Measure.SHORTER_TIME),
    ),
    county=CountyRule(full=Decimal(20)),
    numbers=Numbers(drawn=3, nominated=1, reserves=2),
)
META = CircularMeta(
    mark="云岭市生态环境局办公室文件",
    number=document_number("云环办", 2026, 18),
    addressee="各县（市、区）生态环境分局，市局机关各科室、直属各单位",
    signer="云岭市生态环境局办公室",
    issued_on=date(2026, 11, 24),
)
CONTEST = ContestFacts(
    "云岭市生态环境保护执法比武", 2026, 2, date(2026, 11, 20), date(2026, 11, 20)
)
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def person(county: int, seat: int, **changes: Any) -> Entry:
    """Seat 0 to 2 drawn, 3 nominated; scores fall with the county and rise with the seat."""
    absent = changes.pop("absent", Absence.NONE)
    base = Decimal(90) - 2 * county + Decimal(seat) / 2
    scores = {"A": base, "B": base - 5, "C": base + seat - Decimal("1.5")}
    if (county, seat) == (2, 0):
        scores = {"A": Decimal("88.5"), "B": Decimal("82"), "C": Decimal("87.25")}
    facts: dict[str, Any] = {
        "candidate": f"{county * 4 + seat + 1:03d}",
        "name": SURNAMES[county] + GIVEN[seat],
        "county_code": f"53{county + 1:02d}",
        "county": COUNTIES[county],
        "unit": f"{COUNTIES[county]}生态环境保护综合行政执法大队",
        "entered": Entered.NOMINATION if seat == 3 else Entered.DRAW,
        "scores": {} if absent is not Absence.NONE else scores,
        "used_seconds": 0 if absent is not Absence.NONE else 9000 - 61 * seat + county,
        "absent": absent,
        "certificate": f"云A{county:02d}****{seat}7",
    }
    return Entry(**{**facts, **changes})


def people() -> list[Entry]:
    """Everyone, with one on leave, one absent, and one who missed an exam."""
    away = {(3, 1): Absence.LEAVE, (7, 2): Absence.WITHOUT_LEAVE}
    everyone = [
        person(county, seat, absent=away.get((county, seat), Absence.NONE))
        for county in range(13)
        for seat in range(4)
    ]
    missed = person(9, 0)
    return [
        person(9, 0, scores={k: v for k, v in missed.scores.items() if k != "B"})
        if entry.candidate == missed.candidate
        else entry
        for entry in everyone
    ]


def calls() -> list[Called]:
    """The call-up: two reserves a county."""
    lines = []
    for entry in people():
        seat = (int(entry.candidate) - 1) % 4
        state = CandidateState.ON_LEAVE if entry.absent is Absence.LEAVE else CandidateState.CALLED
        lines.append(_called(entry, state, None if seat == 3 else seat + 1))
        if seat == 3:
            county = (int(entry.candidate) - 1) // 4
            for extra in (0, 1):
                reserve = person(county, extra + 1, name=SURNAMES[county] + "晓" + "东明"[extra])
                lines.append(_called(reserve, CandidateState.RESERVE, extra + 4, candidate=""))
    return lines


def _called(
    entry: Entry, state: CandidateState, order: int | None, candidate: str | None = None
) -> Called:
    return Called(
        county_code=entry.county_code,
        county=entry.county,
        name=entry.name,
        certificate=entry.certificate,
        entered=entry.entered,
        state=state,
        order=order,
        candidate=entry.candidate if candidate is None else candidate,
    )


def made(entries: list[Entry] | None = None, **more: Any) -> dict[str, Any]:
    """The release of these people, of everyone if not told otherwise."""
    settled = {
        "number": "2026-2-1",
        "contest": CONTEST,
        "rules": RULES,
        "released_at": AT,
        "calls": calls() if entries is None else (),
        "draw": DrawFacts(
            "a1" * 32, "b2" * 32, "c3" * 32, date(2026, 11, 12), ("局纪检组", "工会")
        ),
    }
    return release(people() if entries is None else entries, **{**settled, **more})
