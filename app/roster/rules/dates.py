"""Dates as people write them in a personnel sheet."""

import calendar
import re
from datetime import date, datetime, timedelta

from app.roster.rules.cells import is_nothing, is_number, matched, shown, tidy
from app.roster.rules.grid import CellValue
from app.roster.rules.plan import Flaw, ProblemKind

LONG_TERM = date.max
"""长期: no expiry. Other systems write it as 9999-12-31, too."""

_LONG_TERM = {"长期", "长期有效", "永久", "永久有效", "终身"}
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?", re.ASCII)
_CLOCK = re.compile(r"[ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?$", re.ASCII)
_SPAN = re.compile(
    r"[自从]?(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{8})起?[-至到~—–]+(?P<end>.+)", re.ASCII
)
_DECORATION = re.compile(r"^(?:有效期|有效)?至|[止前]$")
_SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_FIRST, _LAST = date(1920, 1, 1), date(2100, 12, 31)
_EPOCH = date(1899, 12, 30)
HOW = "写成 2027-03-31 这样的日期"


def read_date(value: CellValue, *, what: str, whole_month: bool = False) -> date | Flaw:
    """A date from an Excel date cell, 2027-03-31, 2027/3/31, 2027.3.31, 2027年3月31日, 20270331, an
    Excel serial number (46477), 2024.3.31-2027.3.30 (the end counts) or 长期.

    With `whole_month`, 2027年3月 is the last day of that month: a certificate is valid through it.
    """
    if isinstance(value, datetime):
        return _plausible(value.date(), what)
    if isinstance(value, date):
        return _plausible(value, what)
    if is_nothing(value):
        return Flaw(ProblemKind.DATE_MISSING, f"{what}为空", f"请{HOW}；没有期限的填“长期”")
    plain = _DECORATION.sub("", matched(_CLOCK.sub("", tidy(value))))
    if span := _SPAN.fullmatch(plain):
        plain = span["end"]
    if plain in _LONG_TERM:
        return LONG_TERM
    if day := _DAY.fullmatch(plain):
        year, month, number = (int(part) for part in day.groups() if part)
        return _day(year, month, number, what)
    if _SERIAL.fullmatch(plain):
        return _plausible(_EPOCH + timedelta(days=int(plain[:5])), what)
    if (month_only := _MONTH.fullmatch(plain)) and whole_month and not is_number(value):
        year, month = (int(part) for part in month_only.groups())
        last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 and year else 1
        return _day(year, month, last, what)
    return Flaw(ProblemKind.DATE_UNREADABLE, f"{what}“{shown(value)}”不是能识别的日期", f"请{HOW}")


def _day(year: int, month: int, number: int, what: str) -> date | Flaw:
    try:
        return _plausible(date(year, month, number), what)
    except ValueError:
        written = f"{year}年{month}月{number}日"
    if not (year >= 1 and 1 <= month <= 12 and number >= 1):
        remedy = f"请照证件改正，{HOW}"
        return Flaw(ProblemKind.DATE_IMPOSSIBLE, f"{what}：没有{written}这一天", remedy)
    last = calendar.monthrange(year, month)[1]
    example = date(year, month, last).isoformat()
    remedy = f"{year}年{month}月只有 {last} 天，请照证件改正，例如 {example}"
    return Flaw(ProblemKind.DATE_IMPOSSIBLE, f"{what}：没有{written}这一天", remedy)


def _plausible(day: date, what: str) -> date | Flaw:
    if _FIRST <= day <= _LAST or day == LONG_TERM:
        return day
    return Flaw(
        ProblemKind.DATE_IMPOSSIBLE, f"{what} {day.isoformat()} 不合常理", f"请照证件改正，{HOW}"
    )
