"""A contest in the browser: organizer, the county's clerk, a clerk of another county."""

import re

import pytest
from fastapi import FastAPI

from app.contests import queries
from app.contests.forms import declared
from app.contests.rules.contest_rules import ContestRules
from app.db.session import reading, transaction
from app.roster import queries as roster
from tests.conftest import ClientOf
from tests.contests import worlds
from tests.contests.worlds import DRAW_AT
from tests.factories import Cast
from tests.fakes import FixedClock


def at_draw(clock: FixedClock) -> None:
    clock.at = DRAW_AT


def called(app: FastAPI) -> int:
    with transaction(app.state.engine) as db:
        return worlds.called(db).id or 0


def test_a_contest_is_opened_from_a_preset_and_its_rules_are_confirmed(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    organizer = client_of(people.organizer)
    assert "还没有比武" in organizer.get("/contests").text
    page = organizer.get("/contests/new").text
    assert 'value="2026年第一期生态环境保护执法比武"' in page
    form = {"year": "2026", "number": "1", "title": "第一期", "preset": "theory_only"}
    bad = organizer.post("/contests/new", data=form | {"title": ""})
    assert (bad.status_code, "请填写比武名称" in bad.text) == (422, True)
    made = organizer.post("/contests/new", data=form)
    home = made.headers["location"]
    assert re.fullmatch(r"/contests/\d+", home)
    twice = organizer.post("/contests/new", data=form)
    assert (twice.status_code, "已经存在" in twice.text) == (422, True)

    rules = organizer.get(f"{home}/rules")
    assert "每个县（市、区）从冻结的花名册中随机抽取2人" in rules.text
    preset = organizer.get(f"{home}/rules?preset=default")
    assert 'value="案卷评查"' in preset.text
    values = declared.shown(ContestRules()).values
    wrong = organizer.post(f"{home}/rules", data=values | {"exams-weight-1": "30"})
    assert (wrong.status_code, "还差 10%" in wrong.text) == (422, True)
    saved = organizer.post(f"{home}/rules", data=values)
    assert saved.headers["location"] == f"{home}/rules"
    confirmed = organizer.post(f"{home}/rules", data=values | {"confirm": "1"})
    assert confirmed.headers["location"] == home
    shown = organizer.get(f"{home}/rules").text
    assert "不再更改" in shown
    assert 'name="pass_line"' not in shown
    assert organizer.post(f"{home}/rules", data=values).status_code == 409


def test_the_home_names_the_next_missing_step_and_leads_there(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        contest_id = worlds.opened(db).id or 0
    organizer = client_of(people.organizer)
    home = organizer.get(f"/contests/{contest_id}").text
    # the cast has officers, but no frozen roster yet
    assert re.search(r'id="next".*?冻结花名册.*?href="/roster/freeze"', home, re.DOTALL)
    assert home.count('<li class="done">') == 1
    assert home.count('aria-current="step"') == 1
    assert 'id="tabs"' in home


def test_the_whole_call_up_in_the_browser(
    app: FastAPI, client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        contest_id = worlds.confirmed(db).id or 0
        version_id = worlds.frozen(db).id or 0
    organizer = client_of(people.organizer)
    own = f"/contests/{contest_id}"
    page = organizer.get(f"{own}/candidates").text
    assert f'<option value="{version_id}"' in page
    late = organizer.post(
        f"{own}/draw", data={"version": str(version_id), "scheduled_at": "2026-10-10T09:00"}
    )
    assert (late.status_code, "先公布承诺，后抽取" in late.text) == (422, True)
    done = organizer.post(
        f"{own}/draw", data={"version": str(version_id), "scheduled_at": "2026-10-10T11:00"}
    )
    assert done.status_code == 303
    with reading(app.state.engine) as db:
        draw_id = queries.contest(db, contest_id).draw_id
    at_draw(clock)
    spoken = {
        "witness": ["赵秉衡", "钱若溪"],
        "duty": ["驻局纪检组", "机关工会"],
        "value": ["480317", "905226"],
    }
    assert organizer.post(f"/draws/{draw_id}/hold", data=spoken).status_code == 303
    assert "把抽取结果列入参赛名单" in organizer.get(f"{own}/candidates").text
    assert organizer.post(f"{own}/call-up").status_code == 303
    page = organizer.get(f"{own}/candidates").text
    assert page.count("随机抽取</td>") == 6
    assert page.count('<form class="fix"') == 2

    with reading(app.state.engine) as db:
        row = queries.candidates(db, contest_id)[0]
    act = f"{own}/candidates/{row.id}"
    unsaid = organizer.post(f"{act}/leave", data={"reason": ""})
    assert (unsaid.status_code, f'id="e-reason-{row.id}"' in unsaid.text) == (422, True)
    assert organizer.post(f"{act}/leave", data={"reason": "产假"}).status_code == 303
    assert organizer.post(f"{act}/substitute", data={"reason": "产假"}).status_code == 303
    page = organizer.get(f"{own}/candidates").text
    assert f"递补{row.officer.name}" in page
    assert "已被替换" in page


def test_a_clerk_nominates_from_the_own_home_and_a_foreign_clerk_gets_404(
    app: FastAPI, client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    contest_id = called(app)
    at_draw(clock)
    with reading(app.state.engine) as db:
        contest = queries.contest(db, contest_id)
        officer_id = worlds.nominee(db, contest, "01")
        names = {o.name for o in roster.officers(db, county="01")}
    clerk, foreign = client_of(people.clerk), client_of(people.foreign_clerk)
    where = f"/contests/{contest_id}/nominations"
    refused = foreign.post(where, data={"officer_id": officer_id})
    missing = foreign.post(where, data={"officer_id": 999999})
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert "本县区没有这名人员" in refused.text

    page = clerk.get("/county").text
    assert f'<option value="{officer_id}">' in page
    assert not names & set(re.findall(r"[青石]\d", foreign.get("/county").text))
    done = clerk.post(where, data={"officer_id": officer_id})
    assert (done.status_code, done.headers["location"]) == (303, "/county")
    assert "推荐 1 / 1" in clerk.get("/county").text
    assert clerk.post(where, data={"officer_id": officer_id}).status_code == 409
    for path in ("", "/rules", "/exams", "/candidates"):
        assert clerk.get(f"/contests/{contest_id}{path}").status_code == 403


def test_an_exam_is_scheduled_linted_and_published(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        contest_id = worlds.confirmed(db).id or 0
        exam_id = queries.exams(db, contest_id)[0].id
        paper_id = worlds.paper(db).id
        small_id = worlds.paper(db, points="98").id
        other_id = worlds.confirmed(db, number=2).id or 0
    organizer = client_of(people.organizer)
    where = f"/contests/{contest_id}/exams"
    form = {
        "exam_id": str(exam_id),
        "paper": str(paper_id),
        "opens_at": "2026-10-22T09:30",
        "closes_at": "2026-10-22T11:30",
        "minutes": "90",
        "grace": "5",
    }
    short = organizer.post(where, data=form | {"minutes": "150"})
    assert (short.status_code, "没有人能用满" in short.text) == (422, True)
    assert 'value="150"' in short.text
    differs = organizer.post(where, data=form | {"paper": str(small_id)})
    assert (differs.status_code, "98 分" in differs.text) == (422, True)
    assert organizer.post(f"/contests/{other_id}/exams", data=form).status_code == 404
    saved = organizer.post(where, data=form)
    assert saved.headers["location"] == f"{where}#exam-{exam_id}"
    assert f"{where}/{exam_id}/publish" in organizer.get(where).text
    foreign = organizer.post(f"/contests/{other_id}/exams/{exam_id}/publish")
    assert foreign.status_code == 404
    assert organizer.post(f"{where}/{exam_id}/publish").status_code == 303
    page = organizer.get(where).text
    assert "2026-10-22 09:30 至 2026-10-22 11:30" in page
    assert 'name="paper"' not in page


def test_slips_are_shown_once_with_a_code_that_a_phone_can_scan(
    app: FastAPI, client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        contest_id = worlds.ready(db).id or 0
    at_draw(clock)
    organizer = client_of(people.organizer)
    sheet = organizer.post(f"/contests/{contest_id}/tickets")
    assert sheet.status_code == 200
    assert sheet.text.count('<li class="slip">') == 6
    assert sheet.text.count('class="qr"') == 6
    assert "style=" not in sheet.text
    code = re.search(r'class="code">([^<]+)<', sheet.text)
    assert code is not None
    assert client_of(None).get(f"/t/{code[1]}").status_code == 200
    again = organizer.post(f"/contests/{contest_id}/tickets")
    assert "每个人都已经有准考证" in again.text
    assert code[1] not in again.text
    renewed = organizer.post(f"/contests/{contest_id}/tickets", data={"again": "1"})
    assert renewed.text.count('<li class="slip">') == 6
    assert client_of(None).get(f"/t/{code[1]}").status_code == 403


@pytest.mark.parametrize(("path", "expected"), [("/contests", 4), ("/county", 8)])
def test_a_list_costs_the_same_with_one_contest_and_with_three(
    app: FastAPI,
    client_of: ClientOf,
    people: Cast,
    statements: list[str],
    path: str,
    expected: int,
) -> None:
    browser = client_of(people.organizer if path == "/contests" else people.clerk)
    called(app)
    counts = []
    for more in ((), (2, 3)):
        with transaction(app.state.engine) as db:
            for number in more:
                worlds.opened(db, number=number)
        statements.clear()
        assert browser.get(path).status_code == 200
        counts.append(len(statements))
    assert counts == [expected, expected]


def test_the_list_of_candidates_costs_the_same_with_few_and_many(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str]
) -> None:
    contest_id = called(app)
    organizer = client_of(people.organizer)
    counts = []
    for county in ("01", "02"):
        statements.clear()
        assert organizer.get(f"/contests/{contest_id}/candidates").status_code == 200
        counts.append(len(statements))
        with transaction(app.state.engine) as db:
            worlds.nominated(db, queries.contest(db, contest_id), county)
    assert counts == [7, 7]


@pytest.mark.parametrize("path", ["", "/rules", "/exams", "/candidates"])
def test_an_unknown_contest_is_missing(client_of: ClientOf, people: Cast, path: str) -> None:
    assert client_of(people.organizer).get(f"/contests/99{path}").status_code == 404


def test_what_happened_upstairs_is_asked_of_the_hook_that_main_hands_in(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        contest_id = worlds.opened(db).id or 0
    asked = []

    def outcome(_db: object, contest: int) -> queries.Outcome:
        asked.append(contest)
        return queries.Outcome(marked=1, released=True, circular_published=True)

    app.state.outcome = outcome
    home = client_of(people.organizer).get(f"/contests/{contest_id}").text
    assert asked == [contest_id]
    for said in ("各科已阅卷。", "成绩已发布，不可更改。", "通报已公布。"):
        assert said in home
