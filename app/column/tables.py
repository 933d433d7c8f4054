"""Table of what the public writes to the office."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime


class Feedback(SQLModel, table=True):
    """A complaint or suggestion (意见建议), required by 国办函〔2026〕12号."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    about: str = Field(max_length=32)
    body: str
    contact: str = Field(default="", max_length=64)
