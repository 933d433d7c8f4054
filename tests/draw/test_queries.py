"""The board and the file, as they are read."""

import pytest

from app.db.session import Session
from app.draw import actions, queries
from app.draw.rules.record import DrawMissing, NotHeldYet
from app.draw.rules.verify import verify
from app.kernel.actor import SYSTEM
from app.kernel.canonical import digest
from tests import factories
from tests.draw import worlds
from tests.fakes import NINE


def test_the_strata_are_the_counties_with_those_who_may_be_drawn(db: Session) -> None:
    version = worlds.roster(db, each=6, away=1)
    strata = queries.strata(db, version.id or 0, quota=2, reserves=3)
    assert [(s.stratum, s.quota, s.reserves) for s in strata] == [
        ("青岚县", 2, 3),
        ("石澜区", 2, 3),
    ]
    assert [unit[-1] for unit in strata[0].unit_ids] == ["1", "2", "3", "4", "5", "6"]


def test_before_the_draw_the_file_holds_the_promise_and_not_the_offices_number(
    db: Session,
) -> None:
    draw = worlds.announced(db)
    file = queries.published(db, draw.id or 0)
    assert digest(file["commitment"]) == file["commitment_hash"] == draw.commitment
    assert draw.nonce not in str(file)
    with pytest.raises(NotHeldYet):
        queries.transcript(db, draw.id or 0)
    board = queries.board(db, draw.id or 0)
    assert [(c.name, c.pool, c.lines) for c in board.counties] == [
        ("青岚县", 6, ()),
        ("石澜区", 6, ()),
    ]
    assert (board.pool, board.chance, board.seed) == (12, None, "")


def test_after_the_draw_the_board_shows_everybody_in_the_published_order(db: Session) -> None:
    draw = worlds.held(db)
    board = queries.board(db, draw.id or 0)
    published = {line["stratum"]: line for line in queries.transcript(db, draw.id or 0)["strata"]}
    assert [county.name for county in board.counties] == ["青岚县", "石澜区"]
    for county in board.counties:
        stratum = published[county.name]
        assert [line.certificate for line in county.lines] == stratum["ranking"]
        assert [line.certificate for line in county.drawn] == stratum["drawn"]
        assert sorted(county.lines, key=lambda line: line.lot) == list(county.lines)
        outcomes = [(line.outcome, line.order) for line in county.lines]
        assert outcomes[:4] == [("drawn", 1), ("drawn", 2), ("reserve", 1), ("reserve", 2)]
        assert len(county.top) == 4
    assert board.found == ()
    assert board.roster_holds


def test_the_promise_names_the_frozen_roster_and_the_board_checks_it(db: Session) -> None:
    version = worlds.roster(db)
    draw = worlds.announced(db, version=version)
    plan = queries.published(db, draw.id or 0)["commitment"]
    assert (plan["roster_version"], plan["roster_hash"]) == (1, version.sha256)
    assert queries.board(db, draw.id or 0).roster_holds


def test_a_void_draw_stays_in_every_list(db: Session) -> None:
    organizer = factories.account(db, "甲", *SYSTEM.roles, now=NINE)
    version = worlds.roster(db)
    first = worlds.announced(db, version=version)
    actions.ask_to_void(db, draw_id=first.id or 0, reason="漏报两人", actor=SYSTEM, now=NINE)
    actions.void(db, draw_id=first.id or 0, actor=organizer, now=NINE)
    assert [row.id for row in queries.draws(db)] == [first.id]
    assert [row.id for row in queries.voided(db, worlds.CONTEST)] == [first.id]
    assert queries.voided(db, "2026-2") == []
    assert verify(queries.published(db, first.id or 0)) != []


def test_an_unknown_draw_is_missing(db: Session) -> None:
    with pytest.raises(DrawMissing):
        queries.draw(db, 7)
    with pytest.raises(DrawMissing):
        queries.draw_for_update(db, 7)
