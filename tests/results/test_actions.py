"""A release: what it holds, what refuses it, and that the same data are the same bytes."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.audit.tables import AuditEntry
from app.contests.rules.refusals import ContestMissing, RulesNotConfirmed
from app.contests.tables import Candidate, Exam
from app.db.session import Session, transaction
from app.kernel.actor import SYSTEM
from app.kernel.errors import DomainError
from app.marking import actions as marking
from app.results import actions, queries
from app.results.rules import refusals
from app.results.rules.entries import AbsentWithScore
from app.results.rules.evidence import verify_evidence
from app.results.rules.verification import verify_release
from app.results.tables import Release
from app.sitting.rules.receipts import receipt
from app.sitting.tables import Sitting
from tests import factories
from tests.fakes import NINE
from tests.marking import worlds as marking_worlds
from tests.marking.worlds import CLOSES, EVENING, World
from tests.results import worlds


@pytest.fixture
def world(db: Session) -> World:
    factories.cast(db, NINE)
    return worlds.marked(db)


def release(db: Session, world: World) -> Release:
    return actions.release(db, contest_id=world.contest, actor=SYSTEM, now=EVENING)


def candidate(db: Session, world: World, name: str) -> Candidate:
    row = db.get(Candidate, world.candidates[name])
    assert row is not None
    return row


def sitting(db: Session, world: World, name: str, exam: str) -> Sitting:
    row = db.get(Sitting, world.sittings[name, exam])
    assert row is not None
    return row


def test_a_release_holds_everybody_and_leaves_a_trace(db: Session, world: World) -> None:
    row = release(db, world)
    made = queries.content(row)
    assert (row.number, made["release"], row.released_by) == (1, "2026-1-1", "system")
    assert made["released_at"] == "2026-10-10T10:00:00Z"
    lines = {line["name"]: line for line in made["candidates"]}
    assert set(lines) == {"林知远", "江小川", "韩雨", "苏望舒", "白露", "顾青"}
    first = lines["林知远"]
    assert (first["place"], first["total"], first["used_seconds"]) == (1, "12.50", 6000)
    assert first["exams"] == [
        {"exam": "A", "score": "12.50", "sat": True},
        {"exam": "B", "score": "12.50", "sat": True},
    ]
    assert (first["violations"], first["pick"]) == (2, "picked")
    entry = db.exec(select(AuditEntry).where(AuditEntry.act == "release")).one()
    detail = json.loads(entry.detail)
    assert detail == {"candidates": 6, "hash": row.sha256, "release": "2026-1-1"}


def test_absence_leave_and_a_missed_exam_are_three_things(db: Session, world: World) -> None:
    lines = {line["name"]: line for line in queries.content(release(db, world))["candidates"]}
    absent, leave, missed = lines["白露"], lines["顾青"], lines["苏望舒"]
    assert (absent["absent"], absent["total"], absent["place"]) == ("without_leave", "0.00", None)
    assert (leave["absent"], leave["total"], leave["candidate"]) == ("leave", None, "请假01")
    assert missed["absent"] is None
    assert [(each["score"], each["sat"]) for each in missed["exams"]] == [
        ("0.00", True),
        ("0.00", False),
    ]


def test_the_call_up_tells_who_stepped_in_and_never_why_somebody_is_ill(
    db: Session, world: World
) -> None:
    row = release(db, world)
    calls = {line["name"]: line for line in queries.content(row)["calls"]}
    assert len(calls) == 8
    assert (calls["韩雨"]["replaces"], calls["谢晚"]["reason"]) == ("谢晚", "由韩雨递补")
    assert (calls["周候"]["state"], calls["周候"]["candidate"]) == ("reserve", "")
    assert calls["林知远"]["certificate"] == "080******001"
    assert calls["林知远"]["order"] in range(1, 7)
    assert calls["江小川"]["order"] is None
    assert "阑尾炎" not in row.content


def test_the_draw_stands_behind_the_release(db: Session, world: World) -> None:
    draw = queries.content(release(db, world))["draw"]
    assert draw["held_on"] == "2026-10-01"
    assert draw["witnesses"] == ["赵秉衡（驻局纪检组）", "钱若溪（机关工会）"]
    assert all(len(draw[key]) == 64 for key in ("roster_hash", "commitment", "seed"))


def test_the_hash_is_that_of_the_stored_bytes_and_the_file_verifies(
    db: Session, world: World
) -> None:
    row = release(db, world)
    assert sha256(row.content.encode()).hexdigest() == row.sha256
    made = json.loads(queries.file(row))
    assert made["hash"] == row.sha256
    assert verify_release(made) == verify_evidence(made) == []


def test_the_same_data_give_the_same_bytes_but_for_the_moment(db: Session, world: World) -> None:
    given: dict[str, Any] = {"number": 1, "evidence": queries.evidence(db, world.contest)}
    first = queries.computed(db, world.contest, now=EVENING, **given)
    later = queries.computed(db, world.contest, now=EVENING + timedelta(days=1), **given)
    apart = {key for key in first if first[key] != later[key]}
    assert apart == {"released_at", "hash"}
    assert json.dumps(first) == json.dumps(
        queries.computed(db, world.contest, now=EVENING, **given)
    )


def test_releasing_again_without_a_change_is_refused_and_after_one_is_number_2(
    db: Session, world: World
) -> None:
    first = release(db, world)
    worlds.mark(db, world)  # the same marks in a new run are no change
    with pytest.raises(refusals.NothingChanged) as refused:
        release(db, world)
    assert str(refused.value) == "成绩与第 1 次发布完全相同，不需要再发布。"
    late = sitting(db, world, "白露", "B")
    late.started_at, late.handed_in_at = CLOSES, CLOSES + timedelta(minutes=1)
    late.receipt = receipt(late.id or 0, {}, late.handed_in_at)
    db.add(late)
    db.flush()
    with pytest.raises(refusals.ExamNotMarked) as unmarked:
        release(db, world)
    assert str(unmarked.value) == "“案例分析”还有 1 份答卷没有阅卷，请先阅卷。"
    worlds.mark(db, world)
    second = release(db, world)
    assert (second.number, queries.content(second)["release"]) == (2, "2026-1-2")
    assert queries.releases(db, world.contest) == [second, first]
    assert queries.newest(db, world.contest) == second


def refused(db: Session, world: World) -> list[DomainError]:
    """Every obstacle; and the action says the first of them and writes nothing."""
    found = list(queries.obstacles(db, world.contest, now=EVENING))
    with pytest.raises(type(found[0])):
        release(db, world)
    assert db.exec(select(Release)).all() == []
    return found


def test_a_contest_without_confirmed_rules_is_not_released(db: Session) -> None:
    factories.cast(db, NINE)
    world = worlds.marked(db, confirmed=False)
    assert [type(each) for each in refused(db, world)] == [RulesNotConfirmed]


def test_nothing_is_released_while_somebody_sits(db: Session, world: World) -> None:
    row = sitting(db, world, "白露", "A")
    row.started_at = NINE
    db.add(row)
    db.flush()
    assert [str(each) for each in refused(db, world)] == [
        "“法律法规”还有 1 人没有交卷，交卷或者到时收卷以后再发布。"
    ]


def test_who_may_still_begin_is_not_written_down_as_absent(db: Session, world: World) -> None:
    exam_b = CLOSES + timedelta(hours=3)
    assert queries.obstacles(db, world.contest, now=exam_b) == ()
    before = queries.obstacles(db, world.contest, now=exam_b - timedelta(seconds=1))
    assert [str(each) for each in before] == [
        "“案例分析”还在考试时间内，还有 2 人可以进场，现在发布会把他们算作缺考。"
    ]
    row = sitting(db, world, "白露", "B")
    row.extra_seconds = 600
    db.add(row)
    db.flush()
    (extended,) = queries.obstacles(db, world.contest, now=exam_b)
    assert extended.fields["count"] == 1
    assert queries.obstacles(db, world.contest, now=exam_b + timedelta(seconds=600)) == ()


def test_an_exam_that_is_not_marked_is_named(db: Session) -> None:
    factories.cast(db, NINE)
    world = marking_worlds.sat(db)
    assert [str(each) for each in refused(db, world)] == [
        "“法律法规”还有 4 份答卷没有阅卷，请先阅卷。",
        "“案例分析”还有 3 份答卷没有阅卷，请先阅卷。",
    ]


def test_an_exam_that_was_not_held_is_an_obstacle_and_one_nobody_came_to_is_none(
    db: Session,
) -> None:
    factories.cast(db, NINE)
    world = marking_worlds.contest(db)
    for name in ("林知远", "苏望舒"):
        marking_worlds.sit(db, world, name, "A")
    marking_worlds.sit(db, world, "江小川", "A")
    marking.mark_exam(db, exam_id=world.exams["A"], actor=SYSTEM, now=EVENING)
    exam = db.get(Exam, world.exams["B"])
    assert exam is not None
    exam.published_at = None
    db.add(exam)
    db.flush()
    assert [type(each) for each in refused(db, world)] == [refusals.ExamNotHeld]
    exam.published_at = NINE
    db.add(exam)
    db.flush()
    made = queries.content(release(db, world))
    assert made["evidence"]["exams"][1]["sittings"] == []
    assert [each["sat"] for each in made["candidates"][0]["exams"]] == [True, False]


def test_somebody_without_a_number_is_an_obstacle(db: Session, world: World) -> None:
    row = candidate(db, world, "白露")
    row.number = None
    db.add(row)
    db.flush()
    assert [str(each) for each in refused(db, world)] == [
        "还有 1 名参赛人员没有编考号，请先在“名单与抽取”里编号。"
    ]


def test_an_empty_contest_and_no_contest_are_refused(db: Session, world: World) -> None:
    for name in world.candidates:
        candidate(db, world, name).state = "replaced"
    db.flush()
    assert [type(each) for each in refused(db, world)] == [refusals.NobodyCalled]
    with pytest.raises(ContestMissing):
        actions.release(db, contest_id=999_999, actor=SYSTEM, now=EVENING)


def test_somebody_on_leave_who_has_a_score_is_asked_about(db: Session, world: World) -> None:
    row = candidate(db, world, "江小川")
    row.state = "on_leave"
    db.add(row)
    db.flush()
    with pytest.raises(AbsentWithScore):
        release(db, world)
    desk = queries.desk(db, world.contest, now=EVENING)
    assert [type(each) for each in desk.obstacles] == [AbsentWithScore]
    assert (desk.shown, desk.may_release) == (None, False)


def test_what_was_tampered_with_in_the_database_is_not_released(db: Session, world: World) -> None:
    row = sitting(db, world, "林知远", "A")
    row.receipt = "0000-0000-0000"
    db.add(row)
    db.flush()
    with pytest.raises(refusals.ReleaseDoesNotVerify) as refused:
        release(db, world)
    assert "回执码" in str(refused.value)
    assert db.exec(select(Release)).all() == []


def test_two_organizers_at_once_make_one_release(engine: Engine) -> None:
    with transaction(engine) as db:
        factories.cast(db, NINE)
        world = worlds.marked(db)

    def press(_: int) -> str:
        try:
            with transaction(engine) as db:
                return f"{release(db, world).number}"
        except refusals.NothingChanged as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["1", "nothing_changed"]
