"""What the hall does: prepare, extend, hand in for somebody, issue a ticket anew."""

from datetime import datetime, timedelta
from typing import Any

from app.accounts.actions import tickets
from app.accounts.actions.tickets import Bearer
from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.entropy import Entropy
from app.sitting import queries
from app.sitting.actions.closing import close
from app.sitting.actions.notes import note, subject
from app.sitting.rules import hall, refusals
from app.sitting.rules.course import Happened
from app.sitting.rules.hall import Scope
from app.sitting.rules.receipts import By
from app.sitting.tables import Sitting

TICKET_OUTLIVES = timedelta(hours=12)  # the receipt can still be read the same evening


def prepare(db: Session, *, exam_id: int, actor: Actor, now: datetime) -> int:
    """编场: a sitting for everyone called up for a published exam; returns how many are new.

    Idempotent: who has a sitting keeps it, and one that has not begun follows the exam's window.
    It pulls: contests know nothing of sittings.
    """
    exam, _ = queries.exam(db, exam_id)
    if exam.paper_id is None or exam.opens_at is None or exam.closes_at is None:
        raise refusals.NotReadyToSit
    window: dict[str, Any] = {
        "opens_at": exam.opens_at,
        "closes_at": exam.closes_at,
        "length_seconds": exam.length_seconds,
        "grace_seconds": exam.grace_seconds,
        "item_count": queries.item_count(db, exam.paper_id),
    }
    added, moved = 0, 0
    for candidate_id, sitting in queries.called(db, exam_id).items():
        if sitting is None:
            # The order key is no secret: the order needs the paper's seed as well.
            key, added = digest(["order", exam_id, candidate_id]), added + 1
            db.add(
                Sitting(
                    exam_id=exam_id,
                    candidate_id=candidate_id,
                    order_key=key,
                    prepared_at=now,
                    **window,
                )
            )
        elif sitting.started_at is None and _follow(sitting, window):
            moved += 1
            db.add(sitting)
    if added or moved:
        db.flush()
        about = f"exam/{exam_id}"
        audit.record(db, actor=actor, act="prepare", subject=about, now=now, new=added, moved=moved)
    return added


def _follow(sitting: Sitting, window: dict[str, Any]) -> bool:
    """Sets what differs; whether anything did."""
    changed = {name: at for name, at in window.items() if getattr(sitting, name) != at}
    for name, at in changed.items():
        setattr(sitting, name, at)
    return bool(changed)


def extend(
    db: Session,
    *,
    exam_id: int,
    sitting_id: int,
    minutes: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Sitting:
    """延长时间: adds minutes for one candidate; never takes any away."""
    sitting = queries.seat_for_update(db, exam_id, sitting_id)
    _extend(db, sitting, minutes=minutes, reason=reason, actor=actor, now=now)
    audit.record(
        db,
        actor=actor,
        act="extend",
        subject=subject(sitting_id),
        now=now,
        minutes=minutes,
        reason=reason,
    )
    return sitting


def extend_all(
    db: Session,
    *,
    exam_id: int,
    minutes: int,
    reason: str,
    actor: Actor,
    now: datetime,
    county: str = "",
) -> int:
    """全场延长: the same for everybody of an exam, or of a county in it, who has not handed in."""
    queries.exam(db, exam_id)
    scope = Scope(county=county)
    waiting = [row for row in queries.scoped(db, exam_id, scope) if row.handed_in_at is None]
    for sitting in waiting:
        _extend(db, sitting, minutes=minutes, reason=reason, actor=actor, now=now)
    audit.record(
        db,
        actor=actor,
        act="extend_all",
        subject=scope.subject(exam_id),
        now=now,
        minutes=minutes,
        reason=reason,
        sittings=len(waiting),
    )
    return len(waiting)


def _extend(
    db: Session, sitting: Sitting, *, minutes: int, reason: str, actor: Actor, now: datetime
) -> None:
    if sitting.handed_in_at is not None:
        raise refusals.HandedIn
    sitting.extra_seconds += hall.extension_seconds(minutes)
    db.add(sitting)
    words = f"延长 {minutes} 分钟：{reason}"
    note(
        db,
        sitting_id=sitting.id or 0,
        kind=Happened.EXTENDED,
        detail=words,
        by=actor.name,
        now=now,
    )


def force(
    db: Session, *, exam_id: int, sitting_id: int, reason: str, actor: Actor, now: datetime
) -> Sitting:
    """代为交卷: an invigilator hands in for a candidate, with a reason."""
    sitting = queries.seat_for_update(db, exam_id, sitting_id)
    if sitting.handed_in_at is None:
        close(db, sitting, by=By.INVIGILATOR, now=now)
        note(db, sitting_id=sitting_id, kind=Happened.FORCED, detail=reason, by=actor.name, now=now)
        audit.record(
            db,
            actor=actor,
            act="force_hand_in",
            subject=subject(sitting_id),
            now=now,
            reason=reason,
            receipt=sitting.receipt,
        )
    return sitting


def reissue(
    db: Session,
    *,
    exam_id: int,
    sitting_id: int,
    reason: str,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
) -> str:
    """补发准考证: a fresh code for another device; what the old one opened ends. The code is
    returned once and never again. Answers saved so far are shown on the new device."""
    seat = queries.seat(db, exam_id, sitting_id, now=now)
    last = queries.last_closing(db, seat.sitting.candidate_id) or now
    note(db, sitting_id=sitting_id, kind=Happened.TICKET, detail=reason, by=actor.name, now=now)
    codes = tickets.issue(
        db,
        bearers=[Bearer(seat.sitting.candidate_id, seat.name, seat.county_code)],
        valid_until=max(last, now) + TICKET_OUTLIVES,
        reason=reason,
        entropy=entropy,
        actor=actor,
        now=now,
    )
    return codes[seat.sitting.candidate_id]
