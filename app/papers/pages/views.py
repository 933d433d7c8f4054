"""What the templates of papers are given: finished values, no decisions left."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.bank import queries as bank
from app.bank.rules.faces import face, key_in_words
from app.db.session import Session
from app.papers import queries
from app.papers.forms.blueprint import BlueprintForm
from app.papers.forms.freeze import FreezeForm
from app.papers.forms.matrix import matrix
from app.papers.rules.blueprint import Blueprint, policy_from_dict
from app.papers.rules.orders import CandidateOrder, candidate_order
from app.papers.tables import Paper
from app.question_types.marks import Kind
from app.question_types.policy import MultiplePolicy, Policy, Row, sentence, truth_table

EXAMPLE_KEY = ("A", "B", "D")
RECENT = 8
NUMERALS = "一二三四五六"


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """计分办法 of one kind in words: the rule, and what each case earns of so many points for
    a question with four options of which A, B and D are right."""

    kind: Kind
    policy: MultiplePolicy
    rule: str
    points: Decimal
    key: str
    rows: tuple[Row, ...]


def policy_tables(policy: Policy, points: dict[Kind, Decimal]) -> list[PolicyTable]:
    """A truth table for each of 多选 and 不定项 that `points` says what it is worth."""
    chosen = (
        (Kind.MULTIPLE_CHOICE, policy.multiple_choice),
        (Kind.INDEFINITE_CHOICE, policy.indefinite_choice),
    )
    return [
        PolicyTable(
            kind,
            how,
            sentence(how, policy),
            points[kind],
            "".join(EXAMPLE_KEY),
            truth_table(how, 4, EXAMPLE_KEY, points[kind], policy),
        )
        for kind, how in chosen
        if kind in points
    ]


def summary(blueprint: Blueprint) -> dict[str, Any]:
    """A preset in words: how many of what, for how many points."""
    kinds = [f"{row.kind.label} {row.count} 题×{row.points} 分" for row in blueprint.rows]
    return {
        "title": blueprint.title,
        "parts": kinds,
        "items": blueprint.items,
        "points": blueprint.points,
        "minutes": blueprint.minutes,
        "policy": blueprint.policy.multiple_choice.label,
    }


def editor(
    db: Session, draft: queries.Draft, form: BlueprintForm, freeze: FreezeForm
) -> dict[str, Any]:
    """The blueprint's page: the matrix against the bank of that day, the rules, the freezing."""
    pool = bank.pool(db, freeze.as_of)
    points = {column.kind: column.points for column in reversed(form.columns)}
    return {
        "row": draft.row,
        "form": form,
        "freeze": freeze,
        "matrix": matrix(form, pool),
        "pool_size": len(pool),
        "kinds": tuple(Kind),
        "policies": tuple((how, sentence(how)) for how in MultiplePolicy),
        "tables": policy_tables(form.policy, points),
        "papers": queries.papers(db, limit=RECENT),
    }


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a paper as it is shown: its heading, its rule, its items."""

    heading: str
    rule: str
    points: Decimal
    items: list[dict[str, Any]]


def _parts(content: dict[str, Any], order: CandidateOrder) -> list[Part]:
    by_position = {item["position"]: item for item in content["items"]}
    shown = []
    for place in order.items:
        item = by_position[place.position]
        shown.append(
            face(
                item["kind"],
                item["content"],
                position=place.number,
                points=Decimal(item["points"]),
                letters=place.letters,
            )
        )
    return [
        Part(
            f"{NUMERALS[number]}、{section['label']}题",
            section["rule"],
            Decimal(section["points"]),
            [item for item in shown if item["kind"] == section["kind"]],
        )
        for number, section in enumerate(content["sections"])
    ]


def _tables(content: dict[str, Any]) -> list[PolicyTable]:
    points = {Kind(item["kind"]): Decimal(item["points"]) for item in reversed(content["items"])}
    return policy_tables(policy_from_dict(content["policy"]), points)


def as_candidate(paper: Paper, number: int) -> dict[str, Any]:
    """The paper in the order that one candidate might see: the order of no real sitting."""
    content = json.loads(paper.content)
    return {"parts": _parts(content, candidate_order(paper.seed, f"preview-{number}", content))}


def on_paper(paper: Paper) -> dict[str, Any]:
    """The paper in its own order, with the rules in words and their tables."""
    content = json.loads(paper.content)
    order = candidate_order(paper.seed, "", content, shuffled=False)
    return {"parts": _parts(content, order), "tables": _tables(content), "content": content}


def with_key(paper: Paper) -> dict[str, Any]:
    """The paper for the organizer: every item beside its key and explanation."""
    shown = on_paper(paper)
    keys = {item["position"]: item for item in json.loads(paper.key)["items"]}
    codes = {item["position"]: item for item in shown["content"]["items"]}
    lines = [
        {
            "item": item,
            "question": codes[item["position"]]["question"],
            "version": codes[item["position"]]["question_version"],
            "key": key_in_words(item["kind"], keys[item["position"]]["key"]),
            "explanation": keys[item["position"]]["explanation"],
        }
        for part in shown["parts"]
        for item in part.items
    ]
    return shown | {"lines": lines}
