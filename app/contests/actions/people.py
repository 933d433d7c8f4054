"""Nominations, and what may still change on the list: leave and substitution."""

from datetime import datetime

from app.audit import actions as audit
from app.contests import queries
from app.contests.queries import CandidateRow
from app.contests.rules.people import CandidateState, Entered, late_number
from app.contests.rules.refusals import (
    CandidateMissing,
    DrawNotHeld,
    EnteredTwice,
    ForeignCounty,
    NominationsFull,
    NotEligible,
    NotOnFrozenRoster,
    NotReplaceable,
    ReplacementReasonNeeded,
    ReplacementTooLate,
    RosterNotFrozen,
)
from app.contests.tables import Candidate, Contest
from app.db.session import Session
from app.draw import queries as draws
from app.draw.rules.record import NoReserveLeft, next_reserve
from app.kernel.actor import Actor, Role
from app.roster import queries as roster


def nominate(
    db: Session, *, contest_id: int, officer_id: int, actor: Actor, now: datetime
) -> Candidate:
    """推荐: an eligible person of the frozen roster, within the county's places, by the organizer
    or by the clerk of that county. Where people are drawn, only after the draw is on the list:
    who was drawn cannot be nominated as well."""
    contest = queries.contest_for_update(db, contest_id)
    if contest.roster_version_id is None:
        raise RosterNotFrozen
    numbers = queries.rules(contest).numbers
    rows = queries.candidates(db, contest_id)
    if numbers.drawn and not any(row.entered is Entered.DRAW for row in rows):
        raise DrawNotHeld
    county = None if actor.has(Role.ORGANIZER) else actor.county or ""
    officer = next(iter(roster.officers(db, ids=[officer_id])), None)
    if officer is None:
        raise ForeignCounty
    frozen = roster.frozen(db, contest.roster_version_id)
    line = next((o for o in frozen["officers"] if o["certificate"] == officer.certificate), None)
    home = officer.county if line is None else line["county"]
    if county not in (None, home):
        raise ForeignCounty
    if line is None:
        raise NotOnFrozenRoster(name=officer.name)
    if not line["eligible"]:
        raise NotEligible(name=officer.name, reason="；".join(line["reasons"]))
    for row in rows:
        if row.officer.id == officer_id:
            raise EnteredTwice(name=officer.name, entered=row.entered.label)
    names = {each["code"]: each["name"] for each in frozen["counties"]}
    nominated = [r for r in rows if r.entered is Entered.NOMINATION and r.county.code == home]
    if len(nominated) >= numbers.nominated:
        raise NominationsFull(county=names[home], quota=numbers.nominated)
    candidate = Candidate(
        contest_id=contest_id,
        officer_id=officer_id,
        county_id=next(each.id or 0 for each in roster.counties(db) if each.code == home),
        entered=Entered.NOMINATION.value,
        state=CandidateState.CALLED.value,
        number=_late(contest, rows),
        entered_at=now,
    )
    db.add(candidate)
    db.flush()
    audit.record(
        db,
        actor=actor,
        act="nominate",
        subject=officer.name,
        now=now,
        contest=contest_id,
        candidate=candidate.id,
        county=home,
    )
    return candidate


def grant_leave(
    db: Session, *, contest_id: int, candidate_id: int, reason: str, actor: Actor, now: datetime
) -> Candidate:
    """准假: with a reason. Who is on leave is left out of the county's score; who simply does not
    come counts 0. A waiting reserve who cannot come is passed over in the same way."""
    contest = queries.contest_for_update(db, contest_id)
    row = queries.candidate(db, contest_id=contest_id, candidate_id=candidate_id)
    if not row.may_leave:
        raise NotReplaceable(name=row.officer.name, state=row.state.label)
    row.candidate.state, row.candidate.reason = CandidateState.ON_LEAVE.value, _said(reason)
    db.add(row.candidate)
    audit.record(
        db,
        actor=actor,
        act="grant_leave",
        subject=row.officer.name,
        now=now,
        contest=contest.id,
        candidate=candidate_id,
        reason=row.candidate.reason,
    )
    return row.candidate


def substitute(
    db: Session, *, contest_id: int, candidate_id: int, reason: str, actor: Actor, now: datetime
) -> Candidate:
    """递补: the next of the county's order steps in, never somebody chosen, and the list says for
    whom and why. Listed reserves first; then the order goes on to the end of the ranking. Not
    once an exam has begun."""
    contest = queries.contest_for_update(db, contest_id)
    rows = queries.candidates(db, contest_id)
    leaving = next((row for row in rows if row.id == candidate_id), None)
    if leaving is None:
        raise CandidateMissing
    if not leaving.may_be_replaced:
        raise NotReplaceable(name=leaving.officer.name, state=leaving.state.label)
    said = _said(reason)
    if any(e.opens_at and e.opens_at <= now for e in queries.exams(db, contest_id)):
        raise ReplacementTooLate
    stepping = _next(db, contest, leaving, rows)
    leaving.candidate.state, leaving.candidate.reason = CandidateState.REPLACED.value, said
    stepping.state, stepping.replaces_id = CandidateState.CALLED.value, candidate_id
    stepping.number = _late(contest, rows)
    db.add_all([leaving.candidate, stepping])
    db.flush()
    audit.record(
        db,
        actor=actor,
        act="substitute",
        subject=leaving.officer.name,
        now=now,
        contest=contest_id,
        candidate=candidate_id,
        by=stepping.id,
        reason=said,
        why=stepping.reason,
    )
    return stepping


def _next(
    db: Session, contest: Contest, leaving: CandidateRow, rows: list[CandidateRow]
) -> Candidate:
    """The candidate row of the next in the county's order: a waiting reserve's, or a new one."""
    if contest.draw_id is None:
        raise NoReserveLeft(county=leaving.county.name, people=0)
    draw = draws.draw(db, contest.draw_id)
    frozen = roster.frozen(db, draw.roster_version_id)
    stratum = next(
        each["name"] for each in frozen["counties"] if each["code"] == leaving.county.code
    )
    used = queries.used_certificates(rows)
    record = draws.transcript(db, contest.draw_id)
    found = next_reserve(record, stratum=stratum, used=used)
    for row in rows:
        if row.officer.certificate == found.unit_id:
            row.candidate.reason = found.reason
            return row.candidate
    officer = roster.officer_with_certificate(db, found.unit_id)
    if officer is None:
        raise CandidateMissing
    return Candidate(
        contest_id=contest.id or 0,
        officer_id=officer.id,
        county_id=leaving.candidate.county_id,
        entered=Entered.DRAW.value,
        state=CandidateState.CALLED.value,
        reason=found.reason,
        entered_at=draw.held_at or draw.announced_at,
    )


def _late(contest: Contest, rows: list[CandidateRow]) -> str | None:
    """A number for whoever comes after numbers were given; None before."""
    taken = [row.candidate.number for row in rows if row.candidate.number is not None]
    return late_number(taken, queries.number_prefix(contest)) if taken else None


def _said(reason: str) -> str:
    if not reason.strip():
        raise ReplacementReasonNeeded
    return reason.strip()
