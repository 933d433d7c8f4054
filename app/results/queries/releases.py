"""Releases, as they were made; and one's own line in them."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import col, false, select

from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.kernel.actor import Actor
from app.results.rules.own import OwnResult, own_result
from app.results.rules.refusals import ReleaseMissing
from app.results.tables import Release
from app.roster.tables import Officer


@dataclass(frozen=True, slots=True)
class OwnRelease:
    """A release in which the actor has a line. `superseded`: the contest was released again."""

    row: Release
    contest: str
    content: dict[str, Any]
    own: OwnResult
    superseded: bool

    @property
    def id(self) -> int:
        return self.row.id or 0


def release(db: Session, release_id: int) -> Release:
    """The release, or ReleaseMissing."""
    row = db.get(Release, release_id)
    if row is None:
        raise ReleaseMissing
    return row


def releases(db: Session, contest_id: int) -> list[Release]:
    """The releases of a contest, the newest first."""
    asked = select(Release).where(Release.contest_id == contest_id)
    return list(db.exec(asked.order_by(col(Release.number).desc())))


def newest(db: Session, contest_id: int) -> Release | None:
    """The release that counts."""
    asked = select(Release).where(Release.contest_id == contest_id)
    return db.exec(asked.order_by(col(Release.number).desc()).limit(1)).first()


def released(db: Session, exam_id: int) -> bool:
    """Whether the results of this exam's contest are out: from then on no hand-in is taken back.
    Never for a rehearsal, which has no results."""
    asked = (
        select(Release.id)
        .join(Exam, col(Exam.contest_id) == col(Release.contest_id))
        .where(Exam.id == exam_id, col(Exam.rehearsal).is_(False))
        .limit(1)
    )
    return db.exec(asked).first() is not None


def content(row: Release) -> dict[str, Any]:
    """The release in the shape of release.json: what is stored, and the hash over it."""
    stored: dict[str, Any] = json.loads(row.content)
    return {**stored, "hash": row.sha256}


def file(row: Release) -> bytes:
    """The file that anyone may verify: `python -m app release verify`. The same bytes always."""
    text = json.dumps(content(row), ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def own_releases(db: Session, actor: Actor) -> list[OwnRelease]:
    """The releases in which the actor has a line, the newest first; one query."""
    asked = _own(actor).order_by(col(Release.released_at).desc(), col(Release.id).desc())
    found: list[OwnRelease] = []
    seen: set[int] = set()
    for row, number, title in db.execute(asked):
        made = content(row)
        own = own_result(made, number or "")
        if own is not None:
            found.append(OwnRelease(row, title, made, own, row.contest_id in seen))
        seen.add(row.contest_id)
    return found


def own_release(db: Session, release_id: int, actor: Actor) -> OwnRelease:
    """One's own line in this release; where one has none, it is missing."""
    for each in own_releases(db, actor):
        if each.id == release_id:
            return each
    raise ReleaseMissing


def _own(actor: Actor) -> Any:
    """A ticket reaches its candidate, an account its officer; nothing equals nothing."""
    mine: Any = col(Officer.account_id) == actor.account_id if actor.account_id else false()
    if actor.candidate_id is not None:
        mine = col(Candidate.id) == actor.candidate_id
    return (
        select_columns(Release, col(Candidate.number), col(Contest.title))
        .join(Contest, col(Contest.id) == col(Release.contest_id))
        .join(Candidate, col(Candidate.contest_id) == col(Contest.id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .where(mine)
    )
