"""Tables of counties, officers, imports and frozen rosters."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime


class County(SQLModel, table=True):
    """A county, city or district of this city (县区). `position` is the official order."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=12, unique=True)
    name: str = Field(max_length=64, unique=True)
    position: int


class Officer(SQLModel, table=True):
    """An enforcement officer (执法人员). Identity and phone numbers are kept three ways: masked
    for people, sealed for the one who must read them, and as a keyed hash for look-up."""

    id: int | None = Field(default=None, primary_key=True)
    county_id: int = Field(foreign_key="county.id", index=True)
    name: str = Field(max_length=64)
    certificate: str = Field(max_length=32, unique=True)
    certificate_expires: date | None = None
    establishment: str = Field(max_length=24)
    on_post: str = Field(max_length=24)
    unit: str = Field(default="", max_length=128)
    post: str = Field(default="", max_length=64)
    gender: str | None = Field(default=None, max_length=8)
    born: date | None = None
    id_masked: str | None = Field(default=None, max_length=24)
    id_sealed: str | None = None
    id_hash: str | None = Field(default=None, max_length=64, unique=True)
    phone_masked: str | None = Field(default=None, max_length=24)
    phone_sealed: str | None = None
    phone_hash: str | None = Field(default=None, max_length=64, index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", unique=True)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class RosterImport(SQLModel, table=True):
    """One sheet that was written to the roster (导入记录)."""

    __tablename__ = "roster_import"

    id: int | None = Field(default=None, primary_key=True)
    file_name: str = Field(max_length=255)
    file_sha256: str = Field(max_length=64)
    read: int
    added: int
    updated: int
    unchanged: int
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=64)


class RosterVersion(SQLModel, table=True):
    """A frozen roster (花名册冻结版): canonical JSON and its SHA-256. Append-only."""

    __tablename__ = "roster_version"

    id: int | None = Field(default=None, primary_key=True)
    number: int = Field(unique=True)
    draw_date: date
    content: str
    sha256: str = Field(max_length=64)
    officer_count: int
    eligible_count: int
    frozen_at: datetime = Field(sa_type=UtcDateTime)
    frozen_by: str = Field(max_length=64)
