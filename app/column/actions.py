"""Taking a letter from the public."""

from datetime import datetime

from app.audit import actions as audit
from app.column import queries
from app.column.rules import MOST, WITHIN, About, TooManyLetters
from app.column.tables import Feedback
from app.db.session import Session
from app.kernel.actor import Actor

PUBLIC = Actor(account_id=0, name="公众", roles=frozenset())


def write_feedback(
    db: Session, *, about: About, body: str, contact: str, now: datetime
) -> Feedback:
    """提交意见: without a name, whoever is signed in. Neither who wrote nor what was written is
    in the trail; that a letter came is. Refused when too many came within a minute."""
    if queries.count_since(db, now - WITHIN) >= MOST:
        raise TooManyLetters
    row = Feedback(at=now, about=about.value, body=body, contact=contact)
    db.add(row)
    db.flush()  # the trail names its number
    audit.record(
        db, actor=PUBLIC, act="write_feedback", subject=f"意见 {row.id}", now=now, about=about.value
    )
    return row
