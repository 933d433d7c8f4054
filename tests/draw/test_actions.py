"""Announcing, holding and voiding, on both engines, with the trace that each leaves."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from app.audit import queries as audit
from app.db.session import Session, reading, transaction
from app.draw import actions, queries
from app.draw.rules.lots import Contribution, TooFewWitnesses
from app.draw.rules.plan import HeldTooEarly, QuotaInfeasible
from app.draw.rules.record import AlreadyHeld
from app.draw.rules.verify import verify
from app.draw.rules.voids import AlreadyVoid, VoidBySamePerson, VoidNotAsked, VoidReasonNeeded
from app.draw.tables import Draw
from app.kernel.actor import SYSTEM, Actor, Role
from app.roster.rules.directory import RosterVersionMissing
from tests.draw import worlds
from tests.fakes import NINE, FixedEntropy

OTHER = Actor(2, "另一名组织者", frozenset({Role.ORGANIZER}))
LATER = NINE + timedelta(hours=6)
MUCH_LATER = LATER + timedelta(days=1)


def acts(db: Session) -> list[str]:
    db.flush()
    return [entry.act for entry in audit.latest(db)]


def test_announcing_fixes_everything_before_chance_and_leaves_a_trace(db: Session) -> None:
    draw = worlds.announced(db)
    plan = json.loads(draw.plan)
    assert (draw.held_at, draw.transcript) == (None, None)
    assert plan["office_nonce_hash"] != draw.nonce
    assert plan["contest"] == worlds.CONTEST
    entry = audit.latest(db)[0]
    assert (entry.act, entry.subject) == ("announce_draw", draw.title)
    assert json.loads(entry.detail) == {"draw": draw.id, "commitment": draw.commitment}


def test_a_county_that_cannot_fill_its_quota_is_refused_before_anything_is_written(
    db: Session,
) -> None:
    version = worlds.roster(db, each=1)
    with pytest.raises(QuotaInfeasible, match="青岚县"):
        worlds.announced(db, version=version)
    assert queries.draws(db) == []


def test_a_draw_from_no_frozen_roster_is_refused(db: Session) -> None:
    with pytest.raises(RosterVersionMissing):
        actions.announce(
            db,
            title="抽取",
            contest="2026-1",
            roster_version_id=9,
            strata=[],
            scheduled_at=LATER,
            entropy=FixedEntropy(),
            actor=SYSTEM,
            now=NINE,
        )


def test_a_held_draw_verifies_and_names_its_witnesses_in_the_trail(db: Session) -> None:
    draw = worlds.held(db)
    assert draw.transcript is not None
    held = json.loads(draw.transcript)
    assert verify(held) == []
    assert held["commitment_hash"] == draw.commitment
    assert (draw.held_by, draw.held_at) == ("system", LATER)
    detail = json.loads(audit.latest(db)[0].detail)
    assert (detail["seed"], detail["witnesses"]) == (held["seed"], ["赵秉衡", "钱若溪"])


def test_a_second_draw_of_one_commitment_is_refused(db: Session) -> None:
    draw = worlds.held(db)
    before = draw.transcript
    with pytest.raises(AlreadyHeld):
        actions.hold(
            db, draw_id=draw.id or 0, contributions=worlds.SPOKEN[::-1], actor=SYSTEM, now=LATER
        )
    assert draw.transcript == before


def test_a_draw_is_not_held_a_second_before_the_published_time(db: Session) -> None:
    draw_id = worlds.announced(db).id or 0
    early = LATER - timedelta(seconds=1)
    with pytest.raises(HeldTooEarly):
        actions.hold(db, draw_id=draw_id, contributions=worlds.SPOKEN, actor=SYSTEM, now=early)
    actions.hold(db, draw_id=draw_id, contributions=worlds.SPOKEN, actor=SYSTEM, now=LATER)


def test_one_witness_is_not_enough_and_nothing_is_drawn(db: Session) -> None:
    draw = worlds.announced(db)
    with pytest.raises(TooFewWitnesses):
        actions.hold(
            db, draw_id=draw.id or 0, contributions=worlds.SPOKEN[:1], actor=SYSTEM, now=LATER
        )
    assert draw.held_at is None


def test_of_eight_people_who_press_the_button_one_draws(engine: Engine) -> None:
    with transaction(engine) as db:
        draw_id = worlds.announced(db).id or 0

    def press(number: int) -> str:
        spoken = [Contribution(f"{name}{number}", "工会", f"{number}23456") for name in "甲乙"]
        try:
            with transaction(engine) as db:
                draw = actions.hold(
                    db, draw_id=draw_id, contributions=spoken, actor=SYSTEM, now=LATER
                )
                return draw.transcript or ""
        except AlreadyHeld:
            return ""

    with ThreadPoolExecutor(8) as pool:
        results = [each for each in pool.map(press, range(8)) if each]
    with reading(engine) as db:
        assert results == [queries.draw(db, draw_id).transcript]


@pytest.mark.parametrize("change", ["plan = '{}'", "nonce = 'x'", "transcript = '{}'"])
def test_the_database_itself_keeps_what_was_announced_and_held(engine: Engine, change: str) -> None:
    with transaction(engine) as db:
        worlds.held(db)
    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(text(f"UPDATE draw SET {change}"))  # noqa: S608  a constant of this test
    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(text("DELETE FROM draw"))


def voided(db: Session, draw: Draw) -> None:
    draw_id = draw.id or 0
    actions.ask_to_void(db, draw_id=draw_id, reason=" 丹溪县漏报两人 ", actor=SYSTEM, now=NINE)
    actions.void(db, draw_id=draw_id, actor=OTHER, now=LATER)


def test_a_void_needs_a_reason_and_two_persons_and_stays(db: Session) -> None:
    draw = worlds.announced(db)
    draw_id = draw.id or 0
    with pytest.raises(VoidNotAsked):
        actions.void(db, draw_id=draw_id, actor=OTHER, now=NINE)
    with pytest.raises(VoidReasonNeeded):
        actions.ask_to_void(db, draw_id=draw_id, reason="  ", actor=SYSTEM, now=NINE)
    actions.ask_to_void(db, draw_id=draw_id, reason=" 丹溪县漏报两人 ", actor=SYSTEM, now=NINE)
    with pytest.raises(VoidBySamePerson):
        actions.void(db, draw_id=draw_id, actor=SYSTEM, now=NINE)
    assert queries.draw(db, draw_id).voided_by is None
    actions.void(db, draw_id=draw_id, actor=OTHER, now=LATER)
    assert (draw.void_reason, draw.void_asked_by, draw.voided_by, draw.voided_at) == (
        "丹溪县漏报两人",
        "system",
        OTHER.name,
        LATER,
    )
    assert acts(db)[:2] == ["void_draw", "ask_to_void_draw"]


def test_a_void_draw_is_neither_held_nor_voided_again(db: Session) -> None:
    draw = worlds.announced(db)
    voided(db, draw)
    draw_id = draw.id or 0
    with pytest.raises(AlreadyVoid):
        actions.hold(db, draw_id=draw_id, contributions=worlds.SPOKEN, actor=SYSTEM, now=LATER)
    with pytest.raises(AlreadyVoid):
        actions.ask_to_void(db, draw_id=draw_id, reason="再来", actor=SYSTEM, now=LATER)
    with pytest.raises(AlreadyVoid):
        actions.void(db, draw_id=draw_id, actor=OTHER, now=LATER)


def test_the_next_draw_of_the_contest_tells_of_the_void_one_in_its_file(db: Session) -> None:
    version = worlds.roster(db)
    first = worlds.announced(db, version=version)
    voided(db, first)
    second = actions.announce(
        db,
        title=first.title,
        contest=worlds.CONTEST,
        roster_version_id=version.id or 0,
        strata=queries.strata(db, version.id or 0, quota=2, reserves=2),
        scheduled_at=MUCH_LATER,
        entropy=FixedEntropy(),
        actor=SYSTEM,
        now=LATER,
    )
    assert second.commitment != first.commitment
    actions.hold(
        db, draw_id=second.id or 0, contributions=worlds.SPOKEN, actor=SYSTEM, now=MUCH_LATER
    )
    file = queries.transcript(db, second.id or 0)
    assert file["commitment"]["earlier"] == [first.commitment]
    assert [(v["commitment"], v["reason"]) for v in file["voids"]] == [
        (first.commitment, "丹溪县漏报两人")
    ]
    assert verify(file) == []


def test_a_draw_voided_after_it_was_held_says_so_in_its_own_record(db: Session) -> None:
    draw = worlds.held(db)
    stored = draw.transcript
    voided(db, draw)
    file = queries.transcript(db, draw.id or 0)
    assert [v["commitment"] for v in file["voids"]] == [draw.commitment]
    assert verify(file, published=draw.commitment) == []
    assert draw.transcript == stored
