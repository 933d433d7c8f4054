"""Reading draws: the row, the published file, and the board that people look at."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from app.db.session import Session
from app.draw.rules import (
    Discrepancy,
    DrawMissing,
    Entropy,
    NotHeldYet,
    Stratum,
    entropy,
    lot,
    verify,
)
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
    reserves: int
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
    chance: dict[str, Any] | None = None
    seed: str = ""
    entropy: Entropy | None = None
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


def transcript(db: Session, draw_id: int) -> dict[str, Any]:
    """The published transcript; raises DrawMissing or NotHeldYet."""
    held = draw(db, draw_id).transcript
    if held is None:
        raise NotHeldYet
    published: dict[str, Any] = json.loads(held)
    return published


def published(db: Session, draw_id: int) -> dict[str, Any]:
    """What anyone may download: the transcript, or before the draw the promise alone. The
    office's number is no part of it until the draw is held."""
    row = draw(db, draw_id)
    if row.transcript is not None:
        return transcript(db, draw_id)
    plan = json.loads(row.plan)
    return {
        "version": plan["version"],
        "commitment": plan,
        "commitment_hash": row.commitment,
    }


def roster_version(db: Session, version_id: int) -> RosterVersion | None:
    """The frozen roster that a draw is made from."""
    return db.get(RosterVersion, version_id)


def strata(db: Session, version_id: int, *, quota: int, reserves: int) -> list[Stratum]:
    """Every county of a frozen roster with those who may be drawn, as a draw takes them."""
    frozen = _frozen(db, version_id)
    units: dict[str, list[str]] = {county["code"]: [] for county in frozen["counties"]}
    for officer in frozen["officers"]:
        if officer["eligible"]:
            units[officer["county"]].append(officer["certificate"])
    return [
        Stratum(county["code"], county["name"], quota, reserves, tuple(units[county["code"]]))
        for county in frozen["counties"]
    ]


def board(db: Session, draw_id: int) -> Board:
    """The draw with names from the frozen roster, recomputed while one looks: three queries,
    however many people."""
    row = draw(db, draw_id)
    plan = json.loads(row.plan)
    frozen = _frozen(db, row.roster_version_id)
    voids = tuple(each for each in voided(db, plan["contest"]) if each.id != row.id)
    holds = digest(frozen) == plan["roster_hash"]
    if row.transcript is None:
        waiting = tuple(_waiting(stratum) for stratum in plan["strata"])
        return Board(row, plan, holds, waiting, voids=voids)
    held = json.loads(row.transcript)
    people = {officer["certificate"]: officer for officer in frozen["officers"]}
    return Board(
        row,
        plan,
        holds,
        tuple(_ranked(stratum, held["seed"], people) for stratum in held["strata"]),
        chance=held["chance"],
        seed=held["seed"],
        entropy=entropy(held),
        found=tuple(verify(held)),
        voids=voids,
    )


def _frozen(db: Session, version_id: int) -> dict[str, Any]:
    asked = select(RosterVersion.content).where(RosterVersion.id == version_id)
    content: dict[str, Any] = json.loads(db.exec(asked).one())
    return content


def _waiting(stratum: dict[str, Any]) -> CountyBoard:
    pool = len(stratum["unit_ids"])
    return CountyBoard(
        stratum["stratum"], stratum["name"], stratum["quota"], stratum["reserves"], pool
    )


def _ranked(stratum: dict[str, Any], seed: str, people: dict[str, Any]) -> CountyBoard:
    drawn, reserves = stratum["drawn"], stratum["reserves"]
    return CountyBoard(
        stratum["stratum"],
        stratum["name"],
        len(drawn),
        len(reserves),
        len(stratum["ranking"]),
        tuple(
            Line(
                place,
                people[unit]["name"] if unit in people else unit,
                unit,
                people[unit]["unit"] if unit in people else "",
                lot(seed, stratum["stratum"], unit),
                *_outcome(unit, drawn, reserves, place),
            )
            for place, unit in enumerate(stratum["ranking"], 1)
        ),
    )


def _outcome(
    unit: str, drawn: Sequence[str], reserves: Sequence[str], place: int
) -> tuple[str, int]:
    if unit in drawn:
        return "drawn", place
    if unit in reserves:
        return "reserve", place - len(drawn)
    return "rest", place
