"""Turns in batches: what one commit does with many of them, and what none of them can spoil."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, func, select

from app.audit import queries as audit
from app.audit.rules import verify
from app.audit.tables import AuditEntry
from app.contests.tables import Candidate, Exam
from app.db.engine import for_writing
from app.db.journal import Connection, Journal, NotStored
from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.errors import DomainError
from app.sitting import actions, queries
from app.sitting.actions import Step, Taken, Turn
from app.sitting.rules.answers import EPOCH_BITS, Fate, Save, Saved
from app.sitting.rules.receipts import receipt
from app.sitting.rules.refusals import (
    NotConfirmed,
    NotOpenYet,
    NotStarted,
    Paused,
    SittingMissing,
    WindowClosed,
)
from app.sitting.tables import AnswerLog, KeptAnswer, Sitting, SittingEvent
from tests import factories
from tests.factories import Cast
from tests.fakes import NINE
from tests.sitting import worlds
from tests.sitting.worlds import Guest, Hall

MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DOORS = NINE - 20 * MINUTE


def opened(engine: Engine) -> tuple[Cast, Hall]:
    with transaction(engine) as db:
        people = factories.cast(db, NINE)
        return people, worlds.hall(db, people, NINE)


def begun(engine: Engine) -> tuple[Cast, Hall]:
    people, place = opened(engine)
    with transaction(engine) as db:
        worlds.begin(db, place, people, NINE)
    return people, place


def take(engine: Engine, *turns: Turn) -> list[Taken | DomainError]:
    with for_writing(engine).begin() as connection:
        return actions.take_turns(connection, turns)


def row_of(engine: Engine, sitting_id: int) -> Sitting:
    with reading(engine) as db:
        return db.exec(select(Sitting).where(Sitting.id == sitting_id)).one()


def acts(engine: Engine, sitting_id: int) -> list[str]:
    """What the audit says of this sitting, in order."""
    about = AuditEntry.subject == f"sitting/{sitting_id}"
    with reading(engine) as db:
        return list(db.exec(select(AuditEntry.act).where(about).order_by(col(AuditEntry.seq))))


def course(engine: Engine, sitting_id: int) -> list[tuple[str, str]]:
    """What its course says, in order: (kind, detail)."""
    mine = select(SittingEvent).where(SittingEvent.sitting_id == sitting_id)
    with reading(engine) as db:
        rows = db.exec(mine.order_by(col(SittingEvent.id)))
        return [(row.kind, row.detail) for row in rows]


def assert_unbroken(engine: Engine) -> None:
    """`audit verify`: every entry is there once, and linked to the one before."""
    with reading(engine) as db:
        assert verify(audit.chain(db)) is None


def told(outcomes: Sequence[Taken | DomainError]) -> list[type[object]]:
    return [type(each) for each in outcomes]


# ---- one turn


@pytest.mark.parametrize(
    ("step", "after", "fate"),
    [
        (Step.CONFIRM, -MINUTE, Taken),
        (Step.CONFIRM, worlds.WINDOW - MS, Taken),
        (Step.CONFIRM, worlds.WINDOW, WindowClosed),
        (Step.START, -MS, NotOpenYet),
        (Step.START, 0 * MS, NotConfirmed),
        (Step.START, worlds.WINDOW - MS, NotConfirmed),
        (Step.START, worlds.WINDOW, WindowClosed),
        (Step.CLAIM, MINUTE, NotStarted),
        (Step.HAND_IN, MINUTE, NotStarted),
        (Step.LEAVE, MINUTE, Taken),  # noted while it runs only; here nothing is
    ],
)
def test_a_turn_before_the_start(
    engine: Engine, step: Step, after: timedelta, fate: type[object]
) -> None:
    people, place = opened(engine)
    turn = Turn(step, place.sitting_id, people.owner, NINE + after, page="first1", seconds=9)
    assert told(take(engine, turn)) == [fate]
    row = row_of(engine, place.sitting_id)
    assert (row.started_at, row.handed_in_at, row.epoch, row.page) == (None, None, 0, "")
    confirmed = step is Step.CONFIRM and fate is Taken
    assert acts(engine, place.sitting_id) == ["confirm"] * confirmed
    assert course(engine, place.sitting_id) == [("confirmed", "")] * confirmed


@pytest.mark.parametrize(
    ("after", "fate"), [(-MS, NotOpenYet), (0 * MS, Taken), (worlds.WINDOW - MS, Taken),
                        (worlds.WINDOW, WindowClosed)]
)  # fmt: skip
def test_a_start_on_both_sides_of_the_window(
    engine: Engine, after: timedelta, fate: type[object]
) -> None:
    people, place = opened(engine)
    take(engine, Turn(Step.CONFIRM, place.sitting_id, people.owner, DOORS))
    assert told(
        take(engine, Turn(Step.START, place.sitting_id, people.owner, NINE + after))
    ) == [fate]  # fmt: skip
    started_at = row_of(engine, place.sitting_id).started_at
    assert started_at == (NINE + after if fate is Taken else None)


@pytest.mark.parametrize("step", list(Step))
def test_a_turn_is_ones_own_or_missing(engine: Engine, step: Step) -> None:
    """Nobody else's, not of a sitting that does not exist, and not of one that was taken back."""
    people, place = begun(engine)
    before = row_of(engine, place.sitting_id)
    strangers = people.colleague, people.stranger, people.organizer, SYSTEM
    turns = [
        Turn(step, place.sitting_id, actor, NINE, page="first1", seconds=9) for actor in strangers
    ]
    turns += [Turn(step, 999_999, None, NINE, page="first1", seconds=9)]
    assert told(take(engine, *turns)) == [SittingMissing] * 5
    own = Turn(step, place.sitting_id, place.ticket, NINE, page="first1", seconds=9)
    with transaction(engine) as db:
        db.exec(select(Exam)).one().published_at = None
    assert told(take(engine, own)) == [SittingMissing]
    with transaction(engine) as db:
        db.exec(select(Exam)).one().published_at = NINE
        candidate = db.get(Candidate, place.candidate_id)
        assert candidate is not None
        candidate.state = "replaced"
    assert told(take(engine, own)) == [SittingMissing]
    assert row_of(engine, place.sitting_id) == before
    assert acts(engine, place.sitting_id) == ["confirm", "start"]


