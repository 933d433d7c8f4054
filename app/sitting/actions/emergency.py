"""That an emergency answer file was taken in."""

from collections.abc import Mapping
from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.sitting import queries
from app.sitting.actions.notes import note, subject
from app.sitting.rules.course import Happened
from app.sitting.rules.emergency import Fate, in_words


def take_file(
    db: Session,
    *,
    exam_id: int,
    sitting_id: int,
    counts: Mapping[Fate, int],
    digest: str,
    actor: Actor,
    now: datetime,
) -> None:
    """上传应急答案文件: the trace of it, after the journal has stored what it could; `counts` says
    what became of the answers in it, `digest` which file it was."""
    queries.seat_for_update(db, exam_id, sitting_id)
    words = in_words(counts)
    note(db, sitting_id=sitting_id, kind=Happened.FILE, detail=words, by=actor.name, now=now)
    audit.record(
        db,
        actor=actor,
        act="take_file",
        subject=subject(sitting_id),
        now=now,
        file=digest,
        **{fate.value: counts.get(fate, 0) for fate in Fate},
    )
