"""Stopping the clock, letting it go on, moving a window: what nobody loses a second by."""

from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.sitting import queries
from app.sitting.actions.notes import note, subject
from app.sitting.rules import hall, refusals
from app.sitting.rules.course import Happened
from app.sitting.rules.hall import Scope
from app.sitting.tables import Sitting


def pause(
    db: Session, *, exam_id: int, scope: Scope, reason: str, actor: Actor, now: datetime
) -> int:
    """暂停: the clock of these sittings stands still from now on, begun or not; returns how many.
    One that stands already keeps its earlier moment. Raises NobodyToPause."""
    queries.exam(db, exam_id)
    waiting = [
        row
        for row in queries.scoped(db, exam_id, scope)
        if hall.may_pause(queries.state_of(row), now)
    ]
    if not waiting:
        raise hall.NobodyToPause
    for sitting in waiting:
        _stop(db, sitting, at=now, reason=reason, actor=actor, now=now)
    audit.record(
        db,
        actor=actor,
        act="pause",
        subject=scope.subject(exam_id),
        now=now,
        reason=reason,
        sittings=[row.id for row in waiting],
    )
    return len(waiting)


def resume(
    db: Session, *, exam_id: int, scope: Scope, reason: str, actor: Actor, now: datetime
) -> int:
    """续考: the clock of those who are paused goes on, and the time that has passed is added;
    returns how many. Raises NobodyPaused."""
    queries.exam(db, exam_id)
    paused = [row for row in queries.scoped(db, exam_id, scope) if row.paused_at is not None]
    if not paused:
        raise hall.NobodyPaused
    for sitting in paused:
        sitting.extra_seconds = hall.resumed_seconds(queries.state_of(sitting), now)
        sitting.paused_at = None
        db.add(sitting)
        _line(db, sitting, Happened.RESUMED, reason, actor, now)
    audit.record(
        db,
        actor=actor,
        act="resume",
        subject=scope.subject(exam_id),
        now=now,
        reason=reason,
        sittings=[row.id for row in paused],
    )
    return len(paused)


def hold(db: Session, *, at: datetime, reason: str, actor: Actor, now: datetime) -> int:
    """系统暂停: stops the clock of everybody who has begun, in every exam, as of `at`, the last
    moment that was known to be good; `now` may lie before it. Returns how many. Who stands already
    keeps that moment. Harmless when run twice: whoever finds the fault may call it."""
    ids = [row.id or 0 for row in queries.begun(db) if row.paused_at is None]
    if not ids:
        return 0
    running = [
        row for row in queries.locked(db, ids) if row.handed_in_at is None and row.paused_at is None
    ]
    for sitting in running:
        _stop(db, sitting, at=at, reason=reason, actor=actor, now=now)
    if running:
        audit.record(
            db,
            actor=actor,
            act="hold",
            subject=f"{len(running)} 场作答",
            now=now,
            reason=reason,
            as_of=at.isoformat(timespec="milliseconds"),
            sittings=[row.id for row in running],
        )
    return len(running)


def shift(
    db: Session,
    *,
    exam_id: int,
    sitting_id: int,
    minutes: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Sitting:
    """后移: moves the whole window of one who has not begun; never forwards."""
    sitting = queries.seat_for_update(db, exam_id, sitting_id)
    if sitting.handed_in_at is not None:
        raise refusals.HandedIn
    if sitting.started_at is not None:
        raise hall.AlreadyBegun
    sitting.shift_seconds += hall.shift_seconds(minutes)
    db.add(sitting)
    _line(db, sitting, Happened.SHIFTED, f"考试时间后移 {minutes} 分钟：{reason}", actor, now)
    audit.record(
        db,
        actor=actor,
        act="shift",
        subject=subject(sitting_id),
        now=now,
        minutes=minutes,
        reason=reason,
    )
    return sitting


def _stop(
    db: Session,
    sitting: Sitting,
    *,
    at: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    sitting.paused_at = hall.paused_from(queries.state_of(sitting), at)
    db.add(sitting)
    _line(db, sitting, Happened.PAUSED, reason, actor, now)


def _line(
    db: Session, sitting: Sitting, kind: Happened, detail: str, actor: Actor, now: datetime
) -> None:
    note(db, sitting_id=sitting.id or 0, kind=kind, detail=detail, by=actor.name, now=now)
