"""Tables of draws. A trigger keeps what was announced and what was held as it is."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime


class Draw(SQLModel, table=True):
    """One draw (随机抽取): announced once, held at most once, never held again.

    `plan` and `transcript` are canonical JSON. A void draw keeps its row and its reason.
    """

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=128)
    roster_version_id: int = Field(foreign_key="roster_version.id", index=True)
    plan: str
    nonce: str = Field(max_length=64)
    commitment: str = Field(max_length=64, unique=True)
    announced_at: datetime = Field(sa_type=UtcDateTime)
    announced_by: str = Field(max_length=64)
    scheduled_at: datetime = Field(sa_type=UtcDateTime)
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_by: str | None = Field(default=None, max_length=64)
    transcript: str | None = None
    void_reason: str | None = None
    void_asked_by: str | None = Field(default=None, max_length=64)
    voided_by: str | None = Field(default=None, max_length=64)
    voided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
