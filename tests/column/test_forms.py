"""The feedback form asks for the letter and for nothing else."""

import pytest

from app.column.forms import parse
from app.column.rules import LONGEST, LONGEST_CONTACT, About


def test_a_letter_needs_no_name() -> None:
    form = parse(about="result", body=" 名次算错了 ", contact="")
    assert (form.about, form.body, form.problems) == (About.RESULT, "名次算错了", {})


@pytest.mark.parametrize(
    ("body", "contact", "problems"),
    [
        ("", "", ["body"]),
        (" \n ", "", ["body"]),
        ("\x00", "\x00", ["body"]),
        ("字" * LONGEST, "x" * LONGEST_CONTACT, []),
        ("字" * (LONGEST + 1), "", ["body"]),
        ("字", "x" * (LONGEST_CONTACT + 1), ["contact"]),
    ],
)
def test_too_little_and_too_much_are_told(body: str, contact: str, problems: list[str]) -> None:
    assert list(parse(about="contest", body=body, contact=contact).problems) == problems


def test_an_unknown_topic_is_another_topic() -> None:
    assert parse(about="'; drop", body="x", contact="").about is About.OTHER
