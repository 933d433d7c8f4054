"""Reading the roster: counties, officers with their eligibility, imports, frozen versions."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, func, select

from app.db.session import Session
from app.roster.rules.directory import OfficerMissing, RosterVersionMissing
from app.roster.rules.eligibility import Eligibility, eligibility
from app.roster.rules.identity import Gender
from app.roster.rules.people import Establishment, OfficerEntry, PostStatus
from app.roster.tables import County, Officer, RosterImport, RosterVersion


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer as pages and other features see one: numbers are masked. `county` is the
    county's code."""

    id: int
    county: str
    county_id: int
    county_name: str
    name: str
    certificate: str
    certificate_expires: date | None
    establishment: Establishment
    on_post: PostStatus
    unit: str
    post: str
    gender: Gender | None
    born: date | None
    id_masked: str | None
    phone_masked: str | None
    account_id: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An officer with the answer to whether they may be drawn."""

    officer: OfficerRow
    standing: Eligibility


@dataclass(frozen=True, slots=True)
class Tally:
    """A county's figures."""

    officers: int
    eligible: int
    not_eligible: int


@dataclass(frozen=True, slots=True)
class Register:
    """A view of the roster: `officers` and `eligible` count it before it is narrowed to those
    who may, or may not, be drawn."""

    listed: tuple[Listed, ...]
    officers: int
    eligible: int

    @property
    def not_eligible(self) -> int:
        return self.officers - self.eligible

    def tally(self, county: str) -> Tally:
        """The figures of one county, by its code, of those listed."""
        own = [each.standing.eligible for each in self.listed if each.officer.county == county]
        return Tally(len(own), sum(own), len(own) - sum(own))


def counties(db: Session) -> list[County]:
    """The directory (县区名录) in official order."""
    return list(db.exec(select(County).order_by(col(County.position), col(County.id))))


def directory_for_update(db: Session) -> list[County]:
    """The directory, locked: two imports pressed at once are written one after the other."""
    return list(db.exec(select(County).order_by(col(County.position)).with_for_update()))


def county_sizes(db: Session) -> dict[int, int]:
    """How many officers each county has, by id."""
    counted = select(Officer.county_id, func.count()).group_by(col(Officer.county_id))
    return dict(db.exec(counted).all())


def officers(
    db: Session,
    *,
    county: str | None = None,
    ids: Collection[int] | None = None,
    certificates: Collection[str] | None = None,
) -> list[OfficerRow]:
    """Officers in the order of counties and certificates: all, one county's, or these."""
    asked = _OFFICERS
    if county is not None:
        asked = asked.where(County.code == county)
    if ids is not None:
        asked = asked.where(col(Officer.id).in_(ids))
    if certificates is not None:
        asked = asked.where(col(Officer.certificate).in_(certificates))
    return [_row(officer, home) for officer, home in db.exec(asked)]


def listed(db: Session, *, on: date, county: str | None = None) -> list[Listed]:
    """The roster, or one county's, with eligibility as of a day (参赛资格)."""
    return [Listed(row, eligibility(row, on)) for row in officers(db, county=county)]


def register(
    db: Session,
    *,
    on: date,
    county: str | None = None,
    eligible: bool | None = None,
    search: str = "",
    sort: str = "",
) -> Register:
    """What `listed` gives, narrowed and sorted as a page asks."""
    found = [
        each
        for each in listed(db, on=on, county=county)
        if any(
            search in text
            for text in (each.officer.name, each.officer.certificate, each.officer.unit)
        )
    ]
    shown = [each for each in found if eligible in (None, each.standing.eligible)]
    if sort in _SORTS:
        shown.sort(key=_SORTS[sort])
    return Register(tuple(shown), len(found), sum(each.standing.eligible for each in found))


def officer(db: Session, officer_id: int, *, county: str | None = None) -> OfficerRow:
    """One officer; OfficerMissing also for one of another county, if `county` is given."""
    found = db.exec(_OFFICERS.where(Officer.id == officer_id)).first()
    if found is None or county not in (None, found[1].code):
        raise OfficerMissing
    return _row(*found)


