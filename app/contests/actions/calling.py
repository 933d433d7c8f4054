"""Drawing people onto the list: the announcement, and the call-up after the draw was held."""

from datetime import datetime

from app.audit import actions as audit
from app.contests import queries
from app.contests.rules.people import CandidateState, Entered
from app.contests.rules.refusals import (
    CalledUpAlready,
    CandidateMissing,
    DrawAnnounced,
    DrawNotAnnounced,
    DrawNotHeld,
    ExamPublished,
    RulesNotConfirmed,
)
from app.contests.tables import Candidate, Contest
from app.db.session import Session
from app.draw import actions as drawing
from app.draw import queries as draws
from app.draw.tables import Draw
from app.kernel.actor import Actor
from app.kernel.entropy import Entropy
from app.roster import queries as roster


def announce_draw(
    db: Session,
    *,
    contest_id: int,
    roster_version_id: int,
    scheduled_at: datetime,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
) -> Draw | None:
    """公布随机抽取: ties the contest to a frozen roster and announces the draw by its rules. A
    contest whose rules draw nobody gets its roster, and None is returned.

    Once for a contest; again only after the draw was declared void, and then the list begins
    anew, nominations included. Not after an exam is published.
    """
    contest = queries.contest_for_update(db, contest_id)
    if contest.rules_confirmed_at is None:
        raise RulesNotConfirmed
    _refuse_announced(db, contest)
    version = roster.version(db, roster_version_id)
    numbers = queries.rules(contest).numbers
    contest.roster_version_id = version.id
    dropped = _begin_anew(db, contest)
    draw = None
    if numbers.drawn:
        draw = drawing.announce(
            db,
            title=contest.title,
            contest=f"{contest.year}-{contest.number}",
            roster_version_id=roster_version_id,
            strata=draws.strata(
                db, roster_version_id, quota=numbers.drawn, reserves=numbers.reserves
            ),
            scheduled_at=scheduled_at,
            entropy=entropy,
            actor=actor,
            now=now,
        )
        contest.draw_id = draw.id
    db.add(contest)
    audit.record(
        db,
        actor=actor,
        act="choose_roster",
        subject=contest.title,
        now=now,
        contest=contest_id,
        roster_version=version.number,
        draw=contest.draw_id,
        dropped=dropped,
    )
    return draw


def _refuse_announced(db: Session, contest: Contest) -> None:
    if contest.draw_id is not None and draws.draw(db, contest.draw_id).voided_at is None:
        raise DrawAnnounced
    if contest.draw_id is None and contest.roster_version_id is not None:
        raise DrawAnnounced
    for exam in queries.all_exams(db, contest.id or 0):  # people sit a published rehearsal too
        if exam.published_at is not None:
            raise ExamPublished(at=exam.published_at.isoformat(timespec="minutes"))


def _begin_anew(db: Session, contest: Contest) -> int:
    rows = [row.candidate for row in queries.candidates(db, contest.id or 0)]
    for row in rows:
        row.replaces_id = None
    db.flush()
    for row in rows:
        db.delete(row)
    db.flush()
    return len(rows)


def call_up(db: Session, *, contest_id: int, actor: Actor, now: datetime) -> list[Candidate]:
    """列入参赛名单: the drawn of every county as candidates, the reserves behind them in the order
    of the draw."""
    contest = queries.contest_for_update(db, contest_id)
    if contest.draw_id is None:
        raise DrawNotAnnounced
    draw = draws.draw(db, contest.draw_id)
    if draw.held_at is None or draw.voided_at is not None:
        raise DrawNotHeld
    if any(r.entered is Entered.DRAW for r in queries.candidates(db, contest_id)):
        raise CalledUpAlready
    frozen = roster.frozen(db, draw.roster_version_id)
    homes = {line["certificate"]: line["county"] for line in frozen["officers"]}
    counties = {county.code: county.id or 0 for county in roster.counties(db)}
    record = draws.transcript(db, contest.draw_id)
    order = [(unit, place) for line in record["strata"] for unit, place in _places(line)]
    officers = {o.certificate: o.id for o in roster.officers(db, certificates=homes)}
    rows = []
    for unit, place in order:
        if unit not in officers:
            raise CandidateMissing
        row = Candidate(
            contest_id=contest_id,
            officer_id=officers[unit],
            county_id=counties[homes[unit]],
            entered=Entered.DRAW.value,
            state=(CandidateState.RESERVE if place else CandidateState.CALLED).value,
            reserve_place=place,
            entered_at=now,
        )
        rows.append(row)
    db.add_all(rows)
    db.flush()
    audit.record(
        db,
        actor=actor,
        act="call_up",
        subject=contest.title,
        now=now,
        contest=contest_id,
        draw=contest.draw_id,
        called=sum(row.reserve_place is None for row in rows),
        reserves=sum(row.reserve_place is not None for row in rows),
    )
    return rows


def _places(line: dict[str, list[str]]) -> list[tuple[str, int | None]]:
    drawn: list[tuple[str, int | None]] = [(unit, None) for unit in line["drawn"]]
    return drawn + [(unit, place) for place, unit in enumerate(line["reserves"], 1)]
