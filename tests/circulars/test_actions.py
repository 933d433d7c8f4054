"""A circular is made from a release, is public from then on, and says the same for ever."""

import json
from datetime import date

import pytest
from sqlmodel import select

from app.audit.tables import AuditEntry
from app.circulars import actions, queries
from app.circulars.rules.document import IdentityShown
from app.circulars.rules.refusals import CircularMissing, DocumentNumberTaken
from app.circulars.tables import CircularIssue
from app.circulars.workbook.paint import paint
from app.contests.queries import Outcome
from app.db.session import Session
from app.kernel.actor import SYSTEM
from app.results import actions as results_actions
from app.results import queries as results
from app.results.rules.refusals import ReleaseMissing
from tests import factories
from tests.fakes import NINE
from tests.marking import worlds as sat_worlds
from tests.marking.worlds import EVENING
from tests.results import worlds


@pytest.fixture
def release_id(db: Session) -> int:
    factories.cast(db, NINE)
    _, row = worlds.released(db)
    return row.id or 0


def publish(db: Session, release_id: int, number: str = "云环办〔2026〕18号", **more: str) -> int:
    row = actions.publish(
        db,
        release_id=release_id,
        document_number=number,
        addressees="各县（市、区）生态环境分局",
        signed_by=more.pop("signed_by", "云岭市生态环境局办公室"),
        on=date(2026, 10, 12),
        actor=SYSTEM,
        now=EVENING,
        **more,
    )
    return row.id or 0


def test_a_circular_keeps_what_the_office_decided_and_leaves_a_trace(
    db: Session, release_id: int
) -> None:
    row = queries.circular(db, publish(db, release_id, contact="0870-2120000"))
    document = queries.document(db, row)
    assert (document.mark, document.number) == (
        "云岭市生态环境局办公室文件",
        "云环办〔2026〕18号",
    )
    assert row.title == document.title == "2026年第一期执法比武成绩通报"
    assert document.issued_on == "2026年10月12日"
    assert "0870-2120000" in document.paragraphs[-1].text
    entry = db.exec(select(AuditEntry).where(AuditEntry.act == "publish_circular")).one()
    assert json.loads(entry.detail) == {
        "circular": row.id,
        "release": "2026-1-1",
        "hash": results.release(db, release_id).sha256,
    }


def test_every_number_of_the_document_is_the_releases(db: Session, release_id: int) -> None:
    row = queries.circular(db, publish(db, release_id))
    document = queries.document(db, row)
    made = results.content(results.release(db, release_id))
    counties = {cells[1]: cells for cells in document.tables[0].text_rows}
    for line in made["counties"]:
        assert line["county_score"] in counties[line["county"]]
        assert line["worked"] in counties[line["county"]]
    people = {cells[1]: cells for cells in document.tables[1].text_rows}
    for person in made["candidates"]:
        assert (person["total"] or "—") in people[person["candidate"]]
    assert document.hash == made["hash"]


def test_nothing_of_a_persons_illness_or_certificate_is_in_it(db: Session, release_id: int) -> None:
    row = queries.circular(db, publish(db, release_id))
    said = "\n".join(text for _, text in queries.document(db, row).texts())
    assert "阑尾炎" not in said
    assert "080101000001" not in said
    assert "谢晚" in said


def test_the_same_circular_is_the_same_workbook(db: Session, release_id: int) -> None:
    row = queries.circular(db, publish(db, release_id))
    first = paint(queries.document(db, row))
    assert first == paint(queries.document(db, row))
    assert first.startswith(b"PK")


def test_a_document_number_is_given_once_and_two_circulars_may_tell_of_one_release(
    db: Session, release_id: int
) -> None:
    publish(db, release_id)
    with pytest.raises(DocumentNumberTaken):
        publish(db, release_id)
    publish(db, release_id, "云环办〔2026〕19号")
    assert [each.number for each in queries.circulars(db, release_id=release_id)] == [
        "云环办〔2026〕19号",
        "云环办〔2026〕18号",
    ]
    assert queries.circulars(db, release_id=999_999) == []
    assert queries.count(db) == 2


def test_what_shows_a_mobile_number_or_has_no_release_is_not_written(
    db: Session, release_id: int
) -> None:
    with pytest.raises(IdentityShown):
        publish(db, release_id, signed_by="办公室13800138000")
    with pytest.raises(ReleaseMissing):
        publish(db, 999_999)
    assert db.exec(select(CircularIssue)).all() == []
    with pytest.raises(CircularMissing):
        queries.circular(db, 1)


def test_the_next_number_follows_the_last_prefix_and_starts_anew_with_the_year(
    db: Session, release_id: int
) -> None:
    assert queries.proposed_number(db, prefix="云环办", year=2026) == "云环办〔2026〕1号"
    publish(db, release_id, "云环办〔2026〕18号")
    assert queries.proposed_number(db, prefix="云环办", year=2026) == "云环办〔2026〕19号"
    assert queries.proposed_number(db, prefix="云环办", year=2027) == "云环办〔2027〕1号"
    publish(db, release_id, "云环发〔2026〕3号")
    assert queries.proposed_number(db, prefix="云环办", year=2026) == "云环发〔2026〕4号"


def test_the_outcome_follows_marking_release_and_circular(db: Session) -> None:
    factories.cast(db, NINE)
    world = sat_worlds.sat(db)
    assert queries.outcome(db, world.contest) == Outcome()
    worlds.mark(db, world)
    assert queries.outcome(db, world.contest) == Outcome(marked=2)
    row = results_actions.release(db, contest_id=world.contest, actor=SYSTEM, now=EVENING)
    assert queries.outcome(db, world.contest) == Outcome(marked=2, released=True)
    publish(db, row.id or 0)
    assert queries.outcome(db, world.contest) == Outcome(2, True, True)
    other = sat_worlds.sat(db, number=2)
    assert queries.outcome(db, other.contest) == Outcome()
