"""The ceremony for the organizer, the board for everybody."""

import json

import pytest
from fastapi import FastAPI

from app.db.session import reading, transaction
from app.draw import actions, queries
from app.draw.rules.verify import verify
from app.kernel.actor import SYSTEM
from tests.conftest import ClientOf
from tests.draw import worlds
from tests.factories import Cast
from tests.fakes import NINE, FixedClock

SPOKEN = {
    "witness": ["赵秉衡", "钱若溪", "", ""],
    "duty": ["驻局纪检组", "机关工会", "", ""],
    "value": ["480317", "905226", "", ""],
}


def announced(app: FastAPI) -> int:
    with transaction(app.state.engine) as db:
        return worlds.announced(db).id or 0


def test_an_organizer_holds_the_draw_and_the_public_checks_it(
    app: FastAPI, client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    draw_id = announced(app)
    organizer, public = client_of(people.organizer), client_of(None)

    before = public.get(f"/column/draws/{draw_id}")
    assert "承诺已经公布，还没有抽取" in before.text
    assert "青岚县" in before.text
    assert "青1" not in before.text
    entry = organizer.get(f"/draws/{draw_id}")
    assert 'name="witness"' in entry.text

    early = organizer.post(f"/draws/{draw_id}/hold", data=SPOKEN)
    assert early.status_code == 409
    clock.pass_by(hours=6)
    answer = organizer.post(f"/draws/{draw_id}/hold", data=SPOKEN)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/draws/{draw_id}")

    after = public.get(f"/column/draws/{draw_id}")
    assert "核验通过，全部一致" in after.text
    assert after.text.count('<tr class="win">') == 4
    file = public.get(f"/column/draws/{draw_id}.json")
    assert verify(json.loads(file.content)) == []
    assert f"draw-{draw_id}.json" in file.headers["content-disposition"]
    ceremony = organizer.get(f"/draws/{draw_id}")
    assert ceremony.text.count('<li class="in">') == 4
    assert 'name="witness"' not in ceremony.text


def test_a_slip_in_the_form_keeps_what_was_typed_and_draws_nothing(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    draw_id = announced(app)
    short = SPOKEN | {"value": ["480317", "90522", "", ""]}
    answer = client_of(people.organizer).post(f"/draws/{draw_id}/hold", data=short)
    assert answer.status_code == 422
    assert 'id="e-value-2"' in answer.text
    assert 'value="480317"' in answer.text
    with reading(app.state.engine) as db:
        assert queries.draw(db, draw_id).held_at is None


def test_a_void_is_asked_by_one_confirmed_by_another_and_stays_public(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    draw_id = announced(app)
    organizer = client_of(people.organizer)
    assert organizer.post(f"/draws/{draw_id}/void", data={"reason": ""}).status_code == 422
    asked = organizer.post(f"/draws/{draw_id}/void", data={"reason": "丹溪县漏报两人"})
    assert asked.status_code == 303
    assert organizer.post(f"/draws/{draw_id}/void/confirm").status_code == 403
    assert f"/draws/{draw_id}/void/confirm" not in organizer.get(f"/draws/{draw_id}").text
    with transaction(app.state.engine) as db:
        actions.void(db, draw_id=draw_id, actor=SYSTEM, now=NINE)
    board = client_of(None).get("/column/draws").text
    assert "已作废" in board
    assert "丹溪县漏报两人" in board
    assert "结果不使用" in client_of(None).get(f"/column/draws/{draw_id}").text
    assert organizer.post(f"/draws/{draw_id}/hold", data=SPOKEN).status_code == 409


@pytest.mark.parametrize("path", ["/draws", "/column/draws"])
def test_a_list_costs_the_same_with_one_draw_and_with_three(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str], path: str
) -> None:
    browser = client_of(people.organizer)
    assert "还没有抽取" in browser.get(path).text
    counts = []
    with transaction(app.state.engine) as db:
        version = worlds.roster(db)
    for more in (1, 2):
        with transaction(app.state.engine) as db:
            for _ in range(more):
                worlds.announced(db, version=version, entropy=app.state.entropy)
        statements.clear()
        assert browser.get(path).status_code == 200
        counts.append(len(statements))
    assert counts == [2, 2]


def test_an_unknown_draw_is_missing_for_everybody(client_of: ClientOf, people: Cast) -> None:
    assert client_of(None).get("/column/draws/99").status_code == 404
    assert client_of(None).get("/column/draws/99.json").status_code == 404
    assert client_of(people.organizer).get("/draws/99").status_code == 404
