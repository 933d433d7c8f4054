"""What was rehearsed never counts: not by query, and not past the database's own walls."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, insert, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from app.contests import queries as contests
from app.contests.tables import Exam
from app.db.engine import make_engine
from app.db.session import Session, transaction
from app.kernel.actor import SYSTEM
from app.marking import actions as marking
from app.marking import queries as marks
from app.marking.rules import ExamNotFound, SittingNotFound
from app.marking.tables import ItemMark, MarkRun, SittingScore
from app.results import actions, queries
from app.results.rules.refusals import ExamNotMarked, PeopleMayStillStart
from app.sitting.tables import Sitting
from tests import factories
from tests.conftest import ClientOf
from tests.databases import Databases
from tests.factories import Cast
from tests.fakes import NINE
from tests.marking import worlds as marking_worlds
from tests.marking.worlds import CLOSES, EVENING, World
from tests.results import worlds


def history(db: Session, *, rehearsal: bool) -> tuple[World, bytes]:
    """A contest from its call-up to its release.json."""
    factories.cast(db, NINE)
    world = marking_worlds.contest(db)
    if rehearsal:
        marking_worlds.rehearsed(db, world)
    for name, knows, minutes in (("林知远", 100, 50), ("江小川", 50, 41), ("韩雨", 50, 41)):
        for code in world.exams:
            marking_worlds.sit(db, world, name, code, knows=knows, minutes=minutes)
    marking_worlds.sit(db, world, "苏望舒", "A", knows=0, minutes=9)
    worlds.mark(db, world)
    released = actions.release(db, contest_id=world.contest, actor=SYSTEM, now=EVENING)
    return world, queries.file(released)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_release_is_the_same_bytes_with_and_without_a_rehearsal(
    request: pytest.FixtureRequest, kind: str
) -> None:
    databases: Databases = request.getfixturevalue(kind)
    files = []
    for rehearsal in (False, True):
        url = databases.fresh()
        engine = make_engine(url)
        with transaction(engine) as db:
            world, file = history(db, rehearsal=rehearsal)
            assert marks.rehearsed(db, world.contest) == (4 if rehearsal else 0)
        engine.dispose()
        databases.drop(url)
        files.append(file)
    assert files[0] == files[1]
    assert "演练".encode() not in files[1]


@pytest.fixture
def world(db: Session) -> World:
    factories.cast(db, NINE)
    return worlds.marked(db)


@pytest.fixture
def rehearsed(db: Session, world: World) -> World:
    return marking_worlds.rehearsed(db, world)


def test_no_list_and_no_obstacle_knows_of_a_rehearsal(
    db: Session, world: World, rehearsed: World
) -> None:
    """One of its sittings is still running, and none is marked; another has not even a time."""
    db.add(Exam(contest_id=world.contest, code="演练2", title="演练", position=102, rehearsal=True))
    db.flush()
    assert queries.obstacles(db, world.contest, now=EVENING) == ()
    assert [each.exam.code for each in marks.exam_states(db, world.contest)] == ["A", "B"]
    assert set(marks.handed(db, world.contest)) == set(world.exams.values())
    given = queries.standings_input(db, world.contest)
    assert {entry.name: entry.violations for entry in given.entries}["林知远"] == 2
    absent = next(entry for entry in given.entries if entry.name == "白露")
    assert absent.scores == {}
    assert absent.absent.value == "without_leave", "who only rehearsed was not there"
    assert given.contest.held_from == NINE.date()
    evidence = queries.evidence(db, world.contest)
    assert [each["exam"] for each in evidence["exams"]] == ["A", "B"]


def test_a_rehearsal_is_not_there_for_the_marking(
    db: Session, world: World, rehearsed: World
) -> None:
    exam_id = rehearsed.exams["演练"]
    with pytest.raises(ExamNotFound):
        marking.mark_exam(db, exam_id=exam_id, actor=SYSTEM, now=EVENING)
    with pytest.raises(ExamNotFound):
        marks.exam_of(db, world.contest, exam_id)
    with pytest.raises(SittingNotFound):
        marks.sat(db, rehearsed.sittings["林知远", "演练"])
    assert marks.sat(db, world.sittings["林知远", "A"]).name == "林知远"


def test_the_database_refuses_marks_of_a_rehearsal(engine: Engine) -> None:
    with transaction(engine) as db:
        factories.cast(db, NINE)
        world = worlds.marked(db)
        rehearsed = marking_worlds.rehearsed(db, world)
        run_id = db.exec(select(MarkRun.id)).first()
    exam_id, sitting_id = rehearsed.exams["演练"], rehearsed.sittings["林知远", "演练"]
    run = {"exam_id": exam_id, "number": 1, "key_hash": "0" * 64, "policy": "{}", "sittings": 1,
           "at": EVENING, "by": "x"}  # fmt: skip
    mark = {"run_id": run_id, "sitting_id": sitting_id, "item": 1, "points": Decimal(1),
            "maximum": Decimal(1), "reasons": "[]"}  # fmt: skip
    score = {"run_id": run_id, "sitting_id": sitting_id, "score": Decimal(1), "used_seconds": 1}
    for statement in (
        insert(MarkRun).values(**run),
        insert(ItemMark).values(**mark),
        insert(SittingScore).values(**score),
    ):
        with pytest.raises(DatabaseError, match="never marked"), engine.begin() as connection:
            connection.execute(statement)
    # Nor does a sitting find its way under an exam.
    moved = update(Sitting).where(Sitting.id == sitting_id)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match="belongs"), engine.begin() as connection:
        connection.execute(moved.values(exam_id=world.exams["A"], candidate_id=9))
    # The same statements are good for an exam that counts.
    exam_run = insert(MarkRun).values(**run | {"exam_id": world.exams["A"], "number": 2})
    with engine.begin() as connection:
        connection.execute(exam_run)
        connection.execute(moved.values(exam_id=exam_id, receipt="x"))


def test_the_marking_page_offers_no_rehearsal(
    app_world: World, client_of: ClientOf, people: Cast
) -> None:
    page = client_of(people.organizer).get(f"/contests/{app_world.contest}/marking").text
    assert "法律法规" in page
    assert "演练" not in page


@pytest.fixture
def app_world(app: object, people: Cast) -> World:
    with transaction(app.state.engine) as db:  # type: ignore[attr-defined]
        world = worlds.marked(db)
        marking_worlds.rehearsed(db, world)
    return world


def test_an_exam_is_released_with_its_contest_and_a_rehearsal_never(
    db: Session, world: World, rehearsed: World
) -> None:
    ids = [*world.exams.values(), rehearsed.exams["演练"]]
    assert [queries.released(db, each) for each in ids] == [False, False, False]
    actions.release(db, contest_id=world.contest, actor=SYSTEM, now=EVENING)
    assert [queries.released(db, each) for each in ids] == [True, True, False]
    assert not queries.released(db, 999)


@pytest.mark.parametrize(
    ("changed", "until"),
    [
        ({"extra_seconds": 3600}, 3600),
        ({"shift_seconds": 3600}, 3600),
        ({"extra_seconds": 1800, "shift_seconds": 1800}, 3600),
    ],
)
def test_nothing_is_released_while_somebody_may_still_begin(
    db: Session, world: World, changed: dict[str, int], until: int
) -> None:
    late = CLOSES + timedelta(hours=3)  # the second exam's closing
    sitting = db.get(Sitting, world.sittings["白露", "B"])
    assert sitting is not None
    for name, seconds in changed.items():
        setattr(sitting, name, seconds)
    db.add(sitting)
    db.flush()
    closing = late + timedelta(seconds=until)
    found = [
        [type(each) for each in queries.obstacles(db, world.contest, now=now)]
        for now in (closing - timedelta(seconds=1), closing)
    ]
    assert found == [[PeopleMayStillStart], []]


def test_while_a_candidate_who_has_not_begun_is_paused_nothing_is_released(
    db: Session, world: World
) -> None:
    sitting = db.get(Sitting, world.sittings["白露", "B"])
    assert sitting is not None
    sitting.paused_at = sitting.closes_at - timedelta(seconds=1)
    db.add(sitting)
    db.flush()
    [found] = queries.obstacles(db, world.contest, now=EVENING + timedelta(days=9))
    assert isinstance(found, PeopleMayStillStart)


def test_who_handed_in_once_more_is_to_be_marked_once_more(db: Session, world: World) -> None:
    """A hand-in that was taken back after the marking: the old marks are not of these answers."""
    sitting = db.get(Sitting, world.sittings["林知远", "A"])
    assert sitting is not None
    for at, expected in (
        (EVENING, []),
        (EVENING + timedelta(microseconds=1), [ExamNotMarked]),
    ):
        sitting.handed_in_at = at
        db.add(sitting)
        db.flush()
        now = EVENING + timedelta(hours=1)
        assert [type(each) for each in queries.obstacles(db, world.contest, now=now)] == expected


def test_the_contests_floor_is_told_who_rehearsed(db: Session, rehearsed: World) -> None:
    assert marks.rehearsed(db, rehearsed.contest) == 4
    outcome = contests.Outcome(rehearsed=marks.rehearsed(db, rehearsed.contest))
    contest = contests.contest(db, rehearsed.contest)
    assert contests.facts(db, contest, now=NINE, outcome=outcome).rehearsed == 4
