"""A frozen roster of two counties, and a draw announced from it."""

from datetime import date, datetime, timedelta

from app.db.session import Session
from app.draw import actions, queries
from app.draw.rules.lots import Contribution
from app.draw.tables import Draw
from app.kernel.actor import SYSTEM, Actor
from app.kernel.canonical import canonical_json
from app.kernel.entropy import Entropy
from app.roster.rules.freezing import counted, frozen, roster_hash
from app.roster.rules.people import Establishment, OfficerEntry, PostStatus
from app.roster.tables import RosterVersion
from tests.fakes import NINE, FixedEntropy

COUNTIES = {"青岚县": "01", "石澜区": "02"}
CONTEST = "2026-1"
SPOKEN = (
    Contribution("赵秉衡", "驻局纪检组", "480317"),
    Contribution("钱若溪", "机关工会", "905226"),
)


def entry(county: str, number: int, *, on_post: bool = True) -> OfficerEntry:
    code = COUNTIES[county]
    return OfficerEntry(
        county_code=code,
        name=f"{county[0]}{number}",
        certificate=f"0801{code}{number:06d}",
        certificate_expires=date(2030, 1, 1),
        establishment=Establishment.ADMINISTRATIVE,
        on_post=PostStatus.ON_POST if on_post else PostStatus.LEAVE,
        unit=f"{county}执法大队",
    )


def roster(db: Session, *, each: int = 6, away: int = 1, now: datetime = NINE) -> RosterVersion:
    """`each` officers of each county may be drawn; `away` more stand on the list but may not."""
    officers = [
        entry(county, number, on_post=number <= each)
        for county in COUNTIES
        for number in range(1, each + away + 1)
    ]
    content = frozen(officers, version=1, draw_date=date(2026, 10, 10), counties=COUNTIES)
    counts = counted(content)
    row = RosterVersion(
        number=1,
        draw_date=date(2026, 10, 10),
        content=canonical_json(content),
        sha256=roster_hash(content),
        officer_count=counts.officers,
        eligible_count=counts.eligible,
        frozen_at=now,
        frozen_by="organizer",
    )
    db.add(row)
    db.flush()
    return row


def announced(
    db: Session,
    *,
    version: RosterVersion | None = None,
    entropy: Entropy | None = None,
    actor: Actor = SYSTEM,
    now: datetime = NINE,
) -> Draw:
    version = version or roster(db)
    return actions.announce(
        db,
        title="2026年第一期执法比武",
        contest=CONTEST,
        roster_version_id=version.id or 0,
        strata=queries.strata(db, version.id or 0, quota=2, reserves=2),
        scheduled_at=now + timedelta(hours=6),
        entropy=entropy or FixedEntropy(),
        actor=actor,
        now=now,
    )


def held(db: Session, *, actor: Actor = SYSTEM, now: datetime = NINE) -> Draw:
    """Announced at `now`, held six hours later."""
    draw = announced(db, actor=actor, now=now)
    at = now + timedelta(hours=6)
    return actions.hold(db, draw_id=draw.id or 0, contributions=SPOKEN, actor=actor, now=at)
