"""A house with something in every room, whose every question carries tokens that must not leave.

A token says what it stands in: `qxS…` stem, `qxO…` option (a candidate's, once the exam runs);
`qxE…` explanation, `qxT…` trap, `qxK…` accepted wording (nobody's before the release).
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.column import actions as column
from app.column.rules import About
from app.contests.rules.contest_rules import ContestRules, ExamRule, to_dict
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.kernel.actor import SYSTEM, Actor
from app.kernel.canonical import canonical_json
from app.papers import actions as papers
from app.sitting import actions as sitting
from app.sitting import queries as sittings
from tests.bank.worlds import of_kind, take_in
from tests.draw import worlds as draws
from tests.factories import Cast
from tests.fakes import NINE, FixedEntropy
from tests.papers.worlds import SMALL
from tests.sitting.worlds import bearer, called

SHOWN = re.compile(r"qx[SO][\w-]+")
HIDDEN = re.compile(r"qx[ETK][\w-]+")
ANY = re.compile(r"qx[SOETK][\w-]+")
KINDS = {
    "single_choice": 3,
    "multiple_choice": 2,
    "true_false": 1,
    "indefinite_choice": 1,
    "fill_in": 1,
    "numeric": 1,
}
WINDOW = timedelta(minutes=90)
LENGTH = timedelta(minutes=60)
ITEMS = sum(row.count for row in SMALL.rows)


@dataclass(frozen=True, slots=True)
class House:
    """The numbers of everything. `tickets`: the owner and the stranger with a ticket each."""

    contest: int
    exam: int
    paper: int
    blueprint: int
    draw: int
    own: int
    foreign: int
    candidates: tuple[int, int]
    tickets: tuple[Actor, Actor]


def question(kind: str, code: str) -> dict[str, Any]:
    """A question of this kind with a token in every text that it has."""
    made = of_kind(kind, code)
    made["stem"] = made["stem"].replace(f"情形 {code}", f"情形 qxS{code}")
    made["explanation"] += f"（qxE{code}）"
    letters = made.get("options", {})
    if kind != "true_false":
        made["options"] = {letter: f"{text} qxO{code}{letter}" for letter, text in letters.items()}
    made["traps"] = {letter: f"{text} qxT{code}{letter}" for letter, text in
                     made.get("traps", {}).items()}  # fmt: skip
    if "blank" in made:
        made["blank"][0]["accept"] = [f"qxK{code}"]
        made["blank"][0]["reject"] = {"3": f"旧规定 qxT{code}"}
    if "numeric" in made:
        made["numeric"]["workings"] = [f"12×18 qxK{code}"]
        made["numeric"]["wrong"] = {"72": f"只算了六日 qxT{code}"}
    return {name: value for name, value in made.items() if value not in ({}, None)}


def bank() -> list[dict[str, Any]]:
    """One question of each place of the small blueprint, and one that nobody asked for."""
    return [
        question(kind, f"{kind.replace('_', '-')}-{number}")
        for kind, count in KINDS.items()
        for number in range(count + 1)
    ]


def house(db: Session, people: Cast) -> House:
    """Owner and stranger are called up and the exam opens at nine; a reserve, a draw, a letter."""
    take_in(db, *bank())
    plan = replace(SMALL, title="A 卷")
    draft = papers.save_blueprint(db, title="方案", spec=plan, actor=SYSTEM, now=NINE)
    paper = papers.freeze_paper(
        db, title="A 卷 法律法规", blueprint=plan, as_of=NINE.date() + timedelta(days=45),
        entropy=FixedEntropy(), actor=SYSTEM, now=NINE - timedelta(days=2),
    )  # fmt: skip
    draw = draws.held(db, now=NINE - timedelta(days=9))
    rules = ContestRules(exams=(ExamRule("A", "法律法规", Decimal(1), paper.points),))
    contest = Contest(
        year=2026, number=2, title="第二期比武", rules=canonical_json(to_dict(rules)),
        rules_confirmed_at=NINE - timedelta(days=10), roster_version_id=draw.roster_version_id,
        draw_id=draw.id, created_at=NINE, created_by="organizer",
    )  # fmt: skip
    db.add(contest)
    db.flush()
    exam = Exam(
        contest_id=contest.id or 0, code="A", title="法律法规", position=1, paper_id=paper.id,
        opens_at=NINE, closes_at=NINE + WINDOW, length_seconds=int(LENGTH.total_seconds()),
        published_at=NINE - timedelta(days=1),
    )  # fmt: skip
    db.add(exam)
    db.flush()
    at = contest.id or 0
    mine = called(db, at, people.owner, "BW001", NINE)
    waiting = called(db, at, people.colleague, None, NINE, state="reserve")
    candidate(db, waiting).reserve_place = 1
    theirs = called(db, at, people.stranger, "BW002", NINE)
    sitting.prepare(db, exam_id=exam.id or 0, actor=SYSTEM, now=NINE)
    seats = sittings.called(db, exam.id or 0)
    own, foreign = (row.id or 0 if (row := seats[who]) else 0 for who in (mine, theirs))
    column.write_feedback(db, about=About.CONTEST, body="一封信", contact="", now=NINE)
    return House(
        at, exam.id or 0, paper.id or 0, draft.id or 0, draw.id or 0, own, foreign,
        (mine, theirs), (bearer(people.owner, mine), bearer(people.stranger, theirs)),
    )  # fmt: skip


def routes(app: FastAPI, method: str) -> list[str]:
    """The path templates that answer to this method, without the mounted files."""
    found = set()
    for route in iter_route_contexts(app.routes):
        if route.path and method in (getattr(route.original_route, "methods", None) or ()):
            found.add(route.path)
    return sorted(found)


def addresses(path: str, place: House) -> Iterator[str]:
    """The template with every number of the house that fits; a missing one where none does."""
    fitting: dict[str, tuple[object, ...]] = {
        "contest_id": (place.contest,),
        "exam_id": (place.exam,),
        "paper_id": (place.paper,),
        "blueprint_id": (place.blueprint,),
        "draw_id": (place.draw,),
        "sitting_id": (place.own, place.foreign),
        "candidate_id": place.candidates,
        "question_id": (1,),
        "officer_id": (3,),
        "account_id": (1,),
        "reopening_id": (1,),
        "release_id": (1,),
        "circular_id": (1,),
        "number": (1,),
        "code": ("ABCD-EFGH-JKMN",),
    }
    found = re.search(r"{(\w+)(:int)?}", path)
    if found is None:
        yield path
        return
    for value in fitting[found[1]]:
        yield from addresses(path.replace(found[0], str(value), 1), place)


def text_of(answer: httpx2.Response) -> str:
    """Every byte that left, headers included; a workbook is unpacked first."""
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    body = answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return heads + "\n" + body.decode("utf-8", "replace")


def candidate(db: Session, candidate_id: int) -> Candidate:
    row = db.get(Candidate, candidate_id)
    assert row is not None
    return row
