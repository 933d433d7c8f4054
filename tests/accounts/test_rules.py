from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import (
    LONGEST_WAIT,
    TICKET_ALPHABET,
    RolesConflict,
    check_roles,
    normal_code,
    ticket_code,
    wait_before_next_try,
)
from app.kernel.actor import ADMINISTRATORS, Role
from tests.fakes import NINE

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (30, 900)],
)
def test_five_tries_are_free_and_then_each_waits_twice_as_long(failures: int, wait: int) -> None:
    assert wait_before_next_try([NINE] * failures, NINE) == wait * SECOND


def test_the_wait_ends_to_the_second_and_old_failures_are_forgotten() -> None:
    failures = [NINE] * 5
    assert wait_before_next_try(failures, NINE + 29 * SECOND) == SECOND
    assert wait_before_next_try(failures, NINE + 30 * SECOND) == timedelta(0)
    hour = timedelta(hours=1)
    assert wait_before_next_try([NINE] * 30, NINE + hour) == timedelta(0)


def test_an_attacker_gets_fewer_than_twenty_guesses_in_any_hour() -> None:
    tried, now = list[datetime](), NINE
    while now < NINE + timedelta(hours=5):
        wait = wait_before_next_try(tried, now)
        if wait > timedelta(0):
            now += wait
            continue
        tried.append(now)
    for start in tried:
        assert len([at for at in tried if start <= at < start + timedelta(hours=1)]) <= 20


@given(st.lists(st.integers(0, 7200), max_size=40), st.integers(0, 7200))
def test_nobody_is_locked_out_for_longer_than_a_quarter_of_an_hour(
    ages: list[int], now: int
) -> None:
    failures = [NINE + timedelta(seconds=age) for age in ages if age <= now]
    at = NINE + timedelta(seconds=now)
    assert timedelta(0) <= wait_before_next_try(failures, at) <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ({Role.ORGANIZER}, True),
        ({Role.AUTHOR, Role.MARKER}, True),
        ({Role.AUDITOR}, True),
        (set(), False),
        ({Role.AUDITOR, Role.SYSTEM_ADMIN}, False),
        ({Role.SECURITY_ADMIN, Role.ORGANIZER}, False),
        ({Role.CANDIDATE}, False),
    ],
)
def test_an_administrator_holds_one_role_and_a_ticket_is_no_account(
    roles: set[Role], allowed: bool
) -> None:
    if allowed:
        check_roles(roles)
    else:
        with pytest.raises(RolesConflict):
            check_roles(roles)


@given(st.sets(st.sampled_from(list(Role)), min_size=2))
def test_no_set_of_roles_ever_joins_an_administrator_with_anything(roles: set[Role]) -> None:
    if ADMINISTRATORS & roles:
        with pytest.raises(RolesConflict):
            check_roles(roles)


def test_a_code_is_read_however_it_was_typed() -> None:
    code = ticket_code("1f" * 16)
    assert len(code) == 14
    assert set(code) <= set(TICKET_ALPHABET) | {"-"}
    assert normal_code(f" {code.lower().replace('-', ' ')} ") == code
