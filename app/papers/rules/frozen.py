"""The frozen paper (封存的试卷) and its key (标准答案): two values, kept apart, each with a hash."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from app.kernel.canonical import digest
from app.papers.rules.assembly import PaperPlan
from app.papers.rules.blueprint import policy_to_dict
from app.question_types.marks import plain

VERSION = "biwu-paper/1"


def frozen(plan: PaperPlan, *, title: str | None = None) -> dict[str, Any]:
    """The paper without a byte of its key, ready to be hashed and stored.

    `{version, title, as_of, minutes, points, policy, items: [{position, question,
    question_version, kind, points, content}]}`; points are decimal strings. The hash of a question
    covers its key and is therefore not here: with few possible keys it would give them away. The
    question's id is for the office; what a candidate is sent carries positions only.
    """
    return {
        "version": VERSION,
        "title": plan.blueprint.title if title is None else title,
        "as_of": plan.as_of.isoformat(),
        "minutes": plan.blueprint.minutes,
        "points": plain(plan.points),
        "policy": policy_to_dict(plan.blueprint.policy),
        "items": [
            {
                "position": item.position,
                "question": item.question.id,
                "question_version": item.question.version,
                "kind": item.question.kind.value,
                "points": plain(item.points),
                "content": dict(item.question.content),
            }
            for item in plan.items
        ],
    }


def paper_hash(paper: Mapping[str, Any]) -> str:
    """SHA-256 of the frozen paper's canonical JSON (试卷哈希)."""
    return digest(dict(paper))


def frozen_key(plan: PaperPlan, *, title: str | None = None) -> dict[str, Any]:
    """The key of the paper: `{version, paper_hash, salt, items: [{position, question,
    question_version, question_hash, key}]}`.

    The salt comes from the paper's seed, which stays secret until release: so that the key's hash
    can be published before the exam, and nobody can try out the keys of a short paper against it.
    """
    salt = hmac.new(bytes.fromhex(plan.seed), b"key-salt", hashlib.sha256).hexdigest()
    return {
        "version": VERSION,
        "paper_hash": paper_hash(frozen(plan, title=title)),
        "salt": salt,
        "items": [
            {
                "position": item.position,
                "question": item.question.id,
                "question_version": item.question.version,
                "question_hash": item.question.hash,
                "key": dict(item.question.key),
            }
            for item in plan.items
        ],
    }


def key_hash(key: Mapping[str, Any]) -> str:
    """SHA-256 of the key's canonical JSON (答案哈希)."""
    return digest(dict(key))
