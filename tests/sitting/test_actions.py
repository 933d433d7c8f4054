from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.accounts import queries as accounts
from app.accounts.actions import doors
from app.audit import queries as audit
from app.contests.tables import Candidate, Exam
from app.db.engine import for_writing
from app.db.session import Session, reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.errors import DomainError
from app.papers import queries as papers
from app.roster.tables import Officer
from app.sitting import actions, queries
from app.sitting.rules.answers import FLAGS, Fate, Save, Saved
from app.sitting.rules.receipts import receipt
from app.sitting.rules.refusals import (
    HallMissing,
    HandedIn,
    NotConfirmed,
    NotOpenYet,
    NotReadyToSit,
    NotStarted,
    SequenceTaken,
    SittingMissing,
    WindowClosed,
)
from app.sitting.tables import KeptAnswer, Sitting
from tests import factories
from tests.factories import Cast
from tests.fakes import NINE, FixedEntropy
from tests.sitting import worlds
from tests.sitting.worlds import Hall

MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def opened(db: Session) -> tuple[Cast, Hall]:
    people = factories.cast(db, NINE)
    return people, worlds.hall(db, people, NINE)


def running(db: Session) -> tuple[Cast, Hall]:
    people, place = opened(db)
    worlds.begin(db, place, people, NINE)
    return people, place


def save(sitting_id: int, item: int, seq: int, answer: str, *, after: float = 0) -> Save:
    arrived_at = NINE + (after or seq) * SECOND
    return Save(sitting_id, item, seq, answer, timedelta(0), arrived_at)


def store(engine: Engine, *saves: Save) -> list[Saved | DomainError]:
    with for_writing(engine).begin() as connection:
        return actions.save_answers(connection, saves)


def current(engine: Engine, sitting_id: int) -> dict[int, str]:
    with reading(engine) as db:
        return {item: row.answer for item, row in queries.answers(db, sitting_id).items()}


def row_of(db: Session, sitting_id: int) -> Sitting:
    return db.exec(select(Sitting).where(Sitting.id == sitting_id)).one()


# ---- preparing


def test_everyone_called_up_gets_one_sitting_and_a_reserve_none(db: Session) -> None:
    people, place = opened(db)
    assert [entry.act for entry in audit.latest(db)] == ["prepare"]
    assert audit.latest(db)[0].detail == '{"moved":0,"new":2}'
    assert [seat.name for seat in queries.seats(db, place.exam_id, now=NINE)] == [
        people.owner.name,
        people.stranger.name,
    ]
    assert actions.prepare(db, exam_id=place.exam_id, actor=SYSTEM, now=NINE) == 0
    assert len(audit.latest(db)) == 1  # nothing done, nothing recorded


def test_every_sitting_has_an_order_of_its_own(db: Session) -> None:
    _, place = opened(db)
    keys = {row_of(db, each).order_key for each in (place.sitting_id, place.foreign_id)}
    assert len(keys) == 2


def test_a_substitute_is_prepared_later_and_who_was_replaced_sits_no_more(db: Session) -> None:
    people, place = opened(db)
    for candidate in db.exec(select(Candidate).where(Candidate.contest_id == place.contest_id)):
        if candidate.id == place.candidate_id:
            candidate.state = "replaced"
        elif candidate.state == "reserve":
            candidate.state = "called"
    db.flush()
    assert queries.unprepared(db, now=NINE) == [place.exam_id]
    assert actions.prepare(db, exam_id=place.exam_id, actor=SYSTEM, now=NINE) == 1
    assert queries.unprepared(db, now=NINE) == []
    assert [own.exam for own in queries.sittings_of(db, people.colleague)] == ["A 卷 法律法规"]
    assert queries.sittings_of(db, people.owner) == []


def test_a_sitting_follows_its_exam_until_it_begins(db: Session) -> None:
    _, place = running(db)
    exam = db.exec(select(Exam).where(Exam.id == place.exam_id)).one()
    exam.closes_at = NINE + 2 * worlds.WINDOW
    db.flush()
    assert queries.unprepared(db, now=NINE) == [place.exam_id]
    actions.prepare(db, exam_id=place.exam_id, actor=SYSTEM, now=NINE)
    assert row_of(db, place.sitting_id).closes_at == NINE + worlds.WINDOW
    assert row_of(db, place.foreign_id).closes_at == NINE + 2 * worlds.WINDOW
    assert queries.unprepared(db, now=NINE) == []


