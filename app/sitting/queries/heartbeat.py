"""The one row of the heartbeat."""

from datetime import datetime

from sqlmodel import select

from app.db.session import Session
from app.sitting.tables import Heartbeat


def heartbeat_for_update(db: Session) -> Heartbeat | None:
    """The last beat, locked; nothing on the first day."""
    return db.exec(select(Heartbeat).where(Heartbeat.id == 1).with_for_update()).first()


def heartbeat(db: Session) -> datetime | None:
    """When the house last knew what time it is."""
    return db.exec(select(Heartbeat.at).where(Heartbeat.id == 1)).first()


def set_heartbeat(db: Session, last: Heartbeat | None, now: datetime) -> None:
    """Writes this beat; the heartbeat is no other feature's, and no act of anybody."""
    if last is None:
        last = Heartbeat(id=1, at=now)
    last.at = now
    db.add(last)
