"""Finding blueprints and frozen papers. A paper's key is read by its own function, never beside
what candidates see."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import col, func, select

from app.db.session import Session
from app.papers.rules.blueprint import Blueprint, BlueprintMissing, PaperMissing, from_dict
from app.papers.tables import BlueprintDraft, Paper


@dataclass(frozen=True, slots=True)
class Draft:
    """A blueprint with its row."""

    row: BlueprintDraft
    blueprint: Blueprint


def drafts(db: Session) -> list[Draft]:
    """Blueprints, the last worked on first."""
    rows = db.exec(select(BlueprintDraft).order_by(col(BlueprintDraft.updated_at).desc()))
    return [Draft(row, from_dict(json.loads(row.spec))) for row in rows]


def draft(db: Session, blueprint_id: int) -> Draft:
    """The blueprint with this id. Raises BlueprintMissing."""
    row = db.get(BlueprintDraft, blueprint_id)
    if row is None:
        raise BlueprintMissing
    return Draft(row, from_dict(json.loads(row.spec)))


def count(db: Session) -> int:
    """How many papers are frozen."""
    return db.exec(select(func.count(col(Paper.id)))).one()


def papers(db: Session, *, offset: int = 0, limit: int = 50) -> list[Paper]:
    """Frozen papers, the newest first, without their questions and keys: one query."""
    asked = select(Paper).options(
        defer(Paper.content, raiseload=True),  # type: ignore[arg-type]  # a column, to sqlalchemy
        defer(Paper.key, raiseload=True),  # type: ignore[arg-type]
    )
    newest = asked.order_by(col(Paper.frozen_at).desc(), col(Paper.id).desc())
    return list(db.exec(newest.offset(offset).limit(limit)))


def paper(db: Session, paper_id: int) -> Paper:
    """The frozen paper with this id. Raises PaperMissing."""
    row = db.get(Paper, paper_id)
    if row is None:
        raise PaperMissing
    return row


def content(db: Session, paper_id: int) -> dict[str, Any]:
    """What candidates see of a paper, as it was frozen; no byte of the key. Raises PaperMissing."""
    text = db.exec(select(Paper.content).where(Paper.id == paper_id)).first()
    if text is None:
        raise PaperMissing
    found: dict[str, Any] = json.loads(text)
    return found


def key(db: Session, paper_id: int) -> dict[str, Any]:
    """The key of a paper, as it was frozen. Raises PaperMissing."""
    text = db.exec(select(Paper.key).where(Paper.id == paper_id)).first()
    if text is None:
        raise PaperMissing
    found: dict[str, Any] = json.loads(text)
    return found


def used(db: Session, paper_ids: Collection[int]) -> set[str]:
    """The codes of the questions that these papers already ask."""
    texts = db.exec(select(Paper.content).where(col(Paper.id).in_(paper_ids)))
    return {item["question"] for text in texts for item in json.loads(text)["items"]}