@pytest.mark.parametrize(
    ("seconds", "after", "noted"),
    [
        (3, MINUTE, False),
        (4, MINUTE, True),
        (4, worlds.LENGTH - MS, True),
        (4, worlds.LENGTH, False),  # after the end nothing is noted
    ],
)
def test_leaving_is_noted_beyond_the_grace_and_while_the_sitting_runs(
    engine: Engine, seconds: int, after: timedelta, noted: bool
) -> None:
    people, place = begun(engine)
    leave = Turn(Step.LEAVE, place.sitting_id, None, NINE + after, seconds=seconds)
    (outcome,) = take(engine, leave)
    assert isinstance(outcome, Taken)
    assert outcome.left == noted
    lines = [("left", str(seconds))] * noted
    assert course(engine, place.sitting_id)[1:] == lines
    with reading(engine) as db:
        rows = db.exec(select(SittingEvent).where(SittingEvent.kind == "left")).all()
        assert [(row.at, row.by) for row in rows] == [(NINE + after, people.owner.name)] * noted
        assert queries.sitting(db, place.sitting_id, actor=people.owner).left == noted
    assert acts(engine, place.sitting_id) == ["confirm", "start"]  # its own trace


def test_while_the_clock_stands_still_nobody_begins_leaves_or_hands_in(engine: Engine) -> None:
    people, place = begun(engine)
    with transaction(engine) as db:
        for row in db.exec(select(Sitting)):
            row.paused_at = NINE + MINUTE
            db.add(row)
    later, foreign = NINE + 2 * MINUTE, place.foreign_id
    outcomes = take(
        engine,
        Turn(Step.CONFIRM, foreign, people.stranger, later),
        Turn(Step.START, foreign, people.stranger, later),
        Turn(Step.LEAVE, place.sitting_id, None, later, seconds=60),
        Turn(Step.CLAIM, place.sitting_id, None, later, page="first1"),
        Turn(Step.HAND_IN, place.sitting_id, people.owner, later),
    )
    assert told(outcomes) == [Taken, Paused, Taken, Taken, Paused]
    assert outcomes[2] == Taken(0, "", later, NINE + worlds.LENGTH + MINUTE, 0)
    assert row_of(engine, foreign).started_at is None
    assert row_of(engine, place.sitting_id).handed_in_at is None


# ---- the pen


