"""Announcing a draw, holding it, and declaring it void."""

import json
from collections.abc import Sequence
from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.draw import queries
from app.draw.rules.lots import Contribution
from app.draw.rules.plan import Stratum, commitment, may_hold, plan
from app.draw.rules.record import AlreadyHeld, transcript
from app.draw.rules.voids import AlreadyVoid, checked_reason, may_confirm
from app.draw.tables import Draw
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json
from app.kernel.entropy import Entropy
from app.roster import queries as roster


def announce(
    db: Session,
    *,
    title: str,
    contest: str,
    roster_version_id: int,
    strata: Sequence[Stratum],
    scheduled_at: datetime,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
) -> Draw:
    """公布承诺: fixes the frozen roster, the rule, the numbers and the sources of chance before
    any of that chance exists. `contest` names the contest in the published file; the void draws
    of the same contest become part of what is promised."""
    version = roster.version(db, roster_version_id)
    nonce = entropy.token()
    promised = plan(
        title=title,
        contest=contest,
        roster_version=version.number,
        roster_hash=version.sha256,
        strata=strata,
        office_nonce=nonce,
        announced_at=now,
        scheduled_at=scheduled_at,
        earlier=[each.commitment for each in queries.voided(db, contest)],
    )
    draw = Draw(
        title=title,
        roster_version_id=roster_version_id,
        plan=canonical_json(promised),
        nonce=nonce,
        commitment=commitment(promised),
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
    contributions: Sequence[Contribution],
    actor: Actor,
    now: datetime,
) -> Draw:
    """抽取: once for each commitment; the result is computed, not chosen. The record tells of
    every void draw that the promise names, so that nobody can draw until it pleases."""
    draw = queries.draw_for_update(db, draw_id)
    if draw.voided_at is not None:
        raise AlreadyVoid
    if draw.held_at is not None:
        raise AlreadyHeld
    promised = json.loads(draw.plan)
    may_hold(promised, now=now)
    voided = queries.voided(db, promised["contest"])
    voids = [queries.void_of(each) for each in voided if each.commitment in promised["earlier"]]
    record = transcript(promised, draw.nonce, contributions, voids)
    draw.transcript, draw.held_at, draw.held_by = canonical_json(record), now, actor.name
    db.add(draw)
    audit.record(
        db,
        actor=actor,
        act="hold_draw",
        subject=draw.title,
        now=now,
        draw=draw.id,
        commitment=draw.commitment,
        seed=record["seed"],
        witnesses=[each.name for each in contributions],
    )
    return draw


def ask_to_void(db: Session, *, draw_id: int, reason: str, actor: Actor, now: datetime) -> Draw:
    """提出作废, with a reason that will be public; a second person decides."""
    draw = queries.draw_for_update(db, draw_id)
    if draw.voided_at is not None:
        raise AlreadyVoid
    draw.void_reason, draw.void_asked_by = checked_reason(reason), actor.name
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
        raise AlreadyVoid
    may_confirm(asked_by=draw.void_asked_by, by=actor.name)
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
