"""Changing one officer by hand: the same rules as for a sheet, without the sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.roster.rules.draft import Draft
from app.roster.rules.header import Column
from app.roster.rules.people import OfficerEntry
from app.roster.rules.row import read_row


@dataclass(frozen=True, slots=True)
class Amended:
    """What was typed, as an officer; or the reasons, by column, why it is none yet."""

    entry: OfficerEntry | None
    problems: Mapping[Column, str]


def amended(typed: Mapping[Column, str], *, counties: Mapping[str, str], today: date) -> Amended:
    """Reads typed fields as a row of a sheet is read, so that nobody can type what an import
    would refuse. `counties` maps the directory's names to codes."""
    places = {column: (1, at) for at, column in enumerate(typed, 1)}
    draft = Draft(1, typed, places, frozenset())
    read_row(draft, county=None, counties=counties, today=today)
    problems = {column: f"{flaw.reason}。{flaw.remedy}。" for column, flaw in draft.flaws}
    return Amended(None if problems else draft.entry, problems)


def merged(entry: OfficerEntry, before: OfficerEntry) -> OfficerEntry:
    """The officer after the change. Numbers that are left blank stay as they are, for the form
    cannot show them; so do birthday and gender, unless a new ID number says otherwise."""
    return replace(
        entry,
        id_number=entry.id_number or before.id_number,
        phone=entry.phone or before.phone,
        born=entry.born if entry.id_number else before.born,
        gender=entry.gender if entry.id_number else before.gender,
    )


def changed(entry: OfficerEntry, before: OfficerEntry) -> tuple[str, ...]:
    """The names of the fields that differ; their values may be private, and stay out."""
    return tuple(
        name for name in OfficerEntry.__slots__ if getattr(entry, name) != getattr(before, name)
    )
