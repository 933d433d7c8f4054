"""Two people take a hand-in back: what one asks for, and what the other decides."""

from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.sitting import queries
from app.sitting.actions.notes import note, subject
from app.sitting.rules import moment
from app.sitting.rules import reopening as rules
from app.sitting.rules.course import Happened
from app.sitting.tables import Reopening


def ask_reopening(
    db: Session,
    *,
    exam_id: int,
    sitting_id: int,
    minutes: int,
    reason: str,
    released: bool,
    actor: Actor,
    now: datetime,
) -> Reopening:
    """申请撤回交卷: what was left, and `minutes` more. Nothing changes yet. Refused once the
    results are `released`, and while another one waits."""
    sitting = queries.seat_for_update(db, exam_id, sitting_id)
    if released:
        raise rules.ResultsReleased
    rules.given(queries.state_of(sitting), minutes)
    if queries.is_reopening_asked(db, sitting_id):
        raise rules.ReopeningAsked
    assert sitting.handed_in_at is not None
    asked = Reopening(
        sitting_id=sitting_id,
        handed_in_at=sitting.handed_in_at,
        receipt=sitting.receipt or "",
        minutes=minutes,
        reason=reason,
        asked_by_id=actor.account_id,
        asked_by=actor.name,
        asked_at=now,
    )
    db.add(asked)
    db.flush()
    audit.record(
        db,
        actor=actor,
        act="ask_reopening",
        subject=subject(sitting_id),
        now=now,
        reopening=asked.id,
        minutes=minutes,
        reason=reason,
        receipt=asked.receipt,
    )
    return asked


def decide_reopening(
    db: Session,
    *,
    exam_id: int,
    sitting_id: int,
    reopening_id: int,
    granted: bool,
    released: bool,
    actor: Actor,
    now: datetime,
) -> Reopening:
    """撤回交卷, or not: another person than the one who asked. Granted, the sitting goes on with
    what was left and the minutes asked for, counted from now; no answer changes, and the receipt
    is void."""
    sitting = queries.seat_for_update(db, exam_id, sitting_id)
    asked = queries.reopening(db, sitting_id, reopening_id)
    if asked.decided_at is not None or asked.handed_in_at != sitting.handed_in_at:
        raise rules.ReopeningDecided
    rules.two_people(asked.asked_by_id, actor.account_id)
    if granted and released:
        raise rules.ResultsReleased
    asked.decided_by_id, asked.decided_by, asked.decided_at = actor.account_id, actor.name, now
    asked.granted = granted
    db.add(asked)
    if granted:
        state = queries.state_of(sitting)
        length = rules.given(state, asked.minutes)
        sitting.extra_seconds = rules.reopened_seconds(state, asked.minutes, now)
        sitting.handed_in_at = sitting.closed_by = sitting.receipt = sitting.paused_at = None
        db.add(sitting)
        words = (
            f"{asked.reason}（{asked.asked_by} 申请，{actor.name} 同意；还可以作答"
            f" {moment.in_words(length)}，原回执码 {asked.receipt} 作废）"
        )
        note(
            db, sitting_id=sitting_id, kind=Happened.REOPENED, detail=words, by=actor.name, now=now
        )
    audit.record(
        db,
        actor=actor,
        act="reopen" if granted else "refuse_reopening",
        subject=subject(sitting_id),
        now=now,
        reopening=asked.id,
        asked_by=asked.asked_by,
        decided_by=actor.name,
        minutes=asked.minutes,
        reason=asked.reason,
        receipt=asked.receipt,
        handed_in_at=asked.handed_in_at.isoformat(timespec="microseconds"),
    )
    return asked
