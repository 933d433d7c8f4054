from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.audit import queries as audit
from app.db.engine import for_writing, make_engine
from app.db.session import Session, reading, transaction
from app.kernel.errors import DomainError
from app.sitting import actions, queries
from app.sitting.rules import moment, reopening
from app.sitting.rules.answers import Save, Saved
from app.sitting.rules.moment import Phase, State, Window
from app.sitting.rules.refusals import SittingMissing
from app.sitting.rules.reopening import (
    NothingToReopen,
    NoTimeToReopen,
    ReopeningAsked,
    ReopeningDecided,
    ReopeningMissing,
    ReopeningOutOfRange,
    ResultsReleased,
    SamePerson,
)
from app.sitting.tables import Reopening, Sitting
from tests import factories
from tests.databases import SqliteFiles
from tests.factories import Cast
from tests.fakes import NINE
from tests.sitting import worlds
from tests.sitting.worlds import Hall

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WINDOW = Window(NINE, NINE + 90 * MINUTE, length=60 * MINUTE, grace=5 * MINUTE)


def row_of(db: Session, sitting_id: int) -> Sitting:
    return db.exec(select(Sitting).where(Sitting.id == sitting_id)).one()


def handed_in(db: Session, *, after: float = 20) -> tuple[Cast, Hall]:
    """The owner wrote one answer and handed in."""
    people = factories.cast(db, NINE)
    place = worlds.hall(db, people, NINE)
    worlds.begin(db, place, people, NINE)
    typed = Save(place.sitting_id, 1, 1, '["B"]', timedelta(0), NINE + SECOND)
    actions.save_answers(db.connection(), [typed])
    now = NINE + after * MINUTE
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=now)
    return people, place


def ask(db: Session, people: Cast, place: Hall, **other: Any) -> Reopening:
    sent: dict[str, Any] = {
        "exam_id": place.exam_id,
        "sitting_id": place.sitting_id,
        "minutes": 0,
        "reason": "误按交卷",
        "released": False,
        "actor": people.invigilator,
        "now": NINE + 30 * MINUTE,
    }
    return actions.ask_reopening(db, **(sent | other))


def decide(db: Session, people: Cast, place: Hall, asked: Reopening, **other: Any) -> Reopening:
    sent: dict[str, Any] = {
        "exam_id": place.exam_id,
        "sitting_id": place.sitting_id,
        "reopening_id": asked.id,
        "granted": True,
        "released": False,
        "actor": people.organizer,
        "now": NINE + 40 * MINUTE,
    }
    return actions.decide_reopening(db, **(sent | other))


# ---- rules


@pytest.mark.parametrize(
    ("handed_in", "extra", "paused", "left"),
    [
        (20, 0, None, 40),
        (60, 0, None, 0),
        (20, 5, None, 45),
        (20, 0, 10, 50),  # handed in by somebody else while the clock stood
    ],
)
def test_what_was_left_at_the_hand_in(
    handed_in: int, extra: int, paused: int | None, left: int
) -> None:
    stopped = None if paused is None else NINE + paused * MINUTE
    window = Window(
        NINE, NINE + 90 * MINUTE, 60 * MINUTE, 5 * MINUTE, extra * MINUTE, paused_at=stopped
    )
    state = State(window, 3, NINE, NINE + handed_in * MINUTE)
    assert reopening.left_at_hand_in(state) == left * MINUTE
    now = NINE + 200 * MINUTE + timedelta(microseconds=1)
    seconds = reopening.reopened_seconds(state, 7, now)
    again = State(
        Window(NINE, NINE + 90 * MINUTE, 60 * MINUTE, 5 * MINUTE, seconds * SECOND), 3, NINE
    )
    assert timedelta(0) <= moment.remaining(again, now) - (left + 7) * MINUTE < SECOND


@pytest.mark.parametrize(
    ("handed_in", "minutes", "refusal"),
    [
        (None, 5, NothingToReopen),
        (60, 0, NoTimeToReopen),
        (60, 1, None),
        (59, 0, None),
        (20, -1, ReopeningOutOfRange),
        (20, 180, None),
        (20, 181, ReopeningOutOfRange),
    ],
)
def test_what_may_be_given(
    handed_in: int | None, minutes: int, refusal: type[DomainError] | None
) -> None:
    at = None if handed_in is None else NINE + handed_in * MINUTE
    state = State(WINDOW, 3, NINE, at)
    if refusal is None:
        assert reopening.given(state, minutes) > timedelta(0)
    else:
        with pytest.raises(refusal):
            reopening.given(state, minutes)


# ---- two people