def test_the_first_page_takes_the_pen_from_nobody_and_the_next_from_it(engine: Engine) -> None:
    """A8: one audit row and one line in the course for each taking over, none for the first claim
    and none for a claim of whoever holds it, whoever sends it twice."""
    people, place = begun(engine)

    def claim(page: str, after: int) -> Taken:
        (outcome,) = take(
            engine, Turn(Step.CLAIM, place.sitting_id, None, NINE + after * SECOND, page=page)
        )
        assert isinstance(outcome, Taken)
        return outcome

    ends = NINE + worlds.LENGTH
    assert claim("first1", 1) == Taken(1, "first1", NINE + SECOND, ends)
    assert claim("first1", 2) == Taken(1, "first1", NINE + 2 * SECOND, ends)
    assert acts(engine, place.sitting_id) == ["confirm", "start"]
    assert claim("second", 3) == Taken(2, "second", NINE + 3 * SECOND, ends)
    assert claim("second", 4).epoch == 2
    assert acts(engine, place.sitting_id) == ["confirm", "start", "take_over"]
    assert course(engine, place.sitting_id) == [("confirmed", ""), ("taken", "second")]
    assert claim("first1", 5).epoch == 3
    assert acts(engine, place.sitting_id).count("take_over") == 2
    row = row_of(engine, place.sitting_id)
    assert (row.epoch, row.page) == (3, "first1")
    with reading(engine) as db:
        entry = audit.latest(db)[0]
    assert (entry.actor, entry.detail) == (people.owner.name, '{"epoch":3}')


def test_a_claim_that_was_long_under_way_takes_the_pen_from_nobody(engine: Engine) -> None:
    """Page one asks again and again; meanwhile page two was opened. Page one comes too late: it
    was printed before the second taking."""
    _, place = begun(engine)
    outcomes = take(
        engine,
        Turn(Step.CLAIM, place.sitting_id, None, NINE, page="first1", epoch=0),
        Turn(Step.CLAIM, place.sitting_id, None, NINE + MINUTE, page="second", epoch=1),
        Turn(Step.CLAIM, place.sitting_id, None, NINE + 2 * MINUTE, page="first1", epoch=1),
        Turn(Step.CLAIM, place.sitting_id, None, NINE + 3 * MINUTE, page="third3", epoch=2),
    )
    holders = [(each.epoch, each.page) for each in outcomes if isinstance(each, Taken)]
    assert holders == [(1, "first1"), (2, "second"), (2, "second"), (3, "third3")]


def test_a_claim_after_the_hand_in_changes_nothing(engine: Engine) -> None:
    people, place = begun(engine)
    outcomes = take(
        engine,
        Turn(Step.CLAIM, place.sitting_id, None, NINE, page="first1"),
        Turn(Step.HAND_IN, place.sitting_id, people.owner, NINE + MINUTE),
        Turn(Step.CLAIM, place.sitting_id, None, NINE + 2 * MINUTE, page="second"),
    )
    assert told(outcomes) == [Taken] * 3
    row = row_of(engine, place.sitting_id)
    assert (row.epoch, row.page) == (1, "first1")


# ---- a batch is one commit


def test_a_whole_exam_of_one_sitting_in_one_batch(engine: Engine) -> None:
    """Every turn sees what the ones before it in the batch have done."""
    people, place = opened(engine)
    mine: Callable[[Step, int], Turn] = lambda step, after: Turn(  # noqa: E731
        step, place.sitting_id, people.owner, NINE + after * SECOND
    )
    turns = [
        mine(Step.START, 0),
        mine(Step.CONFIRM, 1),
        mine(Step.START, 2),
        replace(mine(Step.CLAIM, 3), page="first1"),
        replace(mine(Step.LEAVE, 4), seconds=9),
        replace(mine(Step.LEAVE, 5), seconds=3),
        replace(mine(Step.LEAVE, 6), seconds=10),
        replace(mine(Step.CLAIM, 7), page="second"),
        mine(Step.HAND_IN, 8),
        mine(Step.HAND_IN, 9),
        replace(mine(Step.LEAVE, 10), seconds=30),
    ]
    outcomes = take(engine, *turns)
    assert told(outcomes) == [NotConfirmed, *[Taken] * 10]
    assert [each.left for each in outcomes if isinstance(each, Taken)] == [
        0, 0, 0, 1, 1, 2, 0, 0, 0, 2,
    ]  # fmt: skip
    row = row_of(engine, place.sitting_id)
    assert (row.started_at, row.handed_in_at) == (NINE + 2 * SECOND, NINE + 8 * SECOND)
    assert (row.epoch, row.page, row.closed_by) == (2, "second", "candidate")
    assert row.receipt == receipt(place.sitting_id, {}, NINE + 8 * SECOND)
    assert acts(engine, place.sitting_id) == ["confirm", "start", "take_over", "hand_in"]
    assert course(engine, place.sitting_id) == [
        ("confirmed", ""),
        ("left", "9"),
        ("left", "10"),
        ("taken", "second"),
    ]
    assert_unbroken(engine)


