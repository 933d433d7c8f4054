"""Tables of accounts, their roles, admission tickets, and the sessions these opened."""

from datetime import datetime

from sqlmodel import CheckConstraint, Field, Index, SQLModel, text

from app.db.types import UtcDateTime

# GB/T 22239, 三员分立: the database itself keeps the three administrators apart.
_ADMINISTRATORS = text("role IN ('system_admin', 'security_admin', 'auditor')")


class Account(SQLModel, table=True):
    """Someone who may sign in with a password (账号). `county` is a county's code."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=64, unique=True)
    display_name: str = Field(max_length=64)
    password_hash: str
    county: str | None = Field(default=None, max_length=12)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class AccountRole(SQLModel, table=True):
    """One role of one account (角色)."""

    __tablename__ = "account_role"
    __table_args__ = (
        Index(
            "uq_account_role_one_administrator",
            "account_id",
            unique=True,
            sqlite_where=_ADMINISTRATORS,
            postgresql_where=_ADMINISTRATORS,
        ),
    )

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    role: str = Field(max_length=16, primary_key=True)


class Ticket(SQLModel, table=True):
    """An admission ticket (准考证): a one-time code, of which only the hash is kept.

    `candidate_id` points upstairs (contests), so it is a number here and no foreign key.
    """

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(max_length=64, unique=True)
    candidate_id: int = Field(index=True)
    name: str = Field(max_length=64)
    county: str = Field(max_length=12)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    valid_until: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignIn(SQLModel, table=True):
    """A session that is open until it expires or is ended here (登录会话)."""

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (ticket_id IS NULL)", name="one_bearer"),
    )

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class SignInFailure(SQLModel, table=True):
    """A refused password, counted per account name (登录失败). The name is hashed: people type
    passwords into the wrong field."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_name_hash_at", "name_hash", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    name_hash: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
