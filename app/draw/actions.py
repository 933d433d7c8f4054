"""Announcing a draw, holding it, and declaring it void."""

import json
from collections.abc import Sequence
from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.draw import queries, rules
from app.draw.tables import Draw
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json
from app.kernel.entropy import Entropy
from app.roster.rules.freezing import RosterEmpty


def announce(
    db: Session,
    *,
    title: str,
    contest: str,
    roster_version_id: int,
    strata: Sequence[rules.Stratum],
    scheduled_at: datetime,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
) -> Draw:
    """公布承诺: fixes the frozen roster, the rule, the numbers and the sources of chance before
    any of that chance exists. `contest` names the contest in the published file."""
    version = queries.roster_version(db, roster_version_id)
    if version is None or not strata:
        raise RosterEmpty
    nonce = entropy.token()
    plan = rules.plan(
        title=title,
        contest=contest,
        roster_version=version.number,
        roster_hash=version.sha256,
        strata=strata,
        scheduled_at=scheduled_at,
        nonce=nonce,
    )
    draw = Draw(
        title=title,
        roster_version_id=roster_version_id,
        plan=canonical_json(plan),
        nonce=nonce,
        commitment=rules.commitment(plan),
        announced_at=now,
        announced_by=actor.name,
        scheduled_at=scheduled_at,
    )
    db.add(draw)
    db.flush()  # the page that follows is addressed by the id
    audit.record(
        db,
        actor=actor,
        act="announce_draw",
        subject=title,
        now=now,
        draw=draw.id,
        commitment=draw.commitment,
    )
    return draw


def hold(
    db: Session,
    *,
    draw_id: int,
    contributions: Sequence[rules.Contribution],
    actor: Actor,
    now: datetime,
) -> Draw:
    """抽取: once for each commitment; the result is computed, not chosen. The file tells of every
    void draw of the same contest, so that nobody can draw until it pleases."""
    draw = queries.draw_for_update(db, draw_id)
    if draw.voided_at is not None:
        raise rules.AlreadyVoid
    if draw.held_at is not None:
        raise rules.AlreadyHeld(at=draw.held_at.isoformat(timespec="seconds"))
    plan = json.loads(draw.plan)
    voids = [_void_line(each) for each in queries.voided(db, plan["contest"])]
    transcript = rules.transcript(plan, draw.nonce, contributions, voids=voids)
    draw.transcript, draw.held_at, draw.held_by = canonical_json(transcript), now, actor.name
    db.add(draw)
    audit.record(
        db,
        actor=actor,
        act="hold_draw",
        subject=draw.title,
        now=now,
        draw=draw.id,
        commitment=draw.commitment,
        seed=transcript["seed"],
        witnesses=[each["witness"] for each in transcript["chance"]["contributions"]],
    )
    return draw


def ask_to_void(db: Session, *, draw_id: int, reason: str, actor: Actor, now: datetime) -> Draw:
    """提出作废, with a reason that will be public; a second person decides."""
    draw = queries.draw_for_update(db, draw_id)
    if draw.voided_at is not None:
        raise rules.AlreadyVoid
    if not reason.strip():
        raise rules.ReasonNeeded
    draw.void_reason, draw.void_asked_by = reason.strip(), actor.name
    db.add(draw)
    audit.record(
        db,
        actor=actor,
        act="ask_to_void_draw",
        subject=draw.title,
        now=now,
        draw=draw.id,
        reason=draw.void_reason,
    )
    return draw


def void(db: Session, *, draw_id: int, actor: Actor, now: datetime) -> Draw:
    """确认作废, by somebody other than the one who asked. The draw stays on the board."""
    draw = queries.draw_for_update(db, draw_id)
    if draw.voided_at is not None:
        raise rules.AlreadyVoid
    if draw.void_asked_by is None:
        raise rules.NobodyAskedToVoid
    if draw.void_asked_by == actor.name:
        raise rules.SamePerson
    draw.voided_by, draw.voided_at = actor.name, now
    db.add(draw)
    audit.record(
        db,
        actor=actor,
        act="void_draw",
        subject=draw.title,
        now=now,
        draw=draw.id,
        reason=draw.void_reason,
        asked_by=draw.void_asked_by,
    )
    return draw


def _void_line(draw: Draw) -> dict[str, str]:
    assert draw.voided_at is not None
    return {
        "commitment_hash": draw.commitment,
        "announced_at": draw.announced_at.isoformat(timespec="seconds"),
        "held_at": draw.held_at.isoformat(timespec="seconds") if draw.held_at else "",
        "voided_at": draw.voided_at.isoformat(timespec="seconds"),
        "reason": draw.void_reason or "",
    }
