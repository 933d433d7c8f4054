"""Tables of sittings, of every answer that was ever saved, and of what happened meanwhile."""

from datetime import datetime

from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint, text

from app.db.types import UtcDateTime

# What rows of before this column have.
NOUGHT = {"server_default": text("0")}
BLANK = {"server_default": text("''")}


class Sitting(SQLModel, table=True):
    """One candidate, one exam (作答). The window is copied from the exam, so that saving an
    answer reads one row. `extra_seconds` is what was added (延长), `shift_seconds` by how much the
    whole window was moved for this candidate (后移), `paused_at` since when the clock stands still
    (暂停). `page` is the page that holds the pen, `epoch` how often it was taken over (接管)."""

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
    shift_seconds: int = Field(default=0, sa_column_kwargs=NOUGHT)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    epoch: int = Field(default=0, sa_column_kwargs=NOUGHT)
    page: str = Field(default="", max_length=16, sa_column_kwargs=BLANK)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
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


class KeptAnswer(SQLModel, table=True):
    """An answer that came too late to count (未计入的答案), append-only: kept, not marked, shown to
    the organizer. `via` is how it came: from the page, or in an emergency answer file."""

    __tablename__ = "kept_answer"

    sitting_id: int = Field(foreign_key="sitting.id", primary_key=True)
    item: int = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    digest: str = Field(max_length=64, primary_key=True)
    answer: str
    typed_at: datetime = Field(sa_type=UtcDateTime)
    arrived_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=16)  # too_late, handed_in
    via: str = Field(max_length=8)  # page, file


class HallMessage(SQLModel, table=True):
    """What the hall tells candidates (考场通知), append-only: all of an exam, or one sitting."""

    __tablename__ = "hall_message"

    id: int | None = Field(default=None, primary_key=True)
    exam_id: int = Field(foreign_key="exam.id", index=True)
    sitting_id: int | None = Field(default=None, foreign_key="sitting.id", index=True)
    text: str
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=64)


class MessageSeen(SQLModel, table=True):
    """That a message stood on a candidate's open page (已读), append-only."""

    __tablename__ = "message_seen"

    message_id: int = Field(foreign_key="hall_message.id", primary_key=True)
    sitting_id: int = Field(foreign_key="sitting.id", primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class Reopening(SQLModel, table=True):
    """A hand-in to be taken back (撤回交卷): one asks, another confirms. The database itself holds
    that they are two. `receipt` and `handed_in_at` are those of the hand-in in question."""

    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="two_people"),
    )

    id: int | None = Field(default=None, primary_key=True)
    sitting_id: int = Field(foreign_key="sitting.id", index=True)
    handed_in_at: datetime = Field(sa_type=UtcDateTime)
    receipt: str = Field(max_length=16)
    minutes: int
    reason: str
    asked_by_id: int
    asked_by: str = Field(max_length=64)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by_id: int | None = None
    decided_by: str | None = Field(default=None, max_length=64)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    granted: bool | None = None


class Heartbeat(SQLModel, table=True):
    """When the house last knew what time it is (心跳): one row, set by every sweeper."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
