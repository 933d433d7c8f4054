"""Answers as they stand, for the candidate's page, the receipt and the marking."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, func, select

from app.db.journal import Connection
from app.db.session import Session
from app.sitting.rules.answers import FLAGS
from app.sitting.tables import AnswerLog, Sitting


def _current(*about: Any) -> Any:
    """The rows of the log that stand: of each item the one with the highest number."""
    newest = (
        select_columns(
            col(AnswerLog.sitting_id).label("sitting_id"),
            col(AnswerLog.item).label("item"),
            func.max(AnswerLog.seq).label("seq"),
        )
        .where(*about)
        .group_by(col(AnswerLog.sitting_id), col(AnswerLog.item))
        .subquery()
    )
    same = and_(
        col(AnswerLog.sitting_id) == newest.c.sitting_id,
        col(AnswerLog.item) == newest.c.item,
        col(AnswerLog.seq) == newest.c.seq,
    )
    return select(AnswerLog).join(newest, same)


_newer = aliased(AnswerLog)
_STANDING = select_columns(
    col(AnswerLog.item), col(AnswerLog.answer), col(AnswerLog.seq), col(AnswerLog.arrived_at)
).where(
    col(AnswerLog.sitting_id) == bindparam("sitting_id"),
    ~exists().where(
        col(_newer.sitting_id) == col(AnswerLog.sitting_id),
        col(_newer.item) == col(AnswerLog.item),
        col(_newer.seq) > col(AnswerLog.seq),
    ),
)


def standing(connection: Connection, sitting_id: int) -> dict[int, tuple[str, int, datetime]]:
    """The same as bare values: text, number and arrival of each item, FLAGS among them."""
    rows = connection.execute(_STANDING, {"sitting_id": sitting_id})
    return {item: (answer, seq, at) for item, answer, seq, at in rows}


def answers(db: Session, sitting_id: int) -> dict[int, AnswerLog]:
    """The current answer of each item; under FLAGS the list of doubtful items."""
    rows = db.execute(_current(AnswerLog.sitting_id == sitting_id)).scalars()
    return {row.item: row for row in rows}


def responses(db: Session, exam_id: int) -> dict[int, dict[int, str]]:
    """What is marked: for every sitting handed in, the current answer text of each item that the
    candidate saw under that number. A sitting without an answer is there, and empty."""
    ids = select(Sitting.id).where(
        Sitting.exam_id == exam_id, col(Sitting.handed_in_at).is_not(None)
    )
    out: dict[int, dict[int, str]] = {sitting_id or 0: {} for sitting_id in db.exec(ids)}
    about = col(AnswerLog.sitting_id).in_(ids), col(AnswerLog.item) > FLAGS
    for row in db.execute(_current(*about)).scalars():
        out[row.sitting_id][row.item] = row.answer
    return out


def handed_in(db: Session, exam_id: int) -> list[Sitting]:
    """The sittings of an exam that can be marked."""
    rows = select(Sitting).where(Sitting.exam_id == exam_id, col(Sitting.handed_in_at).is_not(None))
    return list(db.exec(rows.order_by(col(Sitting.id))))
