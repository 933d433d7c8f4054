"""Tables of marking runs and of every mark with its reasons. Append-only."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel, UniqueConstraint

from app.db.types import ExactDecimal, UtcDateTime


class MarkRun(SQLModel, table=True):
    """One run over one exam under one key and policy (一次阅卷)."""

    __tablename__ = "mark_run"
    __table_args__ = (UniqueConstraint("exam_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    exam_id: int = Field(foreign_key="exam.id", index=True)
    number: int
    key_hash: str = Field(max_length=64)
    policy: str
    sittings: int
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=64)


class ItemMark(SQLModel, table=True):
    """The mark of one item (单题得分). `item` is the paper's position; `response` is in the
    bank's letters; `reasons` is canonical JSON."""

    __tablename__ = "item_mark"

    run_id: int = Field(foreign_key="mark_run.id", primary_key=True)
    sitting_id: int = Field(foreign_key="sitting.id", primary_key=True, index=True)
    item: int = Field(primary_key=True)
    response: str | None = None
    points: Decimal = Field(sa_type=ExactDecimal)
    maximum: Decimal = Field(sa_type=ExactDecimal)
    reasons: str


class SittingScore(SQLModel, table=True):
    """The exact score of one sitting in one run (一场成绩)."""

    __tablename__ = "sitting_score"

    run_id: int = Field(foreign_key="mark_run.id", primary_key=True)
    sitting_id: int = Field(foreign_key="sitting.id", primary_key=True, index=True)
    score: Decimal = Field(sa_type=ExactDecimal)
    used_seconds: int
