"""Tables of blueprints and frozen papers."""

from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel

from app.db.types import ExactDecimal, UtcDateTime


class BlueprintDraft(SQLModel, table=True):
    """A blueprint while it is being worked on (组卷方案). `spec` is canonical JSON."""

    __tablename__ = "blueprint"

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=128)
    spec: str
    updated_at: datetime = Field(sa_type=UtcDateTime)
    updated_by: str = Field(max_length=64)


class Paper(SQLModel, table=True):
    """A frozen paper (试卷), append-only. `content` holds no byte of `key`."""

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=128)
    blueprint: str
    as_of: date
    seed: str = Field(max_length=64)
    content: str
    key: str
    paper_hash: str = Field(max_length=64)
    key_hash: str = Field(max_length=64)
    item_count: int
    points: Decimal = Field(sa_type=ExactDecimal)
    frozen_at: datetime = Field(sa_type=UtcDateTime)
    frozen_by: str = Field(max_length=64)
