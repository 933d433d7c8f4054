"""One cell's value: read without the accidents of typing, shown without private numbers."""

import re
import unicodedata
from datetime import date, datetime, time

from app.roster.rules.grid import CellValue
from app.roster.rules.identity import masked_id, masked_phone

LOST_FROM = 10**15
"""Excel keeps 15 digits of a number; from the sixteenth on they are zeros."""

_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF5B) if chr(wide).isalnum()}
_WIDE |= {0x3000: 0x20, 0x00A0: 0x20, 0x2022: 0xB7, 0x30FB: 0xB7, 0x2027: 0xB7, 0xFF0E: 0x2E}
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_BETWEEN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII)
_PRIVATE = re.compile(
    r"(?<!\d)(?:\d(?:[ \-－–—.]?\d){13,}[ \-－–—.]?[\dXx]|1[3-9]\d(?:[ \-－–—.]?\d){8})(?!\d)"
)
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"}
_NOTHING = {"", "-", "--", "—", "——", "/", "\\", "无", "空", "暂无"}
_SHOWN_LENGTH = 40


def tidy(value: CellValue) -> str:
    """The text as the office would print it: digits and letters in half width, no invisible
    characters, no stray spaces (also none between two Chinese characters)."""
    return _BETWEEN_CHINESE.sub("", _clean(value))


def _clean(value: CellValue) -> str:
    cleaned = _ESCAPE.sub("", _as_text(value)).translate(_WIDE)
    cleaned = "".join(
        " " if char.isspace() else char
        for char in cleaned
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join(cleaned.split())


def matched(value: CellValue) -> str:
    """The text for comparing: half width throughout, no spaces, capital letters."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", tidy(value))).upper()


def is_nothing(value: CellValue) -> bool:
    """Whether the cell is blank or says so (无, —, /)."""
    return matched(value) in _NOTHING


def is_number(value: CellValue) -> bool:
    """Whether Excel holds a number here, not text."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_error(value: CellValue) -> bool:
    """Whether the cell holds an Excel error such as #REF!."""
    return isinstance(value, str) and value.strip().upper() in _ERRORS


def digits_lost(value: CellValue) -> bool:
    """Whether Excel made a number of a long digit string: what follows the 15th digit is gone."""
    if is_number(value):
        return not abs(float_of(value)) < LOST_FROM
    return _SCIENTIFIC.fullmatch(matched(value)) is not None


def float_of(value: CellValue) -> float:
    """A number cell as a float; an integer beyond every float counts as infinite."""
    try:
        return float(value) if isinstance(value, int | float) else 0.0
    except OverflowError:
        return float("inf")


def shown(value: CellValue) -> str:
    """What people see of a cell: as Excel shows it, cut at 40 characters, and with anything that
    could be an ID or phone number masked, in whatever column it stands."""
    if is_number(value) and abs(float_of(value)) >= 1e11:
        return f"{float_of(value):.2E}"
    # masked before it is cut: a cut number would no longer look like one
    masked = _PRIVATE.sub(lambda found: _masked(found[0]), _clean(value))
    if not masked:
        return "（空）"
    return masked if len(masked) <= _SHOWN_LENGTH else masked[: _SHOWN_LENGTH - 1] + "…"


def shown_private(value: CellValue) -> str:
    """What people see of a cell of the ID or phone column, even if it is badly filled."""
    if is_number(value) and abs(float_of(value)) >= LOST_FROM:
        return shown(value)
    plain = matched(value)
    if _SCIENTIFIC.fullmatch(plain):
        return f"{float(plain):.2E}"
    if not plain:
        return "（空）"
    return shown(_masked(plain))


def _masked(number: str) -> str:
    plain = re.sub(r"[ \-－–—.]", "", number)
    return masked_phone(plain) if len(plain) <= 11 else masked_id(plain)


def _as_text(value: CellValue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float():
            whole = value == value and abs(value) < LOST_FROM and value.is_integer()
            return str(int(value)) if whole else f"{value:.15G}"
        case int():
            return str(value) if abs(value) < 10**30 else f"{float_of(value):.15G}"
        case datetime():
            midnight = value.time() == time(0)
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case str():
            return value