def test_a_start_twice_in_one_batch_is_one_start(engine: Engine) -> None:
    """D3: the dropped response, the impatient finger."""
    people, place = opened(engine)
    take(engine, Turn(Step.CONFIRM, place.sitting_id, people.owner, DOORS))
    starts = [
        Turn(Step.START, place.sitting_id, actor, NINE + after * SECOND)
        for after, actor in enumerate((people.owner, place.ticket, people.owner))
    ]
    outcomes = take(engine, *starts) + take(engine, replace(starts[0], now=NINE + MINUTE))
    ends = {each.ends_at for each in outcomes if isinstance(each, Taken)}
    assert (len(outcomes), ends) == (4, {NINE + worlds.LENGTH})
    assert row_of(engine, place.sitting_id).started_at == NINE
    assert acts(engine, place.sitting_id) == ["confirm", "start"]
    with reading(engine) as db:
        mine = Sitting.candidate_id == place.candidate_id
        assert db.exec(select(func.count()).select_from(Sitting).where(mine)).one() == 1


def test_a_hall_full_of_turns_is_a_handful_of_statements(engine: Engine) -> None:
    """D1: twenty start in one batch; what it costs does not depend on how many they are."""
    _, place = opened(engine)
    with transaction(engine) as db:
        guests = worlds.crowd(db, place, 20, NINE)
    sent: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        sent.append(statement.split()[0])

    take(engine, *(Turn(Step.CONFIRM, each.sitting_id, each.actor, DOORS) for each in guests))
    event.listen(engine, "before_cursor_execute", note)
    starts = [Turn(Step.START, each.sitting_id, each.actor, NINE) for each in guests]
    assert told(take(engine, *starts)) == [Taken] * 20
    event.remove(engine, "before_cursor_execute", note)
    counted = [word for word in sent if word in ("SELECT", "INSERT", "UPDATE")]
    assert counted == ["SELECT", "UPDATE", "SELECT", "INSERT", "UPDATE"]
    assert {row_of(engine, each.sitting_id).started_at for each in guests} == {NINE}
    assert row_of(engine, place.sitting_id).started_at is None
    for each in guests:
        assert acts(engine, each.sitting_id) == ["confirm", "start"]
    assert_unbroken(engine)


def test_one_batch_may_hold_every_kind_of_turn_of_many_sittings(engine: Engine) -> None:
    people, place = begun(engine)
    with transaction(engine) as db:
        first, second, third = worlds.crowd(db, place, 3, NINE)
    take(
        engine,
        *(Turn(Step.CONFIRM, each.sitting_id, each.actor, DOORS) for each in (first, second)),
        Turn(Step.START, first.sitting_id, first.actor, NINE),
    )
    outcomes = take(
        engine,
        Turn(Step.HAND_IN, place.sitting_id, people.owner, NINE + MINUTE),
        Turn(Step.CLAIM, first.sitting_id, None, NINE + MINUTE, page="first1"),
        Turn(Step.START, third.sitting_id, third.actor, NINE + MINUTE),
        Turn(Step.CLAIM, 999_999, None, NINE + MINUTE, page="first1"),
        Turn(Step.START, second.sitting_id, second.actor, NINE + MINUTE),
        Turn(Step.HAND_IN, first.sitting_id, first.actor, NINE + MINUTE),
        Turn(Step.CLAIM, second.sitting_id, None, NINE + MINUTE, page="first1"),
        Turn(Step.CONFIRM, third.sitting_id, third.actor, NINE + MINUTE),
        Turn(Step.HAND_IN, second.sitting_id, second.actor, NINE + MINUTE),
    )
    assert told(outcomes) == [
        Taken, Taken, NotConfirmed, SittingMissing, Taken, Taken, Taken, Taken, Taken,
    ]  # fmt: skip
    rows = [row_of(engine, each) for each in (place.sitting_id, first.sitting_id,
                                              second.sitting_id, third.sitting_id)]  # fmt: skip
    assert [row.handed_in_at for row in rows] == [NINE + MINUTE] * 3 + [None]
    assert [row.started_at for row in rows] == [NINE, NINE, NINE + MINUTE, None]
    assert [row.epoch for row in rows] == [0, 1, 1, 0]
    assert_unbroken(engine)