@pytest.mark.parametrize("minutes", [0, 15])
def test_two_people_take_a_hand_in_back_and_the_time_that_was_left_runs_on(
    db: Session, minutes: int
) -> None:
    people, place = handed_in(db)
    before = row_of(db, place.sitting_id)
    receipt, at = before.receipt, before.handed_in_at
    asked = ask(db, people, place, minutes=minutes)
    assert (asked.receipt, asked.handed_in_at, asked.granted) == (receipt, at, None)
    assert row_of(db, place.sitting_id).handed_in_at == at  # asking changes nothing
    decided = decide(db, people, place, asked)
    assert (decided.decided_by, decided.granted) == ("organizer", True)
    row, now = row_of(db, place.sitting_id), NINE + 40 * MINUTE
    assert (row.handed_in_at, row.closed_by, row.receipt) == (None, None, None)
    state = queries.state_of(row)
    assert moment.phase(state, now) is Phase.RUNNING
    assert moment.remaining(state, now) == (40 + minutes) * MINUTE
    assert {item: text.answer for item, text in queries.answers(db, place.sitting_id).items()} == {
        1: '["B"]'
    }
    line = queries.course(db, place.sitting_id)[0]
    assert line.kind == "reopened"
    assert line.detail.startswith("误按交卷（invigilator 申请，organizer 同意；还可以作答 ")
    assert f"原回执码 {receipt} 作废" in line.detail
    entry = audit.latest(db)[0]
    assert (entry.act, entry.actor) == ("reopen", "organizer")
    for said in (
        f'"receipt":"{receipt}"',
        '"asked_by":"invigilator"',
        '"handed_in_at":"2026-10-10',
    ):
        assert said in entry.detail
    assert audit.latest(db)[1].act == "ask_reopening"
    assert queries.handed_in(db, place.exam_id) == []


def test_what_the_server_collected_is_reopened_with_the_minutes_that_are_given(
    db: Session,
) -> None:
    people = factories.cast(db, NINE)
    place = worlds.hall(db, people, NINE)
    worlds.begin(db, place, people, NINE)
    over = NINE + worlds.LENGTH + worlds.GRACE
    assert actions.close_overdue(db, now=over) == 1
    with pytest.raises(NoTimeToReopen):
        ask(db, people, place, now=over)
    asked = ask(db, people, place, minutes=10, now=over)
    now = NINE + 2 * worlds.WINDOW
    decide(db, people, place, asked, now=now)
    assert moment.remaining(queries.state_of(row_of(db, place.sitting_id)), now) == 10 * MINUTE
    assert actions.close_overdue(db, now=now + 10 * MINUTE) == 0
    assert actions.close_overdue(db, now=now + 15 * MINUTE) == 1
    row = row_of(db, place.sitting_id)
    assert (row.handed_in_at, row.closed_by) == (now + 10 * MINUTE, "server")


def test_nobody_grants_their_own_wish(db: Session) -> None:
    people, place = handed_in(db)
    asked = ask(db, people, place)
    for granted in (True, False):
        with pytest.raises(SamePerson):
            decide(db, people, place, asked, actor=people.invigilator, granted=granted)
    assert row_of(db, place.sitting_id).handed_in_at is not None


def test_the_database_itself_holds_that_they_are_two(engine: Engine) -> None:
    with transaction(engine) as db:
        people, place = handed_in(db)
        number = ask(db, people, place).id
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE reopening SET decided_by_id = asked_by_id WHERE id = {number}"  # noqa: S608
        )
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE reopening SET decided_by_id = asked_by_id + 1 WHERE id = {number}"  # noqa: S608
        )


def test_a_refused_wish_changes_nothing_and_may_be_asked_again(db: Session) -> None:
    people, place = handed_in(db)
    asked = ask(db, people, place)
    with pytest.raises(ReopeningAsked):
        ask(db, people, place, actor=people.organizer)
    assert [each.name for each in queries.reopenings_asked(db, place.exam_id)] == ["林知远"]
    decide(db, people, place, asked, granted=False)
    assert row_of(db, place.sitting_id).handed_in_at == NINE + 20 * MINUTE
    assert audit.latest(db)[0].act == "refuse_reopening"
    assert queries.reopenings_asked(db, place.exam_id) == []
    with pytest.raises(ReopeningDecided):
        decide(db, people, place, asked)
    again = ask(db, people, place)
    assert [each.granted for each in queries.reopenings(db, place.sitting_id)] == [None, False]
    decide(db, people, place, again)
    with pytest.raises(ReopeningDecided):
        decide(db, people, place, again)


