"""Reading results: one door to the rooms behind it."""

from app.results.queries.desk import Desk, computed, desk
from app.results.queries.evidence import evidence
from app.results.queries.inputs import StandingsInput, standings_input
from app.results.queries.progress import contest, contest_for_update, obstacles
from app.results.queries.releases import (
    OwnRelease,
    content,
    file,
    newest,
    own_release,
    own_releases,
    release,
    released,
    releases,
)

__all__ = [
    "Desk",
    "OwnRelease",
    "StandingsInput",
    "computed",
    "content",
    "contest",
    "contest_for_update",
    "desk",
    "evidence",
    "file",
    "newest",
    "obstacles",
    "own_release",
    "own_releases",
    "release",
    "released",
    "releases",
    "standings_input",
]
