"""A contest with two counties of officers, a frozen roster, papers, and as much of the rest as a
test asks for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.contests import actions, queries
from app.contests.rules.contest_rules import ContestRules, ExamRule, Numbers
from app.contests.rules.presets import tie_chain
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.draw import actions as drawing
from app.draw.rules.lots import Contribution
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.canonical import canonical_json
from app.papers.rules.blueprint import policy_to_dict
from app.papers.tables import Paper
from app.question_types.policy import DEFAULT, MultiplePolicy
from app.roster import actions as roster
from app.roster import queries as rosters
from app.roster.tables import County, Officer, RosterVersion
from tests import factories
from tests.fakes import NINE, FixedEntropy

HOUR = timedelta(hours=1)
DRAW_AT = NINE + 2 * HOUR
OPENS = NINE + timedelta(days=7)
SPOKEN = (
    Contribution("赵秉衡", "驻局纪检组", "480317"),
    Contribution("钱若溪", "机关工会", "905226"),
)
ONE_EXAM = ContestRules(
    exams=(ExamRule("A", "生态环境法律法规", Decimal(1)),),
    tie_break=tie_chain("A"),
    numbers=Numbers(drawn=2, nominated=1, reserves=1),
)


def clerk(county: str) -> Actor:
    return Actor(90 + int(county), f"{county} 管理员", frozenset({Role.COUNTY_CLERK}), county)


def counties(db: Session) -> list[County]:
    """The two of the cast, or these two made anew."""
    found = queries.counties(db)
    return found or [factories.county(db, "01", "青岚县"), factories.county(db, "02", "石澜区")]


def officers(db: Session, *, each: int = 6, now: datetime = NINE) -> list[Officer]:
    """`each` eligible officers in each county, and one more who may not be drawn."""
    made = []
    for home in counties(db):
        for number in range(1, each + 2):
            row = factories.officer(
                db, home, f"{home.name[0]}{number}", f"0809{home.code}{number:06d}", now=now
            )
            row.on_post = "on_post" if number <= each else "leave"
            row.certificate_expires = date(2030, 1, 1)
            made.append(row)
    db.flush()
    return made


def frozen(db: Session, *, each: int = 6) -> RosterVersion:
    officers(db, each=each)
    return roster.freeze(db, draw_date=date(2026, 10, 10), actor=SYSTEM, now=NINE)


def opened(db: Session, *, rules: ContestRules = ONE_EXAM, number: int = 1) -> Contest:
    return actions.open_contest(
        db,
        year=2026,
        number=number,
        title=f"2026年第{number}期执法比武",
        rules=rules,
        exams={"A": 90},
        actor=SYSTEM,
        now=NINE,
    )


def confirmed(db: Session, *, rules: ContestRules = ONE_EXAM, number: int = 1) -> Contest:
    contest = opened(db, rules=rules, number=number)
    return actions.confirm_rules(db, contest_id=contest.id or 0, actor=SYSTEM, now=NINE)


def announced(
    db: Session, *, version: RosterVersion | None = None, rules: ContestRules = ONE_EXAM
) -> Contest:
    return announced_again(db, confirmed(db, rules=rules), version=version)


def announced_again(
    db: Session, contest: Contest, *, version: RosterVersion | None = None
) -> Contest:
    """The draw of a contest that stands."""
    version = version or frozen(db)
    actions.announce_draw(
        db,
        contest_id=contest.id or 0,
        roster_version_id=version.id or 0,
        scheduled_at=DRAW_AT,
        entropy=FixedEntropy(),
        actor=SYSTEM,
        now=NINE,
    )
    return contest


def drawn(db: Session, *, version: RosterVersion | None = None) -> Contest:
    contest = announced(db, version=version)
    drawing.hold(db, draw_id=contest.draw_id or 0, contributions=SPOKEN, actor=SYSTEM, now=DRAW_AT)
    return contest


def called(db: Session, *, version: RosterVersion | None = None) -> Contest:
    """Drawn people and reserves are on the list."""
    contest = drawn(db, version=version)
    actions.call_up(db, contest_id=contest.id or 0, actor=SYSTEM, now=DRAW_AT)
    return contest


def nominee(db: Session, contest: Contest, county: str = "01") -> int:
    """The officer id of somebody who may be nominated."""
    rows = queries.candidates(db, contest.id or 0)
    content = rosters.frozen(db, contest.roster_version_id or 0)
    found = queries.nominees(queries.all_officers(db), frozen=content, rows=rows)
    return found[county][0].officer_id


def nominated(db: Session, contest: Contest, county: str = "01") -> Candidate:
    return actions.nominate(
        db,
        contest_id=contest.id or 0,
        officer_id=nominee(db, contest, county),
        actor=SYSTEM,
        now=DRAW_AT,
    )


def paper(
    db: Session,
    *,
    points: str = "100",
    policy: MultiplePolicy = DEFAULT.multiple_choice,
    questions: Sequence[str] = (),
) -> Paper:
    own = policy_to_dict(replace(DEFAULT, multiple_choice=policy))
    row = Paper(
        title="A 卷",
        blueprint="{}",
        as_of=date(2026, 10, 10),
        seed="0" * 64,
        content=canonical_json(
            {"policy": own, "items": [{"question": code} for code in questions]}
        ),
        key="{}",
        paper_hash="0" * 64,
        key_hash="0" * 64,
        item_count=45,
        points=Decimal(points),
        frozen_at=NINE,
        frozen_by="organizer",
    )
    db.add(row)
    db.flush()
    return row


def scheduled(
    db: Session,
    exam: Exam,
    *,
    opens_at: datetime | None = OPENS,
    hours: int = 2,
    paper_id: int | None = None,
) -> Exam:
    return actions.set_exam(
        db,
        exam_id=exam.id or 0,
        paper_id=paper_id,
        opens_at=opens_at,
        closes_at=None if opens_at is None else opens_at + hours * HOUR,
        length=timedelta(minutes=90),
        grace=timedelta(minutes=5),
        actor=SYSTEM,
        now=NINE,
    )


def ready(db: Session) -> Contest:
    """Called up, nominated in both counties, the exam scheduled with its paper."""
    contest = called(db)
    nominated(db, contest, "01")
    nominated(db, contest, "02")
    exam = queries.exams(db, contest.id or 0)[0]
    scheduled(db, exam, paper_id=paper(db).id)
    return contest