@pytest.mark.parametrize(
    "steps",
    [
        (Step.START,),
        (Step.START, Step.CLAIM),
        (Step.START, Step.HAND_IN),
        (Step.START, Step.CLAIM, Step.HAND_IN),
    ],
)
def test_whatever_one_batch_changes_of_one_sitting_is_written(
    engine: Engine, steps: tuple[Step, ...]
) -> None:
    """Every set of columns that the turns of one batch can change together."""
    people, place = opened(engine)
    take(engine, Turn(Step.CONFIRM, place.sitting_id, people.owner, DOORS))
    turns = [Turn(step, place.sitting_id, people.owner, NINE, page="first1") for step in steps]
    assert told(take(engine, *turns)) == [Taken] * len(steps)
    row = row_of(engine, place.sitting_id)
    assert row.started_at == NINE
    assert row.page == ("first1" if Step.CLAIM in steps else "")
    assert (row.receipt is not None) is (Step.HAND_IN in steps)


# ---- on journals


async def sit(
    turns: Journal[Turn, Any], answers: Journal[Save, Any], guest: Guest, after: int
) -> list[Any]:
    """One candidate's exam as the pages do it: two pages, three answers, a hand-in while an
    answer is still on its way."""
    mine, now = guest.sitting_id, NINE + after * MS

    def turn(step: Step, **more: Any) -> Turn:
        actor = guest.actor if step in (Step.CONFIRM, Step.START, Step.HAND_IN) else None
        return Turn(step, mine, actor, now, **more)

    def save(item: int, epoch: int, number: int) -> Save:
        return Save(mine, item, (epoch << EPOCH_BITS) + number, f"{number}", 0 * MS, now)

    outcomes = [
        await turns.append(turn(Step.CONFIRM)),
        *await asyncio.gather(turns.append(turn(Step.START)), turns.append(turn(Step.START))),
        await turns.append(turn(Step.CLAIM, page="first1")),
        *await asyncio.gather(answers.append(save(1, 1, 1)), answers.append(save(2, 1, 2))),
        await turns.append(turn(Step.CLAIM, page="second")),
        await answers.append(save(1, 1, 3)),  # the first page drains
    ]
    late = replace(save(3, 2, 1), age=MS)
    hand_in = replace(turn(Step.HAND_IN), now=now + MINUTE)
    outcomes += await asyncio.gather(turns.append(hand_in), answers.append(late))
    return outcomes


def run_all(engine: Engine, guests: Sequence[Guest], *, houses: int) -> list[list[Any]]:
    """Everybody at once through the journals of so many processes."""
    pairs = [
        (Journal(engine, actions.take_turns), Journal(engine, actions.save_answers))
        for _ in range(houses)
    ]

    async def everybody() -> list[list[Any]]:
        work = [
            sit(*pairs[number % houses], guest, after=number) for number, guest in enumerate(guests)
        ]
        return list(await asyncio.gather(*work))

    outcomes = asyncio.run(everybody())
    for pair in pairs:
        for journal in pair:
            journal.close()
    return outcomes


