"""What the hall tells candidates, and that it was read."""

from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.sitting import queries
from app.sitting.actions.notes import note
from app.sitting.rules import hall
from app.sitting.rules.course import Happened
from app.sitting.rules.hall import Scope
from app.sitting.tables import HallMessage, MessageSeen


def send(
    db: Session, *, exam_id: int, sitting_id: int | None, text: str, actor: Actor, now: datetime
) -> HallMessage:
    """考场通知: to one candidate, or to everybody of an exam who has not handed in; who is called
    up later sees it too. A line in the course of everyone addressed, so that open pages hear of
    it. Raises NobodyAddressed."""
    queries.exam(db, exam_id)
    scope = Scope(sitting_id=sitting_id)
    addressed = [row for row in queries.scoped(db, exam_id, scope) if row.handed_in_at is None]
    if not addressed:
        raise hall.NobodyAddressed
    message = HallMessage(exam_id=exam_id, sitting_id=sitting_id, text=text, at=now, by=actor.name)
    db.add(message)
    db.flush()  # whoever hears of the line must find the message
    for sitting in addressed:
        about = sitting.id or 0
        note(db, sitting_id=about, kind=Happened.MESSAGE, detail=text, by=actor.name, now=now)
    audit.record(
        db,
        actor=actor,
        act="message",
        subject=scope.subject(exam_id),
        now=now,
        message=message.id,
        text=text,
        sittings=len(addressed),
    )
    return message


def see(db: Session, *, sitting_id: int, message_id: int, now: datetime) -> None:
    """已读: the message stood on the candidate's open page. Once is enough: two pages at once
    write one line, for the sitting is locked meanwhile. Its own trace; audit has none of it.
    Raises SittingMissing, MessageMissing."""
    queries.lock(db, sitting_id)
    if not queries.is_told(db, sitting_id, message_id):
        raise hall.MessageMissing
    if not queries.has_seen(db, sitting_id, message_id):
        db.add(MessageSeen(message_id=message_id, sitting_id=sitting_id, at=now))