def test_an_exam_that_is_not_published_has_no_hall(db: Session) -> None:
    people = factories.cast(db, NINE)
    place = worlds.hall(db, people, NINE, published=False)
    assert queries.unprepared(db, now=NINE) == []
    with pytest.raises(HallMissing):
        actions.prepare(db, exam_id=place.exam_id, actor=SYSTEM, now=NINE)


def test_an_exam_without_a_paper_cannot_be_prepared(db: Session) -> None:
    people = factories.cast(db, NINE)
    place = worlds.hall(db, people, NINE, published=False)
    exam = db.exec(select(Exam).where(Exam.id == place.exam_id)).one()
    exam.published_at, exam.paper_id = NINE, None
    db.flush()
    with pytest.raises(NotReadyToSit):
        actions.prepare(db, exam_id=place.exam_id, actor=SYSTEM, now=NINE)


# ---- whose sitting it is


def test_account_and_ticket_reach_the_same_sitting_and_nobody_elses(db: Session) -> None:
    people, place = opened(db)
    for actor in (people.owner, place.ticket):
        assert [own.id for own in queries.sittings_of(db, actor)] == [place.sitting_id]
        assert queries.sitting(db, place.sitting_id, actor=actor).name == people.owner.name
        with pytest.raises(SittingMissing):
            queries.sitting(db, place.foreign_id, actor=actor)


def test_nobody_is_not_the_owner_of_what_belongs_to_nobody(db: Session) -> None:
    _, place = opened(db)
    officer = db.exec(
        select(Officer).join(Candidate).where(Candidate.id == place.candidate_id)
    ).one()
    officer.account_id = None
    db.flush()
    for actor in (SYSTEM, Actor(0, "nobody", frozenset())):
        assert queries.sittings_of(db, actor) == []
        with pytest.raises(SittingMissing):
            queries.sitting(db, place.sitting_id, actor=actor)


def test_nobody_else_can_confirm_start_or_hand_in(db: Session) -> None:
    people, place = running(db)
    for actor in (people.colleague, people.stranger, people.organizer, SYSTEM):
        for action in (actions.confirm, actions.start, actions.hand_in):
            with pytest.raises(SittingMissing):
                action(db, sitting_id=place.sitting_id, actor=actor, now=NINE)


# ---- confirming and starting


def test_a_start_needs_the_identity_check(db: Session) -> None:
    people, place = opened(db)
    with pytest.raises(NotConfirmed):
        actions.start(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE)
    actions.confirm(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE)
    actions.confirm(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE)
    actions.start(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE)
    assert [entry.act for entry in audit.latest(db)] == ["start", "confirm", "prepare"]
    assert [event.kind for event in queries.course(db, place.sitting_id)] == ["confirmed"]


def test_starting_twice_gives_the_same_start_and_one_trace(db: Session) -> None:
    people, place = running(db)
    again = actions.start(
        db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + 60 * SECOND
    )
    assert row_of(db, place.sitting_id).started_at == NINE
    assert again.ends_at == NINE + worlds.LENGTH
    assert [entry.act for entry in audit.latest(db)].count("start") == 1


@pytest.mark.parametrize(
    ("after", "refusal"), [(-SECOND, NotOpenYet), (worlds.WINDOW, WindowClosed)]
)
def test_a_start_outside_the_window_is_refused_and_leaves_no_start(
    db: Session, after: timedelta, refusal: type[DomainError]
) -> None:
    people, place = opened(db)
    actions.confirm(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE)
    with pytest.raises(refusal):
        actions.start(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + after)
    assert row_of(db, place.sitting_id).started_at is None


def questions_of(db: Session, sitting_id: int, now: datetime) -> str:
    """What the page would be made of at this moment: nothing, unless the statement releases it."""
    paper = queries.released(db, sitting_id, now=now)
    return str(papers.content(db, paper.paper_id))


def test_the_paper_stays_in_the_database_until_this_sitting_has_begun(db: Session) -> None:
    people, place = opened(db)
    for now in (NINE - MS, NINE, NINE + 60 * SECOND):
        with pytest.raises(SittingMissing):
            questions_of(db, place.sitting_id, now)
    worlds.begin(db, place, people, NINE)
    assert "CANARY" in questions_of(db, place.sitting_id, NINE)
    assert "SECRET" not in questions_of(db, place.sitting_id, NINE)
    with pytest.raises(SittingMissing):
        questions_of(db, place.sitting_id, NINE - MS)
    with pytest.raises(SittingMissing):
        questions_of(db, place.foreign_id, NINE)
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE)
    with pytest.raises(SittingMissing):
        questions_of(db, place.sitting_id, NINE)


