"""Reading draws: the row, the published file, and the board that people look at."""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from app.db.session import Session
from app.draw.rules.figures import Figures, figures
from app.draw.rules.lots import Contribution, lot
from app.draw.rules.plan import Stratum, moment, remarks
from app.draw.rules.record import DrawMissing, NotHeldYet, Void
from app.draw.rules.record import transcript as recorded
from app.draw.rules.verify import Discrepancy, verify
from app.draw.tables import Draw
from app.kernel.canonical import digest
from app.roster.tables import RosterVersion


@dataclass(frozen=True, slots=True)
class Line:
    """One person in a county's order (顺位). `outcome` is drawn, reserve or rest; `order` counts
    within the outcome, so that 替补 2 is the second reserve. `lot` is empty before the draw."""

    place: int
    name: str
    certificate: str
    unit: str
    lot: str
    outcome: str
    order: int


@dataclass(frozen=True, slots=True)
class CountyBoard:
    """One county on the board: how many are drawn, from whom, and in which order they stand."""

    code: str
    name: str
    quota: int
    pool: int
    lines: tuple[Line, ...] = ()

    @property
    def drawn(self) -> tuple[Line, ...]:
        """Those who were drawn, in order."""
        return tuple(line for line in self.lines if line.outcome == "drawn")

    @property
    def top(self) -> tuple[Line, ...]:
        """The drawn and the reserves, which is what a projector has room for."""
        return tuple(line for line in self.lines if line.outcome != "rest")


@dataclass(frozen=True, slots=True)
class Board:
    """A draw as its pages show it (抽取公示): the promise, the chance, the order, the check."""

    draw: Draw
    plan: dict[str, Any]
    roster_holds: bool
    counties: tuple[CountyBoard, ...]
    remarks: tuple[str, ...] = ()
    chance: dict[str, Any] | None = None
    seed: str = ""
    figures: Figures | None = None
    found: tuple[Discrepancy, ...] = ()
    voids: tuple[Draw, ...] = ()

    @property
    def pool(self) -> int:
        """How many people stand in the promise."""
        return sum(county.pool for county in self.counties)


def draw(db: Session, draw_id: int) -> Draw:
    """One draw; raises DrawMissing."""
    row = db.get(Draw, draw_id)
    if row is None:
        raise DrawMissing
    return row


def draw_for_update(db: Session, draw_id: int) -> Draw:
    """The same, locked: of two people who press the button, one draws and one is refused."""
    asked = select(Draw).where(Draw.id == draw_id).with_for_update()
    row = db.exec(asked.execution_options(populate_existing=True)).first()
    if row is None:
        raise DrawMissing
    return row


def draws(db: Session) -> list[Draw]:
    """Every draw, the newest first; a void one stays on the board."""
    return list(db.exec(select(Draw).order_by(col(Draw.announced_at).desc(), col(Draw.id).desc())))


def voided(db: Session, contest: str) -> list[Draw]:
    """The void draws of one contest, in the order in which they were announced."""
    asked = select(Draw).where(col(Draw.voided_at).is_not(None)).order_by(col(Draw.id))
    return [row for row in db.exec(asked) if json.loads(row.plan)["contest"] == contest]


def void_of(draw: Draw) -> Void:
    """A void draw as the record of its successor tells it."""
    at = "" if draw.voided_at is None else moment(draw.voided_at)
    return Void(draw.commitment, at, draw.void_reason or "")


def transcript(db: Session, draw_id: int) -> dict[str, Any]:
    """The published transcript; raises DrawMissing or NotHeldYet. A draw that was declared void
    after it was held says so in its own record."""
    row = draw(db, draw_id)
    if row.transcript is None:
        raise NotHeldYet
    published: dict[str, Any] = json.loads(row.transcript)
    if row.voided_at is None:
        return published
    voids = [Void(each["commitment"], each["at"], each["reason"]) for each in published["voids"]]
    spoken = _spoken(published["chance"])
    return recorded(published["commitment"], row.nonce, spoken, [*voids, void_of(row)])


