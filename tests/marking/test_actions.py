"""A run of marking: what is stored, what is refused, and that it is the same again."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from app.audit.tables import AuditEntry
from app.db.session import Session
from app.kernel.actor import SYSTEM
from app.marking import actions, queries
from app.marking.rules import ExamNotFound, NobodySat, NoPaper, SittingNotFound, StillSitting
from app.marking.tables import ItemMark
from app.papers.tables import Paper
from app.sitting.tables import Sitting
from tests import factories
from tests.fakes import NINE
from tests.marking import worlds
from tests.marking.worlds import EVENING, World


@pytest.fixture
def world(db: Session) -> World:
    factories.cast(db, NINE)
    return worlds.sat(db)


def marked(db: Session, world: World, code: str = "A") -> None:
    actions.mark_exam(db, exam_id=world.exams[code], actor=SYSTEM, now=EVENING)


def test_a_run_marks_everybody_who_handed_in_and_nobody_else(db: Session, world: World) -> None:
    run = actions.mark_exam(db, exam_id=world.exams["A"], actor=SYSTEM, now=EVENING)
    assert (run.number, run.sittings, run.by, run.at) == (1, 4, "system", EVENING)
    _, scores = worlds.run_of(db, world.exams["A"])
    by_sitting = {score.sitting_id: score for score in scores}
    assert set(by_sitting) == {
        world.sittings[name, "A"] for name in ("林知远", "江小川", "韩雨", "苏望舒")
    }
    best = by_sitting[world.sittings["林知远", "A"]]
    assert (best.score, best.used_seconds) == (Decimal("12.5"), 50 * 60)
    assert by_sitting[world.sittings["苏望舒", "A"]].score == 0
    assert 0 < by_sitting[world.sittings["江小川", "A"]].score < Decimal("12.5")
    entry = db.exec(select(AuditEntry).where(AuditEntry.act == "mark_exam")).one()
    assert json.loads(entry.detail) == {"run": 1, "sittings": 4, "key_hash": run.key_hash}


def test_every_item_is_kept_with_reasons_that_add_up_to_its_points(
    db: Session, world: World
) -> None:
    marked(db, world)
    run, scores = worlds.run_of(db, world.exams["A"])
    for score in scores:
        items = queries.item_marks(db, score.sitting_id)
        assert [item.item for item in items] == list(range(1, len(worlds.QUESTIONS) + 1))
        assert all(item.run_id == run.id for item in items)
        assert sum((item.points for item in items), Decimal(0)) == score.score
        for item in items:
            reasons = json.loads(item.reasons)
            assert sum(Decimal(each["points"]) for each in reasons) == item.points
            assert all(each["text"] for each in reasons)


def test_the_last_answer_counts_and_is_stored_in_the_letters_of_the_bank(
    db: Session, world: World
) -> None:
    marked(db, world)
    items = queries.item_marks(db, world.sittings["林知远", "A"])
    responses = {item.item: json.loads(item.response or "null") for item in items}
    assert (responses[1], responses[2], responses[3]) == (["B"], ["D"], ["A", "C", "D"])


def test_marking_again_is_a_new_run_with_the_same_marks_and_the_old_one_stays(
    db: Session, world: World
) -> None:
    marked(db, world)
    _, first = worlds.run_of(db, world.exams["A"])
    marked(db, world)
    run, second = worlds.run_of(db, world.exams["A"])
    assert run.number == 2
    assert [(s.sitting_id, s.score, s.used_seconds) for s in first] == [
        (s.sitting_id, s.score, s.used_seconds) for s in second
    ]
    assert len(db.exec(select(ItemMark)).all()) == 2 * 4 * len(worlds.QUESTIONS)


def test_the_scores_of_a_contest_are_those_of_the_newest_runs(db: Session, world: World) -> None:
    marked(db, world)
    marked(db, world)
    marked(db, world, "B")
    scores = queries.scores(db, world.contest)
    assert sorted((s.exam_code, s.sitting_id) for s in scores) == sorted(
        (code, world.sittings[name, code])
        for name, code in world.sittings
        if name != "白露" and (name, code) != ("苏望舒", "B")
    )


def test_nothing_is_marked_while_somebody_sits(db: Session, world: World) -> None:
    sitting = db.get(Sitting, world.sittings["白露", "A"])
    assert sitting is not None
    sitting.started_at = NINE
    db.add(sitting)
    db.flush()
    with pytest.raises(StillSitting) as refused:
        marked(db, world)
    assert str(refused.value) == "还有 1 人没有交卷，等全部交卷或者到时以后再阅卷。"
    sitting.handed_in_at = NINE + timedelta(minutes=5)
    db.add(sitting)
    db.flush()
    marked(db, world)
    assert worlds.run_of(db, world.exams["A"])[0].sittings == 5


def test_an_exam_that_nobody_sat_an_exam_without_a_paper_and_no_exam_are_refused(
    db: Session,
) -> None:
    factories.cast(db, NINE)
    world = worlds.contest(db)
    with pytest.raises(NobodySat):
        marked(db, world)
    queries.exam(db, world.exams["A"]).paper_id = None
    db.flush()
    with pytest.raises(NoPaper):
        marked(db, world)
    with pytest.raises(ExamNotFound):
        actions.mark_exam(db, exam_id=999_999, actor=SYSTEM, now=EVENING)


def test_the_states_of_the_exams_say_how_far_each_is(db: Session, world: World) -> None:
    marked(db, world)
    first, second = queries.exam_states(db, world.contest)
    assert (first.called, first.handed_in, first.running) == (5, 4, 0)
    assert first.run is not None
    assert (second.called, second.handed_in, second.running, second.run) == (5, 3, 0, None)


def test_a_sitting_that_was_handed_in_is_shown_with_its_person(db: Session, world: World) -> None:
    sat = queries.sat(db, world.sittings["江小川", "A"])
    assert (sat.name, sat.number, sat.county) == ("江小川", "BW001", "青岚县")
    with pytest.raises(SittingNotFound):
        queries.sat(db, world.sittings["白露", "A"])
    assert db.exec(select(Paper)).first() is not None
