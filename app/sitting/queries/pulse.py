"""What the pulse reads and writes, for all open pages of a process at once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import col, func

from app.db.session import Session
from app.sitting.rules.course import NEWS
from app.sitting.tables import Sitting, SittingEvent

_NEWS = (
    select_columns(col(SittingEvent.sitting_id), func.max(SittingEvent.id))
    .where(col(SittingEvent.id) > bindparam("after"), col(SittingEvent.kind).in_(NEWS))
    .group_by(col(SittingEvent.sitting_id))
)
_LAST = select_columns(func.coalesce(func.max(SittingEvent.id), 0))
_HEAR = (
    update(Sitting)
    .where(
        col(Sitting.id) == bindparam("sitting_id"),
        or_(col(Sitting.heard_at).is_(None), col(Sitting.heard_at) < bindparam("at")),
    )
    .values(heard_at=bindparam("at"))
)


def news_since(db: Session, after: int) -> tuple[int, dict[int, int]]:
    """The number of the last line of any course, and by sitting that of its latest news behind
    the line `after`."""
    last = int(db.execute(_LAST).scalar_one())
    rows = db.execute(_NEWS, {"after": after})
    return last, {row[0]: row[1] for row in rows}


def hear(db: Session, heard: Mapping[int, datetime]) -> None:
    """Writes when pages were last heard, in the order in which everybody locks sittings."""
    rows = [{"sitting_id": each, "at": heard[each]} for each in sorted(heard)]
    db.connection().execute(_HEAR, rows)
