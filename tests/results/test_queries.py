"""What is read for a release, and what one person may read of it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.contests.rules.people import CandidateState, Entered
from app.contests.tables import Candidate
from app.db.session import Session
from app.kernel.actor import Actor, Role
from app.results import actions, queries
from app.results.rules.entries import Absence
from app.results.rules.refusals import ReleaseMissing
from app.roster.tables import County
from app.sitting.tables import SittingEvent
from tests import factories
from tests.factories import Cast
from tests.fakes import NINE
from tests.marking.worlds import EVENING, OPENS
from tests.results import worlds


@pytest.fixture
def cast(db: Session) -> Cast:
    return factories.cast(db, NINE)


def bearer(candidate_id: int) -> Actor:
    return Actor(0, "某", frozenset({Role.CANDIDATE}), "01", candidate_id)


def test_the_input_is_complete_and_in_an_order_of_its_own(db: Session, cast: Cast) -> None:
    world = worlds.marked(db)
    given = queries.standings_input(db, world.contest)
    assert [(e.name, e.candidate, e.absent) for e in given.entries] == [
        ("林知远", "BW002", Absence.NONE),
        ("韩雨", "BW007", Absence.NONE),
        ("江小川", "BW001", Absence.NONE),
        ("苏望舒", "BW003", Absence.NONE),
        ("白露", "BW004", Absence.WITHOUT_LEAVE),
        ("顾青", "请假01", Absence.LEAVE),
    ]
    assert [(c.name, c.state, c.entered) for c in given.calls][3:5] == [
        ("周候", CandidateState.RESERVE, Entered.DRAW),
        ("谢晚", CandidateState.REPLACED, Entered.DRAW),
    ]
    assert given.sittings["BW002", "A"] == world.sittings["林知远", "A"]
    assert (given.contest.held_from, given.contest.held_to) == (OPENS.date(), OPENS.date())


def test_a_reserve_on_leave_from_the_bench_has_no_line_and_one_from_the_team_has(
    db: Session, cast: Cast
) -> None:
    world = worlds.marked(db)
    bench, stepped_in = (db.get(Candidate, world.candidates[name]) for name in ("周候", "白露"))
    assert bench is not None
    assert stepped_in is not None
    bench.state = stepped_in.state = CandidateState.ON_LEAVE.value
    stepped_in.reserve_place, stepped_in.replaces_id = 2, world.candidates["谢晚"]
    db.add_all([bench, stepped_in])
    db.flush()
    given = queries.standings_input(db, world.contest)
    absent = {each.name: each.absent for each in given.entries}
    assert "周候" not in absent
    assert absent["白露"] is Absence.LEAVE
    calls = {each.name: each for each in given.calls}
    assert (calls["周候"].candidate, calls["白露"].candidate) == ("", "BW004")


def test_used_time_is_summed_over_the_exams_and_only_leaving_counts_as_leaving(
    db: Session, cast: Cast
) -> None:
    world = worlds.marked(db)
    db.add(SittingEvent(sitting_id=world.sittings["江小川", "A"], at=NINE, kind="ticket", by="x"))
    entries = {each.name: each for each in queries.standings_input(db, world.contest).entries}
    assert (entries["江小川"].used_seconds, entries["江小川"].violations) == (2 * 41 * 60, 2)
    assert (entries["白露"].used_seconds, entries["白露"].violations) == (0, 0)


def test_the_input_of_one_contest_holds_nobody_of_another(db: Session, cast: Cast) -> None:
    world = worlds.marked(db)
    alone = queries.standings_input(db, world.contest)
    other = worlds.marked(db, number=2)
    assert queries.standings_input(db, world.contest) == alone
    assert queries.standings_input(db, other.contest).draw is None


def test_everybody_reads_the_own_line_and_nobody_elses(db: Session, cast: Cast) -> None:
    world, row = worlds.released(db)
    (own,) = queries.own_releases(db, cast.owner)
    assert (own.own.name, own.contest, own.superseded) == ("林知远", "2026年第一期执法比武", False)
    assert queries.own_release(db, row.id or 0, cast.stranger).own.name == "苏望舒"
    ticket = queries.own_release(db, row.id or 0, bearer(world.candidates["韩雨"]))
    assert ticket.own.candidate == "BW007"


def test_who_has_no_line_finds_nothing(db: Session, cast: Cast) -> None:
    world, row = worlds.released(db)
    nobody = [
        cast.organizer,
        bearer(world.candidates["周候"]),  # a reserve who was not needed
        bearer(world.candidates["谢晚"]),  # replaced
        bearer(999_999),
        Actor(0, "无", frozenset({Role.OFFICER})),  # no account: equal to nobody's
    ]
    for actor in nobody:
        assert queries.own_releases(db, actor) == []
        with pytest.raises(ReleaseMissing):
            queries.own_release(db, row.id or 0, actor)
    with pytest.raises(ReleaseMissing):
        queries.own_release(db, 999_999, cast.owner)


def test_a_line_of_another_contest_is_not_ones_own_under_the_same_number(
    db: Session, cast: Cast
) -> None:
    _, first = worlds.released(db)
    world, second = worlds.released(db, number=2)
    somebody = db.get(Candidate, world.candidates["林知远"])
    home = db.exec(select(County).where(County.code == "01")).one()
    assert somebody is not None
    somebody.officer_id = factories.officer(db, home, "新人", "080101000099", now=NINE).id or 0
    db.add(somebody)
    db.flush()
    assert [each.id for each in queries.own_releases(db, cast.owner)] == [first.id]
    assert [each.id for each in queries.own_releases(db, cast.colleague)] == [second.id, first.id]


def test_the_desk_shows_the_draft_then_the_release_and_notices_a_change(
    db: Session, cast: Cast
) -> None:
    world = worlds.marked(db)
    before = queries.desk(db, world.contest, now=EVENING)
    assert before.shown is not None
    assert (before.newest, before.may_release, before.changed) == (None, True, False)
    row = actions.release(db, contest_id=world.contest, actor=cast.organizer, now=EVENING)
    after = queries.desk(db, world.contest, now=EVENING + timedelta(days=1))
    assert after.shown == queries.content(row)
    assert (after.newest, after.may_release, after.changed) == (row, False, False)
    db.add(SittingEvent(sitting_id=world.sittings["江小川", "A"], at=NINE, kind="left", by="x"))
    db.flush()
    changed = queries.desk(db, world.contest, now=EVENING)
    assert changed.shown == queries.content(row)
    assert (changed.may_release, changed.changed) == (True, True)
