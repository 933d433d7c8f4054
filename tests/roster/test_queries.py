"""What the roster answers, and how many questions it asks the database for that."""

from datetime import date

import pytest

from app.db.session import Session
from app.roster import queries
from app.roster.rules.directory import OfficerMissing, RosterVersionMissing
from tests.roster import worlds
from tests.roster.worlds import JIANG, LIN, SU, imported, sheet


@pytest.fixture
def three(db: Session) -> Session:
    worlds.directory(db)
    imported(db, sheet(LIN, JIANG, SU))
    return db


def names(register: queries.Register) -> list[str]:
    return [each.officer.name for each in register.listed]


def test_officers_come_in_the_order_of_counties_and_certificates(three: Session) -> None:
    assert [each.name for each in queries.officers(three)] == ["苏望舒", "林知远", "江小川"]
    assert [each.name for each in queries.officers(three, county="790121")] == ["林知远", "江小川"]
    assert [each.name for each in queries.officers(three, certificates=[SU[3]])] == ["苏望舒"]
    assert queries.officers(three, ids=[]) == []
    su = queries.officers(three)[0]
    assert (su.county, su.county_name) == ("790102", "石澜区")
    assert queries.officers(three, ids=[su.id]) == [su]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["苏望舒", "林知远", "江小川"]),
        ({"eligible": True}, ["林知远"]),
        ({"eligible": False}, ["苏望舒", "江小川"]),
        ({"county": "790121"}, ["林知远", "江小川"]),
        ({"county": ""}, []),
        ({"search": "小川"}, ["江小川"]),
        ({"search": "080102"}, ["苏望舒"]),
        ({"search": "大队"}, ["林知远", "江小川"]),
        ({"sort": "certificate"}, ["林知远", "江小川", "苏望舒"]),
        ({"sort": "expires"}, ["苏望舒", "林知远", "江小川"]),
        ({"sort": "drop table"}, ["苏望舒", "林知远", "江小川"]),
    ],
)
def test_the_register_is_narrowed_and_sorted(
    three: Session, asked: dict[str, str], found: list[str]
) -> None:
    register = queries.register(three, on=worlds.DRAW_DATE, **asked)  # type: ignore[arg-type]  # cases
    assert names(register) == found


def test_eligibility_depends_on_the_day(three: Session) -> None:
    last_day, next_day = date(2027, 3, 31), date(2027, 4, 1)
    assert names(queries.register(three, on=last_day, eligible=True)) == ["林知远"]
    assert names(queries.register(three, on=next_day, eligible=True)) == []


def test_the_figures_count_everyone_of_the_view(three: Session) -> None:
    register = queries.register(three, on=worlds.DRAW_DATE, eligible=False)
    assert (register.officers, register.eligible, register.not_eligible) == (3, 1, 2)
    everyone = queries.register(three, on=worlds.DRAW_DATE)
    assert everyone.tally("790121") == queries.Tally(2, 1, 1)
    assert everyone.tally("790129") == queries.Tally(0, 0, 0)
    sizes = queries.county_sizes(three)
    assert sorted(sizes.values()) == [1, 2]


def test_what_is_not_yours_is_missing(three: Session) -> None:
    lin = queries.officer_with_certificate(three, LIN[3])
    assert lin is not None
    assert queries.officer(three, lin.id, county="790121") == lin
    for county in ("790102", ""):
        with pytest.raises(OfficerMissing):
            queries.officer(three, lin.id, county=county)
    with pytest.raises(OfficerMissing):
        queries.officer(three, 999999)


def test_an_entry_has_no_private_number(three: Session) -> None:
    lin = queries.officer_with_certificate(three, LIN[3])
    assert lin is not None
    entry = queries.entry(lin)
    assert (entry.id_number, entry.phone, entry.name) == (None, None, "林知远")


def test_nobody_and_nothing(db: Session) -> None:
    assert queries.officer_of_account(db, 1) is None
    assert queries.officer_with_certificate(db, "x") is None
    assert queries.officer_with_id_hash(db, "x") is None
    assert queries.roster_import(db, 1) is None
    assert queries.last_version_number(db) == 0
    with pytest.raises(RosterVersionMissing):
        queries.version_numbered(db, 1)
    with pytest.raises(RosterVersionMissing):
        queries.frozen(db, 1)
