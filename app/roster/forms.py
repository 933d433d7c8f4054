"""The roster's forms: an upload, an officer, the directory of counties, a day, a filter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec

from app.roster.queries import OfficerRow
from app.roster.rules.amending import amended
from app.roster.rules.header import Column
from app.roster.rules.people import Establishment, OfficerEntry, PostStatus
from app.roster.rules.plan import ImportPlan, Problem, Remark

SIZE_LIMIT = 10 * 1024 * 1024
FIELDS = {
    "county": Column.COUNTY,
    "name": Column.NAME,
    "certificate": Column.CERTIFICATE,
    "expires": Column.CERTIFICATE_EXPIRES,
    "establishment": Column.ESTABLISHMENT,
    "on_post": Column.POST_STATUS,
    "unit": Column.UNIT,
    "post": Column.POST,
    "id_number": Column.ID_NUMBER,
    "phone": Column.PHONE,
}
CHOICES = {
    "establishment": [each.label for each in Establishment],
    "on_post": [each.label for each in PostStatus],
}
_BETWEEN = re.compile(r"[\s,，、;；]+")
_CODE = re.compile(r"[0-9A-Za-z]{1,12}")


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A file, or the reason why it was not taken."""

    data: bytes = b""
    file_name: str = ""
    problem: str = ""

    def refused(self, reason: str) -> "UploadForm":
        """The same choice with the answer of the one who read it."""
        return replace(self, data=b"", problem=reason)


def parse_upload(data: bytes | None, *, file_name: str) -> UploadForm:
    """An empty choice and an oversized file are the two mistakes people make; `data` is None
    for a file that is too large to be looked at."""
    if data is None:
        limit = SIZE_LIMIT // 1024 // 1024
        return UploadForm(
            problem=f"文件超过 {limit} MB。请删去图片和别的表，只留花名册，再传一次。"
        )
    if not file_name:
        return UploadForm(problem="请先选择要导入的 Excel 文件（.xlsx）。")
    return UploadForm(data, file_name)


@dataclass(frozen=True, slots=True)
class _Carried:
    """The list of problems as the result page carries it to the download."""

    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]


def carried(plan: ImportPlan) -> str:
    """The problems and remarks as JSON, for the download beside them; every number is masked."""
    return msgspec.json.encode(_Carried(plan.problems, plan.remarks)).decode()


def parse_carried(text: str) -> ImportPlan:
    """What `carried` wrote; anything else counts as an empty list."""
    try:
        found = msgspec.json.decode(text, type=_Carried)
    except msgspec.DecodeError:
        found = _Carried((), ())
    return ImportPlan(0, 0, 0, 0, found.problems, found.remarks, (), ())


@dataclass(frozen=True, slots=True)
class OfficerForm:
    """An officer as typed, and what is wrong with it, by field."""

    values: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    entry: OfficerEntry | None = None

    def refused(self, name: str, reason: str) -> "OfficerForm":
        """The same form with what the roster said about one field."""
        return replace(self, problems={name: reason}, entry=None)


def officer_form(officer: OfficerRow) -> OfficerForm:
    """The form as it first appears. ID and phone numbers are not in it: blank means unchanged."""
    expires = officer.certificate_expires
    return OfficerForm(
        {
            "county": officer.county_name,
            "name": officer.name,
            "certificate": officer.certificate,
            "expires": "长期" if expires is None else expires.isoformat(),
            "establishment": officer.establishment.label,
            "on_post": officer.on_post.label,
            "unit": officer.unit,
            "post": officer.post,
            "id_number": "",
            "phone": "",
        }
    )


def parse_officer(
    given: Mapping[str, Any], *, counties: Mapping[str, str], today: date
) -> OfficerForm:
    """Reads the fields by the rules of a sheet. `counties` are those that the actor may choose,
    by name; the only one of a clerk needs no field."""
    values = {name: str(given.get(name, "")).strip() for name in FIELDS}
    if len(counties) == 1:
        values["county"] = next(iter(counties))
    typed = {column: values[name] for name, column in FIELDS.items()}
    found = amended(typed, counties=counties, today=today)
    names = {column: name for name, column in FIELDS.items()}
    problems = {names[column]: text for column, text in found.problems.items() if column in names}
    return OfficerForm(values, problems, found.entry)


@dataclass(frozen=True, slots=True)
class CountiesForm:
    """Lines of the directory: code and name, in official order."""

    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    def refused(self, reason: str) -> "CountiesForm":
        """The same lines with what the directory said about one."""
        return replace(self, problem=reason)


def parse_counties(text: str) -> CountiesForm:
    """One county a line, as typed or pasted from Excel: 790102 石澜区, in either order."""
    lines: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _county_line(line)
        if found is None:
            how = "一行一个，先写代码再写名称，例如：790102 石澜区。"
            return CountiesForm(text, problem=f"第 {number} 行“{line.strip()[:40]}”看不懂：{how}")
        if any(found[0] == code or found[1] == name for code, name in lines):
            return CountiesForm(text, problem=f"第 {number} 行“{' '.join(found)}”与上面重复。")
        lines.append(found)
    return CountiesForm(text, tuple(lines), "" if lines else "请至少写一个县区。")


def _county_line(line: str) -> tuple[str, str] | None:
    parts = [part for part in _BETWEEN.split(line) if part]
    if len(parts) != 2:
        return None
    code, name = parts if _CODE.fullmatch(parts[0]) else reversed(parts)
    usable = _CODE.fullmatch(code) and not _CODE.fullmatch(name) and len(name) <= 64
    return (code, name) if usable and name.isprintable() else None


@dataclass(frozen=True, slots=True)
class DayForm:
    """A day; today when nothing was typed."""

    on: date
    problem: str = ""


def parse_day(text: str, *, today: date, draw: bool = False, shown: str = "") -> DayForm:
    """A date field, today when it is empty. The day of a draw must be written, not be past, and
    be the one for which the page showed the figures (`shown`), if it says so."""
    if not text.strip():
        return DayForm(today, "请选择抽取日。" if draw else "")
    try:
        on = date.fromisoformat(text.strip())
    except ValueError:
        return DayForm(today, f"“{text.strip()[:20]}”不是日期，请写成 2026-12-01。")
    if draw and on < today:
        return DayForm(on, "抽取日不能早于今天。")
    if shown not in ("", on.isoformat()):
        return DayForm(on, "抽取日改过了，人数已按新的日期重新计算。请核对，再按一次冻结。")
    return DayForm(on)


@dataclass(frozen=True, slots=True)
class FilterForm:
    """What of the roster is shown."""

    day: DayForm
    county: str = ""
    standing: str = ""
    search: str = ""
    sort: str = ""

    @property
    def eligible(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.standing)

    @property
    def address(self) -> str:
        """The fields as an address repeats them, without the order and the page."""
        fields = {"on": self.day.on.isoformat(), "county": self.county}
        fields |= {"standing": self.standing, "search": self.search}
        return urlencode({name: value for name, value in fields.items() if value})


def parse_filter(given: Mapping[str, str], *, today: date) -> FilterForm:
    """The address of a list; what is not understood narrows nothing."""
    return FilterForm(
        parse_day(given.get("on", ""), today=today),
        given.get("county", ""),
        given.get("standing", ""),
        given.get("search", "").strip(),
        given.get("sort", ""),
    )
