"""From raw answers in the database to county scores by hand, without a line of the app's rules.

What follows is what a sceptic would write from the published rules in an afternoon: it reads the
tables with plain SQL, and knows of the app nothing but their names.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from sqlmodel import Session, text

from app.kernel.actor import SYSTEM
from app.results import actions
from tests import factories
from tests.fakes import NINE
from tests.marking import worlds
from tests.marking.worlds import EVENING
from tests.results.worlds import mark


def rows(db: Session, sql: str) -> list[Any]:
    return list(db.connection().execute(text(sql)))


def cents(number: Fraction) -> str:
    """Half up, to two decimals."""
    whole = (number * 100 + Fraction(1, 2)) // 1
    return f"{whole // 100}.{whole % 100:02d}"


def screens(seed: str, order_key: str, items: list[Any]) -> Iterator[tuple[int, Any, list[str]]]:
    """Number on the screen, item, and the bank's letters in the order shown."""
    key = hmac.new(bytes.fromhex(seed), order_key.encode(), hashlib.sha256).digest()

    def lot(message: str) -> str:
        return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()

    kinds = list(dict.fromkeys(item["kind"] for item in items))
    number = 0
    for kind in kinds:
        mine = [item for item in items if item["kind"] == kind]
        for item in sorted(mine, key=lambda item: lot(f"item\n{item['position']}")):
            number += 1
            letters = sorted(item["content"].get("options", {}))
            if not item["fixed_order"]:
                letters.sort(key=lambda each: lot(f"option\n{item['position']}\n{each}"))
            yield number, item, letters


def worth(item: Any, key: Any, letters: list[str], raw: str) -> Fraction:
    """The points of one answer, by the rules that stand on the paper."""
    points = Fraction(item["points"])
    try:
        answer = json.loads(raw)
    except ValueError:
        return Fraction(0)
    if item["kind"] == "fill_in":
        blanks = key["blanks"]
        share = points * 100 // len(blanks) / Fraction(100)
        each = [share] * (len(blanks) - 1) + [points - share * (len(blanks) - 1)]
        given = answer if isinstance(answer, dict) else {}
        return sum(
            (
                worth
                for blank, worth in zip(blanks, each, strict=True)
                if given.get(str(blank["n"])) == blank["key"]
            ),
            Fraction(0),
        )
    if item["kind"] == "numeric":
        try:
            return points if Fraction(answer["value"]) == Fraction(key["value"]) else Fraction(0)
        except (KeyError, TypeError, ValueError):
            return Fraction(0)
    if not isinstance(answer, list) or not set(answer) <= set("ABCDEFGH"[: len(letters)]):
        return Fraction(0)
    chosen = {letters["ABCDEFGH".index(letter)] for letter in answer}
    right = set(key["letters"])
    if chosen == right:
        return points
    if item["kind"] == "multiple_choice":  # half for an incomplete answer, in steps of 0.5 upwards
        fair = chosen and chosen < right and points > 1
        return Fraction(-(-points // 1)) / 2 if fair else Fraction(0)
    if item["kind"] == "indefinite_choice":  # each right option its share, nothing with a wrong one
        share = points * len(chosen) / len(right) if chosen < right else Fraction(0)
        return Fraction(cents(share))
    return Fraction(0)


def naive(db: Session) -> tuple[dict[str, str], dict[str, str]]:
    """County scores and exact totals by candidate number."""
    ((rules,),) = rows(db, "SELECT rules FROM contest")
    weights = {each["code"]: Fraction(each["weight"]) for each in json.loads(rules)["exams"]}
    scores: dict[int, Fraction] = {}
    for code, seed, paper, key, sitting_id, candidate_id, order_key in rows(
        db,
        "SELECT exam.code, paper.seed, paper.content, paper.key, sitting.id, "
        "sitting.candidate_id, sitting.order_key FROM sitting "
        "JOIN exam ON exam.id = sitting.exam_id JOIN paper ON paper.id = exam.paper_id "
        "WHERE sitting.handed_in_at IS NOT NULL",
    ):
        answers: dict[int, str] = {}
        for item, _, answer in sorted(
            tuple(row)
            for row in rows(
                db,
                f"SELECT item, seq, answer FROM answer_log WHERE sitting_id = {int(sitting_id)}",  # noqa: S608  a number
            )
        ):
            answers[item] = answer
        keys = {each["position"]: each["key"] for each in json.loads(key)["items"]}
        for number, item, letters in screens(seed, order_key, json.loads(paper)["items"]):
            raw = answers.get(number, "")
            mine = worth(item, keys[item["position"]], letters, raw) * weights[code]
            scores[candidate_id] = scores.get(candidate_id, Fraction(0)) + mine
    totals: dict[str, str] = {}
    counties: dict[str, list[Fraction]] = {}
    for candidate_id, number, state, county in rows(
        db,
        "SELECT candidate.id, candidate.number, candidate.state, county.name FROM candidate "
        "JOIN county ON county.id = candidate.county_id WHERE state IN ('called', 'on_leave')",
    ):
        here = counties.setdefault(county, [])
        if state == "called":
            shown = cents(scores.get(candidate_id, Fraction(0)))
            totals[number] = shown
            here.append(Fraction(shown))
    means = {name: cents(sum(all_, Fraction(0)) / len(all_)) for name, all_ in counties.items()}
    return means, totals


@pytest.mark.parametrize("knowledge", [(100, 50, 50), (80, 61, 35), (72, 44, 93), (13, 27, 8)])
def test_the_county_score_is_what_a_sceptic_computes_from_the_raw_answers(
    db: Session, knowledge: tuple[int, int, int]
) -> None:
    factories.cast(db, NINE)
    world = worlds.contest(db)
    for name, knows in zip(("林知远", "江小川", "韩雨"), knowledge, strict=True):
        for code in world.exams:
            worlds.sit(db, world, name, code, knows=knows, minutes=30 + knows % 7)
    worlds.sit(db, world, "苏望舒", "A", knows=55)
    worlds.sit(db, world, "白露", "B", knows=0)
    mark(db, world)
    row = actions.release(db, contest_id=world.contest, actor=SYSTEM, now=EVENING)
    made = json.loads(row.content)
    counties, totals = naive(db)
    assert {each["county"]: each["county_score"] for each in made["counties"]} == counties
    assert {
        each["candidate"]: each["total"] for each in made["candidates"] if each["absent"] != "leave"
    } == totals
    assert len(set(totals.values())) > 2, "a world in which everybody is equal proves nothing"