@pytest.mark.parametrize(
    ("changed", "after", "seen"),
    [
        ({}, 0 * MS, True),
        # a clock that was put back: before one's own start, and before the opening
        ({"started_at": NINE + MINUTE}, MINUTE - MS, False),
        ({"started_at": NINE + MINUTE}, MINUTE, True),
        ({"opens_at": NINE + MINUTE}, MINUTE - MS, False),
        ({"opens_at": NINE + MINUTE}, MINUTE, True),
        ({"started_at": None}, MINUTE, False),
        ({"paused_at": NINE + MINUTE}, MINUTE - MS, False),
        ({"paused_at": NINE + MINUTE}, MINUTE, False),
        ({"handed_in_at": NINE + MINUTE}, MINUTE - MS, False),
        ({"handed_in_at": NINE + MINUTE}, MINUTE, False),
    ],
)
def test_the_statement_itself_releases_the_paper_and_nothing_else_does(
    db: Session, changed: dict[str, datetime | None], after: timedelta, seen: bool
) -> None:
    _, place = running(db)
    row = row_of(db, place.sitting_id)
    for name, at in changed.items():
        setattr(row, name, at)
    db.add(row)
    db.flush()
    if seen:
        assert "CANARY" in questions_of(db, place.sitting_id, NINE + after)
    else:
        with pytest.raises(SittingMissing):
            questions_of(db, place.sitting_id, NINE + after)


def test_an_exam_that_is_taken_back_releases_nothing(db: Session) -> None:
    _, place = running(db)
    db.exec(select(Exam).where(Exam.id == place.exam_id)).one().published_at = None
    db.flush()
    with pytest.raises(SittingMissing):
        questions_of(db, place.sitting_id, NINE)


# ---- saving


def test_the_highest_sequence_is_the_answer_in_whatever_order_it_arrives(engine: Engine) -> None:
    with transaction(engine) as db:
        _, place = running(db)
    first, second, third = (
        save(place.sitting_id, 1, seq, letter) for seq, letter in enumerate("ABC", 1)
    )
    outcomes = store(engine, third, first) + store(engine, second)
    told = [outcome.superseded for outcome in outcomes if isinstance(outcome, Saved)]
    assert told == [False, True, True]
    assert current(engine, place.sitting_id) == {1: "C"}


def test_a_replay_is_acknowledged_like_the_first_time_and_stored_once(engine: Engine) -> None:
    with transaction(engine) as db:
        _, place = running(db)
    once = save(place.sitting_id, 1, 1, "B")
    assert store(engine, once, once) == store(engine, once) * 2
    assert current(engine, place.sitting_id) == {1: "B"}


def test_a_used_number_is_never_overwritten(engine: Engine) -> None:
    with transaction(engine) as db:
        _, place = running(db)
    kept, other = save(place.sitting_id, 1, 1, "B"), save(place.sitting_id, 1, 1, "C")
    assert [type(outcome) for outcome in store(engine, kept, other)] == [Saved, SequenceTaken]
    assert current(engine, place.sitting_id) == {1: "B"}


def test_of_two_devices_the_one_that_typed_last_has_the_last_word(engine: Engine) -> None:
    """The PC counts from where the paper was printed, far below the phone's numbers."""
    with transaction(engine) as db:
        _, place = running(db)
    phone = save(place.sitting_id, 1, 40, "B", after=50)
    computer = save(place.sitting_id, 1, 7, "C", after=60)
    assert isinstance(store(engine, phone)[0], Saved)
    refused = store(engine, computer)[0]
    assert isinstance(refused, SequenceTaken)
    assert refused.fields["newest"] == 40
    assert current(engine, place.sitting_id) == {1: "B"}
    store(engine, save(place.sitting_id, 1, 41, "C", after=61))
    assert current(engine, place.sitting_id) == {1: "C"}


