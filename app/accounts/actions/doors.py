"""Signing in with a password or a ticket, and signing out."""

from datetime import datetime, timedelta

from app.accounts import queries
from app.accounts.actions import passwords
from app.accounts.rules import (
    FAILURES_COUNT_FOR,
    TicketExpired,
    TicketUnknown,
    TicketUsed,
    TooManyTries,
    WrongNameOrPassword,
    expires_at,
    normal_code,
    token_hash,
    wait_before_next_try,
)
from app.accounts.tables import SignIn, SignInFailure, Ticket
from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.entropy import Entropy


def checked(db: Session, *, name: str, password: str, now: datetime) -> Actor:
    """The actor whose password this is; raises TooManyTries, TooBusy, WrongNameOrPassword.

    Takes a reading session on purpose: hashing needs 22 ms of CPU, and inside a writing
    transaction it would hold up every answer being saved.
    """
    failures = queries.recent_failures(
        db, name_hash=token_hash(name), since=now - FAILURES_COUNT_FOR
    )
    wait = wait_before_next_try(failures, now)
    if wait > timedelta(0):
        raise TooManyTries(seconds=int(wait.total_seconds()) + 1)
    account = queries.account_named(db, name)
    stored = account.password_hash if account else passwords.NOBODY
    right = passwords.fits(password, stored)
    if not right or account is None or account.id is None or not account.active:
        raise WrongNameOrPassword
    return Actor(account.id, account.display_name, queries.roles_of(db, account.id), account.county)


def note_failure(db: Session, *, name: str, now: datetime) -> None:
    """登录失败留痕: counted for the throttle, and in the trail without the name that was typed."""
    db.add(SignInFailure(name_hash=token_hash(name), at=now))
    known = queries.account_named(db, name) is not None
    subject = name if known else "不存在的账号"
    audit.record(db, actor=SYSTEM, act="sign_in_refused", subject=subject, now=now)


def note_wait(db: Session, *, name: str, now: datetime) -> None:
    """限速留痕: a password that came too soon was not looked at, and does not count."""
    known = queries.account_named(db, name) is not None
    subject = name if known else "不存在的账号"
    audit.record(db, actor=SYSTEM, act="sign_in_throttled", subject=subject, now=now)


def note_unknown_ticket(db: Session, *, now: datetime) -> None:
    """准考码错误留痕, without the code: it may be a right one with a slip of the finger."""
    audit.record(db, actor=SYSTEM, act="enter_refused", subject="准考证", now=now)


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


def enter(
    db: Session, *, code: str, entropy: Entropy, now: datetime, replaces: str | None = None
) -> str:
    """扫码登录: the one-time code of a ticket becomes a session for that candidate's exams."""
    ticket = queries.ticket_for_update(db, normal_code(code))
    check(ticket, now)
    assert ticket is not None
    _end(db, replaces)
    ticket.used_at = now
    token = entropy.token()
    db.add(
        SignIn(
            token_hash=token_hash(token),
            ticket_id=ticket.id,
            created_at=now,
            expires_at=max(expires_at(now), ticket.valid_until),
        )
    )
    actor = Actor(0, ticket.name, frozenset({Role.CANDIDATE}), ticket.county, ticket.candidate_id)
    audit.record(
        db, actor=actor, act="enter", subject=ticket.name, now=now, candidate=ticket.candidate_id
    )
    return token


def check(ticket: Ticket | None, now: datetime) -> None:
    """Refuses a ticket that is unknown, replaced, used or past its time."""
    if ticket is None or ticket.revoked_at is not None:
        raise TicketUnknown
    if ticket.used_at is not None:
        raise TicketUsed
    if now >= ticket.valid_until:
        raise TicketExpired


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
