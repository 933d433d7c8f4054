"""A candidate in the middle of an exam, on a phone: what the tests of the sitting page begin with,
and what they look at afterwards."""

import os
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from sqlmodel import select

from app.db.session import reading, transaction
from app.main import ROOT
from app.question_types import registry
from app.question_types.marks import Kind
from app.question_types.policy import DEFAULT
from app.sitting import actions
from app.sitting.tables import AnswerLog, KeptAnswer
from app.web.templating import LOCAL
from tests import factories
from tests.factories import Cast
from tests.journeys.live import Live
from tests.sitting import worlds
from tests.sitting.worlds import Hall

LONG = os.environ.get("BIWU_LONG") == "1"  # the true lengths and numbers; see docs
STORAGE = {
    "localStorage": "() => JSON.stringify(Object.entries(localStorage))",
    "sessionStorage": "() => JSON.stringify(Object.entries(sessionStorage))",
    "IndexedDB": """() => new Promise((resolve) => {
      const asked = indexedDB.open("biwu");
      asked.onerror = () => resolve("[]");
      asked.onsuccess = () => {
        const db = asked.result;
        if (!db.objectStoreNames.contains("answers")) { db.close(); resolve("[]"); return; }
        const store = db.transaction("answers").objectStore("answers");
        const keys = store.getAllKeys(), values = store.getAll();
        values.onsuccess = () => {
          db.close();
          resolve(JSON.stringify([keys.result, values.result]));
        };
      };
    })""",
}


@dataclass(frozen=True, slots=True)
class Exam:
    """A running exam of the owner, and its house."""

    live: Live
    people: Cast
    place: Hall

    @property
    def path(self) -> str:
        return f"/sittings/{self.place.sitting_id}"

    def rows(self) -> list[AnswerLog]:
        """Every answer that the log holds, the list of doubts left out."""
        mine = AnswerLog.sitting_id == self.place.sitting_id
        with reading(self.live.engine) as db:
            return list(db.exec(select(AnswerLog).where(mine, AnswerLog.item > 0)))

    def stands(self) -> dict[int, str]:
        """The answers as they count at this moment."""
        with reading(self.live.engine) as db:
            found = actions.standing(db, self.place.sitting_id)
            return {item: answer for item, answer in found.items() if item > 0}

    def kept(self) -> list[KeptAnswer]:
        """What came too late to count."""
        mine = KeptAnswer.sitting_id == self.place.sitting_id
        with reading(self.live.engine) as db:
            return list(db.exec(select(KeptAnswer).where(mine)))

    def doubled(self) -> list[int]:
        """Items whose answer stands in the log more often than it was given."""
        times = Counter((row.item, row.answer) for row in self.rows())
        return [item for (item, _), often in times.items() if often > 1]

    def says(self) -> str:
        """What the page shows once everything is saved at this moment."""
        return f"已保存 {self.live.clock.now().astimezone(LOCAL):%H:%M:%S}"


def open_exam(live: Live) -> Exam:
    """The owner has begun at this moment and has an hour."""
    now = live.clock.now()
    with transaction(live.engine) as db:
        people = factories.cast(db, now)
        place = worlds.hall(db, people, now)
        worlds.begin(db, place, people, now)
    return Exam(live, people, place)


def signed_in(exam: Exam, context: BrowserContext) -> BrowserContext:
    """This browser is the owner's; another one of the owner's has a session of its own."""
    with transaction(exam.live.engine) as db:
        token = factories.signed_in(db, exam.people.owner, exam.live.clock.now())
    context.add_cookies([{"name": "biwu", "value": token, "url": exam.live.url}])
    return context


def holds_the_pen(page: Page) -> None:
    """This page may write. What was typed before it knows may be answered 409 with a full
    acknowledgement: stored, but the browser's console complains."""
    page.wait_for_function("() => window.biwu && biwu.page && biwu.queue.pen.held")