def officer_for_update(db: Session, officer_id: int, *, county: str | None) -> Officer:
    """The row behind `officer`, locked."""
    asked = select(Officer).where(Officer.id == officer_id)
    if county is not None:
        own = select(County.id).where(County.code == county)
        asked = asked.where(col(Officer.county_id).in_(own))
    # the page may have read the row before another changed it: read it again under the lock
    fresh = asked.with_for_update().execution_options(populate_existing=True)
    row = db.exec(fresh).first()
    if row is None:
        raise OfficerMissing
    return row


def officer_of_account(db: Session, account_id: int) -> OfficerRow | None:
    """The officer who signs in with this account, if it is an officer's."""
    found = db.exec(_OFFICERS.where(Officer.account_id == account_id)).first()
    return None if found is None else _row(*found)


def officer_with_certificate(db: Session, certificate: str) -> OfficerRow | None:
    """The officer with this certificate number."""
    return next(iter(officers(db, certificates=[certificate])), None)


def officer_with_id_hash(db: Session, id_hash: str) -> OfficerRow | None:
    """The officer whose ID number has this keyed hash."""
    found = db.exec(_OFFICERS.where(Officer.id_hash == id_hash)).first()
    return None if found is None else _row(*found)


def officer_rows(db: Session) -> dict[str, tuple[Officer, str]]:
    """Every officer's row with the county's code, by certificate number, for an import."""
    return {row.certificate: (row, home.code) for row, home in db.exec(_OFFICERS)}


def entry(row: OfficerRow) -> OfficerEntry:
    """The officer as the rules see one, without private numbers."""
    return OfficerEntry(
        county_code=row.county,
        name=row.name,
        certificate=row.certificate,
        certificate_expires=row.certificate_expires,
        establishment=row.establishment,
        on_post=row.on_post,
        unit=row.unit,
        post=row.post,
        gender=row.gender,
        born=row.born,
    )


def entries(rows: Iterable[OfficerRow]) -> list[OfficerEntry]:
    """The roster without private numbers, as it is frozen and downloaded."""
    return [entry(row) for row in rows]


def imports(db: Session, *, limit: int = 5) -> list[RosterImport]:
    """The sheets that were written last (导入记录)."""
    return list(db.exec(select(RosterImport).order_by(col(RosterImport.id).desc()).limit(limit)))


def roster_import(db: Session, import_id: int) -> RosterImport | None:
    """One import, for saying what it did."""
    return db.get(RosterImport, import_id)


def versions(db: Session) -> list[RosterVersion]:
    """The frozen rosters, newest first."""
    return list(db.exec(select(RosterVersion).order_by(col(RosterVersion.number).desc())))


def version(db: Session, version_id: int) -> RosterVersion:
    """A frozen roster by id, or RosterVersionMissing."""
    row = db.get(RosterVersion, version_id)
    if row is None:
        raise RosterVersionMissing
    return row


def version_numbered(db: Session, number: int) -> RosterVersion:
    """A frozen roster by its number, or RosterVersionMissing."""
    row = db.exec(select(RosterVersion).where(RosterVersion.number == number)).first()
    if row is None:
        raise RosterVersionMissing
    return row


def last_version_number(db: Session) -> int:
    """The number of the newest frozen roster; 0 when nothing was frozen yet."""
    return db.exec(select(func.max(RosterVersion.number))).one() or 0


def frozen(db: Session, version_id: int) -> dict[str, Any]:
    """The canonical content of a frozen roster, whose digest is its `sha256`."""
    content: dict[str, Any] = json.loads(version(db, version_id).content)
    return content


_OFFICERS = (
    select(Officer, County)
    .join(County, col(County.id) == col(Officer.county_id))
    .order_by(col(County.position), col(Officer.certificate))
)

_SORTS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda each: each.officer.name,
    "certificate": lambda each: each.officer.certificate,
    "expires": lambda each: each.officer.certificate_expires or date.max,
}


def _row(officer: Officer, home: County) -> OfficerRow:
    return OfficerRow(
        id=officer.id or 0,
        county=home.code,
        county_id=officer.county_id,
        county_name=home.name,
        name=officer.name,
        certificate=officer.certificate,
        certificate_expires=officer.certificate_expires,
        establishment=Establishment(officer.establishment),
        on_post=PostStatus(officer.on_post),
        unit=officer.unit,
        post=officer.post,
        gender=None if officer.gender is None else Gender(officer.gender),
        born=officer.born,
        id_masked=officer.id_masked,
        phone_masked=officer.phone_masked,
        account_id=officer.account_id,
    )
