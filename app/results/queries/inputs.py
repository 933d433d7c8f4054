"""What a release is made of: people, scores, the call-up, the draw behind it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import col, func, select

from app.contests.rules.contest_rules import ContestRules, from_dict
from app.contests.rules.people import CandidateState, Entered
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.draw.tables import Draw
from app.marking import queries as marking
from app.results.queries.progress import contest
from app.results.rules.calendar import day
from app.results.rules.entries import Absence, Entry
from app.results.rules.facts import Called, ContestFacts, DrawFacts
from app.results.rules.masking import masked
from app.roster.tables import County, Officer
from app.sitting.rules.course import Happened
from app.sitting.tables import Sitting, SittingEvent


@dataclass(frozen=True, slots=True)
class StandingsInput:
    """Everything `results.rules.releases.release` needs, in an order that does not depend on the
    database. `sittings` leads from candidate number and exam code to the sitting."""

    contest: ContestFacts
    rules: ContestRules
    entries: tuple[Entry, ...]
    calls: tuple[Called, ...]
    draw: DrawFacts | None
    sittings: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class _Person:
    candidate: Candidate
    officer: Officer
    county: County
    number: str

    @property
    def id(self) -> int:
        return self.candidate.id or 0

    @property
    def state(self) -> CandidateState:
        return CandidateState(self.candidate.state)

    @property
    def seated(self) -> bool:
        return seated(self.candidate)


def seated(candidate: Candidate) -> bool:
    """Whether this person has a place in the team, filled or left on leave. A reserve who is on
    leave from the bench never had one."""
    if candidate.state == CandidateState.ON_LEAVE.value:
        return candidate.reserve_place is None or candidate.replaces_id is not None
    return candidate.state == CandidateState.CALLED.value


def standings_input(db: Session, contest_id: int) -> StandingsInput:
    """The contest as values; nine queries, however many people."""
    row = contest(db, contest_id)
    rules = from_dict(json.loads(row.rules))
    people = _people(db, contest_id)
    scores = marking.scores(db, contest_id)
    begun, left = _begun(db, contest_id), _left(db, contest_id)
    by_person: dict[int, dict[str, Decimal]] = {}
    used: dict[int, int] = {}
    for score in scores:
        by_person.setdefault(score.candidate_id, {})[score.exam_code] = score.score
        used[score.candidate_id] = used.get(score.candidate_id, 0) + score.used_seconds
    entries = [
        Entry(
            candidate=each.number,
            name=each.officer.name,
            county_code=each.county.code,
            county=each.county.name,
            unit=each.officer.unit,
            entered=Entered(each.candidate.entered),
            scores=by_person.get(each.id, {}),
            used_seconds=used.get(each.id, 0),
            violations=left.get(each.id, 0),
            absent=_absence(each.state, begun=each.id in begun),
            certificate=masked(each.officer.certificate),
        )
        for each in people
        if each.seated
    ]
    draw = db.get(Draw, row.draw_id) if row.draw_id is not None else None
    transcript = json.loads(draw.transcript) if draw and draw.transcript else None
    numbers = {each.id: each.number for each in people}
    return StandingsInput(
        contest=_facts(db, row),
        rules=rules,
        entries=tuple(entries),
        calls=tuple(_calls(people, transcript)),
        draw=_draw(draw, transcript),
        sittings={(numbers[s.candidate_id], s.exam_code): s.sitting_id for s in scores},
    )


def _absence(state: CandidateState, *, begun: bool) -> Absence:
    if state is CandidateState.ON_LEAVE:
        return Absence.LEAVE
    return Absence.NONE if begun else Absence.WITHOUT_LEAVE


def _people(db: Session, contest_id: int) -> list[_Person]:
    """Everybody of the call-up, county by county: the called and the absent by number, then who
    was replaced, then the reserves in order. Someone on leave who never got a number is 请假01 …,
    for a number is what tells people apart."""
    rows = db.execute(
        select_columns(Candidate, Officer, County)
        .join(Officer, col(Officer.id) == col(Candidate.officer_id))
        .join(County, col(County.id) == col(Candidate.county_id))
        .where(col(Candidate.contest_id) == contest_id)
    ).all()
    states = list(CandidateState)

    def place(row: Any) -> tuple[Any, ...]:
        candidate, officer, county = row
        state = CandidateState(candidate.state)
        seat = seated(candidate)
        return (
            county.position,
            county.code,
            not seat,
            not seat and states.index(state),
            Entered(candidate.entered) is Entered.NOMINATION,
            candidate.reserve_place or 0,
            candidate.number or "",
            officer.certificate,
        )

    people, nameless = [], 0
    for candidate, officer, county in sorted(rows, key=place):
        number = candidate.number
        if number is None and seated(candidate) and candidate.state != CandidateState.CALLED:
            nameless += 1
            number = f"请假{nameless:02d}"
        people.append(_Person(candidate, officer, county, number or ""))
    return people


def _begun(db: Session, contest_id: int) -> set[int]:
    """The candidates who began at least one sitting."""
    asked = (
        select(Sitting.candidate_id)
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .where(
            Exam.contest_id == contest_id,
            col(Exam.rehearsal).is_(False),
            col(Sitting.started_at).is_not(None),
        )
    )
    return set(db.exec(asked))


def _left(db: Session, contest_id: int) -> dict[int, int]:
    """How often each candidate left the page for longer than the grace, over all exams."""
    asked = (
        select_columns(col(Sitting.candidate_id), func.count())
        .join(SittingEvent, col(SittingEvent.sitting_id) == col(Sitting.id))
        .join(Exam, col(Exam.id) == col(Sitting.exam_id))
        .where(
            col(Exam.contest_id) == contest_id,
            col(Exam.rehearsal).is_(False),
            col(SittingEvent.kind) == Happened.LEFT.value,
        )
        .group_by(col(Sitting.candidate_id))
    )
    return dict(tuple(row) for row in db.execute(asked))


def _facts(db: Session, row: Contest) -> ContestFacts:
    first, last = db.exec(
        select(func.min(Exam.opens_at), func.max(Exam.closes_at)).where(
            Exam.contest_id == row.id, col(Exam.rehearsal).is_(False)
        )
    ).one()
    return ContestFacts(
        title=row.title,
        year=row.year,
        number=row.number,
        held_from=day(first or row.created_at),
        held_to=day(last or row.created_at),
    )


def _calls(people: list[_Person], transcript: Mapping[str, Any] | None) -> list[Called]:
    """The call-up as the public may read it: what a clerk typed about somebody's leave stays in
    the house."""
    order = {
        unit: place
        for line in (transcript or {"strata": ()})["strata"]
        for place, unit in enumerate(line["ranking"], 1)
    }
    names = {each.id: each.officer.name for each in people}
    followers = {
        each.candidate.replaces_id: each.officer.name
        for each in people
        if each.candidate.replaces_id
    }
    return [
        Called(
            county_code=each.county.code,
            county=each.county.name,
            name=each.officer.name,
            certificate=masked(each.officer.certificate),
            entered=Entered(each.candidate.entered),
            state=each.state,
            order=order.get(each.officer.certificate)
            if Entered(each.candidate.entered) is Entered.DRAW
            else None,
            candidate=each.number if each.seated else "",
            replaces=names.get(each.candidate.replaces_id or 0, ""),
            reason=f"由{followers[each.id]}递补" if each.id in followers else "",
        )
        for each in people
    ]


def _draw(draw: Draw | None, transcript: Mapping[str, Any] | None) -> DrawFacts | None:
    if draw is None or transcript is None or draw.held_at is None:
        return None
    return DrawFacts(
        roster_hash=transcript["commitment"]["roster_hash"],
        commitment=transcript["commitment_hash"],
        seed=transcript["seed"],
        held_on=day(draw.held_at),
        witnesses=tuple(
            f"{each['name']}（{each['duty']}）" if each["duty"] else each["name"]
            for each in transcript["chance"]["contributions"]
        ),
    )
