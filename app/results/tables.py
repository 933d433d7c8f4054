"""Table of releases. Append-only: one immutable release stands behind every view."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from app.db.types import UtcDateTime


class Release(SQLModel, table=True):
    """A release of results (成绩发布): `content` is the canonical JSON that `sha256` covers."""

    __table_args__ = (UniqueConstraint("contest_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    number: int
    content: str
    sha256: str = Field(max_length=64)
    released_at: datetime = Field(sa_type=UtcDateTime)
    released_by: str = Field(max_length=64)
