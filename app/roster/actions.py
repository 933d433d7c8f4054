"""Opening counties, importing the personnel sheet, changing an officer, freezing the roster."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.audit import actions as audit
from app.db.sealing import NONCE_BYTES, NotOurSeal, Vault
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json
from app.kernel.entropy import Entropy
from app.roster import queries
from app.roster.rules import amending, freezing
from app.roster.rules.check import check
from app.roster.rules.directory import (
    AccountTied,
    CertificateTaken,
    CountyTaken,
    IdNumberTaken,
    NobodyInSheet,
    OfficerMissing,
    SealUnreadable,
)
from app.roster.rules.identity import Gender, masked_id, masked_phone
from app.roster.rules.people import Establishment, OfficerEntry, PostStatus
from app.roster.rules.plan import ImportPlan
from app.roster.tables import County, Officer, RosterImport, RosterVersion
from app.roster.workbook import reading


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What a sheet would do, or did (导入结果). `record` is there when it was written."""

    plan: ImportPlan
    written: bool
    record: RosterImport | None = None


def open_county(
    db: Session, *, code: str, name: str, position: int, actor: Actor, now: datetime
) -> County:
    """建立县区名录: adds a county; raises CountyTaken."""
    for county in queries.directory_for_update(db):
        if county.code == code or county.name == name:
            raise CountyTaken(name=county.name, code=county.code)
    row = County(code=code, name=name, position=position)
    db.add(row)
    db.flush()  # the caller needs the id
    audit.record(db, actor=actor, act="open_county", subject=name, now=now, code=code)
    return row


def open_counties(
    db: Session, *, lines: Sequence[tuple[str, str]], actor: Actor, now: datetime
) -> None:
    """Adds counties (code and name) behind those that are there; raises CountyTaken before it
    adds any."""
    known = queries.directory_for_update(db)
    for code, name in lines:
        for county in known:
            if county.code == code or county.name == name:
                raise CountyTaken(name=county.name, code=county.code)
    first = max((county.position for county in known), default=0) + 1
    for position, (code, name) in enumerate(lines, first):
        open_county(db, code=code, name=name, position=position, actor=actor, now=now)


def import_roster(
    db: Session,
    *,
    data: bytes,
    file_name: str,
    dry_run: bool,
    vault: Vault,
    entropy: Entropy,
    today: date,
    actor: Actor,
    now: datetime,
) -> ImportOutcome:
    """导入花名册: all rows or none; officers are known by their certificate number. Whoever does
    not stand in the sheet stays in the roster as before.

    With a problem, or as a dry run (试运行), nothing is written. Raises the refusals of files that
    are no workbooks, NobodyInSheet and SealUnreadable. A dry run may be given a reading session.
    """
    # Before the first statement: on SQLite a writing session holds the lock from there on, and a
    # workbook that unpacks slowly would hold up every answer being saved.
    grid = reading.read(data)
    directory = queries.counties(db) if dry_run else queries.directory_for_update(db)
    rows = queries.officer_rows(db)
    before = {certificate: _in_clear(row, code, vault) for certificate, (row, code) in rows.items()}
    codes = {county.name: county.code for county in directory}
    plan = check(grid, counties=codes, existing=before, today=today)
    if plan.writable and not plan.read:
        raise NobodyInSheet
    if dry_run or not plan.writable:
        return ImportOutcome(plan, written=False)
    ids = {county.code: county.id or 0 for county in directory}
    values = [
        _values(change.entry, change.before, ids[change.entry.county_code], vault, entropy, now)
        for change in plan.changes
    ]
    for line in values:
        if line["certificate"] in rows:
            rows[line["certificate"]][0].sqlmodel_update(line)
        else:
            db.add(Officer(**line))
    record = RosterImport(
        file_name=file_name[-255:],
        file_sha256=hashlib.sha256(data).hexdigest(),
        read=plan.read,
        added=plan.added,
        updated=plan.updated,
        unchanged=plan.unchanged,
        at=now,
        by=actor.name,
    )
    db.add(record)
    db.flush()
    audit.record(
        db,
        actor=actor,
        act="import_roster",
        subject=record.file_name,
        now=now,
        sha256=record.file_sha256,
        added=plan.added,
        updated=plan.updated,
        unchanged=plan.unchanged,
    )
    return ImportOutcome(plan, written=True, record=record)