def on_paper(exam: Exam, context: BrowserContext) -> Page:
    """The paper, open on this browser."""
    page = signed_in(exam, context).new_page()
    page.goto(exam.path)
    expect(page.locator("article.question")).to_have_count(worlds.ITEMS)
    holds_the_pen(page)
    return page


def option(page: Page, item: int, letter: str) -> Locator:
    """The label is what a finger meets; the input behind it is not to be seen."""
    return page.locator(f"#question-{item} .option", has=page.locator(f"[value={letter}]"))


def choose(page: Page, item: int, letter: str) -> None:
    option(page, item, letter).click()


def singles(page: Page) -> list[int]:
    """The numbers of the questions with exactly one answer, as this candidate sees them."""
    found = page.locator("article[data-kind=single_choice]")
    return [int(each.get_attribute("data-item") or 0) for each in found.all()]


def synced(page: Page) -> None:
    """Everything that was written is on the server."""
    expect(page.locator("#saved")).to_have_text(re.compile(r"^已保存 \d\d:\d\d:\d\d"))


def pulse(page: Page) -> None:
    """The next beat now, where the interval is not what is tested."""
    page.evaluate("() => biwu.pulse.beat()")


def impatient(page: Page) -> None:
    """Tries again at once, where the backoff is not what is tested."""
    page.evaluate("() => { biwu.server.pause = () => 100; }")


def stored(page: Page) -> dict[str, Any]:
    """What this browser keeps of this house, by store."""
    return {name: page.evaluate(script) for name, script in STORAGE.items()}


def drained(page: Page) -> None:
    """What this browser had kept was found, and nothing of it is left to send."""
    page.wait_for_function(
        "() => window.biwu && biwu.page && biwu.page.isKnown() && !biwu.queue.queue.size"
    )


def only_saves(context: BrowserContext, answer: Any) -> None:
    """From now on saves, and only saves, meet `answer(route)`."""
    context.route(re.compile(r"/answers$"), answer)


def aborted(route: Route) -> None:
    route.abort("connectionfailed")


def bank(count: int) -> list[dict[str, Any]]:
    """Real questions of the bank, of every kind that a paper has."""
    questions: list[dict[str, Any]] = []
    for path in sorted((ROOT / "question_bank").rglob("*.toml")):
        questions += tomllib.loads(path.read_text()).get("question", [])
    kinds = ["single_choice", "multiple_choice", "true_false", "fill_in", "numeric"]
    mine = [q for q in questions if q["kind"] in kinds]
    assert len(mine) >= count
    step = len(mine) / count
    return [mine[int(n * step)] for n in range(count)]


def paper_of(questions: list[dict[str, Any]]) -> dict[str, Any]:
    """A frozen paper of these questions, a section for each kind."""
    ordered = sorted(questions, key=lambda question: list(Kind).index(Kind(question["kind"])))
    items = []
    for position, question in enumerate(ordered, 1):
        made, _ = registry.from_bank(question)
        items.append(
            {
                "position": position,
                "kind": question["kind"],
                "points": "2",
                "question": f"q{position}",
                "question_version": 1,
                "content": made,
                "fixed_order": question["kind"] == "true_false",
            }
        )
    counts = Counter(item["kind"] for item in items)
    sections = [
        {
            "kind": kind,
            "label": Kind(kind).label,
            "rule": registry.in_words(Kind(kind), DEFAULT),
            "count": count,
            "points": str(2 * count),
        }
        for kind, count in counts.items()
    ]
    return {"title": "A 卷", "total": str(2 * len(items)), "sections": sections, "items": items}


def with_paper(monkeypatch: pytest.MonkeyPatch, questions: list[dict[str, Any]]) -> None:
    """Exams that are opened from now on have this paper."""
    made = paper_of(questions)
    monkeypatch.setattr(worlds, "content", lambda: made)
    monkeypatch.setattr(worlds, "ITEMS", len(questions))


def twenty_singles() -> list[dict[str, Any]]:
    """Twenty short questions of four options."""
    return [
        {"kind": "single_choice", "stem": f"CANARY-{n}", "options": worlds.OPTIONS, "key": ["B"]}
        for n in range(1, 21)
    ]
