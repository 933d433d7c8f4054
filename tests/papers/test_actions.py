"""Keeping blueprints and freezing papers."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app.audit.tables import AuditEntry
from app.bank import queries as bank
from app.db.session import Engine, Session, reading, transaction
from app.kernel.canonical import digest
from app.papers import actions, queries
from app.papers.rules.blueprint import (
    PRESETS,
    BlueprintMalformed,
    BlueprintMissing,
    BlueprintUnsatisfiable,
    Row,
)
from app.papers.tables import BlueprintDraft, Paper
from app.question_types.marks import Kind
from tests.fakes import NINE, FixedEntropy
from tests.papers.worlds import DAY, ORGANIZER, SMALL, fill_bank, frozen_paper


def last_trace(db: Session) -> AuditEntry:
    db.flush()
    return db.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc())).first()  # type: ignore[return-value]  # there is one


def test_a_blueprint_is_kept_and_changed_under_the_same_number(db: Session) -> None:
    row = actions.save_blueprint(db, title=" A 卷 ", spec=SMALL, actor=ORGANIZER, now=NINE)
    again = actions.save_blueprint(
        db, title="B 卷", spec=PRESETS["law"].to_dict(), actor=ORGANIZER, now=NINE,
        blueprint_id=row.id,
    )  # fmt: skip
    assert again.id == row.id
    kept = queries.draft(db, row.id or 0)
    assert (kept.row.title, kept.blueprint.title, kept.blueprint.items) == ("B 卷", "B 卷", 45)
    assert kept.blueprint.rows == PRESETS["law"].rows
    entry = last_trace(db)
    assert (entry.act, entry.subject) == ("save_blueprint", f"组卷方案 {row.id}")
    assert json.loads(entry.detail) == {"items": 45, "points": "100", "title": "B 卷"}


def test_a_blueprint_that_is_no_paper_is_not_kept(db: Session) -> None:
    for spec in (replace(SMALL, rows=()), replace(SMALL, minutes=0)):
        with pytest.raises(BlueprintMalformed):
            actions.save_blueprint(db, title="A 卷", spec=spec, actor=ORGANIZER, now=NINE)
    with pytest.raises(BlueprintMissing):
        actions.save_blueprint(
            db, title="A", spec=SMALL, actor=ORGANIZER, now=NINE, blueprint_id=999
        )
    assert list(db.exec(select(BlueprintDraft))) == []


def test_a_frozen_paper_has_its_questions_its_key_apart_and_both_hashes(db: Session) -> None:
    paper = frozen_paper(db)
    content, key = queries.content(db, paper.id or 0), queries.key(db, paper.id or 0)
    assert (paper.item_count, paper.points, paper.as_of) == (9, Decimal(20), DAY)
    assert [item["kind"] for item in content["items"]] == [
        *["single_choice"] * 3, *["multiple_choice"] * 2,
        "true_false", "indefinite_choice", "fill_in", "numeric",
    ]  # fmt: skip
    assert (digest(content), digest(key)) == (paper.paper_hash, paper.key_hash)
    assert key["paper_hash"] == paper.paper_hash
    for secret in ("letters", "explanation", "traps", "accept", "workings", "法典第四十四条写明"):
        assert secret not in paper.content
    pool = {each.code: each for each in bank.pool(db, DAY)}
    keys = bank.keys(db, [each.id for each in pool.values()])
    for item, answer in zip(content["items"], key["items"], strict=True):
        source = pool[item["question"]]
        assert item["content"] == source.content
        assert answer["key"] == keys[source.id]
        assert answer["explanation"] == "法典第四十四条写明了处理方式。"
    entry = last_trace(db)
    assert (entry.act, entry.actor) == ("freeze_paper", "许青禾")
    assert json.loads(entry.detail)["paper_hash"] == paper.paper_hash


def test_another_seed_gives_another_paper(db: Session) -> None:
    chance = FixedEntropy()
    first = frozen_paper(db, entropy=chance)
    others = {
        actions.freeze_paper(
            db, title=first.title, blueprint=SMALL, as_of=DAY, entropy=chance, actor=ORGANIZER,
            now=NINE,
        ).paper_hash
        for _ in range(5)
    }  # fmt: skip
    assert len(others | {first.paper_hash}) > 1


def test_a_paper_that_the_bank_cannot_fill_is_refused_and_not_written(db: Session) -> None:
    fill_bank(db, 2)
    with pytest.raises(BlueprintUnsatisfiable) as refusal:
        actions.freeze_paper(
            db, title="A 卷", blueprint=SMALL, as_of=DAY, entropy=FixedEntropy(),
            actor=ORGANIZER, now=NINE,
        )  # fmt: skip
    assert "要 3 道，只有 2 道" in str(refusal.value)
    assert "单选 · 法律责任" in str(refusal.value)
    with pytest.raises(BlueprintUnsatisfiable):
        actions.freeze_paper(
            db, title="A 卷", blueprint=replace(SMALL, rows=SMALL.rows[1:2]),
            as_of=date(2026, 8, 14), entropy=FixedEntropy(), actor=ORGANIZER, now=NINE,
        )  # fmt: skip
    assert list(db.exec(select(Paper))) == []


def test_questions_of_papers_to_avoid_are_not_asked_again(db: Session) -> None:
    first = frozen_paper(db)
    used = queries.used(db, [first.id or 0])
    assert len(used) == 9
    rows = (Row(Kind.SINGLE_CHOICE, 1, Decimal(2)),)
    other = replace(SMALL, rows=rows)
    second = actions.freeze_paper(
        db, title="B 卷", blueprint=other, as_of=DAY, entropy=FixedEntropy(), actor=ORGANIZER,
        now=NINE, avoid=[first.id or 0],
    )  # fmt: skip
    assert not used & queries.used(db, [second.id or 0])
    with pytest.raises(BlueprintUnsatisfiable):
        actions.freeze_paper(
            db, title="C 卷", blueprint=SMALL, as_of=DAY, entropy=FixedEntropy(), actor=ORGANIZER,
            now=NINE, avoid=[first.id or 0],
        )  # fmt: skip


def test_a_frozen_paper_cannot_be_changed(engine: Engine) -> None:
    with transaction(engine) as db:
        paper_id = frozen_paper(db).id or 0
    with pytest.raises(DBAPIError):
        _rename(engine, paper_id)
    with reading(engine) as db:
        assert queries.paper(db, paper_id).title == "A 卷 环保法律法规"


def _rename(engine: Engine, paper_id: int) -> None:
    with transaction(engine) as db:
        queries.paper(db, paper_id).title = "换一个名字"
