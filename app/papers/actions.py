"""Keeping blueprints, and freezing papers."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.audit import actions as audit
from app.bank import queries as bank
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json
from app.kernel.entropy import Entropy
from app.papers import queries
from app.papers.rules.assembly import assemble
from app.papers.rules.blueprint import Blueprint, checked, from_dict
from app.papers.rules.freezing import frozen, frozen_key, key_hash, paper_hash
from app.papers.tables import BlueprintDraft, Paper


def save_blueprint(
    db: Session,
    *,
    title: str,
    spec: Blueprint | Mapping[str, Any],
    actor: Actor,
    now: datetime,
    blueprint_id: int | None = None,
) -> BlueprintDraft:
    """保存组卷方案: a new one, or the one with this id again. Raises BlueprintMalformed and
    BlueprintMissing."""
    blueprint = _blueprint(spec, title)
    spec_text = canonical_json(blueprint.to_dict())
    if blueprint_id is None:
        row = BlueprintDraft(
            title=blueprint.title, spec=spec_text, updated_at=now, updated_by=actor.name
        )
    else:
        row = queries.draft(db, blueprint_id).row
        row.title, row.spec = blueprint.title, spec_text
        row.updated_at, row.updated_by = now, actor.name
    db.add(row)
    db.flush()  # the caller needs the id
    audit.record(
        db,
        actor=actor,
        act="save_blueprint",
        subject=f"组卷方案 {row.id}",
        now=now,
        title=row.title,
        items=blueprint.items,
        points=format(blueprint.points, "f"),
    )
    return row


def freeze_paper(
    db: Session,
    *,
    title: str,
    blueprint: Blueprint | Mapping[str, Any],
    as_of: date,
    entropy: Entropy,
    actor: Actor,
    now: datetime,
    avoid: Collection[int] = (),
) -> Paper:
    """抽题封存: questions are drawn from what the bank may use on `as_of`, by a fresh seed, and
    the paper and its key are frozen under two hashes. It can never be changed afterwards.

    `avoid`: papers whose questions are not used again. Raises BlueprintMalformed and
    BlueprintUnsatisfiable; then nothing is written."""
    plan_of = _blueprint(blueprint, title)
    asked_before = queries.used(db, avoid)
    pool = [each for each in bank.pool(db, as_of) if each.code not in asked_before]
    seed = entropy.token(32)
    plan = assemble(plan_of, pool, seed=seed, as_of=as_of)
    paper = frozen(plan)
    key = frozen_key(
        paper, _keys(db, {each.question.id: each.question.code for each in plan.chosen})
    )
    row = Paper(
        title=plan_of.title,
        blueprint=canonical_json(plan_of.to_dict()),
        as_of=as_of,
        seed=seed,
        content=canonical_json(paper),
        key=canonical_json(key),
        paper_hash=paper_hash(paper),
        key_hash=key_hash(key),
        item_count=len(paper["items"]),
        points=plan_of.points,
        frozen_at=now,
        frozen_by=actor.name,
    )
    db.add(row)
    db.flush()  # the caller needs the id
    audit.record(
        db,
        actor=actor,
        act="freeze_paper",
        subject=f"试卷 {row.id}",
        now=now,
        title=row.title,
        as_of=as_of.isoformat(),
        paper_hash=row.paper_hash,
        key_hash=row.key_hash,
        items=row.item_count,
    )
    return row


def _blueprint(spec: Blueprint | Mapping[str, Any], title: str) -> Blueprint:
    made = spec if isinstance(spec, Blueprint) else from_dict(spec)
    return checked(replace(made, title=title.strip()))


def _keys(db: Session, codes: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    keys, explanations = bank.keys(db, codes), bank.explanations(db, codes)
    return {
        code: {"key": keys[question_id], "explanation": explanations[question_id]}
        for question_id, code in codes.items()
    }