def published(db: Session, draw_id: int) -> dict[str, Any]:
    """What anyone may download: the transcript, or before the draw the promise alone. The
    office's number is no part of it until the draw is held."""
    row = draw(db, draw_id)
    if row.transcript is not None:
        return transcript(db, draw_id)
    return {"commitment": json.loads(row.plan), "commitment_hash": row.commitment}


def strata(db: Session, version_id: int, *, quota: int, reserves: int) -> list[Stratum]:
    """Every county of a frozen roster with those who may be drawn, as a draw takes them."""
    frozen = _frozen(db, version_id)
    units: dict[str, list[str]] = {county["code"]: [] for county in frozen["counties"]}
    for officer in frozen["officers"]:
        if officer["eligible"]:
            units[officer["county"]].append(officer["certificate"])
    return [
        Stratum(county["name"], quota, reserves, units[county["code"]])
        for county in frozen["counties"]
    ]


def board(db: Session, draw_id: int) -> Board:
    """The draw with names from the frozen roster, recomputed while one looks: three queries,
    however many people. Counties stand in the order of the roster."""
    row = draw(db, draw_id)
    plan = json.loads(row.plan)
    frozen = _frozen(db, row.roster_version_id)
    holds = digest(frozen) == plan["roster_hash"]
    voids = tuple(each for each in voided(db, plan["contest"]) if each.id != row.id)
    held = None if row.transcript is None else transcript(db, draw_id)
    said = tuple(remarks(plan))
    counties = _counties(frozen, plan, held)
    if held is None:
        return Board(row, plan, holds, counties, said, voids=voids)
    chance = held["chance"]
    return Board(
        row,
        plan,
        holds,
        counties,
        said,
        chance=chance,
        seed=held["seed"],
        figures=figures(plan, office_nonce=row.nonce, contributions=_spoken(chance)),
        found=tuple(verify(held, published=row.commitment)),
        voids=voids,
    )


def _frozen(db: Session, version_id: int) -> dict[str, Any]:
    asked = select(RosterVersion.content).where(RosterVersion.id == version_id)
    content: dict[str, Any] = json.loads(db.exec(asked).one())
    return content


def _spoken(chance: dict[str, Any]) -> list[Contribution]:
    return [
        Contribution(each["name"], each["duty"], each["text"]) for each in chance["contributions"]
    ]


def _counties(
    frozen: dict[str, Any], plan: dict[str, Any], held: dict[str, Any] | None
) -> tuple[CountyBoard, ...]:
    codes = {county["name"]: county["code"] for county in frozen["counties"]}
    people = {officer["certificate"]: officer for officer in frozen["officers"]}
    ranked = {line["stratum"]: line for line in held["strata"]} if held else {}
    boards = [
        CountyBoard(
            codes.get(line["stratum"], ""),
            line["stratum"],
            line["quota"],
            len(line["unit_ids"]),
            _lines(ranked[line["stratum"]], held["seed"], people) if held else (),
        )
        for line in plan["strata"]
    ]
    return tuple(sorted(boards, key=lambda board: board.code))


def _lines(
    ranked: dict[str, Any], seed: str, people: dict[str, dict[str, str]]
) -> tuple[Line, ...]:
    drawn, reserves = len(ranked["drawn"]), len(ranked["reserves"])
    nobody = {"name": "（不在花名册）", "unit": ""}
    return tuple(
        Line(
            place,
            people.get(unit, nobody)["name"],
            unit,
            people.get(unit, nobody)["unit"],
            lot(seed, ranked["stratum"], unit),
            *_outcome(place, drawn, reserves),
        )
        for place, unit in enumerate(ranked["ranking"], 1)
    )


def _outcome(place: int, drawn: int, reserves: int) -> tuple[str, int]:
    if place <= drawn:
        return "drawn", place
    if place <= drawn + reserves:
        return "reserve", place - drawn
    return "rest", place
