"""Table of circulars. Append-only: a mistake is mended by a correction, not by an edit."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime


class CircularIssue(SQLModel, table=True):
    """A circular that was issued (通报). `meta` is canonical JSON: number, addressees, signature,
    date; together with the release it gives the whole document again."""

    __tablename__ = "circular"

    id: int | None = Field(default=None, primary_key=True)
    release_id: int = Field(foreign_key="release.id", index=True)
    document_number: str = Field(max_length=64, unique=True)
    title: str = Field(max_length=128)
    meta: str
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_by: str = Field(max_length=64)
