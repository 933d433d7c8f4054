import re

import pytest

from app.kernel.glossary import GLOSSARY, Term
from app.main import ROOT

# Everyday words that also name other things; the rest of the "not" column is banned from names.
EVERYDAY = {
    "event", "type", "test", "value", "log", "problem", "template", "reference", "report",
    "publish", "selection", "submit", "members",
}  # fmt: skip
SOURCES = sorted((ROOT / "app").rglob("*.py"))


def test_every_word_has_one_meaning_and_a_chinese_name() -> None:
    assert len({term.english for term in GLOSSARY}) == len(GLOSSARY)
    assert len({term.chinese for term in GLOSSARY}) == len(GLOSSARY)
    assert all(re.search("[一-鿿]", term.chinese) and term.meaning for term in GLOSSARY)


@pytest.mark.parametrize("term", GLOSSARY, ids=lambda term: term.english)
def test_a_word_that_is_not_used_for_it_names_no_class_or_function(term: Term) -> None:
    """`user`, `submission`, `leaderboard` … never become names of ours."""
    wrong = set(term.not_called) - EVERYDAY
    for source in SOURCES:
        names = re.findall(r"^\s*(?:class|def) (\w+)", source.read_text(), re.MULTILINE)
        words = {word for name in names for word in re.findall(r"[A-Z]?[a-z]+", name)}
        assert not wrong & {word.lower() for word in words}, source
