"""Importing, changing, freezing: what is written, what is not, and the trace it leaves."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from app.audit import queries as audit
from app.db.sealing import Vault
from app.db.session import Session, reading, transaction
from app.kernel.actor import SYSTEM, Role
from app.kernel.canonical import digest
from app.roster import actions, queries
from app.roster.rules.directory import (
    AccountTied,
    CertificateTaken,
    CountyTaken,
    IdNumberTaken,
    NobodyInSheet,
    OfficerMissing,
    RosterVersionMissing,
    SealUnreadable,
)
from app.roster.rules.freezing import RosterEmpty
from app.roster.rules.identity import Gender
from app.roster.rules.people import Establishment, PostStatus
from app.roster.rules.refusals import TextNotWorkbook
from app.roster.tables import Officer, RosterImport
from samples.build import people as sample_people
from tests import factories
from tests.fakes import NINE, FixedEntropy
from tests.roster import worlds
from tests.roster.worlds import DRAW_DATE, JIANG, LIN, SU, TODAY, VAULT, imported, sheet


def row(db: Session, certificate: str) -> Officer:
    return db.exec(select(Officer).where(Officer.certificate == certificate)).one()


def edit(
    db: Session, known_as: str, *, county: str | None = None, **change: object
) -> tuple[str, ...]:
    officer = queries.officer_with_certificate(db, known_as)
    assert officer is not None
    return actions.edit_officer(
        db,
        officer_id=officer.id,
        county=county,
        entry=replace(queries.entry(officer), **change),  # type: ignore[arg-type]  # any field
        vault=VAULT,
        entropy=FixedEntropy(),
        actor=SYSTEM,
        now=NINE,
    )


def test_the_sample_city_is_read_and_written_in_under_three_seconds(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.directory(db)
    began = time.perf_counter()
    with transaction(engine) as db:
        outcome = imported(db, worlds.CLEAN)
    assert time.perf_counter() - began < 3
    assert outcome.written
    assert (outcome.plan.read, outcome.plan.added, outcome.plan.problems) == (343, 343, ())
    with reading(engine) as db:
        assert len(queries.officers(db)) == 343
        entry = audit.latest(db)[0]
        assert (entry.act, entry.subject) == ("import_roster", "花名册.xlsx")
        assert json.loads(entry.detail)["added"] == 343
        kept = queries.imports(db)[0]
        assert (kept.added, kept.updated, kept.unchanged, kept.by) == (343, 0, 0, "system")


def test_the_same_sheet_again_changes_nobody(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.directory(db)
        imported(db, worlds.CLEAN)
    with transaction(engine) as db:
        before = {each.certificate: each.id_sealed for each in db.exec(select(Officer))}
        plan = imported(db, worlds.CLEAN).plan
        assert (plan.added, plan.updated, plan.unchanged) == (0, 0, 343)
    with reading(engine) as db:
        assert {each.certificate: each.id_sealed for each in db.exec(select(Officer))} == before


def test_a_dry_run_writes_nothing_and_needs_no_writing_session(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.directory(db)
    with reading(engine) as db:
        outcome = imported(db, worlds.CLEAN, dry_run=True)
        assert (outcome.written, outcome.record, outcome.plan.added) == (False, None, 343)
    with reading(engine) as db:
        assert queries.officers(db) == []
        assert queries.imports(db) == []
        assert audit.latest(db) == []


def test_with_one_problem_not_one_row_is_written(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.directory(db)
        outcome = imported(db, sheet(LIN, ("青兰县", *JIANG[1:])))
        assert not outcome.written
        assert [(each.cell, each.proposal) for each in outcome.plan.problems] == [("A3", "青岚县")]
    with reading(engine) as db:
        assert queries.officers(db) == []
        assert audit.latest(db) == []


def test_the_messy_sheet_leaves_the_roster_as_it_was(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.directory(db)
        imported(db, worlds.CLEAN)
    with transaction(engine) as db:
        before = queries.officers(db)
        outcome = imported(db, worlds.MESSY)
        assert len(outcome.plan.problems) > 40
    with reading(engine) as db:
        assert queries.officers(db) == before
        assert len(queries.imports(db)) == 1


def test_numbers_are_masked_sealed_and_findable_but_never_in_clear(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN))
    lin = row(db, LIN[3])
    assert (lin.id_masked, lin.phone_masked) == ("7901**********0018", "199****0001")
    assert VAULT.open(lin.id_sealed or "") == LIN[2]
    assert VAULT.open(lin.phone_sealed or "") == LIN[7]
    assert (lin.id_hash, lin.phone_hash) == (VAULT.lookup(LIN[2]), VAULT.lookup(LIN[7]))
    assert LIN[2] not in repr(lin)
    assert (lin.gender, lin.born) == ("male", date(1990, 1, 1))


def test_a_second_sheet_updates_whom_it_names_and_forgets_nothing(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN, JIANG))
    sealed = row(db, LIN[3]).id_sealed
    later = ("青岚县", "林知远", "", LIN[3], "长期", "参公", "借调", "", "")
    plan = imported(db, sheet(later)).plan
    assert (plan.added, plan.updated, plan.unchanged) == (0, 1, 0)
    lin = row(db, LIN[3])
    assert (lin.certificate_expires, lin.establishment, lin.on_post) == (
        None,
        Establishment.CIVIL_SERVANT_LIKE,
        PostStatus.SECONDED,
    )
    assert (lin.unit, lin.id_sealed, lin.phone_masked) == ("执法大队", sealed, "199****0001")
    assert row(db, JIANG[3]).name == "江小川"


def test_a_new_number_is_sealed_anew(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN))
    imported(db, sheet((*LIN[:2], worlds.ID_NUMBERS[2], *LIN[3:])))
    lin = row(db, LIN[3])
    assert VAULT.open(lin.id_sealed or "") == worlds.ID_NUMBERS[2]
    assert lin.id_hash == VAULT.lookup(worlds.ID_NUMBERS[2])
    assert lin.id_masked == "7901**********0050"


def test_a_number_known_under_another_certificate_is_a_problem(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN))
    outcome = imported(db, sheet((*LIN[:3], "080101000099", *LIN[4:])))
    assert [each.kind for each in outcome.plan.problems] == ["id_known"]
    assert not outcome.written


def test_an_empty_table_and_a_text_file_are_refused(db: Session) -> None:
    worlds.directory(db)
    with pytest.raises(NobodyInSheet):
        imported(db, sheet())
    with pytest.raises(TextNotWorkbook):
        imported(db, "县区,姓名\n青岚县,林知远\n".encode())


def test_numbers_sealed_with_another_key_stop_the_import(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN))
    with pytest.raises(SealUnreadable, match="BIWU_SECRET_KEY"):
        actions.import_roster(
            db,
            data=sheet(LIN),
            file_name="a.xlsx",
            dry_run=False,
            vault=Vault("another"),
            entropy=FixedEntropy(),
            today=TODAY,
            actor=SYSTEM,
            now=NINE,
        )


def test_a_button_pressed_twice_imports_once(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.directory(db)

    def press(_: int) -> tuple[int, int]:
        with transaction(engine) as db:
            plan = imported(db, sheet(LIN, JIANG, SU)).plan
            return plan.added, plan.unchanged

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == [(0, 3), (0, 3), (0, 3), (3, 0)]
    with reading(engine) as db:
        assert len(queries.officers(db)) == 3
        assert len(db.exec(select(RosterImport)).all()) == 4


def test_an_edit_says_what_changed_and_seals_what_is_new(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN, JIANG))
    fields = edit(db, JIANG[3], on_post=PostStatus.ON_POST, phone="19900000002", unit="")
    db.flush()
    jiang = row(db, JIANG[3])
    assert set(fields) == {"on_post", "phone", "unit"}
    assert (jiang.on_post, jiang.unit, jiang.phone_masked) == ("on_post", "", "199****0002")
    assert jiang.updated_at == NINE
    entry = audit.latest(db)[0]
    assert (entry.act, entry.subject) == ("edit_officer", "江小川（080101000002）")
    assert "1990000" not in entry.detail
    assert sorted(json.loads(entry.detail)["fields"]) == ["on_post", "phone", "unit"]


def test_a_blank_number_stays_and_nothing_changed_leaves_no_trace(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN))
    traces = len(audit.latest(db))
    assert edit(db, LIN[3], id_number=None, phone=None, born=None, gender=None) == ()
    assert row(db, LIN[3]).born == date(1990, 1, 1)
    assert len(audit.latest(db)) == traces


def test_a_new_id_number_changes_birthday_and_gender(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN))
    number = "790102198808080020"
    edit(db, LIN[3], id_number=number, born=date(1988, 8, 8), gender=Gender.FEMALE)
    db.flush()
    assert VAULT.open(row(db, LIN[3]).id_sealed or "") == number
    assert (row(db, LIN[3]).born, row(db, LIN[3]).gender) == (date(1988, 8, 8), "female")


def test_a_taken_number_names_its_owner_only_to_those_who_may_know(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN, JIANG, SU))
    with pytest.raises(CertificateTaken, match=r"江小川（青岚县）"):
        edit(db, LIN[3], certificate=JIANG[3])
    with pytest.raises(IdNumberTaken, match=r"苏望舒（石澜区），执法证号 080102000001"):
        edit(db, LIN[3], id_number=SU[2])
    clerk = "790121"
    with pytest.raises(IdNumberTaken, match="其他县区的人员") as refusal:
        edit(db, LIN[3], county=clerk, id_number=SU[2])
    assert "苏望舒" not in str(refusal.value)


def test_another_countys_officer_is_missing_for_a_clerk(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN, SU))
    with pytest.raises(OfficerMissing):
        edit(db, SU[3], county="790121", name="苏改名")
    assert edit(db, LIN[3], county="790121", name="林改名") == ("name",)


def test_an_account_is_tied_to_one_officer(db: Session) -> None:
    worlds.directory(db)
    imported(db, sheet(LIN, JIANG))
    account = factories.account(db, "林知远", Role.OFFICER, now=NINE).account_id

    def tie(certificate: str) -> None:
        actions.tie_account(db, certificate=certificate, account_id=account, actor=SYSTEM, now=NINE)
        db.flush()

    tie(LIN[3])
    tie(LIN[3])
    found = queries.officer_of_account(db, account)
    assert found is not None
    assert found.name == "林知远"
    assert audit.latest(db)[0].act == "tie_account"
    with pytest.raises(AccountTied, match="林知远"):
        tie(JIANG[3])
    with pytest.raises(OfficerMissing):
        tie("999999")


def test_counties_are_opened_all_or_none(engine: Engine) -> None:
    lines = [("790102", "石澜区"), ("790121", "青岚县")]
    with transaction(engine) as db:
        actions.open_counties(db, lines=lines, actor=SYSTEM, now=NINE)
    for taken in [("790103", "石澜区"), ("790121", "归雁区")]:
        with transaction(engine) as db, pytest.raises(CountyTaken):
            actions.open_counties(db, lines=[("790109", "新县"), taken], actor=SYSTEM, now=NINE)
    with transaction(engine) as db:
        actions.open_counties(db, lines=[("790199", "后加县")], actor=SYSTEM, now=NINE)
    with reading(engine) as db:
        listed = [(each.position, each.name) for each in queries.counties(db)]
        assert listed == [(1, "石澜区"), (2, "青岚县"), (3, "后加县")]
        assert [each.act for each in audit.latest(db)] == ["open_county"] * 3


def test_one_county_may_be_opened_at_a_place(db: Session) -> None:
    opened = actions.open_county(
        db, code="790121", name="青岚县", position=7, actor=SYSTEM, now=NINE
    )
    assert opened.id is not None
    assert (opened.position, audit.latest(db)[0].subject) == (7, "青岚县")
    with pytest.raises(CountyTaken, match=r"青岚县.*790121"):
        actions.open_county(db, code="790121", name="别县", position=8, actor=SYSTEM, now=NINE)


def test_a_frozen_roster_stays_what_it_was(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.directory(db)
        imported(db, sheet(LIN, JIANG, SU))
    with transaction(engine) as db:
        version = actions.freeze(db, draw_date=DRAW_DATE, actor=SYSTEM, now=NINE)
        assert version.id is not None
        assert (version.number, version.officer_count, version.eligible_count) == (1, 3, 1)
        entry = audit.latest(db)[0]
        assert (entry.act, json.loads(entry.detail)["sha256"]) == ("freeze_roster", version.sha256)
    with transaction(engine) as db:
        edit(db, LIN[3], on_post=PostStatus.STUDY)
        second = actions.freeze(db, draw_date=DRAW_DATE, actor=SYSTEM, now=NINE)
        assert (second.number, second.eligible_count) == (2, 0)
        assert second.sha256 != version.sha256
    with reading(engine) as db:
        first = queries.version_numbered(db, 1)
        content = queries.frozen(db, first.id or 0)
        assert digest(content) == first.sha256 == version.sha256
        reasons = {each["name"]: each["reasons"] for each in content["officers"]}
        assert reasons == {
            "苏望舒": [
                "不在编：编制类型为“聘用（编外）”",
                "执法证已于 2026年11月30日 到期，抽取日 2026年12月1日 时无效",
            ],
            "林知远": [],
            "江小川": ["不在岗：休假（病假、产假）"],
        }
        assert LIN[2] not in first.content
        assert LIN[7] not in first.content
        assert [each.number for each in queries.versions(db)] == [2, 1]


def test_the_sample_city_has_as_many_eligible_as_it_was_built_with(db: Session) -> None:
    worlds.directory(db)
    imported(db, worlds.CLEAN)
    version = actions.freeze(db, draw_date=DRAW_DATE, actor=SYSTEM, now=NINE)
    everyone = len(sample_people())
    out = sum(round(everyone * share / 100) for share in (8, 6, 5))
    assert (version.officer_count, version.eligible_count) == (everyone, everyone - out)


def test_an_empty_roster_is_not_frozen(db: Session) -> None:
    with pytest.raises(RosterEmpty):
        actions.freeze(db, draw_date=DRAW_DATE, actor=SYSTEM, now=NINE)
    with pytest.raises(RosterVersionMissing):
        queries.version(db, 1)
    assert db.exec(select(col(Officer.id))).all() == []
