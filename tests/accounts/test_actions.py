"""The door and the accounts, on both engines, with the trace that each act leaves."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.actions import accounts, doors, entering, passwords, tickets
from app.accounts.rules import (
    NameTaken,
    OwnRights,
    RolesConflict,
    TicketExpired,
    TicketUnknown,
    TicketUsed,
    TooManyTries,
    WrongNameOrPassword,
    token_hash,
)
from app.accounts.tables import AccountRole, SignIn
from app.audit import queries as audit
from app.db.session import Session, reading, transaction
from app.kernel.actor import SYSTEM, Role
from tests import factories
from tests.fakes import NINE, FixedEntropy

HOUR = timedelta(hours=1)


def issue(db: Session, entropy: FixedEntropy, candidate_id: int = 7) -> str:
    bearer = tickets.Bearer(candidate_id, "林知远", "01")
    codes = tickets.issue(
        db,
        bearers=[bearer],
        valid_until=NINE + 3 * HOUR,
        reason="首次发放",
        entropy=entropy,
        actor=SYSTEM,
        now=NINE,
    )
    return codes[candidate_id]


def test_the_strength_of_a_stored_password_meets_the_floor() -> None:
    assert passwords.hashed("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_right_password_is_an_actor_with_its_roles(db: Session) -> None:
    factories.account(db, "许青禾", Role.ORGANIZER, Role.MARKER, now=NINE)
    actor = doors.checked(db, name="许青禾", password=factories.PASSWORD)
    assert actor.roles == {Role.ORGANIZER, Role.MARKER}


@pytest.mark.parametrize(("name", "password"), [("许青禾", "wrong"), ("没有这人", "wrong")])
def test_both_mistakes_get_one_answer(db: Session, name: str, password: str) -> None:
    factories.account(db, "许青禾", Role.ORGANIZER, now=NINE)
    with pytest.raises(WrongNameOrPassword):
        doors.checked(db, name=name, password=password)


def test_after_five_failures_even_the_right_password_waits(db: Session) -> None:
    factories.account(db, "许青禾", Role.ORGANIZER, now=NINE)
    for _ in range(5):
        doors.reserve(db, name="许青禾", now=NINE)
    with pytest.raises(TooManyTries, match="31 秒"):
        doors.reserve(db, name="许青禾", now=NINE)
    assert doors.reserve(db, name="许青禾", now=NINE + timedelta(seconds=30))


def test_a_try_that_was_right_or_not_looked_at_does_not_count(db: Session) -> None:
    for _ in range(12):
        doors.give_back(db, reserved=doors.reserve(db, name="许青禾", now=NINE))
        db.flush()
    assert queries.recent_failures(db, name_hash=token_hash("许青禾"), since=NINE - HOUR) == []


def test_guesses_at_once_are_counted_before_they_are_looked_at(engine: Engine) -> None:
    """Sixteen guesses in the same moment: five are looked at, as if they had come one by one."""
    allowed: list[int] = []

    def guess() -> None:
        try:
            with transaction(engine) as db:
                allowed.append(doors.reserve(db, name="许青禾", now=NINE))
        except TooManyTries:
            pass

    guessers = [threading.Thread(target=guess) for _ in range(16)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join(30)
    assert len(allowed) == 5


def test_a_name_that_is_no_account_is_not_written_to_the_trail(db: Session) -> None:
    doors.note_failure(db, name="我的密码123", now=NINE)
    db.flush()
    entry = audit.latest(db)[0]
    assert (entry.act, entry.subject) == ("sign_in_refused", "不存在的账号")


def test_only_the_hash_of_a_session_is_kept(db: Session) -> None:
    actor = factories.account(db, "许青禾", Role.ORGANIZER, now=NINE)
    token = doors.sign_in(db, actor=actor, entropy=FixedEntropy(), now=NINE)
    db.flush()
    assert db.get(SignIn, token) is None
    assert queries.identify(db, token=token, now=NINE) == actor
    assert queries.identify(db, token=token, now=NINE + 10 * HOUR) is None
    assert audit.latest(db)[0].act == "sign_in"


def test_disabling_an_account_ends_its_sessions_at_once(db: Session) -> None:
    actor = factories.account(db, "许青禾", Role.ORGANIZER, now=NINE)
    token = doors.sign_in(db, actor=actor, entropy=FixedEntropy(), now=NINE)
    db.flush()
    accounts.set_active(
        db, account_id=actor.account_id, active=False, reason="离岗", actor=SYSTEM, now=NINE
    )
    db.flush()
    assert queries.identify(db, token=token, now=NINE) is None


def test_a_ticket_opens_one_session_for_its_candidate_and_no_second(db: Session) -> None:
    entropy = FixedEntropy()
    code = issue(db, entropy)
    db.flush()
    token = doors.enter(db, code=code.lower(), entropy=entropy, now=NINE)
    db.flush()
    actor = queries.identify(db, token=token, now=NINE)
    assert actor is not None
    assert (actor.candidate_id, actor.account_id, actor.roles) == (
        7,
        0,
        frozenset({Role.CANDIDATE}),
    )
    with pytest.raises(TicketUsed):
        doors.enter(db, code=code, entropy=entropy, now=NINE)


def test_a_new_ticket_ends_the_old_one_and_what_it_opened(db: Session) -> None:
    entropy = FixedEntropy()
    first = issue(db, entropy)
    db.flush()
    token = doors.enter(db, code=first, entropy=entropy, now=NINE)
    db.flush()
    second = issue(db, entropy)
    db.flush()
    assert queries.identify(db, token=token, now=NINE) is None
    with pytest.raises(TicketUnknown):
        doors.enter(db, code=first, entropy=entropy, now=NINE)
    assert doors.enter(db, code=second, entropy=entropy, now=NINE)


def test_a_ticket_ends_when_its_contest_does(db: Session) -> None:
    entropy = FixedEntropy()
    code = issue(db, entropy)
    db.flush()
    entering.check(queries.ticket(db, code), NINE + 3 * HOUR - timedelta(seconds=1))  # still good
    with pytest.raises(TicketExpired):
        doors.enter(db, code=code, entropy=entropy, now=NINE + 3 * HOUR)


def test_two_phones_with_one_slip_cannot_both_enter(engine: Engine) -> None:
    entropy = FixedEntropy()
    with transaction(engine) as db:
        code = issue(db, entropy)

    def enter(_: int) -> str:
        try:
            with transaction(engine) as db:
                return doors.enter(db, code=code, entropy=entropy, now=NINE)
        except TicketUsed:
            return ""

    with ThreadPoolExecutor(8) as pool:
        entered = [token for token in pool.map(enter, range(8)) if token]
    assert len(entered) == 1


def test_the_database_itself_keeps_the_three_administrators_apart(engine: Engine) -> None:
    with transaction(engine) as db:
        actor = factories.account(db, "甲", Role.AUDITOR, now=NINE)
    for role in ("system_admin", "security_admin"):
        values = {"account_id": actor.account_id, "role": role}
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(AccountRole), values)
    with reading(engine) as db:
        assert queries.roles_of(db, actor.account_id) == {Role.AUDITOR}


def test_nobody_edits_their_own_rights_and_no_one_joins_administrators(db: Session) -> None:
    actor = factories.account(db, "甲", Role.SECURITY_ADMIN, now=NINE)
    other = factories.account(db, "乙", Role.AUTHOR, now=NINE)
    with pytest.raises(OwnRights):
        accounts.grant(
            db, account_id=actor.account_id, roles=[Role.ORGANIZER], actor=actor, now=NINE
        )
    with pytest.raises(RolesConflict):
        accounts.grant(
            db,
            account_id=other.account_id,
            roles=[Role.AUDITOR, Role.AUTHOR],
            actor=actor,
            now=NINE,
        )
    accounts.grant(db, account_id=other.account_id, roles=[Role.REVIEWER], actor=actor, now=NINE)
    db.flush()
    assert queries.roles_of(db, other.account_id) == {Role.REVIEWER}


def test_a_name_belongs_to_one_account(db: Session) -> None:
    factories.account(db, "许青禾", Role.ORGANIZER, now=NINE)
    with pytest.raises(NameTaken):
        accounts.open_account(
            db,
            name="许青禾",
            display_name="许青禾",
            password_hash="x",
            roles=[Role.AUTHOR],
            actor=SYSTEM,
            now=NINE,
        )


def test_an_account_may_wait_for_its_roles(db: Session) -> None:
    account = accounts.open_account(
        db, name="甲", display_name="甲", password_hash="x", roles=(), actor=SYSTEM, now=NINE
    )
    assert queries.roles_of(db, account.id or 0) == frozenset()
    with pytest.raises(RolesConflict):
        accounts.grant(db, account_id=account.id or 0, roles=(), actor=SYSTEM, now=NINE)


def test_a_full_queue_at_the_door_is_told_to_come_again() -> None:
    from app.accounts.rules import TooBusy

    held = [passwords._queue.acquire(blocking=False) for _ in range(100)]
    try:
        with pytest.raises(TooBusy):
            passwords.fits("x", passwords.NOBODY)
    finally:
        for got in held:
            if got:
                passwords._queue.release()
    assert passwords.fits("nobody", passwords.NOBODY)


def test_a_token_is_stored_as_its_hash() -> None:
    assert token_hash("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