def test_after_the_release_no_hand_in_is_taken_back(db: Session) -> None:
    people, place = handed_in(db)
    with pytest.raises(ResultsReleased):
        ask(db, people, place, released=True)
    asked = ask(db, people, place)
    with pytest.raises(ResultsReleased):
        decide(db, people, place, asked, released=True)
    decide(db, people, place, asked, released=True, granted=False)  # closing the wish is harmless
    assert row_of(db, place.sitting_id).handed_in_at is not None


def test_what_is_not_there_is_not_reopened(db: Session) -> None:
    people, place = handed_in(db)
    with pytest.raises(NothingToReopen):
        ask(db, people, place, sitting_id=place.foreign_id)
    with pytest.raises(SittingMissing):
        ask(db, people, place, exam_id=place.exam_id + 1)
    asked = ask(db, people, place)
    with pytest.raises(ReopeningMissing):
        decide(db, people, place, asked, reopening_id=(asked.id or 0) + 1)
    with pytest.raises(ReopeningMissing):
        decide(db, people, place, asked, sitting_id=place.foreign_id)


# ---- whatever happens in between


class Reopened(RuleBasedStateMachine):
    """A sitting that is written, handed in, asked for and reopened in any order. The model knows
    what was acknowledged and how much time is left; the house must agree after every step."""

    databases: SqliteFiles

    def __init__(self) -> None:
        super().__init__()
        self.engine = make_engine(self.databases.fresh())
        with transaction(self.engine) as db:
            self.people = factories.cast(db, NINE)
            self.place = worlds.hall(db, self.people, NINE)
            worlds.begin(db, self.place, self.people, NINE)
        self.now, self.seq = NINE, 0
        self.acknowledged: dict[int, str] = {}
        self.left = worlds.LENGTH
        self.done = self.asked = False
        self.minutes = 0

    def teardown(self) -> None:
        self.engine.dispose()

    @rule(item=st.integers(1, 3), letter=st.sampled_from("ABC"))
    def write(self, item: int, letter: str) -> None:
        self.seq += 1
        save = Save(self.place.sitting_id, item, self.seq, letter, timedelta(0), self.now)
        with for_writing(self.engine).begin() as connection:
            (outcome,) = actions.save_answers(connection, [save])
        taken = isinstance(outcome, Saved) and not outcome.kept
        assert taken is (not self.done and self.left > timedelta(0))
        if taken:
            self.acknowledged[item] = letter

    @rule(minutes=st.integers(1, 50))
    def pass_by(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        if not self.done:
            self.left -= minutes * MINUTE
            if self.left <= -worlds.GRACE:  # the sweeper's turn
                self.left, self.done = timedelta(0), True
        with transaction(self.engine) as db:
            actions.close_overdue(db, now=self.now)

    @precondition(lambda self: not self.done)
    @rule()
    def hand_in(self) -> None:
        with transaction(self.engine) as db:
            about = {"sitting_id": self.place.sitting_id, "now": self.now}
            actions.hand_in(db, **about, actor=self.people.owner)  # type: ignore[arg-type]
        self.left, self.done = max(self.left, timedelta(0)), True

    @precondition(lambda self: self.done and not self.asked)
    @rule(minutes=st.integers(0, 30))
    def ask(self, minutes: int) -> None:
        possible = self.left + minutes * MINUTE > timedelta(0)
        try:
            with transaction(self.engine) as db:
                ask(db, self.people, self.place, minutes=minutes, now=self.now)
            assert possible
            self.asked, self.minutes = True, minutes
        except NoTimeToReopen:
            assert not possible

    @precondition(lambda self: self.asked)
    @rule(granted=st.booleans())
    def decide(self, granted: bool) -> None:
        with transaction(self.engine) as db:
            (waiting,) = queries.reopenings_asked(db, self.place.exam_id)
            about = {"granted": granted, "now": self.now}
            decide(db, self.people, self.place, waiting.reopening, **about)
        self.asked = False
        if granted:
            self.done, self.left = False, self.left + self.minutes * MINUTE

    @invariant()
    def the_house_agrees(self) -> None:
        with reading(self.engine) as db:
            rows = queries.answers(db, self.place.sitting_id).items()
            row = row_of(db, self.place.sitting_id)
        assert {item: each.answer for item, each in rows} == self.acknowledged
        assert (row.handed_in_at is not None) is self.done
        assert (row.receipt is not None) is (row.closed_by is not None) is self.done
        if not self.done:
            assert moment.remaining(queries.state_of(row), self.now) == self.left


def test_reopening_changes_no_answer_and_restores_the_time(sqlite: SqliteFiles) -> None:
    class Machine(Reopened):
        databases = sqlite

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
