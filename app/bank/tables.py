"""Tables of laws, questions and the provisions these rest on."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from app.db.types import UtcDateTime


class Law(SQLModel, table=True):
    """A law or rule and the time it is in force (法律依据). No statute text."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=64)
    title: str = Field(max_length=128)
    issuer: str = Field(max_length=64)
    version: date
    effective: date
    repealed: date | None = None
    articles: int
    successor: str | None = Field(default=None, max_length=64)
    confidence: str = Field(max_length=16)

    __table_args__ = (UniqueConstraint("name", "version"),)


class Question(SQLModel, table=True):
    """One version of one question (试题). `content` and `key` are canonical JSON and never
    travel together to a candidate."""

    __table_args__ = (UniqueConstraint("code", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=96)
    version: int
    kind: str = Field(max_length=32, index=True)
    topic: str = Field(max_length=64, index=True)
    difficulty: int
    content: str
    key: str
    explanation: str
    tags: str
    valid_from: date
    valid_to: date | None = None
    transition: bool = False
    hold: str | None = None
    status: str = Field(max_length=16, index=True)
    sha256: str = Field(max_length=64)
    author: str = Field(max_length=64)
    reviewer: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)


class QuestionBasis(SQLModel, table=True):
    """A provision that a question rests on (试题的法律依据)."""

    __tablename__ = "question_basis"

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="question.id", index=True)
    law: str = Field(max_length=64, index=True)
    version: date
    article: str = Field(max_length=16)
    paragraph: int | None = None
    item: int | None = None
    role: str = Field(max_length=16)
    confidence: str = Field(max_length=16)