@pytest.mark.parametrize("houses", [1, 2])
def test_two_journals_and_the_hall_at_once_leave_one_unbroken_trail(
    engine: Engine, houses: int
) -> None:
    """Starts, take-overs, hand-ins and answers on their journals, of one process and of two, while
    the hall pauses and extends in sessions of its own: every act is in the trail once, and no
    answer is lost between the journals."""
    people, place = opened(engine)
    with transaction(engine) as db:
        guests = worlds.crowd(db, place, 12, NINE)
    extended: list[int] = []

    def hall() -> None:
        for minutes in (1, 2, 3, 4, 5, 6):
            with transaction(engine) as db:
                actions.extend(
                    db, exam_id=place.exam_id, sitting_id=place.sitting_id, minutes=minutes,
                    reason="停电", actor=people.invigilator, now=NINE,
                )  # fmt: skip
            extended.append(minutes)

    thread = Thread(target=hall)
    thread.start()
    outcomes = run_all(engine, guests, houses=houses)
    thread.join()
    assert len(extended) == 6
    assert_unbroken(engine)
    assert acts(engine, place.sitting_id) == ["extend"] * 6
    for guest, told_ in zip(guests, outcomes, strict=True):
        turns, saves = told_[:4] + told_[6:7] + told_[8:9], [*told_[4:6], told_[7], told_[9]]
        assert {type(each) for each in turns} == {Taken}
        assert {type(each) for each in saves} == {Saved}
        assert acts(engine, guest.sitting_id) == ["confirm", "start", "take_over", "hand_in"]
        assert course(engine, guest.sitting_id) == [("confirmed", ""), ("taken", "second")]
        assert [each.code for each in saves[:3]] == [Fate.STANDS, Fate.STANDS, Fate.TAKEN_OVER]
        row = row_of(engine, guest.sitting_id)
        with reading(engine) as db:
            mine = AnswerLog.sitting_id == guest.sitting_id
            logged = db.exec(select(AnswerLog.item, AnswerLog.seq).where(mine)).all()
            theirs = KeptAnswer.sitting_id == guest.sitting_id
            kept = db.exec(select(KeptAnswer.item, KeptAnswer.seq).where(theirs)).all()
            stands = actions.standing(db, guest.sitting_id)
        assert sorted([*logged, *kept]) == sorted((each.item, each.seq) for each in saves)
        assert kept == [(each.item, each.seq) for each in saves if each.kept]
        assert row.handed_in_at is not None
        assert row.receipt == receipt(guest.sitting_id, stands, row.handed_in_at)


def test_one_bad_turn_costs_no_neighbour_its_own(engine: Engine) -> None:
    """A batch that the database refuses is taken again one by one; whoever is refused alone hears
    so, and its half-written act is gone."""
    _, place = opened(engine)
    with transaction(engine) as db:
        guests = worlds.crowd(db, place, 6, NINE)
    bad = guests[3].sitting_id

    def write(connection: Connection, turns: Sequence[Turn]) -> list[Taken | DomainError]:
        outcomes = actions.take_turns(connection, turns)
        if any(turn.sitting_id == bad for turn in turns):
            raise ValueError("one bad turn, and all was written already")
        return outcomes

    journal = Journal(engine, write)

    async def all_at_once() -> list[Any]:
        turns = [Turn(Step.CONFIRM, each.sitting_id, each.actor, DOORS) for each in guests]
        return await asyncio.gather(*map(journal.append, turns), return_exceptions=True)

    outcomes = asyncio.run(all_at_once())
    journal.close()
    assert [type(each) for each in outcomes] == [
        NotStored if each.sitting_id == bad else Taken for each in guests
    ]
    for each in guests:
        expected = [] if each.sitting_id == bad else ["confirm"]
        assert acts(engine, each.sitting_id) == expected
        assert len(course(engine, each.sitting_id)) == len(expected)
    assert_unbroken(engine)


def test_a_turn_whose_commit_fails_leaves_nothing(engine: Engine) -> None:
    people, place = opened(engine)
    take(engine, Turn(Step.CONFIRM, place.sitting_id, people.owner, DOORS))
    journal = Journal(engine, actions.take_turns)

    def disk_full(_connection: object) -> None:
        raise OSError("disk full")

    async def start(now: datetime) -> Any:
        turn = Turn(Step.START, place.sitting_id, people.owner, now)
        return (await asyncio.gather(journal.append(turn), return_exceptions=True))[0]

    event.listen(engine, "commit", disk_full)
    assert isinstance(asyncio.run(start(NINE)), NotStored)
    event.remove(engine, "commit", disk_full)
    assert row_of(engine, place.sitting_id).started_at is None
    assert acts(engine, place.sitting_id) == ["confirm"]
    assert isinstance(asyncio.run(start(NINE + SECOND)), Taken)
    journal.close()
    assert row_of(engine, place.sitting_id).started_at == NINE + SECOND
    assert acts(engine, place.sitting_id) == ["confirm", "start"]
    assert_unbroken(engine)


# ---- what was kept


def store(engine: Engine, *saves: Save) -> list[Saved | DomainError]:
    with for_writing(engine).begin() as connection:
        return actions.save_answers(connection, saves)