def edit_officer(
    db: Session,
    *,
    officer_id: int,
    county: str | None,
    entry: OfficerEntry,
    vault: Vault,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """修改一名执法人员: returns the names of the fields that changed. `county` is the code of the
    only county that the actor may touch, None for the city; numbers left blank stay.

    Raises OfficerMissing, CertificateTaken, IdNumberTaken, SealUnreadable.
    """
    row = queries.officer_for_update(db, officer_id, county=county)
    homes = {home.id: home for home in queries.counties(db)}
    before = _in_clear(row, homes[row.county_id].code, vault)
    after = amending.merged(entry, before)
    fields = amending.changed(after, before)
    if not fields:
        return ()
    if after.certificate != before.certificate:
        _refuse_known_certificate(db, after, county)
    if after.id_number is not None and after.id_number != before.id_number:
        _refuse_known_number(db, vault.lookup(after.id_number), county)
    home_id = next(home.id for home in homes.values() if home.code == after.county_code)
    row.sqlmodel_update(_values(after, before, home_id or 0, vault, entropy, now))
    db.add(row)
    audit.record(
        db,
        actor=actor,
        act="edit_officer",
        subject=f"{after.name}（{after.certificate}）",
        now=now,
        officer=officer_id,
        fields=list(fields),
    )
    return fields


def tie_account(
    db: Session, *, certificate: str, account_id: int, actor: Actor, now: datetime
) -> None:
    """绑定账号: lets an officer sign in with this account; raises OfficerMissing, AccountTied."""
    officer = queries.officer_with_certificate(db, certificate)
    if officer is None:
        raise OfficerMissing
    owner = queries.officer_of_account(db, account_id)
    if owner is not None and owner.id != officer.id:
        raise AccountTied(name=owner.name, certificate=owner.certificate)
    row = queries.officer_for_update(db, officer.id, county=None)
    row.account_id, row.updated_at = account_id, now
    db.add(row)
    audit.record(
        db, actor=actor, act="tie_account", subject=officer.name, now=now, account=account_id
    )


def freeze(db: Session, *, draw_date: date, actor: Actor, now: datetime) -> RosterVersion:
    """冻结花名册: keeps the list as it stands, with everyone's eligibility on the day of the draw
    and its hash. What is changed later does not touch it. Raises RosterEmpty."""
    directory = queries.directory_for_update(db)
    number = queries.last_version_number(db) + 1
    content = freezing.frozen(
        queries.entries(queries.officers(db)),
        version=number,
        draw_date=draw_date,
        counties={county.name: county.code for county in directory},
    )
    counts = freezing.counted(content)
    version = RosterVersion(
        number=number,
        draw_date=draw_date,
        content=canonical_json(content),
        sha256=freezing.roster_hash(content),
        officer_count=counts.officers,
        eligible_count=counts.eligible,
        frozen_at=now,
        frozen_by=actor.name,
    )
    db.add(version)
    db.flush()  # the caller needs the id
    audit.record(
        db,
        actor=actor,
        act="freeze_roster",
        subject=f"花名册第 {number} 版",
        now=now,
        draw_date=draw_date.isoformat(),
        sha256=version.sha256,
        officers=counts.officers,
        eligible=counts.eligible,
    )
    return version


def _in_clear(row: Officer, county_code: str, vault: Vault) -> OfficerEntry:
    """The officer with ID and phone number, for comparing; it never leaves this room."""
    try:
        id_number = None if row.id_sealed is None else vault.open(row.id_sealed)
        phone = None if row.phone_sealed is None else vault.open(row.phone_sealed)
    except NotOurSeal as error:
        raise SealUnreadable from error
    return OfficerEntry(
        county_code=county_code,
        name=row.name,
        certificate=row.certificate,
        certificate_expires=row.certificate_expires,
        establishment=Establishment(row.establishment),
        on_post=PostStatus(row.on_post),
        unit=row.unit,
        post=row.post,
        gender=None if row.gender is None else Gender(row.gender),
        born=row.born,
        id_number=id_number,
        phone=phone,
    )


def _values(
    entry: OfficerEntry,
    before: OfficerEntry | None,
    county_id: int,
    vault: Vault,
    entropy: Entropy,
    now: datetime,
) -> dict[str, Any]:
    """The columns of an officer. A number that did not change is not sealed anew."""
    values: dict[str, Any] = {
        "county_id": county_id,
        "name": entry.name,
        "certificate": entry.certificate,
        "certificate_expires": entry.certificate_expires,
        "establishment": entry.establishment.value,
        "on_post": entry.on_post.value,
        "unit": entry.unit,
        "post": entry.post,
        "gender": None if entry.gender is None else entry.gender.value,
        "born": entry.born,
        "updated_at": now,
    }
    if entry.id_number is not None and (before is None or before.id_number != entry.id_number):
        values |= {
            "id_masked": masked_id(entry.id_number),
            "id_sealed": vault.seal(entry.id_number, nonce=entropy.token(NONCE_BYTES)),
            "id_hash": vault.lookup(entry.id_number),
        }
    if entry.phone is not None and (before is None or before.phone != entry.phone):
        values |= {
            "phone_masked": masked_phone(entry.phone),
            "phone_sealed": vault.seal(entry.phone, nonce=entropy.token(NONCE_BYTES)),
            "phone_hash": vault.lookup(entry.phone),
        }
    return values


def _refuse_known_certificate(db: Session, entry: OfficerEntry, county: str | None) -> None:
    known = queries.officer_with_certificate(db, entry.certificate)
    if known is not None:
        raise CertificateTaken(certificate=entry.certificate, owner=_owner(known, county))


def _refuse_known_number(db: Session, id_hash: str, county: str | None) -> None:
    known = queries.officer_with_id_hash(db, id_hash)
    if known is not None:
        raise IdNumberTaken(owner=_owner(known, county))


def _owner(known: queries.OfficerRow, county: str | None) -> str:
    """Whose number it is, as far as a clerk may know it."""
    if county not in (None, known.county):
        return "其他县区的人员，请与市级组织者核对"
    return f"{known.name}（{known.county_name}），执法证号 {known.certificate}"
