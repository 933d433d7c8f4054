"""What the hall told candidates, and who has read it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import and_, col, func, or_, select

from app.contests.tables import Candidate
from app.db.session import Session
from app.roster.tables import County, Officer
from app.sitting.queries.own import CALLED
from app.sitting.tables import HallMessage, MessageSeen, Sitting

# Built once: every open page asks for it when there is news.
_MINE = (
    select_columns(col(HallMessage.id), col(HallMessage.at), col(HallMessage.text))
    .join(Sitting, col(Sitting.exam_id) == col(HallMessage.exam_id))
    .where(
        col(Sitting.id) == bindparam("sitting_id"),
        or_(col(HallMessage.sitting_id).is_(None), col(HallMessage.sitting_id) == col(Sitting.id)),
    )
    .order_by(col(HallMessage.id))
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom a message was for."""

    sitting_id: int
    name: str
    county: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message as the hall sees it: for whom (everybody, if `to` is none), how many of them have
    it on their page, and who has not."""

    id: int
    at: datetime
    by: str
    text: str
    to: Reader | None
    seen: int
    addressed: int
    unseen: tuple[Reader, ...]


def messages(db: Session, sitting_id: int) -> list[tuple[int, datetime, str]]:
    """What this candidate was told: (number, moment, text), the exam's and their own, in order."""
    return [(row.id, row.at, row.text) for row in db.execute(_MINE, {"sitting_id": sitting_id})]


def is_told(db: Session, sitting_id: int, message_id: int) -> bool:
    """Whether this message is for this sitting."""
    mine = _MINE.where(col(HallMessage.id) == message_id)
    return db.execute(mine, {"sitting_id": sitting_id}).first() is not None


def has_seen(db: Session, sitting_id: int, message_id: int) -> bool:
    """Whether it is written down already that the message was read."""
    found = select(MessageSeen).where(
        MessageSeen.message_id == message_id, MessageSeen.sitting_id == sitting_id
    )
    return db.exec(found).first() is not None


def message_count(db: Session, exam_id: int) -> int:
    """How many messages an exam has had."""
    return db.exec(
        select(func.count(col(HallMessage.id))).where(HallMessage.exam_id == exam_id)
    ).one()


def notices(db: Session, exam_id: int) -> list[Notice]:
    """Every message of an exam, the newest first; three queries. For whom it was: the called who
    had not handed in before it."""
    people = db.execute(
        select_columns(
            col(Sitting.id), col(Officer.name), col(County.name), col(Sitting.handed_in_at)
        )
        .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .where(col(Sitting.exam_id) == exam_id, col(Candidate.state) == CALLED)
        .order_by(col(County.position), col(Candidate.number), col(Sitting.id))
    ).all()
    seen: defaultdict[int, set[int]] = defaultdict(set)
    read = select_columns(col(MessageSeen.message_id), col(MessageSeen.sitting_id)).join(
        HallMessage,
        and_(
            col(HallMessage.id) == col(MessageSeen.message_id),
            col(HallMessage.exam_id) == exam_id,
        ),
    )
    for message_id, sitting_id in db.execute(read):
        seen[message_id].add(sitting_id)
    told = select(HallMessage).where(HallMessage.exam_id == exam_id)
    out = []
    for row in db.exec(told.order_by(col(HallMessage.id).desc())):
        mine = [
            Reader(sitting_id, name, county)
            for sitting_id, name, county, handed_in_at in people
            if row.sitting_id in (None, sitting_id)
            and (row.sitting_id is not None or handed_in_at is None or handed_in_at > row.at)
        ]
        unseen = tuple(each for each in mine if each.sitting_id not in seen[row.id or 0])
        to = mine[0] if row.sitting_id is not None and mine else None
        heading = (row.id or 0, row.at, row.by, row.text, to)
        out.append(Notice(*heading, len(mine) - len(unseen), len(mine), unseen))
    return out
