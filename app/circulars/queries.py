"""Reading circulars: the row, the document it stands for, the list, the next number."""

import json
import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select as select_columns
from sqlmodel import col, func, select

from app.circulars.rules.county_ranking import county_ranking
from app.circulars.rules.document import Circular, CircularMeta, document_number
from app.circulars.rules.refusals import CircularMissing
from app.circulars.tables import CircularIssue
from app.contests.queries import Outcome
from app.contests.tables import Contest
from app.db.session import Session
from app.marking import queries as marking
from app.results import queries as results
from app.results.tables import Release

_NUMBER = re.compile(r"(.+)〔(\d{4})〕(\d+)号")


@dataclass(frozen=True, slots=True)
class Listed:
    """A circular as lists show it. `lead` is its first paragraph."""

    id: int
    title: str
    number: str
    issued_on: date
    lead: str
    release_id: int


def circular(db: Session, circular_id: int) -> CircularIssue:
    """The circular, or CircularMissing."""
    row = db.get(CircularIssue, circular_id)
    if row is None:
        raise CircularMissing
    return row


def document(db: Session, row: CircularIssue) -> Circular:
    """The whole document again, from the release and what the office decided: the same values
    for the page, the workbook and the print."""
    meta = json.loads(row.meta)
    release = results.content(results.release(db, row.release_id))
    return county_ranking(release, meta_of(meta))


def meta_of(meta: dict[str, str]) -> CircularMeta:
    """What the office decided, read back."""
    return CircularMeta(
        mark=meta["mark"],
        number=meta["number"],
        addressee=meta["addressee"],
        signer=meta["signer"],
        issued_on=date.fromisoformat(meta["issued_on"]),
        contact=meta["contact"],
    )


def circulars(
    db: Session, *, limit: int = 50, offset: int = 0, release_id: int | None = None
) -> list[Listed]:
    """Circulars, the newest first; one query, and no release is read for it."""
    asked = select(CircularIssue).order_by(
        col(CircularIssue.published_at).desc(), col(CircularIssue.id).desc()
    )
    if release_id is not None:
        asked = asked.where(CircularIssue.release_id == release_id)
    found = []
    for row in db.exec(asked.limit(limit).offset(offset)):
        meta = json.loads(row.meta)
        day = date.fromisoformat(meta["issued_on"])
        found.append(
            Listed(row.id or 0, row.title, row.document_number, day, meta["lead"], row.release_id)
        )
    return found


def count(db: Session) -> int:
    """How many circulars are public."""
    return db.exec(select(func.count(col(CircularIssue.id)))).one()


def number_taken(db: Session, number: str) -> bool:
    """Whether this document number was used."""
    asked = select(CircularIssue.id).where(CircularIssue.document_number == number)
    return db.exec(asked).first() is not None


def proposed_number(db: Session, *, prefix: str, year: int) -> str:
    """The next document number of the year under the prefix that was used last; only a proposal,
    for the office's register has other documents between ours."""
    last = 0
    for text in db.exec(select(CircularIssue.document_number).order_by(col(CircularIssue.id))):
        if found := _NUMBER.fullmatch(text):
            if found[1] != prefix:
                prefix, last = found[1], 0
            if int(found[2]) == year:
                last = max(last, int(found[3]))
    return document_number(prefix, year, last + 1)


def contest_of(db: Session, release_id: int) -> tuple[Release, Contest]:
    """The release and its contest; ReleaseMissing."""
    row = results.release(db, release_id)
    return row, results.contest(db, row.contest_id)


def issued(db: Session, contest_id: int) -> bool:
    """Whether a circular of this contest is out."""
    found = db.execute(
        select_columns(col(CircularIssue.id))
        .join(Release, col(Release.id) == col(CircularIssue.release_id))
        .where(col(Release.contest_id) == contest_id)
        .limit(1)
    ).first()
    return found is not None


def outcome(db: Session, contest_id: int) -> Outcome:
    """What became of a contest on the floors above the contests, for their checklist: `main`
    hands this question down."""
    states = marking.exam_states(db, contest_id)
    newest = results.newest(db, contest_id)
    return Outcome(
        marked=sum(
            state.run is not None and state.run.sittings >= state.handed_in for state in states
        ),
        released=newest is not None,
        circular_published=issued(db, contest_id),
        rehearsed=marking.rehearsed(db, contest_id),
    )
