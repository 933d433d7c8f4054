"""Every page that somebody can reach by links: it is there, it is well made, it fits a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from jinja2 import Template
from sqlmodel import col, select

from app.accounts.actions import tickets
from app.accounts.actions.tickets import Bearer
from app.accounts.tables import Account
from app.contests.tables import Candidate
from app.db.session import transaction
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.entropy import SystemEntropy
from app.papers import actions as papers
from app.papers.rules.blueprint import PRESETS
from app.roster.tables import Officer
from app.seed.world import PASSWORD
from app.sitting import actions as sitting
from app.sitting.tables import Sitting
from tests import factories
from tests.journeys.complaints import MISSING, Complaints, dom_faults
from tests.journeys.conftest import PHONE, OpenContext
from tests.journeys.crawling import Visit, crawl, faults_of
from tests.journeys.live import Live

pytestmark = pytest.mark.browser
MOST, OF_A_KIND = 150, 3
ROLES = (
    "nobody",
    "organizer",
    "clerk",
    "author",
    "reviewer",
    "invigilator",
    "auditor",
    "system",
    "security",
    "officer1",
    "officer2",
    "officer3",
    "candidate",
)
# Pages that no link of the demo world leads to, but that people meet.
BESIDES = {"organizer": ("/contests/1/release",), "nobody": ("/no-such-page",)}
LEAST = dict.fromkeys(ROLES, 5) | {"organizer": MOST, "clerk": 20}


def ticket_code(live: Live) -> str:
    """A fresh slip of the last who was called up, and whose exam can be sat right now."""
    now = live.clock.now()
    with transaction(live.engine) as db:
        asked = (
            select(Candidate)
            .join(Sitting, col(Sitting.candidate_id) == Candidate.id)
            .where(col(Sitting.handed_in_at).is_(None), Sitting.closes_at > now)
        )
        row = db.exec(asked.order_by(col(Candidate.id).desc())).first()
        assert row is not None
        number = row.id or 0
        codes = tickets.issue(
            db,
            bearers=[Bearer(number, "持证人", "")],
            valid_until=live.clock.now().replace(year=2027),
            reason="首次印发",
            entropy=SystemEntropy(),
            actor=SYSTEM,
            now=now,
        )
    return codes[number]


@contextmanager
def visitor(live: Live, role: str, password: str = PASSWORD) -> Iterator[httpx2.Client]:
    """A client that came in as this person does."""
    headers = {"accept": "text/html", "origin": live.url}
    with httpx2.Client(
        base_url=live.url, headers=headers, follow_redirects=True, timeout=30
    ) as client:
        if role == "candidate":
            answer = client.post("/enter", data={"code": ticket_code(live)})
        elif role != "nobody":
            answer = client.post("/sign-in", data={"name": role, "password": password})
        else:
            answer = client.get("/")
        assert answer.status_code == 200
        assert "/sign-in" not in str(answer.url)
        yield client


class Rendered:
    """Which template each page was made of: the first page seen of each, and who saw it."""

    def __init__(self, live: Live) -> None:
        self.templates = live.app.state.templates
        self.get_template = self.templates.get_template
        self.last = ""
        self.first: dict[str, tuple[str, str]] = {}

    def note(self, name: str, *parent: Any, **more: Any) -> Template:
        """Pages ask by name alone; what a page includes or extends comes with its parent."""
        if not parent:
            self.last = name
        template: Template = self.get_template(name, *parent, **more)
        return template

    @contextmanager
    def noting(self) -> Iterator[None]:
        self.templates.get_template = self.note
        yield
        self.templates.get_template = self.get_template


@dataclass(frozen=True, slots=True)
class Crawled:
    """What everybody found, the pages to look at in a browser, and the cookies they came with."""

    visits: dict[str, list[Visit]]
    first: dict[str, tuple[str, str]]
    cookies: dict[str, list[tuple[str, str]]]


def draft(live: Live) -> None:
    """The papers of the demo world are frozen at once; here is a blueprint that is still open."""
    with transaction(live.engine) as db:
        papers.save_blueprint(
            db, title="草稿", spec=PRESETS["mixed"], actor=SYSTEM, now=live.clock.now()
        )


def sit(live: Live) -> None:
    """The three officers with accounts are at different points of their exam."""
    now = live.clock.now()
    with transaction(live.engine) as db:
        asked = (
            select(Sitting.id, Account)
            .join(Candidate, col(Candidate.id) == Sitting.candidate_id)
            .join(Officer, col(Officer.id) == Candidate.officer_id)
            .join(Account, col(Account.id) == Officer.account_id)
            .where(Sitting.closes_at > now)
        )
        seats = {account.name: (number or 0, account) for number, account in db.exec(asked)}
        for name, (number, account) in seats.items():
            roles = frozenset({Role.OFFICER})
            actor = Actor(account.id or 0, account.display_name, roles, account.county)
            act: dict[str, Any] = {"sitting_id": number, "actor": actor, "now": now}
            sitting.confirm(db, **act)
            if name in ("officer1", "officer3"):
                sitting.start(db, **act)
                db.flush()
            if name == "officer3":
                sitting.hand_in(db, **act)
    assert set(seats) == {"officer1", "officer2", "officer3"}


@pytest.fixture(scope="module")
def crawled(demo: Live) -> Crawled:
    """Everybody goes through the demo world, one after the other."""
    draft(demo)
    sit(demo)
    rendered = Rendered(demo)
    visits: dict[str, list[Visit]] = {}
    cookies: dict[str, list[tuple[str, str]]] = {}
    for role in ROLES:
        with visitor(demo, role) as client, rendered.noting():
            visits[role] = []
            for visit in crawl(client, "/", most=MOST, of_a_kind=OF_A_KIND):
                visits[role].append(visit)
                if visit.html:
                    rendered.first.setdefault(rendered.last, (role, visit.path))
            cookies[role] = list(client.cookies.items())
    return Crawled(visits, rendered.first, cookies)


@pytest.mark.parametrize("role", ROLES)
def test_every_link_that_is_shown_leads_to_a_well_made_page(crawled: Crawled, role: str) -> None:
    visits = crawled.visits[role]
    wrong = [f"{visit.path}: {fault}" for visit in visits for fault in visit.faults]
    assert wrong == []
    assert len({visit.path for visit in visits}) == len(visits) >= LEAST[role]


def test_one_page_of_each_template_fits_a_phone_and_breaks_no_rule_of_the_browser(
    demo: Live, crawled: Crawled, open_context: OpenContext, complaints: Complaints
) -> None:
    complaints.expect(MISSING)
    wrong: list[str] = []
    for role in ROLES:
        mine = [path for seen_by, path in crawled.first.values() if seen_by == role]
        mine += BESIDES.get(role, ())
        context = open_context(demo, PHONE)
        for name, value in crawled.cookies[role]:
            context.add_cookies([{"name": name, "value": value, "url": demo.url}])
        page = context.new_page()
        for path in mine:
            page.goto(path)
            wrong += dom_faults(page)
            wrong += [f"{path}: {fault}" for fault in faults_of(page.content())[1]]
        context.close()
    assert wrong == []
    assert len(crawled.first) >= 50, sorted(crawled.first)


def test_an_empty_house_says_what_to_do_and_leads_nowhere_wrong(live: Live) -> None:
    with transaction(live.engine) as db:
        factories.account(db, "organizer", Role.ORGANIZER, now=live.clock.now())
    with visitor(live, "organizer", factories.PASSWORD) as client:
        visits = list(crawl(client, "/", most=MOST, of_a_kind=OF_A_KIND))
    assert [f"{visit.path}: {fault}" for visit in visits for fault in visit.faults] == []
    assert len(visits) >= 15
