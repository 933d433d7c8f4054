"""The organizer's desk before and after a release (成绩)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.contests.rules.refusals import RulesNotConfirmed
from app.contests.tables import Contest
from app.db.session import Session
from app.kernel.errors import DomainError
from app.results.queries.inputs import StandingsInput, standings_input
from app.results.queries.progress import contest, obstacles
from app.results.queries.releases import content, releases
from app.results.rules.readiness import unchanged
from app.results.rules.releases import release
from app.results.tables import Release


@dataclass(frozen=True, slots=True)
class Desk:
    """A contest's results as the organizer sees them. `shown` is the newest release; before there
    is one, what would be released; None while that cannot be computed. `changed`: what would be
    released now is not what was released."""

    contest: Contest
    obstacles: tuple[DomainError, ...]
    shown: Mapping[str, Any] | None
    releases: tuple[Release, ...]
    changed: bool
    sittings: Mapping[tuple[str, str], int]

    @property
    def newest(self) -> Release | None:
        """The release that counts."""
        return self.releases[0] if self.releases else None

    @property
    def may_release(self) -> bool:
        """Whether the button is there."""
        return not self.obstacles and (not self.releases or self.changed)


def computed(
    db: Session,
    contest_id: int,
    *,
    number: int,
    now: datetime,
    evidence: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The release as it would be, written nowhere. The same data give the same bytes; only
    `released_at` comes from outside."""
    return _made(standings_input(db, contest_id), number=number, now=now, evidence=evidence)


def desk(db: Session, contest_id: int, *, now: datetime) -> Desk:
    """Everything about the results of one contest; as many queries for one person as for three."""
    row = contest(db, contest_id)
    made = tuple(releases(db, contest_id))
    in_the_way = obstacles(db, contest_id, now=now)
    given = standings_input(db, contest_id)
    fresh: Mapping[str, Any] | None = None
    if all(isinstance(each, RulesNotConfirmed) for each in in_the_way):
        try:
            fresh = _made(given, number=len(made) + 1, now=now)
        except DomainError as error:  # a score above the exam's full, for one
            in_the_way = (*in_the_way, error)
    last = content(made[0]) if made else None
    changed = last and fresh and not unchanged(fresh, last, except_for={"evidence"})
    return Desk(row, in_the_way, last or fresh, made, bool(changed), given.sittings)


def _made(
    given: StandingsInput,
    *,
    number: int,
    now: datetime,
    evidence: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return release(
        given.entries,
        number=f"{given.contest.year}-{given.contest.number}-{number}",
        contest=given.contest,
        rules=given.rules,
        released_at=now,
        calls=given.calls,
        draw=given.draw,
        evidence=evidence,
    )
