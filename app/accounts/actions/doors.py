"""Signing in with a password, and signing out; with a ticket: entering."""

from datetime import datetime, timedelta

from app.accounts import queries
from app.accounts.actions import passwords
from app.accounts.actions.entering import enter
from app.accounts.rules import (
    FAILURES_COUNT_FOR,
    TooManyTries,
    WrongNameOrPassword,
    expires_at,
    token_hash,
    wait_before_next_try,
)
from app.accounts.tables import SignIn, SignInFailure
from app.audit import actions as audit
from app.audit import queries as trail
from app.db.session import Session
from app.kernel.actor import SYSTEM, Actor
from app.kernel.entropy import Entropy

__all__ = [
    "checked",
    "enter",
    "give_back",
    "note_failure",
    "note_wait",
    "reserve",
    "sign_in",
    "sign_out",
]


def reserve(db: Session, *, name: str, now: datetime) -> int:
    """登录限速: counts a try before its password is looked at, and returns the number under which
    `sign_in` or `give_back` takes it off again; raises TooManyTries.

    Counted afterwards, sixteen guesses at once would all find the same count and all be looked at.
    Reservations are made one after the other: on PostgreSQL behind the lock of the trail, which
    this transaction lets go of at once.
    """
    trail.head_for_update(db)
    failures = queries.recent_failures(
        db, name_hash=token_hash(name), since=now - FAILURES_COUNT_FOR
    )
    wait = wait_before_next_try(failures, now)
    if wait > timedelta(0):
        raise TooManyTries(seconds=int(wait.total_seconds()) + 1)
    row = SignInFailure(name_hash=token_hash(name), at=now)
    db.add(row)
    db.flush()
    return row.id or 0


def give_back(db: Session, *, reserved: int) -> None:
    """The password was not looked at after all, or it was right: the try does not count."""
    row = queries.failure(db, reserved)
    if row is not None:
        db.delete(row)


def checked(db: Session, *, name: str, password: str) -> Actor:
    """The actor whose password this is; raises TooBusy, WrongNameOrPassword.

    Takes a reading session on purpose: hashing needs 22 ms of CPU, and inside a writing
    transaction it would hold up every answer being saved.
    """
    account = queries.account_named(db, name)
    stored = account.password_hash if account else passwords.NOBODY
    right = passwords.fits(password, stored)
    if not right or account is None or account.id is None or not account.active:
        raise WrongNameOrPassword
    return Actor(account.id, account.display_name, queries.roles_of(db, account.id), account.county)


def note_failure(db: Session, *, name: str, now: datetime) -> None:
    """登录失败留痕: in the trail, without the name that was typed if it is nobody's. The try itself
    was counted when it was reserved."""
    known = queries.account_named(db, name) is not None
    subject = name if known else "不存在的账号"
    audit.record(db, actor=SYSTEM, act="sign_in_refused", subject=subject, now=now)


def note_wait(db: Session, *, name: str, now: datetime) -> None:
    """限速留痕: a password that came too soon was not looked at, and does not count."""
    known = queries.account_named(db, name) is not None
    subject = name if known else "不存在的账号"
    audit.record(db, actor=SYSTEM, act="sign_in_throttled", subject=subject, now=now)


def sign_in(
    db: Session, *, actor: Actor, entropy: Entropy, now: datetime, replaces: str | None = None
) -> str:
    """登录: returns a fresh session token, of which only the hash is kept. The session that this
    browser still had (`replaces`: its token) ends (ASVS 7.2.4)."""
    token = entropy.token()
    _end(db, replaces)
    db.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=actor.account_id,
            created_at=now,
            expires_at=expires_at(now),
        )
    )
    audit.record(db, actor=actor, act="sign_in", subject=actor.name, now=now)
    return token


def _end(db: Session, token: str | None) -> None:
    session = queries.sign_in(db, token) if token else None
    if session is not None:
        db.delete(session)


def sign_out(db: Session, *, token: str, actor: Actor, now: datetime) -> None:
    """退出: the server forgets the session at once."""
    session = queries.sign_in(db, token)
    if session is not None:
        db.delete(session)
        audit.record(db, actor=actor, act="sign_out", subject=actor.name, now=now)
