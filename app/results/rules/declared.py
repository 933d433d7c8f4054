"""The declared rules (计分规则) inside a release: written as data and words, and read back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.results.rules.entries import (
    CountyMethod,
    CountyRule,
    ExamRule,
    Measure,
    PickRule,
    ResultRules,
    TieStep,
    spelled,
)
from app.results.rules.words import words


def declared(rules: ResultRules) -> dict[str, Any]:
    """The declared rules as data and in words: enough to compute everything again."""
    return {
        "exams": [
            {
                "exam": exam.code,
                "title": exam.title,
                "weight": spelled(exam.weight),
                "full": spelled(exam.full),
            }
            for exam in rules.exams
        ],
        "tie_break": [
            {"measure": step.measure.value, "exam": step.exam} for step in rules.tie_break
        ],
        "county": _county_rule(rules.county),
        "pick": _pick_rule(rules.pick),
        "words": [{"heading": heading, "text": text} for heading, text in words(rules)],
    }


def _county_rule(rule: CountyRule) -> dict[str, Any]:
    return {
        "method": rule.method.value,
        "drawn_weight": spelled(rule.drawn_weight),
        "nominated_weight": spelled(rule.nominated_weight),
        "best": rule.best,
        "attendance": rule.attendance,
        "full": spelled_or_null(rule.full),
    }


def _pick_rule(rule: PickRule) -> dict[str, Any]:
    return {
        "seats": rule.seats,
        "substitutes": rule.substitutes,
        "per_county": rule.per_county,
        "lowest": spelled_or_null(rule.lowest),
    }


def parsed_rules(given: Mapping[str, Any]) -> ResultRules:
    """The declared rules, read back from a release."""
    county, pick = given["county"], given["pick"]
    return ResultRules(
        exams=tuple(
            ExamRule(e["exam"], e["title"], Decimal(e["weight"]), Decimal(e["full"]))
            for e in given["exams"]
        ),
        tie_break=tuple(
            TieStep(Measure(step["measure"]), step["exam"]) for step in given["tie_break"]
        ),
        county=CountyRule(
            method=CountyMethod(county["method"]),
            drawn_weight=Decimal(county["drawn_weight"]),
            nominated_weight=Decimal(county["nominated_weight"]),
            best=county["best"],
            attendance=county["attendance"],
            full=_decimal(county["full"]),
        ),
        pick=PickRule(
            seats=pick["seats"],
            substitutes=pick["substitutes"],
            per_county=pick["per_county"],
            lowest=_decimal(pick["lowest"]),
        ),
    )


def spelled_or_null(number: Decimal | None) -> str | None:
    """A decimal string, or null for what does not exist."""
    return None if number is None else spelled(number)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