def test_save_answer_after_hand_in_is_refused_and_not_stored(engine: Engine) -> None:
    with transaction(engine) as db:
        people, place = running(db)
    sitting_id = place.sitting_id
    store(engine, save(sitting_id, 1, 1, "B"))
    with transaction(engine) as db:
        actions.hand_in(db, sitting_id=sitting_id, actor=people.owner, now=NINE + 9 * SECOND)
        receipt = row_of(db, sitting_id).receipt
        actions.hand_in(db, sitting_id=sitting_id, actor=people.owner, now=NINE)
        row = row_of(db, sitting_id)
        assert (row.receipt, row.handed_in_at) == (receipt, NINE + 9 * SECOND)
        assert (row.closed_by, audit.latest(db)[0].act) == ("candidate", "hand_in")
        assert audit.latest(db)[0].detail == f'{{"receipt":"{row.receipt}"}}'
    after = save(sitting_id, 2, 2, "A", after=9)
    assert [type(outcome) for outcome in store(engine, after)] == [HandedIn]
    assert [type(outcome) for outcome in store(engine, save(sitting_id, 1, 1, "B"))] == [Saved]
    assert current(engine, sitting_id) == {1: "B"}


def test_a_save_and_a_hand_in_at_the_same_moment_leave_a_receipt_that_is_true(
    engine: Engine,
) -> None:
    """On both engines the answer comes wholly before or wholly after the hand-in: in the log, and
    then the receipt speaks for it; or kept, and then it says so."""
    with transaction(engine) as db:
        people, place = running(db)
    outcomes: list[Saved | DomainError] = []

    def saving() -> None:
        for seq in range(1, 30):
            outcomes.extend(store(engine, save(place.sitting_id, 1, seq, f"{seq}")))

    thread = Thread(target=saving)
    thread.start()
    with transaction(engine) as db:
        actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + MINUTE)
    thread.join()
    saved = [outcome for outcome in outcomes if isinstance(outcome, Saved)]
    assert len(saved) == 29
    logged = [outcome.seq for outcome in saved if not outcome.kept]
    assert {outcome.code for outcome in saved if outcome.kept} <= {Fate.HANDED_IN}
    with reading(engine) as db:
        row, stands = row_of(db, place.sitting_id), queries.answers(db, place.sitting_id)
        kept = db.exec(select(KeptAnswer.seq)).all()
        spoken_for = actions.standing(db, place.sitting_id)
    assert (stands[1].seq if stands else 0) == max(logged, default=0)
    assert sorted([*logged, *kept]) == list(range(1, 30))
    assert row.handed_in_at is not None
    assert row.receipt == receipt(place.sitting_id, spoken_for, row.handed_in_at)


def test_handing_in_before_the_start_is_refused(db: Session) -> None:
    people, place = opened(db)
    with pytest.raises(NotStarted):
        actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE)


def test_what_is_marked_is_what_was_handed_in_without_the_flags(engine: Engine) -> None:
    with transaction(engine) as db:
        people, place = running(db)
        for action in (actions.confirm, actions.start):
            action(db, sitting_id=place.foreign_id, actor=people.stranger, now=NINE)
    mine = place.sitting_id
    store(engine, save(mine, 2, 1, '["A"]'), save(mine, 2, 3, '["C"]'), save(mine, FLAGS, 2, "[2]"))
    store(engine, save(place.foreign_id, 1, 1, '["B"]'))
    with transaction(engine) as db:
        assert queries.responses(db, place.exam_id) == {}
        actions.hand_in(db, sitting_id=mine, actor=people.owner, now=NINE + MINUTE)
        assert queries.responses(db, place.exam_id) == {mine: {2: '["C"]'}}
        assert [row.id for row in queries.handed_in(db, place.exam_id)] == [mine]
        actions.hand_in(db, sitting_id=place.foreign_id, actor=people.stranger, now=NINE + MINUTE)
        assert queries.responses(db, place.exam_id)[place.foreign_id] == {1: '["B"]'}


# ---- the server hands in


def test_the_server_hands_in_at_the_deadline_once_the_grace_is_over(engine: Engine) -> None:
    with transaction(engine) as db:
        _, place = running(db)
    store(engine, save(place.sitting_id, 1, 1, "B"))
    over = NINE + worlds.LENGTH + worlds.GRACE
    with transaction(engine) as db:
        assert actions.close_overdue(db, now=over - SECOND) == 0
        assert row_of(db, place.sitting_id).handed_in_at is None
    with transaction(engine) as db:
        assert actions.close_overdue(db, now=over) == 1
        assert actions.close_overdue(db, now=over) == 0
        row = row_of(db, place.sitting_id)
        assert (row.handed_in_at, row.closed_by) == (NINE + worlds.LENGTH, "server")
        assert row.receipt
        assert row_of(db, place.foreign_id).handed_in_at is None  # never began: absent
        assert audit.latest(db)[0].act == "close_overdue"
        assert queries.course(db, place.sitting_id)[0].kind == "closed"


