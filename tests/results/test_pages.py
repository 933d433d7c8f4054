"""The organizer's way to a release, and what an officer reads afterwards."""

import json

import pytest
from fastapi import FastAPI

from app.db.session import transaction
from app.kernel.actor import Actor, Role
from app.results.rules.evidence import verify_evidence
from app.results.rules.verification import verify_release
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import FixedClock
from tests.marking import worlds as sat_worlds
from tests.marking.worlds import World
from tests.results import worlds


@pytest.fixture
def world(app: FastAPI, people: Cast, clock: FixedClock) -> World:
    with transaction(app.state.engine) as db:
        made = worlds.marked(db)
    clock.pass_by(hours=9)
    return made


def bearer(world: World, name: str) -> Actor:
    return Actor(0, name, frozenset({Role.CANDIDATE}), "01", world.candidates[name])


def released(client_of: ClientOf, people: Cast, world: World) -> str:
    answer = client_of(people.organizer).post(f"/contests/{world.contest}/release")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_an_organizer_checks_confirms_and_releases(
    client_of: ClientOf, people: Cast, world: World
) -> None:
    organizer = client_of(people.organizer)
    desk = organizer.get(f"/contests/{world.contest}/results")
    assert "成绩（待发布）" in desk.text
    assert f'href="/contests/{world.contest}/release">发布成绩' in desk.text
    assert "÷" in desk.text, "the county score is worked out on the page"
    assert desk.text.count('<td class="num rank">') == 2 + 6

    confirm = organizer.get(f"/contests/{world.contest}/release")
    assert "不可更改，也不能撤回" in confirm.text
    address = released(client_of, people, world)

    page = organizer.get(address)
    assert "核验通过" in page.text
    assert "2026-1-1" in page.text
    file = organizer.get(f"{address}.json")
    made = json.loads(file.content)
    assert verify_release(made) == verify_evidence(made) == []
    assert "attachment" in file.headers["content-disposition"]
    after = organizer.get(f"/contests/{world.contest}/results")
    assert "成绩（已发布）" in after.text
    assert f"{address}/circular" in after.text
    assert '/release">' not in after.text
    again = organizer.get(f"/contests/{world.contest}/release")
    assert "没有变化" in again.text
    assert "确认发布</button>" not in again.text
    assert organizer.post(f"/contests/{world.contest}/release").status_code == 409


def test_before_the_marking_the_page_says_what_is_lacking(
    app: FastAPI, client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        world = sat_worlds.sat(db, confirmed=False)
    organizer = client_of(people.organizer)
    page = organizer.get(f"/contests/{world.contest}/results")
    assert "计分规则还没有确认公布" in page.text
    assert "“法律法规”还有 4 份答卷没有阅卷" in page.text
    assert "还有 1 人可以进场" in page.text
    assert "还没有成绩" in page.text
    confirm = organizer.get(f"/contests/{world.contest}/release")
    assert "还不能发布" in confirm.text
    assert "确认发布</button>" not in confirm.text
    assert organizer.post(f"/contests/{world.contest}/release").status_code == 409


def test_a_table_is_sorted_and_filtered_by_its_address(
    client_of: ClientOf, people: Cast, world: World
) -> None:
    organizer = client_of(people.organizer)
    page = organizer.get(f"/contests/{world.contest}/results?sort=total&entered=draw&by=-county")
    assert "江小川" not in page.text.split('id="standings"')[1]
    assert 'aria-sort="ascending"><a class="sort" href="?sort=-total' in page.text
    counties = page.text.split('id="counties"')[1]
    assert counties.index("石澜区") < counties.index("青岚县")
    nobody = organizer.get(f"/contests/{world.contest}/results?name=没有此人")
    assert "没有符合条件的人员" in nobody.text


def test_an_officer_reads_the_own_marks_after_the_release_and_not_before(
    client_of: ClientOf, people: Cast, world: World
) -> None:
    colleague = client_of(people.colleague)
    assert "还没有您的成绩" in colleague.get("/results/mine").text
    number = released(client_of, people, world).rpartition("/")[2]
    listed = colleague.get("/results/mine")
    assert f'href="/results/mine/{number}"' in listed.text
    page = colleague.get(f"/results/mine/{number}")
    assert "江小川" in page.text
    assert "×60%＋" in page.text
    assert "失分的题" in page.text
    assert "林知远" not in page.text
    assert "苏望舒" not in page.text
    everything = colleague.get(f"/results/mine/{number}?exam=B&show=all")
    assert everything.text.count('<article class="item-q"') == len(sat_worlds.QUESTIONS)
    assert "案例分析1第1题" in everything.text
    assert "解析1" in everything.text


def test_a_ticket_reads_its_own_marks_and_who_has_none_finds_nothing(
    client_of: ClientOf, people: Cast, world: World
) -> None:
    number = released(client_of, people, world).rpartition("/")[2]
    page = client_of(bearer(world, "韩雨")).get(f"/results/mine/{number}")
    assert "韩雨" in page.text
    for name in ("周候", "谢晚"):
        assert client_of(bearer(world, name)).get(f"/results/mine/{number}").status_code == 404
    assert client_of(people.owner).get("/results/mine/999999").status_code == 404
    absent = client_of(bearer(world, "白露")).get(f"/results/mine/{number}")
    assert "无故缺考" in absent.text
    assert "item-q" not in absent.text


def test_nothing_of_a_release_is_told_to_a_stranger(
    client_of: ClientOf, people: Cast, world: World
) -> None:
    address = released(client_of, people, world)
    for actor in (people.owner, people.clerk, people.invigilator, people.auditor):
        for door in (address, f"{address}.json", f"/contests/{world.contest}/results"):
            assert client_of(actor).get(door).status_code == 403
    for actor in (people.organizer, people.clerk, people.auditor):
        assert client_of(actor).get("/results/mine").status_code == 403


def test_the_desk_costs_the_same_for_a_full_contest_and_an_empty_one(
    app: FastAPI, client_of: ClientOf, people: Cast, world: World, statements: list[str]
) -> None:
    with transaction(app.state.engine) as db:
        empty = sat_worlds.contest(db, number=2)
    organizer = client_of(people.organizer)
    counts = []
    for contest in (world.contest, empty.contest):
        statements.clear()
        assert organizer.get(f"/contests/{contest}/results").status_code == 200
        counts.append(len(statements))
    full, bare = counts
    assert full - bare == 1  # the first has a draw to read
    assert full == 16


def test_ones_own_list_costs_one_query_for_one_release_and_for_two(
    app: FastAPI, client_of: ClientOf, people: Cast, world: World, statements: list[str]
) -> None:
    released(client_of, people, world)
    owner = client_of(people.owner)
    statements.clear()
    owner.get("/results/mine")
    one = len(statements)
    with transaction(app.state.engine) as db:
        worlds.released(db, number=2)
    statements.clear()
    assert owner.get("/results/mine").text.count('class="item"') == 2
    assert len(statements) == one == 2  # the visitor, the releases
