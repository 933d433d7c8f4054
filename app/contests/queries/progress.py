"""What the organizer's checklist asks of every floor below, in a handful of counts."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from app.bank.rules.life import Status
from app.bank.tables import Question
from app.contests.queries.people import ticketed
from app.contests.queries.rows import all_exams, exams, rules, window
from app.contests.rules.checklist import Facts
from app.contests.rules.people import CandidateState, Entered
from app.contests.rules.windows import Phase, phase
from app.contests.tables import Candidate, Contest
from app.db.session import Session
from app.draw.tables import Draw
from app.papers.tables import BlueprintDraft
from app.roster.tables import County, Officer, RosterVersion


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a contest on the floors above, which this floor does not know: how many
    exams are marked, whether the results are released and the circular is out, how many sittings
    of rehearsals were handed in."""

    marked: int = 0
    released: bool = False
    circular_published: bool = False
    rehearsed: int = 0


def facts(db: Session, contest: Contest, *, now: datetime, outcome: Outcome | None = None) -> Facts:
    """The counts behind the checklist."""
    declared, outcome = rules(contest), outcome or Outcome()
    everything = all_exams(db, contest.id or 0)
    sat = [exam for exam in everything if not exam.rehearsal]
    windows = [(exam, window(exam)) for exam in sat]
    draw = None if contest.draw_id is None else db.get(Draw, contest.draw_id)
    if draw is not None and draw.voided_at is not None:
        draw = None
    called = _called(db, contest.id or 0)
    on_list = {number for number, _, state in called if state == CandidateState.CALLED.value}
    counties = _counties(db, draw)
    drawn = [state for _, entered, state in called if entered == Entered.DRAW.value]
    return Facts(
        officers=_count(db, Officer.id),
        roster_frozen=_count(db, RosterVersion.id) > 0,
        questions_usable=_usable(db),
        questions_needed=1 if all(exam.paper_id for exam in sat) else _needed(db),
        contest=True,
        rules_confirmed=contest.rules_confirmed_at is not None,
        draws=declared.numbers.drawn > 0,
        draw_announced=draw is not None,
        draw_held=draw is not None and draw.held_at is not None,
        drawn_called=sum(state != CandidateState.RESERVE.value for state in drawn),
        drawn_wanted=declared.numbers.drawn * counties,
        nominated=sum(entered == Entered.NOMINATION.value for _, entered, _ in called),
        nominated_wanted=declared.numbers.nominated * counties,
        exams=len(sat),
        papers_chosen=sum(exam.paper_id is not None for exam in sat),
        windows_set=sum(found is not None for _, found in windows),
        published=sum(exam.published_at is not None for exam in sat),
        candidates=len(on_list),
        tickets=len(ticketed(db, contest.id or 0) & on_list),
        closed=sum(
            exam.published_at is not None
            and found is not None
            and phase(found, now) is Phase.CLOSED
            for exam, found in windows
        ),
        marked=outcome.marked,
        released=outcome.released,
        circular_published=outcome.circular_published,
        rehearsals=len(everything) - len(sat),
        rehearsed=outcome.rehearsed,
    )


def moments(db: Session, contest: Contest) -> dict[str, datetime]:
    """When steps of the checklist were done, by the step's code, where a moment is kept."""
    found = {"rules_confirmed": contest.rules_confirmed_at}
    if contest.roster_version_id is not None:
        version = db.get(RosterVersion, contest.roster_version_id)
        found["roster_frozen"] = version.frozen_at if version else None
    if contest.draw_id is not None:
        draw = db.get(Draw, contest.draw_id)
        if draw is not None and draw.voided_at is None:
            found |= {"draw_announced": draw.announced_at, "draw_held": draw.held_at}
    published = [exam.published_at for exam in exams(db, contest.id or 0)]
    done = [at for at in published if at is not None]
    if done and len(done) == len(published):
        found["exams_published"] = max(done)
    return {code: at for code, at in found.items() if at is not None}


def progress_tiles(
    facts: Facts, *, opens_at: datetime | None, now: datetime
) -> list[tuple[str, str, str]]:
    """Label, figure and unit of the tiles beside the checklist."""
    return [
        _until_opening(opens_at, now),
        ("参赛人员", str(facts.candidates), "人"),
        ("在册人员", str(facts.officers), "人"),
        ("可用试题", str(facts.questions_usable), "道"),
    ]


def _until_opening(opens_at: datetime | None, now: datetime) -> tuple[str, str, str]:
    """Whole days, the last of them in hours; once the first exam has opened, that it has."""
    if opens_at is None:
        return "距开考", "—", ""
    if opens_at <= now:
        return "首科", "已开考", ""
    left = opens_at - now
    return (
        ("距开考", str(left.days), "天")
        if left.days
        else ("距开考", str(left.seconds // 3600 + 1), "小时内")
    )


def _count(db: Session, column: int | None) -> int:
    return db.exec(select(func.count(col(column)))).one()


def _usable(db: Session) -> int:
    asked = select(func.count(col(Question.id))).where(Question.status == Status.ACTIVE.value)
    return db.exec(asked.where(col(Question.hold).is_(None))).one()


def _needed(db: Session) -> int:
    """What the largest blueprint asks for; 1 before there is one."""
    specs = [json.loads(spec) for spec in db.exec(select(BlueprintDraft.spec))]
    counts = [sum(int(row["count"]) for row in spec.get("rows", ())) for spec in specs]
    return max([1, *counts])


def _called(db: Session, contest_id: int) -> list[tuple[int | None, str, str]]:
    asked = select(Candidate.id, Candidate.entered, Candidate.state)
    return list(db.exec(asked.where(Candidate.contest_id == contest_id)).all())


def _counties(db: Session, draw: Draw | None) -> int:
    if draw is not None:
        return len(json.loads(draw.plan)["strata"])
    with_people = select(Officer.county_id).distinct()
    return db.exec(select(func.count(col(County.id))).where(col(County.id).in_(with_people))).one()