def test_two_sweepers_at_once_close_once(engine: Engine) -> None:
    with transaction(engine) as db:
        running(db)
    closed: list[int] = []

    def sweeping() -> None:
        with transaction(engine) as db:
            closed.append(actions.close_overdue(db, now=NINE + 2 * worlds.WINDOW))

    threads = [Thread(target=sweeping) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(closed) == [0, 1]
    with reading(engine) as db:
        assert [entry.act for entry in audit.latest(db)].count("close_overdue") == 1


# ---- the hall


def test_more_time_is_added_noted_and_in_the_audit(db: Session) -> None:
    people, place = running(db)
    about: dict[str, Any] = {
        "exam_id": place.exam_id,
        "sitting_id": place.sitting_id,
        "actor": people.invigilator,
    }
    for minutes in (8, 2):
        actions.extend(db, **about, minutes=minutes, reason="停电", now=NINE)
    assert row_of(db, place.sitting_id).extra_seconds == 600
    assert row_of(db, place.foreign_id).extra_seconds == 0
    assert audit.latest(db)[0].detail == '{"minutes":2,"reason":"停电"}'
    assert queries.course(db, place.sitting_id)[0].detail == "延长 2 分钟：停电"
    assert actions.close_overdue(db, now=NINE + worlds.LENGTH + worlds.GRACE) == 0


def test_the_whole_hall_gets_more_time_but_for_those_who_handed_in(db: Session) -> None:
    people, place = running(db)
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + MINUTE)
    about: dict[str, Any] = {
        "exam_id": place.exam_id,
        "actor": people.invigilator,
        "now": NINE + MINUTE,
    }
    assert actions.extend_all(db, **about, minutes=10, reason="火警") == 1
    assert row_of(db, place.sitting_id).extra_seconds == 0
    assert row_of(db, place.foreign_id).extra_seconds == 600
    with pytest.raises(HandedIn):
        actions.extend(db, **about, sitting_id=place.sitting_id, minutes=1, reason="晚了")


def test_an_invigilator_hands_in_with_a_reason_and_through_the_right_hall_only(
    db: Session,
) -> None:
    people, place = running(db)
    about: dict[str, Any] = {
        "sitting_id": place.sitting_id,
        "reason": "本人要求",
        "actor": people.invigilator,
    }
    with pytest.raises(SittingMissing):
        actions.force(db, exam_id=place.exam_id + 1, **about, now=NINE + MINUTE)
    row = actions.force(db, exam_id=place.exam_id, **about, now=NINE + MINUTE)
    assert (row.handed_in_at, row.closed_by) == (NINE + MINUTE, "invigilator")
    assert audit.latest(db)[0].act == "force_hand_in"
    assert queries.course(db, place.sitting_id)[0].detail == "本人要求"


def test_a_new_ticket_opens_the_same_sitting_and_ends_the_old_one(db: Session) -> None:
    people, place = running(db)
    about: dict[str, Any] = {
        "exam_id": place.exam_id,
        "sitting_id": place.sitting_id,
        "actor": people.invigilator,
    }
    entropy = FixedEntropy()
    codes = [
        actions.reissue(db, **about, reason="换手机", entropy=entropy, now=NINE) for _ in range(2)
    ]
    db.flush()
    old, new = (accounts.ticket(db, code) for code in codes)
    assert old is not None
    assert new is not None
    assert old.revoked_at == NINE
    assert new.valid_until == NINE + worlds.WINDOW + timedelta(hours=12)
    token = doors.enter(db, code=codes[1], entropy=entropy, now=NINE)
    db.flush()
    bearer = accounts.identify(db, token=token, now=NINE)
    assert bearer is not None
    assert [own.id for own in queries.sittings_of(db, bearer)] == [place.sitting_id]
    assert [event.kind for event in queries.course(db, place.sitting_id)] == [
        "ticket",
        "ticket",
        "confirmed",
    ]
