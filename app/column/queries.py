"""Reading what the public wrote."""

from datetime import datetime

from sqlmodel import col, func, select

from app.column.tables import Feedback
from app.db.session import Session


def letters(db: Session, *, limit: int = 50) -> list[Feedback]:
    """意见与投诉, the newest first."""
    asked = select(Feedback).order_by(col(Feedback.at).desc(), col(Feedback.id).desc())
    return list(db.exec(asked.limit(limit)))


def count_since(db: Session, at: datetime) -> int:
    """How many letters came after this moment."""
    return db.exec(select(func.count(col(Feedback.id))).where(col(Feedback.at) > at)).one()
