"""Finding questions, the laws they rest on, and what a paper may take of them."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select

from app.bank.rules.drafts import Basis, BasisRole, fixed_order
from app.bank.rules.laws import Confidence, LawEntry, book
from app.bank.rules.life import PoolQuestion, Status, why_not
from app.bank.rules.refusals import QuestionMissing
from app.bank.tables import Law, Question, QuestionBasis
from app.db.session import Session


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of questions is filtered by; an empty value filters nothing."""

    kind: str = ""
    topic: str = ""
    difficulty: int | None = None
    status: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A question in a list: `barred` says why it could not stand in a paper of that day."""

    question: Question
    stem: str
    barred: str | None


@dataclass(frozen=True, slots=True)
class Grounds:
    """A basis with what the law table says of it (None: the table does not know the law)."""

    basis: Basis
    law: LawEntry | None


def laws(db: Session) -> tuple[LawEntry, ...]:
    """The law table, by name and version."""
    rows = db.exec(select(Law).order_by(Law.name, col(Law.version)))
    return tuple(law_entry(row) for row in rows)


def law_entry(row: Law) -> LawEntry:
    """The entry behind a row of the law table."""
    return LawEntry(
        name=row.name,
        title=row.title,
        issuer=row.issuer,
        version=row.version,
        effective=row.effective,
        articles=row.articles,
        confidence=Confidence(row.confidence),
        repealed=row.repealed,
        successor=row.successor,
    )


def law_rows(db: Session) -> list[Law]:
    """The rows behind the law table, locked for changing them."""
    return list(db.exec(select(Law).order_by(col(Law.id)).with_for_update()))


def citing(db: Session, cited: Collection[tuple[str, date]]) -> list[str]:
    """The codes of active questions that cite one of these laws, in order."""
    asked = (
        select(col(Question.code), col(QuestionBasis.law), col(QuestionBasis.version))
        .join(QuestionBasis, col(QuestionBasis.question_id) == Question.id)
        .where(Question.status == Status.ACTIVE)
        .where(col(QuestionBasis.law).in_({name for name, _ in cited}))
    )
    return sorted({code for code, law, version in db.exec(asked) if (law, version) in cited})


def question(db: Session, question_id: int) -> Question:
    """The version of a question with this id. Raises QuestionMissing."""
    row = db.get(Question, question_id)
    if row is None:
        raise QuestionMissing
    return row


def newest_for_update(db: Session, codes: Collection[str]) -> dict[str, Question]:
    """The newest version of each of these questions, locked: two imports do not both number it."""
    asked = select(Question).where(col(Question.code).in_(codes))
    rows = db.exec(asked.order_by(col(Question.version)).with_for_update())
    return {row.code: row for row in rows}


def history(db: Session, code: str) -> list[Question]:
    """All versions of a question, the newest first."""
    asked = select(Question).where(Question.code == code)
    return list(db.exec(asked.order_by(col(Question.version).desc())))


def bases(db: Session, question_ids: Collection[int]) -> dict[int, list[Basis]]:
    """The provisions that these questions rest on, in the order they were written."""
    found: dict[int, list[Basis]] = {question_id: [] for question_id in question_ids}
    asked = select(QuestionBasis).where(col(QuestionBasis.question_id).in_(question_ids))
    for row in db.exec(asked.order_by(col(QuestionBasis.id))):
        found[row.question_id].append(
            Basis(
                law=row.law,
                version=row.version,
                article=row.article,
                role=BasisRole(row.role),
                confidence=row.confidence,
                paragraph=row.paragraph,
                item=row.item,
            )
        )
    return found


def grounds(db: Session, question_id: int) -> list[Grounds]:
    """The provisions of one question beside the law table."""
    table = book(laws(db))
    return [
        Grounds(basis, table.get((basis.law, basis.version)))
        for basis in bases(db, [question_id])[question_id]
    ]


def count(db: Session, sought: Sought) -> int:
    """How many questions a filter finds."""
    return db.exec(select(func.count(col(Question.id))).where(*_conditions(sought))).one()


def listed(
    db: Session, sought: Sought, *, on: date, offset: int = 0, limit: int = 50
) -> list[Listed]:
    """Questions by topic, kind and difficulty: three queries, however many."""
    asked = (
        select(Question)
        .where(*_conditions(sought))
        .order_by(Question.topic, Question.kind, col(Question.difficulty), Question.code)
        .order_by(col(Question.version).desc())
    )
    rows = list(db.exec(asked.offset(offset).limit(limit)))
    return [
        Listed(row, json.loads(row.content)["stem"], barred)
        for row, barred in _barred(db, rows, on)
    ]


def barred(db: Session, row: Question, *, on: date) -> str | None:
    """Why this question could not stand in a paper of that day."""
    return _barred(db, [row], on)[0][1]


def pool(db: Session, as_of: date) -> list[PoolQuestion]:
    """The questions that a paper of that day may take, by code: active, valid on the day, not on
    hold, every provision that carries the answer in force (transition questions excepted)."""
    asked = select(Question).where(
        Question.status == Status.ACTIVE, col(Question.valid_from) <= as_of
    )
    rows = list(db.exec(asked.order_by(Question.code)))
    return [_pooled(row) for row, why in _barred(db, rows, as_of) if why is None]


def _pooled(row: Question) -> PoolQuestion:
    content = json.loads(row.content)
    return PoolQuestion(
        id=row.id or 0,
        code=row.code,
        version=row.version,
        kind=row.kind,
        topic=row.topic,
        difficulty=row.difficulty,
        content=content,
        fixed_order=fixed_order(list(content.get("options", {}).values())),
        tags=tuple(json.loads(row.tags)),
        sha256=row.sha256,
    )


def keys(db: Session, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The keys of these questions by id; they travel apart from what candidates see."""
    asked = select(Question.id, Question.key).where(col(Question.id).in_(ids))
    return {question_id or 0: json.loads(key) for question_id, key in db.exec(asked)}


def explanations(db: Session, ids: Collection[int]) -> dict[int, str]:
    """The explanations of these questions by id, for after the release."""
    asked = select(Question.id, Question.explanation).where(col(Question.id).in_(ids))
    return {question_id or 0: text for question_id, text in db.exec(asked)}


def topics(db: Session) -> list[str]:
    """The topics of active questions, in order."""
    asked = select(Question.topic).where(Question.status == Status.ACTIVE).distinct()
    return sorted(db.exec(asked))


def _conditions(sought: Sought) -> Sequence[ColumnElement[bool]]:
    conditions: list[Any] = []
    if sought.kind:
        conditions.append(Question.kind == sought.kind)
    if sought.topic:
        conditions.append(Question.topic == sought.topic)
    if sought.difficulty is not None:
        conditions.append(Question.difficulty == sought.difficulty)
    if sought.status == "hold":
        conditions += [Question.status == Status.ACTIVE, col(Question.hold).is_not(None)]
    elif sought.status:
        conditions.append(Question.status == sought.status)
    if sought.text:
        like = f"%{_literal(sought.text)}%"
        columns = (col(Question.code), col(Question.content), col(Question.tags))
        conditions.append(or_(*(column.ilike(like, escape="\\") for column in columns)))
    return conditions


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _barred(db: Session, rows: Iterable[Question], on: date) -> list[tuple[Question, str | None]]:
    rows = list(rows)
    table = book(laws(db))
    resting = bases(db, [row.id or 0 for row in rows])
    return [
        (
            row,
            why_not(
                status=row.status,
                hold=row.hold,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                transition=row.transition,
                bases=resting[row.id or 0],
                laws=table,
                on=on,
            ),
        )
        for row in rows
    ]
