"""Releasing results (发布成绩)."""

from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json
from app.results import queries
from app.results.rules.evidence import verify_evidence
from app.results.rules.readiness import unchanged
from app.results.rules.refusals import NothingChanged, ReleaseDoesNotVerify
from app.results.rules.verification import verify_release
from app.results.tables import Release


def release(db: Session, *, contest_id: int, actor: Actor, now: datetime) -> Release:
    """发布成绩: an immutable release of all there is, with the raw answers it rests on. It is
    computed a second time from its own file before it leaves.

    Refused, with the first of all reasons, while the rules are not confirmed, somebody is sitting
    or may still begin, or a paper is not marked; and when nothing has changed since the last one.
    """
    queries.contest_for_update(db, contest_id)
    for obstacle in queries.obstacles(db, contest_id, now=now):
        raise obstacle
    last = queries.newest(db, contest_id)
    number = last.number + 1 if last else 1
    made = queries.computed(
        db, contest_id, number=number, now=now, evidence=queries.evidence(db, contest_id)
    )
    if last and unchanged(made, queries.content(last)):
        raise NothingChanged(number=last.number)
    for wrong in (*verify_release(made), *verify_evidence(made)):
        raise ReleaseDoesNotVerify(where=wrong.where, reason=wrong.reason)
    stored = {key: value for key, value in made.items() if key != "hash"}
    row = Release(
        contest_id=contest_id,
        number=number,
        content=canonical_json(stored),
        sha256=made["hash"],
        released_at=now,
        released_by=actor.name,
    )
    db.add(row)
    db.flush()  # the page that follows is addressed by the id
    audit.record(
        db,
        actor=actor,
        act="release",
        subject=f"{made['contest']['title']} 第 {number} 次发布",
        now=now,
        release=made["release"],
        hash=made["hash"],
        candidates=len(made["candidates"]),
    )
    return row
