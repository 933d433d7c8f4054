"""Candidates, and who may be nominated."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, false, select

from app.accounts.tables import Ticket
from app.contests.rules.contest_rules import Numbers
from app.contests.rules.people import CandidateState, Entered
from app.contests.rules.refusals import CandidateMissing
from app.contests.tables import Candidate
from app.db.session import Session
from app.kernel.actor import Actor
from app.roster.tables import County, Officer


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate with the officer and the county behind the row."""

    candidate: Candidate
    officer: Officer
    county: County

    @property
    def id(self) -> int:
        return self.candidate.id or 0

    @property
    def entered(self) -> Entered:
        return Entered(self.candidate.entered)

    @property
    def state(self) -> CandidateState:
        return CandidateState(self.candidate.state)

    @property
    def may_leave(self) -> bool:
        """Whether an approved leave can still be entered (请假)."""
        return self.state in (CandidateState.CALLED, CandidateState.RESERVE)

    @property
    def may_be_replaced(self) -> bool:
        """Whether the next reserve can still step in (递补)."""
        return self.state in (CandidateState.CALLED, CandidateState.ON_LEAVE)


@dataclass(frozen=True, slots=True)
class Nominee:
    """Somebody who may be nominated: eligible on the frozen roster, not on the list yet."""

    officer_id: int
    name: str
    certificate: str
    unit: str


@dataclass(frozen=True, slots=True)
class Quota:
    """One county's places for nomination (推荐名额), and who may still take one."""

    code: str
    name: str
    quota: int
    nominated: int
    nominees: tuple[Nominee, ...] = ()

    @property
    def left(self) -> int:
        return max(0, self.quota - self.nominated)


def candidates(db: Session, contest_id: int, *, county: str | None = None) -> list[CandidateRow]:
    """The list of a contest by county; within it the drawn, the nominated, the reserves in order.
    `county` is the code of the only county to show."""
    return all_candidates(db, contest_ids=[contest_id], county=county)


def all_candidates(
    db: Session, *, contest_ids: Collection[int | None], county: str | None = None
) -> list[CandidateRow]:
    """The lists of several contests in one query."""
    asked = _CANDIDATES.where(col(Candidate.contest_id).in_(contest_ids))
    if county is not None:
        asked = asked.where(County.code == county)
    rows = [CandidateRow(*row) for row in db.exec(asked)]
    return sorted(rows, key=_place)


def _place(row: CandidateRow) -> tuple[Any, ...]:
    waiting = row.state is CandidateState.RESERVE
    reserve = row.candidate.reserve_place or 0
    return (row.county.position, row.county.code, waiting, row.entered.value, reserve, row.id)


def candidate(db: Session, *, contest_id: int, candidate_id: int) -> CandidateRow:
    """One candidate of a contest; raises CandidateMissing."""
    asked = _CANDIDATES.where(Candidate.contest_id == contest_id, Candidate.id == candidate_id)
    found = db.exec(asked).first()
    if found is None:
        raise CandidateMissing
    return CandidateRow(*found)


def candidates_of(db: Session, actor: Actor) -> list[CandidateRow]:
    """What the actor is in the contests, newest first: a ticket is one candidate, an account is
    its officer's candidates, and an account of nobody on the roster is none."""
    own: Any = false()
    if actor.candidate_id is not None:
        own = Candidate.id == actor.candidate_id
    elif actor.account_id:
        own = Officer.account_id == actor.account_id
    asked = _CANDIDATES.where(own).order_by(col(Candidate.id).desc())
    return [CandidateRow(*row) for row in db.exec(asked)]


def candidate_of(db: Session, actor: Actor, *, contest_id: int | None = None) -> CandidateRow:
    """The actor as a candidate, of that contest or of the newest; raises CandidateMissing."""
    for row in candidates_of(db, actor):
        if contest_id in (None, row.candidate.contest_id):
            return row
    raise CandidateMissing


def used_certificates(rows: list[CandidateRow]) -> set[str]:
    """Certificates of all who stand on the list otherwise than as waiting reserves."""
    return {row.officer.certificate for row in rows if row.state is not CandidateState.RESERVE}


def all_officers(db: Session, *, county: str | None = None) -> list[Officer]:
    """The officers that may come into question, in order of certificate."""
    asked = select(Officer).order_by(col(Officer.certificate))
    if county is not None:
        home = select(County.id).where(County.code == county)
        asked = asked.where(col(Officer.county_id).in_(home))
    return list(db.exec(asked))


def nominees(
    officers: Iterable[Officer], *, frozen: Mapping[str, Any], rows: Iterable[CandidateRow]
) -> dict[str, list[Nominee]]:
    """By county code: who is eligible on the frozen roster and not on the list in any way."""
    lines = {line["certificate"]: line for line in frozen["officers"] if line["eligible"]}
    listed = {row.officer.id for row in rows}
    found: dict[str, list[Nominee]] = {}
    for officer in officers:
        line = lines.get(officer.certificate)
        if line is not None and officer.id not in listed:
            nominee = Nominee(officer.id or 0, officer.name, officer.certificate, officer.unit)
            found.setdefault(line["county"], []).append(nominee)
    return found


def quotas(
    rows: list[CandidateRow],
    *,
    numbers: Numbers,
    frozen: Mapping[str, Any],
    nominees: Mapping[str, list[Nominee]],
    county: str | None = None,
) -> list[Quota]:
    """Each county's nominations against its places. A place is used by whoever was nominated,
    even if a reserve stepped in since: the team does not grow."""
    taken = Counter(row.county.code for row in rows if row.entered is Entered.NOMINATION)
    return [
        Quota(
            each["code"],
            each["name"],
            numbers.nominated,
            taken[each["code"]],
            tuple(nominees.get(each["code"], ())),
        )
        for each in frozen["counties"]
        if county in (None, each["code"])
    ]


_CANDIDATES = (
    select(Candidate, Officer, County)
    .join(Officer, col(Officer.id) == col(Candidate.officer_id))
    .join(County, col(County.id) == col(Candidate.county_id))
)


def ticketed(db: Session, contest_id: int) -> set[int]:
    """The candidates who hold a ticket that was not revoked, used or not."""
    asked = (
        select(Ticket.candidate_id)
        .join(Candidate, col(Candidate.id) == col(Ticket.candidate_id))
        .where(Candidate.contest_id == contest_id, col(Ticket.revoked_at).is_(None))
    )
    return set(db.exec(asked))
