"""Loading the law table, and taking questions into the bank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.audit import actions as audit
from app.bank import queries
from app.bank.rules.check import check
from app.bank.rules.drafts import Draft, drafted
from app.bank.rules.laws import LawEntry
from app.bank.rules.life import Status, check_signers
from app.bank.rules.problems import Problem, errors
from app.bank.tables import Law, Question, QuestionBasis
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json, digest


@dataclass(frozen=True, slots=True)
class LawsLoaded:
    """What became of the law table. `flagged`: questions that cite a law whose entry changed."""

    added: int
    changed: int
    unchanged: int
    flagged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import found and did. With an error among the problems nothing is written."""

    read: int
    added: int
    updated: int
    unchanged: int
    problems: tuple[Problem, ...]
    written: bool


def load_laws(db: Session, *, laws: Iterable[LawEntry], actor: Actor, now: datetime) -> LawsLoaded:
    """依据表入库: entries are added and brought up to date, never taken away. A changed entry
    (a repeal, above all) names the questions that have to be looked at again."""
    rows = {(row.name, row.version): row for row in queries.law_rows(db)}
    added = changed = unchanged = 0
    touched: list[tuple[str, date]] = []
    for law in laws:
        row = rows.get((law.name, law.version))
        if row is None:
            added += 1
            db.add(_row_of(law))
            continue
        if queries.law_entry(row) == law:
            unchanged += 1
            continue
        changed += 1
        touched.append((law.name, law.version))
        row.title, row.issuer = law.title, law.issuer
        row.effective, row.repealed = law.effective, law.repealed
        row.articles, row.successor = law.articles, law.successor
        row.confidence = law.confidence.value
        db.add(row)
    if not added and not changed:
        return LawsLoaded(0, 0, unchanged, ())
    db.flush()
    flagged = tuple(queries.citing(db, touched)) if touched else ()
    audit.record(
        db,
        actor=actor,
        act="load_laws",
        subject=f"{added + changed + unchanged} 部法律依据",
        now=now,
        added=added,
        changed=[f"{name} {version}" for name, version in touched],
        flagged=list(flagged),
    )
    return LawsLoaded(added, changed, unchanged, flagged)


def _row_of(law: LawEntry) -> Law:
    return Law(
        name=law.name,
        title=law.title,
        issuer=law.issuer,
        version=law.version,
        effective=law.effective,
        repealed=law.repealed,
        articles=law.articles,
        successor=law.successor,
        confidence=law.confidence.value,
    )


def import_questions(
    db: Session,
    *,
    questions: Sequence[dict[str, Any]],
    author: str,
    reviewer: str,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    today: date | None = None,
) -> Outcome:
    """试题入库: all of them or none. A question whose content, key, explanation or basis differs
    from the bank's becomes a new version, and the old version is retired; the same question again
    is counted as unchanged. `today` is the bureau's calendar day, the day in UTC if not given.

    Raises SignerMissing, SamePersonReviews. Errors in the questions are returned, not raised.
    """
    check_signers(author, reviewer)
    problems = tuple(check(questions, queries.laws(db), today or now.date()))
    if errors(list(problems)):
        return Outcome(len(questions), 0, 0, 0, problems, written=False)
    drafts = [drafted(question) for question in questions]
    before = queries.newest_for_update(db, [draft.code for draft in drafts])
    new = [draft for draft in drafts if draft.code not in before]
    changed = [
        draft for draft in drafts if draft.code in before and not _same(before[draft.code], draft)
    ]
    outcome = Outcome(
        read=len(drafts),
        added=len(new),
        updated=len(changed),
        unchanged=len(drafts) - len(new) - len(changed),
        problems=problems,
        written=not dry_run,
    )
    if dry_run:
        return outcome
    versions = {draft.code: 1 for draft in new}
    for draft in changed:
        old = before[draft.code]
        versions[draft.code] = old.version + 1
        old.status = Status.RETIRED.value
        db.add(old)
    written = [draft for draft in drafts if draft.code in versions]
    _write(db, written, versions, author=author.strip(), reviewer=reviewer.strip(), now=now)
    audit.record(
        db,
        actor=actor,
        act="import_questions",
        subject=f"{outcome.read} 道试题",
        now=now,
        author=author.strip(),
        reviewer=reviewer.strip(),
        added=outcome.added,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        hash=digest(sorted(draft.sha256 for draft in written)),
    )
    return outcome


def _same(row: Question, draft: Draft) -> bool:
    return row.sha256 == draft.sha256 and row.status == Status.ACTIVE


def _write(
    db: Session,
    drafts: Sequence[Draft],
    versions: dict[str, int],
    *,
    author: str,
    reviewer: str,
    now: datetime,
) -> None:
    rows = [
        Question(
            code=draft.code,
            version=versions[draft.code],
            kind=draft.kind,
            topic=draft.topic,
            difficulty=draft.difficulty,
            content=canonical_json(draft.content),
            key=canonical_json(draft.key),
            explanation=draft.explanation,
            tags=canonical_json(list(draft.tags)),
            valid_from=draft.valid_from,
            valid_to=draft.valid_to,
            transition=draft.transition,
            hold=draft.hold,
            status=Status.ACTIVE.value,
            sha256=draft.sha256,
            author=author,
            reviewer=reviewer,
            created_at=now,
        )
        for draft in drafts
    ]
    db.add_all(rows)
    db.flush()  # the provisions need the questions' ids
    db.add_all(
        QuestionBasis(
            question_id=row.id or 0,
            law=basis.law,
            version=basis.version,
            article=basis.article,
            paragraph=basis.paragraph,
            item=basis.item,
            role=basis.role.value,
            confidence=basis.confidence,
        )
        for row, draft in zip(rows, drafts, strict=True)
        for basis in draft.bases
    )
    db.flush()
