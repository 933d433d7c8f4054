"""Freezing (封存): the paper and its key as two documents, each with its own hash.

The paper holds no byte of the key, so that it can be shown, printed and cached without care.
"""

from collections.abc import Mapping
from typing import Any

from app.kernel.canonical import digest
from app.papers.rules.assembly import PaperPlan
from app.papers.rules.blueprint import policy_to_dict
from app.question_types import marks, registry

PAPER_VERSION = "biwu-paper/1"
KEY_VERSION = "biwu-key/1"


def frozen(plan: PaperPlan) -> dict[str, Any]:
    """The paper: sections in the blueprint's order of kinds, items numbered 1…n through them.

    `{version, title, as_of, minutes, policy, total, sections: [{kind, label, rule, count, points}],
    items: [{position, kind, points, question, question_version, content, fixed_order}]}`;
    points are decimal strings.
    """
    kinds = list(dict.fromkeys(each.row.kind for each in plan.chosen))
    ordered = [each for kind in kinds for each in plan.chosen if each.row.kind == kind]
    sections = []
    for kind in kinds:
        rows = [row for row in plan.blueprint.rows if row.kind == kind and row.count]
        points = sum((row.points * row.count for row in rows), start=marks.NOTHING)
        sections.append(
            {
                "kind": kind.value,
                "label": kind.label,
                "rule": registry.in_words(kind, plan.blueprint.policy),
                "count": sum(row.count for row in rows),
                "points": format(points, "f"),
            }
        )
    return {
        "version": PAPER_VERSION,
        "title": plan.blueprint.title,
        "as_of": plan.as_of.isoformat(),
        "minutes": plan.blueprint.minutes,
        "policy": policy_to_dict(plan.blueprint.policy),
        "total": format(plan.blueprint.points, "f"),
        "sections": sections,
        "items": [
            {
                "position": position,
                "kind": each.row.kind.value,
                "points": format(each.row.points, "f"),
                "question": each.question.code,
                "question_version": each.question.version,
                "content": each.question.content,
                "fixed_order": each.question.fixed_order,
            }
            for position, each in enumerate(ordered, 1)
        ],
    }


def frozen_key(paper: Mapping[str, Any], keys: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The key that goes with a frozen paper. `keys` holds `{key, explanation}` by question code;
    a KeyError here means that the bank lost a question between two statements."""
    return {
        "version": KEY_VERSION,
        "paper_hash": paper_hash(paper),
        "items": [
            {
                "position": item["position"],
                "question": item["question"],
                "key": keys[item["question"]]["key"],
                "explanation": keys[item["question"]]["explanation"],
            }
            for item in paper["items"]
        ],
    }


def paper_hash(paper: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical paper, printed on it and in the release."""
    return digest(dict(paper))


def key_hash(key: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical key: public before the exam, so that nobody can say that the key
    was made after the answers."""
    return digest(dict(key))
