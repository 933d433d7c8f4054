"""A letter from the public is kept, the trail knows that it came and not what it says."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit.tables import AuditEntry
from app.column import actions, queries
from app.column.rules import MOST, About, TooManyLetters
from app.db.session import Session
from tests.fakes import NINE


def write(db: Session, *, seconds: float = 0, body: str = "时间太短") -> None:
    at = NINE + timedelta(seconds=seconds)
    actions.write_feedback(db, about=About.CONTEST, body=body, contact="", now=at)


def test_a_letter_is_kept_and_the_trail_is_silent_about_its_words(db: Session) -> None:
    write(db)
    (letter,) = queries.letters(db)
    assert (letter.about, letter.body, letter.contact, letter.at) == (
        "contest",
        "时间太短",
        "",
        NINE,
    )
    entry = db.exec(select(AuditEntry).where(AuditEntry.act == "write_feedback")).one()
    assert (entry.actor, entry.subject) == ("公众", f"意见 {letter.id}")
    assert json.loads(entry.detail) == {"about": "contest"}


def test_ten_letters_a_minute_are_taken_and_the_eleventh_is_asked_to_wait(db: Session) -> None:
    for number in range(MOST):
        write(db, seconds=number)
    with pytest.raises(TooManyLetters):
        write(db, seconds=59.9)
    write(db, seconds=60)  # the first is a minute old and no longer counts
    with pytest.raises(TooManyLetters):
        write(db, seconds=60.5)
    assert len(queries.letters(db)) == MOST + 1


def test_the_newest_letter_is_read_first(db: Session) -> None:
    for number in range(3):
        write(db, seconds=number, body=str(number))
    assert [letter.body for letter in queries.letters(db, limit=2)] == ["2", "1"]
