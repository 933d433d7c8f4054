"""Opening a contest, changing its rules, and declaring them for good."""

from collections.abc import Mapping
from datetime import datetime

from app.audit import actions as audit
from app.contests import queries
from app.contests.rules.checks import Problem, validated
from app.contests.rules.contest_rules import ContestRules, to_dict
from app.contests.rules.refusals import ContestNumberTaken, RulesConfirmed, RulesInvalid
from app.contests.tables import Contest, Exam
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json, digest


def open_contest(
    db: Session,
    *,
    year: int,
    number: int,
    title: str,
    rules: ContestRules,
    exams: Mapping[str, int] | None = None,
    actor: Actor,
    now: datetime,
) -> Contest:
    """新建比武: a contest with rules that may still be changed, and one exam for each declared
    subject. `exams` are the usual lengths in minutes by code, 90 where none is given."""
    _refuse(validated(rules))
    if any((each.year, each.number) == (year, number) for each in queries.contests(db)):
        raise ContestNumberTaken(year=year, number=number)
    contest = Contest(
        year=year,
        number=number,
        title=title,
        rules=canonical_json(to_dict(rules)),
        created_at=now,
        created_by=actor.name,
    )
    db.add(contest)
    db.flush()
    _match_exams(db, contest, rules, exams or {})
    audit.record(db, actor=actor, act="open_contest", subject=title, now=now, contest=contest.id)
    return contest


def change_rules(
    db: Session, *, contest_id: int, rules: ContestRules, actor: Actor, now: datetime
) -> Contest:
    """修改计分规则, until they are confirmed. Exams follow the declared subjects."""
    contest = queries.contest_for_update(db, contest_id)
    _refuse_confirmed(contest)
    _refuse(validated(rules))
    contest.rules = canonical_json(to_dict(rules))
    db.add(contest)
    _match_exams(db, contest, rules, {})
    audit.record(
        db,
        actor=actor,
        act="change_rules",
        subject=contest.title,
        now=now,
        contest=contest_id,
        rules=digest(to_dict(rules)),
    )
    return contest


def confirm_rules(db: Session, *, contest_id: int, actor: Actor, now: datetime) -> Contest:
    """确认公布计分规则: from here on they are what is computed, and never change."""
    contest = queries.contest_for_update(db, contest_id)
    _refuse_confirmed(contest)
    rules = queries.rules(contest)
    _refuse(validated(rules))
    contest.rules_confirmed_at = now
    db.add(contest)
    audit.record(
        db,
        actor=actor,
        act="confirm_rules",
        subject=contest.title,
        now=now,
        contest=contest_id,
        rules=digest(to_dict(rules)),
    )
    return contest


def _refuse_confirmed(contest: Contest) -> None:
    if contest.rules_confirmed_at is not None:
        raise RulesConfirmed(at=contest.rules_confirmed_at.isoformat(timespec="minutes"))


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise RulesInvalid(problems="".join(problem.message for problem in problems))


def _match_exams(
    db: Session, contest: Contest, rules: ContestRules, minutes: Mapping[str, int]
) -> None:
    """One exam row for each declared subject; what is no longer declared goes, unsat as it is."""
    rows = {exam.code: exam for exam in queries.exams(db, contest.id or 0)}
    for code in rows.keys() - {exam.code for exam in rules.exams}:
        db.delete(rows[code])
    db.flush()
    for position, declared in enumerate(rules.exams, 1):
        row = rows.get(declared.code) or Exam(
            contest_id=contest.id or 0,
            code=declared.code,
            title=declared.title,
            position=position,
            length_seconds=minutes.get(declared.code, 90) * 60,
        )
        row.title, row.position = declared.title, position
        db.add(row)
    db.flush()