def test_what_comes_too_late_is_put_aside_once_and_never_into_the_log(engine: Engine) -> None:
    _, place = begun(engine)
    mine, end = place.sitting_id, NINE + worlds.LENGTH
    settled = end + worlds.GRACE
    in_time = Save(mine, 1, 1, "A", 0 * MS, NINE + MINUTE)
    late = Save(mine, 1, 2, "B", settled - end + MS, settled)
    other = replace(late, answer="C")  # another page of the same number
    again = replace(late, age=late.age + MINUTE, arrived_at=settled + MINUTE)
    after = Save(mine, 2, 3, "D", settled - end, settled)  # typed at the deadline itself
    outcomes = store(engine, in_time, late, other, late, after) + store(engine, again)
    assert [each.kept if isinstance(each, Saved) else each.code for each in outcomes] == [
        False, True, True, True, "too_late", True,
    ]  # fmt: skip
    with reading(engine) as db:
        logged = db.exec(select(AnswerLog)).all()
        kept = db.exec(select(KeptAnswer).order_by(col(KeptAnswer.answer))).all()
    assert [(row.item, row.seq, row.answer) for row in logged] == [(1, 1, "A")]
    assert [(row.item, row.seq, row.answer) for row in kept] == [(1, 2, "B"), (1, 2, "C")]
    assert {(row.reason, row.via, row.typed_at, row.arrived_at) for row in kept} == {
        ("too_late", "page", end - MS, settled)
    }
    assert kept[0].digest == late.digest


def test_what_comes_after_the_hand_in_is_put_aside_and_changes_no_receipt(engine: Engine) -> None:
    people, place = begun(engine)
    mine, gone = place.sitting_id, NINE + 10 * MINUTE
    store(engine, Save(mine, 1, 1, "A", 0 * MS, NINE + MINUTE))
    take(engine, Turn(Step.HAND_IN, mine, people.owner, gone))
    before = row_of(engine, mine)
    late = Save(mine, 1, 2, "B", MINUTE + MS, gone + MINUTE)  # typed a millisecond before
    after = Save(mine, 1, 3, "C", MINUTE, gone + MINUTE)  # typed at the hand-in itself
    replay = Save(mine, 1, 1, "A", 0 * MS, gone + MINUTE)
    outcomes = store(engine, late, after, replay) + store(engine, late)
    codes = [getattr(each, "code", "") for each in outcomes]
    assert codes == ["handed_in", "handed_in", "", "handed_in"]
    assert [type(each) is Saved for each in outcomes] == [True, False, True, True]
    with reading(engine) as db:
        assert [row.answer for row in db.exec(select(AnswerLog))] == ["A"]
        kept = db.exec(select(KeptAnswer)).all()
        assert actions.standing(db, mine) == {1: "A"}
    assert [(row.answer, row.reason) for row in kept] == [("B", "handed_in")]
    assert row_of(engine, mine) == before


def test_two_journals_put_the_same_late_answer_aside_once(engine: Engine) -> None:
    """The phone never heard of it and sends it again, to another process."""
    _, place = begun(engine)
    settled = NINE + worlds.LENGTH + worlds.GRACE
    late = Save(place.sitting_id, 1, 2, "B", worlds.GRACE + MS, settled)
    journals = [Journal(engine, actions.save_answers) for _ in range(2)]

    async def both() -> list[Any]:
        sends = [journals[number % 2].append(late) for number in range(10)]
        return await asyncio.gather(*sends, return_exceptions=True)

    outcomes = asyncio.run(both())
    for journal in journals:
        journal.close()
    assert {type(each) for each in outcomes} == {Saved}
    with reading(engine) as db:
        assert len(db.exec(select(KeptAnswer)).all()) == 1


def test_a_pass_speaks_for_its_candidate_by_name(engine: Engine) -> None:
    """Claims and leavings come with the signed pass and no cookie: the trail names whose it is."""
    people, place = begun(engine)
    for page in ("first1", "second"):
        take(engine, Turn(Step.CLAIM, place.sitting_id, None, NINE, page=page))
    with reading(engine) as db:
        entry = audit.latest(db)[0]
        line = db.exec(select(SittingEvent).where(SittingEvent.kind == "taken")).one()
    assert (entry.act, entry.actor, line.by) == ("take_over", people.owner.name, people.owner.name)


def test_an_actor_of_nobody_takes_no_turn(engine: Engine) -> None:
    """An officer without an account is nobody's: 0 and None are no keys."""
    _, place = opened(engine)
    nobody = Actor(0, "nobody", frozenset())
    assert told(take(engine, Turn(Step.CONFIRM, place.sitting_id, nobody, DOORS))) == [
        SittingMissing
    ]
