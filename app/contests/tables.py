"""Tables of contests, their exams and the people called up for them."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint, false

from app.db.types import UtcDateTime


class Contest(SQLModel, table=True):
    """One contest (一期比武). `rules` is canonical JSON of ContestRules."""

    __table_args__ = (UniqueConstraint("year", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    year: int
    number: int
    title: str = Field(max_length=128)
    rules: str
    rules_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    roster_version_id: int | None = Field(default=None, foreign_key="roster_version.id")
    draw_id: int | None = Field(default=None, foreign_key="draw.id", unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=64)


class Exam(SQLModel, table=True):
    """One exam of a contest (科目) with its time window. Candidates see it once published.

    A `rehearsal` (演练) is sat by the same people at the same doors and never counts: triggers
    refuse marks for it, and that it becomes an exam, or an exam a rehearsal."""

    __table_args__ = (UniqueConstraint("contest_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    code: str = Field(max_length=8)
    title: str = Field(max_length=128)
    position: int
    paper_id: int | None = Field(default=None, foreign_key="paper.id")
    opens_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    length_seconds: int = 5400
    grace_seconds: int = 300
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rehearsal: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Candidate(SQLModel, table=True):
    """A person called up for a contest (参赛人员), by draw or by nomination, never both: the
    database holds one row for a person in a contest."""

    __table_args__ = (
        UniqueConstraint("contest_id", "officer_id"),
        UniqueConstraint("contest_id", "number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    county_id: int = Field(foreign_key="county.id", index=True)
    entered: str = Field(max_length=16)  # contests.rules: draw or nomination
    state: str = Field(max_length=16)  # called, reserve, replaced, on_leave
    reserve_place: int | None = None
    number: str | None = Field(default=None, max_length=16)
    reason: str | None = None
    replaces_id: int | None = Field(default=None, foreign_key="candidate.id")
    entered_at: datetime = Field(sa_type=UtcDateTime)
