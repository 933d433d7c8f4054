"""Opening accounts and changing what they may do."""

from collections.abc import Collection
from datetime import datetime

from app.accounts import queries
from app.accounts.rules import NameTaken, OwnRights, check_roles
from app.accounts.tables import Account, AccountRole
from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor, Role


def open_account(
    db: Session,
    *,
    name: str,
    display_name: str,
    password_hash: str,
    roles: Collection[Role],
    county: str | None = None,
    actor: Actor,
    now: datetime,
) -> Account:
    """开户: a new account with its roles, or with none until the security administrator grants
    some (三员分立). The password arrives hashed (`passwords.hashed`), because hashing inside a
    writing transaction would hold up every answer being saved. Raises NameTaken, RolesConflict."""
    if roles:
        check_roles(roles)
    if queries.account_named(db, name) is not None:
        raise NameTaken(name=name)
    account = Account(
        name=name,
        display_name=display_name,
        password_hash=password_hash,
        county=county,
        created_at=now,
    )
    db.add(account)
    db.flush()  # the caller needs the id to tie an officer to the account
    for role in sorted(set(roles)):
        db.add(AccountRole(account_id=account.id or 0, role=role.value))
    db.flush()  # the database has its own word on administrators
    audit.record(
        db, actor=actor, act="open_account", subject=name, now=now, roles=sorted(set(roles))
    )
    return account


def set_active(
    db: Session, *, account_id: int, active: bool, reason: str, actor: Actor, now: datetime
) -> Account:
    """停用、启用: a disabled account's sessions end in the same transaction."""
    account = queries.account(db, account_id)
    if account.id == actor.account_id:
        raise OwnRights
    account.active = active
    db.add(account)
    if not active:
        for session in queries.open_sessions(db, account_id):
            db.delete(session)
    audit.record(
        db,
        actor=actor,
        act="set_active",
        subject=account.name,
        now=now,
        active=active,
        reason=reason,
    )
    return account


def grant(
    db: Session, *, account_id: int, roles: Collection[Role], actor: Actor, now: datetime
) -> None:
    """授权: replaces the roles of somebody else's account."""
    account = queries.account(db, account_id)
    if account.id == actor.account_id:
        raise OwnRights
    check_roles(roles)
    for row in queries.role_rows(db, account_id):
        db.delete(row)
    db.flush()
    for role in sorted(set(roles)):
        db.add(AccountRole(account_id=account_id, role=role.value))
    audit.record(
        db, actor=actor, act="grant", subject=account.name, now=now, roles=sorted(set(roles))
    )


def set_password(
    db: Session, *, account_id: int, password_hash: str, actor: Actor, now: datetime
) -> None:
    """重设密码: old sessions end."""
    account = queries.account(db, account_id)
    account.password_hash = password_hash
    db.add(account)
    for session in queries.open_sessions(db, account_id):
        db.delete(session)
    audit.record(db, actor=actor, act="set_password", subject=account.name, now=now)
