"""Taking laws and questions into the bank."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from app.audit.tables import AuditEntry
from app.bank import actions, queries
from app.bank.rules.problems import errors
from app.bank.rules.refusals import SamePersonReviews
from app.bank.tables import Law, Question, QuestionBasis
from app.db.session import Session
from tests.bank.worlds import (
    CODE,
    LAWS,
    NOISE,
    ORGANIZER,
    PENALTY,
    TODAY,
    basis,
    of_kind,
    single,
    take_in,
)
from tests.fakes import NINE


def trail(db: Session) -> list[AuditEntry]:
    db.flush()
    return list(db.exec(select(AuditEntry).order_by(col(AuditEntry.seq))))


def test_laws_are_added_then_left_alone_then_changed(db: Session) -> None:
    first = actions.load_laws(db, laws=LAWS, actor=ORGANIZER, now=NINE)
    assert (first.added, first.changed, first.unchanged) == (5, 0, 0)
    again = actions.load_laws(db, laws=LAWS, actor=ORGANIZER, now=NINE)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 5)
    shorter = replace(CODE, articles=1000)
    third = actions.load_laws(db, laws=[shorter], actor=ORGANIZER, now=NINE)
    assert (third.added, third.changed) == (0, 1)
    assert queries.laws(db) != LAWS
    assert {law.name: law for law in queries.laws(db)}["生态环境法典"] == shorter
    assert [entry.act for entry in trail(db)] == ["load_laws"] * 2, "nothing new, no trace"
    assert len(list(db.exec(select(Law)))) == 5


def test_a_repeal_flags_the_questions_that_cite_the_law(db: Session) -> None:
    resting = {"basis": [basis(PENALTY)], "valid_from": date(2021, 7, 15)}
    take_in(db, single("single-a", **resting), single("single-b"))
    gone = replace(PENALTY, repealed=date(2027, 1, 1))
    loaded = actions.load_laws(db, laws=[gone], actor=ORGANIZER, now=NINE)
    assert loaded.flagged == ("single-a",)
    assert json.loads(trail(db)[-1].detail)["flagged"] == ["single-a"]
    assert [each.code for each in queries.pool(db, date(2026, 12, 31))] == ["single-a", "single-b"]
    assert [each.code for each in queries.pool(db, date(2027, 1, 1))] == ["single-b"]


def test_an_import_writes_questions_with_their_provisions_and_a_trace(db: Session) -> None:
    question = of_kind("fill_in", "blank-a", basis=[basis(), basis(NOISE, "75", "contrast")],
                       valid_to=None)  # fmt: skip
    question["basis"] = [basis(paragraph=1, item=2), basis(PENALTY, "4", "support")]
    outcome = take_in(db, question, single())
    assert (outcome.read, outcome.added, outcome.updated, outcome.unchanged) == (2, 2, 0, 0)
    assert outcome.written
    row = queries.newest_for_update(db, ["blank-a"])["blank-a"]
    assert (row.version, row.status, row.author, row.reviewer) == (1, "active", "顾明远", "程映雪")
    assert json.loads(row.content) == {"stem": "情形 blank-a：台账至少保存【1】年。", "blanks": [1]}
    assert "accept" not in row.content
    assert json.loads(row.key)["blanks"][0]["key"] == "5"
    first, second = queries.bases(db, [row.id or 0])[row.id or 0]
    assert (first.law, first.article, first.paragraph, first.item) == ("生态环境法典", "44", 1, 2)
    assert second.role == "support"
    entry = trail(db)[-1]
    assert (entry.actor, entry.act, entry.subject) == ("许青禾", "import_questions", "2 道试题")
    assert json.loads(entry.detail)["reviewer"] == "程映雪"


def test_a_dry_run_counts_and_writes_nothing(db: Session) -> None:
    outcome = take_in(db, single("single-a"), single("single-b"), dry_run=True)
    assert (outcome.added, outcome.written) == (2, False)
    assert list(db.exec(select(Question))) == []
    assert [entry.act for entry in trail(db)] == ["load_laws"]


def test_one_error_keeps_the_whole_file_out(db: Session) -> None:
    actions.load_laws(db, laws=LAWS, actor=ORGANIZER, now=NINE)
    outcome = actions.import_questions(
        db,
        questions=[single("single-a"), single("single-b", key=["E"])],
        author="顾明远",
        reviewer="程映雪",
        dry_run=False,
        actor=ORGANIZER,
        now=NINE,
        today=TODAY,
    )
    assert not outcome.written
    assert [(each.question, each.field) for each in errors(list(outcome.problems))] == [
        ("single-b", "key"), ("single-b", "traps"),
    ] or [each.question for each in errors(list(outcome.problems))] == ["single-b"]  # fmt: skip
    assert list(db.exec(select(Question))) == []


def test_the_same_file_again_changes_nothing_and_a_changed_question_is_a_new_version(
    db: Session,
) -> None:
    take_in(db, single("single-a"), single("single-b"))
    again = take_in(db, single("single-a"), single("single-b"))
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)
    changed = take_in(db, single("single-a", explanation="改过的解析。"), single("single-b"))
    assert (changed.added, changed.updated, changed.unchanged) == (0, 1, 1)
    newest, old = queries.history(db, "single-a")
    assert [(row.version, row.status) for row in (newest, old)] == [(2, "active"), (1, "retired")]
    assert (newest.explanation, old.explanation) != (old.explanation, newest.explanation)
    assert [each.version for each in queries.pool(db, TODAY) if each.code == "single-a"] == [2]
    assert len(list(db.exec(select(QuestionBasis)))) == 3


def test_nobody_reviews_the_own_questions(db: Session) -> None:
    with pytest.raises(SamePersonReviews):
        actions.import_questions(
            db, questions=[single()], author="顾明远", reviewer="顾明远 ", dry_run=True,
            actor=ORGANIZER, now=NINE,
        )  # fmt: skip


def test_without_a_law_table_no_question_comes_in(db: Session) -> None:
    outcome = actions.import_questions(
        db, questions=[single()], author="顾明远", reviewer="程映雪", dry_run=False,
        actor=ORGANIZER, now=NINE,
    )  # fmt: skip
    assert not outcome.written
    assert [each.reason for each in outcome.problems] == ["依据表里没有“生态环境法典”"]
