"""Tables of sittings, of every answer that was ever saved, and of what happened meanwhile."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from app.db.types import UtcDateTime


class Sitting(SQLModel, table=True):
    """One candidate, one exam (作答). The window is copied from the exam, so that saving an
    answer reads one row; `extra_seconds` is what an invigilator added."""

    __table_args__ = (UniqueConstraint("exam_id", "candidate_id"),)

    id: int | None = Field(default=None, primary_key=True)
    exam_id: int = Field(foreign_key="exam.id", index=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    item_count: int
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    length_seconds: int
    grace_seconds: int
    extra_seconds: int = 0
    order_key: str = Field(max_length=64)
    prepared_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str | None = Field(default=None, max_length=16)  # candidate, server, invigilator
    receipt: str | None = Field(default=None, max_length=16)


class AnswerLog(SQLModel, table=True):
    """Every answer saved (作答记录), append-only; the current answer is the one with most `seq`.

    `item` is the number the candidate saw, 1…n in their own order."""

    __tablename__ = "answer_log"

    sitting_id: int = Field(foreign_key="sitting.id", primary_key=True)
    item: int = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    answer: str
    digest: str = Field(max_length=64)
    typed_at: datetime = Field(sa_type=UtcDateTime)
    arrived_at: datetime = Field(sa_type=UtcDateTime)
    late: bool


class SittingEvent(SQLModel, table=True):
    """What happened during a sitting (作答过程): leaving the page, a new device, more time,
    a message. Append-only; it decides nothing by itself."""

    __tablename__ = "sitting_event"

    id: int | None = Field(default=None, primary_key=True)
    sitting_id: int = Field(foreign_key="sitting.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(max_length=16)
    detail: str = ""
    by: str = Field(default="", max_length=64)
