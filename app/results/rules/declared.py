"""The declared rules (计分规则) inside a release: as data, with their words, and read back."""

from collections.abc import Mapping
from typing import Any

from app.contests.rules.contest_rules import ContestRules, from_dict, to_dict
from app.contests.rules.words import in_words


def declared(rules: ContestRules) -> dict[str, Any]:
    """The declared rules as data and in words: enough to compute everything again."""
    said = [{"heading": heading, "text": text} for heading, text in in_words(rules)]
    return {**to_dict(rules), "words": said}


def parsed_rules(given: Mapping[str, Any]) -> ContestRules:
    """The declared rules, read back from a release; raises RulesUnreadable."""
    return from_dict({key: value for key, value in given.items() if key != "words"})
