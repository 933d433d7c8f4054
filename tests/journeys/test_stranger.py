"""Strangers: a clerk of another county, another candidate, a visitor who is not signed in."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from app.contests.tables import Candidate, Contest
from app.db.session import reading
from app.roster.tables import County, Officer
from app.seed.world import PASSWORD
from app.sitting.tables import AnswerLog, Sitting
from tests.journeys.complaints import MISSING, Complaints
from tests.journeys.conftest import DESK, PHONE, OpenContext
from tests.journeys.live import Live
from tests.journeys.people import sign_in

pytestmark = pytest.mark.browser

POST = """async ([path, fields]) => {
  const body = new URLSearchParams(fields);
  return (await fetch(path, { method: "POST", body, redirect: "manual" })).status;
}"""


def forge(page: Page, path: str, **fields: str) -> int:
    """What a page would do whose form was tampered with: the same browser, cookies and origin."""
    token = page.locator("input[name=csrf]").first.input_value()
    status: int = page.evaluate(POST, [path, {"csrf": token, **fields}])
    return status


def arrives(page: Page, path: str) -> int:
    answer = page.goto(path)
    assert answer is not None
    return answer.status


@dataclass(frozen=True, slots=True)
class Foreign:
    """Somebody of 归雁区 who was called up for the contest that is open now."""

    officer_id: int
    certificate: str
    sitting_id: int
    contest_id: int


def foreign(live: Live) -> Foreign:
    with reading(live.engine) as db:
        asked = (
            select(Officer, Sitting.id, Contest.id)
            .join(Candidate, col(Candidate.officer_id) == Officer.id)
            .join(Contest, col(Contest.id) == Candidate.contest_id)
            .join(Sitting, col(Sitting.candidate_id) == Candidate.id)
            .join(County, col(County.id) == Officer.county_id)
            .where(Contest.number == 2, County.name == "归雁区", col(Officer.account_id).is_(None))
        )
        officer, sitting_id, contest_id = db.exec(asked).first() or (None, 0, 0)
        assert officer is not None
        return Foreign(officer.id or 0, officer.certificate, sitting_id or 0, contest_id or 0)


def own_officer(live: Live, county: str) -> int:
    with reading(live.engine) as db:
        asked = select(Officer.id).join(County, col(County.id) == Officer.county_id)
        return db.exec(asked.where(County.name == county)).first() or 0


def test_a_clerk_of_another_county_finds_nothing_of_it(
    demo: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    other = foreign(demo)
    page = open_context(demo, DESK).new_page()
    page.goto("/sign-in")
    sign_in(page, "clerk", PASSWORD)
    expect(page.get_by_role("heading", name="青岚县", exact=True)).to_be_visible()
    assert "归雁区" not in page.content()

    own = own_officer(demo, "青岚县")
    assert arrives(page, f"/roster/{own}") == 200
    for path in ("/roster", "/roster?county=790103", "/roster?county=归雁区"):
        assert arrives(page, path) == 200
        assert other.certificate not in page.content()
        assert "归雁区" not in page.locator("table").all_inner_texts()

    complaints.expect(MISSING)
    assert arrives(page, f"/roster/{other.officer_id}") == 404
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    page.goto("/county")
    assert forge(page, f"/roster/{other.officer_id}", name="改名") == 404
    nominations = f"/contests/{other.contest_id}/nominations"
    assert forge(page, nominations, officer_id=str(other.officer_id)) == 404
    assert forge(page, nominations, officer_id="999999") == 404
    with reading(demo.engine) as db:
        officer = db.get(Officer, other.officer_id)
        assert officer is not None
        assert officer.name != "改名"


def test_the_sitting_of_another_candidate_is_missing(
    demo: Live, open_context: OpenContext, complaints: Complaints
) -> None:
    other = foreign(demo)
    page = open_context(demo, PHONE).new_page()
    page.goto("/sign-in")
    sign_in(page, "officer1", PASSWORD)
    expect(page.get_by_role("heading", name="我的考试")).to_be_visible()
    links = page.locator("a[href^='/sittings/']")
    own = [link.get_attribute("href") for link in links.all()]
    assert own
    assert f"/sittings/{other.sitting_id}" not in own
    assert arrives(page, own[0] or "") == 200

    complaints.expect(MISSING)
    address = f"/sittings/{other.sitting_id}"
    for part in ("", "/hand-in", "/receipt"):
        assert arrives(page, address + part) == 404
    page.goto("/sittings")
    assert forge(page, f"{address}/confirm", rules="yes") == 404
    assert forge(page, f"{address}/start") == 404
    assert forge(page, f"{address}/hand-in", sure="yes") == 404
    with reading(demo.engine) as db:
        sitting = db.get(Sitting, other.sitting_id)
        assert sitting is not None
        assert (sitting.started_at, sitting.handed_in_at) == (None, None)
        log = db.exec(select(AnswerLog).where(AnswerLog.sitting_id == other.sitting_id))
        assert log.all() == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/contests/2/candidates", "organizer"),
        ("/county", "clerk"),
        ("/bank/coverage", "author"),
        ("/hall/1", "invigilator"),
        ("/audit", "auditor"),
        ("/sittings", "officer1"),
    ],
)
def test_an_anonymous_visitor_is_sent_to_the_door_which_leads_back(
    demo: Live, open_context: OpenContext, path: str, name: str
) -> None:
    page = open_context(demo, DESK).new_page()
    page.goto(path)
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert page.url.startswith(f"{demo.url}/sign-in?next=")
    sign_in(page, name, PASSWORD)
    assert page.url == demo.url + path


@pytest.mark.parametrize("away", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_door_leads_nowhere_else(demo: Live, open_context: OpenContext, away: str) -> None:
    page = open_context(demo, DESK).new_page()
    page.goto(f"/sign-in?next={away}")
    sign_in(page, "clerk", PASSWORD)
    expect(page).to_have_url(re.compile(rf"^{re.escape(demo.url)}/"))
