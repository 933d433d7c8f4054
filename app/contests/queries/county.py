"""What a county's clerk sees of the contests: the own people and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from app.contests.queries.people import (
    CandidateRow,
    Quota,
    all_candidates,
    all_officers,
    nominees,
    quotas,
)
from app.contests.queries.rows import contests, rules
from app.contests.rules.people import Entered
from app.contests.tables import Contest, Exam
from app.db.session import Session
from app.roster.queries import OfficerRow
from app.roster.rules.eligibility import eligibility
from app.roster.tables import Officer, RosterVersion

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """The county's officers in figures: on the roster, eligible today, and why the others not."""

    officers: int
    eligible: int
    not_eligible: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnContest:
    """One contest as the county sees it. `quota` is None before a roster is chosen, and
    `may_nominate` says whether a name can be put in now, with the reason if not."""

    contest: Contest
    exams: tuple[Exam, ...]
    rows: tuple[CandidateRow, ...]
    quota: Quota | None
    may_nominate: bool
    why_not: str = ""


def figures(officers: Sequence[OfficerRow], *, on: date) -> Figures:
    """参赛资格 of the county's officers on a day."""
    standings = [(officer, eligibility(officer, on)) for officer in officers]
    refused = [each for each in standings if not each[1].eligible]
    return Figures(
        len(standings),
        len(standings) - len(refused),
        tuple((officer.name, "；".join(standing.reasons)) for officer, standing in refused),
    )


def own_contests(db: Session, county: str) -> list[OwnContest]:
    """The newest contests with the county's people: as many queries for one as for three."""
    shown = contests(db)[:SHOWN]
    ids = [contest.id for contest in shown]
    rows = all_candidates(db, contest_ids=ids, county=county)
    sat = select(Exam).where(col(Exam.contest_id).in_(ids), col(Exam.published_at).is_not(None))
    exams = list(db.exec(sat.order_by(col(Exam.position))))
    chosen = {contest.roster_version_id for contest in shown}
    versions = select(RosterVersion.id, RosterVersion.content)
    frozen = {
        number: json.loads(content)
        for number, content in db.exec(versions.where(col(RosterVersion.id).in_(chosen)))
    }
    officers = all_officers(db, county=county)
    return [
        _own(
            contest,
            tuple(exam for exam in exams if exam.contest_id == contest.id),
            [row for row in rows if row.candidate.contest_id == contest.id],
            frozen.get(contest.roster_version_id),
            officers,
            county,
        )
        for contest in shown
    ]


def _own(
    contest: Contest,
    exams: tuple[Exam, ...],
    rows: list[CandidateRow],
    frozen: dict[str, Any] | None,
    officers: list[Officer],
    county: str,
) -> OwnContest:
    if frozen is None:
        return OwnContest(contest, exams, tuple(rows), None, False, "市级还没有选定花名册。")
    numbers = rules(contest).numbers
    people = nominees(officers, frozen=frozen, rows=rows)
    found = quotas(rows, numbers=numbers, frozen=frozen, nominees=people, county=county)
    quota = found[0] if found else None
    if numbers.drawn and not any(row.entered is Entered.DRAW for row in rows):
        return OwnContest(
            contest, exams, tuple(rows), quota, False, "随机抽取的名单公布后，才能推荐其他人员。"
        )
    open_ = quota is not None and quota.left > 0
    return OwnContest(contest, exams, tuple(rows), quota, open_)
