"""Reading one sheet: which rows are people, which are titles, totals and notes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.roster.rules.cells import matched, shown, tidy
from app.roster.rules.counties import named_county, no_county_column
from app.roster.rules.draft import Draft
from app.roster.rules.grid import CellValue, Sheet, by_row, cell_name, sunk
from app.roster.rules.header import Column, Header, column_named
from app.roster.rules.plan import Flaw, Problem, ProblemKind, Remark, RemarkKind
from app.roster.rules.row import is_certificate, read_row

SINKING = (Column.COUNTY, Column.UNIT, Column.ESTABLISHMENT, Column.POST_STATUS)
"""Columns in which one merged cell may speak for several people; the others are personal."""

_CLOSING = re.compile(
    r"^[(]?(?:本页|全县|全区|全市)?(?:合计|总计|共计|小计|总人数|人数合计|填表人|填表单位|填表日期|填报人|填报单位"
    r"|填报日期|制表|审核|审批|复核人|单位负责人|主要负责人|负责人|分管领导|经办人|联系人|备注:|注:|注意|说明"
    r"|填表说明|填报说明|盖章|单位\(盖章|单位盖章|以上)"
)
_EXAMPLES = {"示例", "例", "样例", "填写示例", "例如", "范例"}
_LISTED = 20


@dataclass(slots=True)
class SheetRead:
    """A sheet being read: the drafts of its people, and what was noticed."""

    sheet: Sheet
    header: Header
    drafts: list[Draft] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    general: list[Problem] = field(default_factory=list)

    def remark(self, kind: RemarkKind, cell: str, text: str) -> None:
        """Notes something that needs no correction."""
        self.remarks.append(Remark(kind, self.sheet.title, cell, text))

    def head(self, column: Column) -> str:
        """The name of the cell in which the column's head ends."""
        return cell_name(self.header.bottom, self.header.columns[column])

    def problems(self) -> list[Problem]:
        """What is wrong with the sheet as a whole, then row by row, from left to right."""
        found: dict[tuple[str, ProblemKind], Problem] = {}
        for draft in self.drafts:
            for column, flaw in sorted(draft.flaws, key=lambda noted: draft.places[noted[0]]):
                problem = Problem(
                    kind=flaw.kind,
                    sheet=self.sheet.title,
                    cell=draft.cell(column),
                    value=draft.shown(column),
                    reason=flaw.reason,
                    remedy=flaw.remedy,
                    person=draft.person,
                    proposal=flaw.proposal,
                )
                # a merged cell that is wrong is one problem, not one for each of its rows
                found.setdefault((problem.cell, problem.kind), problem)
        return [*self.general, *found.values()]


def read_sheet(
    sheet: Sheet, header: Header, *, counties: Mapping[str, str], today: date
) -> SheetRead:
    """Every row under the header is a person, unless it is blank, a total, a signature line, a
    note, an example, the header printed again, or a county's name above its people."""
    read = SheetRead(sheet, header)
    _note_head(read)
    county = _given_county(read, counties)
    rows = {row: values for row, values in by_row(sheet).items() if row > header.bottom}
    last = max(rows, default=header.bottom)
    sinks = sunk(sheet, _sinking(header), last)
    wide = {merge.top for merge in sheet.merges if merge.right - merge.left >= 2}
    blank: list[int] = []
    reported = False
    for row in range(header.bottom + 1, last + 1):
        own = {
            at: value for at, value in rows.get(row, {}).items() if _counts(sheet, row, at, value)
        }
        if not own:
            blank.append(row)
        elif _skipped(read, row, own, wide=row in wide):
            if Column.COUNTY not in header.columns and len(own) == 1:
                county = named_county(own.values(), counties) or county
        else:
            if isinstance(county, Flaw) and not reported:
                reported = True
                read.general.append(_sheet_problem(read, county))
            draft = _draft(read, row, rows.get(row, {}), sinks)
            given = None if isinstance(county, Flaw) else county
            read_row(draft, county=given, counties=counties, today=today)
            if read.header.missing():
                draft.entry = None
            read.drafts.append(draft)
    _note_rows(read, blank)
    return read


def _sinking(header: Header) -> list[int]:
    return [at for column, at in header.columns.items() if column in SINKING]


def _counts(sheet: Sheet, row: int, at: int, value: CellValue) -> bool:
    return bool(tidy(value)) or (row, at) in sheet.uncomputed


def _given_county(read: SheetRead, counties: Mapping[str, str]) -> str | Flaw | None:
    if Column.COUNTY in read.header.columns:
        return None
    above = [value for (row, _), value in read.sheet.cells.items() if row < read.header.top]
    for texts in ([read.sheet.title], above):
        if (county := named_county(texts, counties)) is not None:
            return county
    return no_county_column(read.sheet.title, counties)


def _draft(
    read: SheetRead,
    row: int,
    values: Mapping[int, CellValue],
    sinks: Mapping[tuple[int, int], tuple[int, int]],
) -> Draft:
    columns = read.header.columns
    places = {column: sinks.get((row, at), (row, at)) for column, at in columns.items()}
    found = {column: read.sheet.cells.get(place) for column, place in places.items()}
    uncomputed = frozenset(
        column for column, place in places.items() if place in read.sheet.uncomputed
    )
    for column, at in columns.items():
        value = values.get(at)
        if column is not Column.PHONE and _looks_like_a_formula(value):
            read.remark(
                RemarkKind.KEPT_AS_TEXT,
                cell_name(row, at),
                f"{column.value}以“{tidy(value)[0]}”开头，按文字读取，不会当作公式",
            )
    return Draft(row, found, places, uncomputed)


def _looks_like_a_formula(value: CellValue) -> bool:
    return isinstance(value, str) and len(tidy(value)) > 2 and tidy(value)[0] in "=+-@"


def _skipped(read: SheetRead, row: int, own: Mapping[int, CellValue], *, wide: bool) -> bool:
    first_at = min((at for at in own if tidy(own[at])), default=min(own))
    first, cell = own[first_at], cell_name(row, first_at)
    word = matched(first)
    certificate = own.get(read.header.columns.get(Column.CERTIFICATE, 0))
    if word in _EXAMPLES:
        read.remark(RemarkKind.SKIPPED_ROW, cell, f"第 {row} 行是填写示例，没有读取")
    elif _is_header(read.header, own):
        read.remark(RemarkKind.REPEATED_HEADER, cell, f"第 {row} 行是重复的表头，没有读取")
    elif _CLOSING.match(word) and not is_certificate(matched(certificate)):
        text = f"第 {row} 行“{shown(first)}”是合计、签字或说明，没有读取"
        read.remark(RemarkKind.SKIPPED_ROW, cell, text)
    elif wide and len(own) == 1:
        text = f"第 {row} 行“{shown(first)}”是通栏的文字，没有读取"
        read.remark(RemarkKind.SKIPPED_ROW, cell, text)
    elif own.keys().isdisjoint(read.header.columns.values()):
        if any(isinstance(value, str) and not matched(value).isdigit() for value in own.values()):
            text = f"第 {row} 行“{shown(first)}”不在用到的列里，没有读取"
            read.remark(RemarkKind.SKIPPED_ROW, cell, text)
    else:
        return False
    return True


def _is_header(header: Header, own: Mapping[int, CellValue]) -> bool:
    name = own.get(header.columns.get(Column.NAME, 0))
    if column_named(tidy(name)) is not Column.NAME:
        return False
    heads = {column_named(tidy(value)) for value in own.values()} - {None}
    return len(heads) >= 3


def _note_head(read: SheetRead) -> None:
    header, sheet = read.header, read.sheet
    if sheet.hidden:
        read.remark(RemarkKind.HIDDEN_SHEET, "", "这张表是隐藏的，仍已读取")
    if header.ignored:
        first = cell_name(header.bottom, header.ignored[0][0])
        names = "、".join(shown(head) for _, head in header.ignored[:_LISTED])
        text = f"没有用到的列：{names}（共 {len(header.ignored)} 列）"
        read.remark(RemarkKind.IGNORED_COLUMNS, first, text)
    for column in header.missing():
        read.general.append(
            Problem(
                ProblemKind.MISSING_COLUMN,
                sheet.title,
                cell_name(header.bottom, min(header.columns.values())),
                "（空）",
                f"表头里没有“{column.value}”这一列",
                f"请加上“{column.value}”一列；如果已有这一列，请把列名改成“{column.value}”",
            )
        )


def _sheet_problem(read: SheetRead, flaw: Flaw) -> Problem:
    cell = cell_name(read.header.top, min(read.header.columns.values()))
    title = shown(read.sheet.title)
    return Problem(
        flaw.kind, read.sheet.title, cell, title, flaw.reason, flaw.remedy, proposal=flaw.proposal
    )


def _note_rows(read: SheetRead, blank: list[int]) -> None:
    last = max((draft.row for draft in read.drafts), default=0)
    between = [row for row in blank if row < last]
    if between:
        text = f"{_rows(between)}是空行，没有读取"
        read.remark(RemarkKind.BLANK_ROWS, f"A{between[0]}", text)
    hidden = [draft.row for draft in read.drafts if draft.row in read.sheet.hidden_rows]
    if hidden:
        text = f"{_rows(hidden)}是隐藏的行，仍已读取；不该导入的请删去整行"
        read.remark(RemarkKind.HIDDEN_ROWS, f"A{hidden[0]}", text)


def _rows(rows: Iterable[int]) -> str:
    listed = list(rows)
    named = "、".join(str(row) for row in listed[:_LISTED])
    return f"第 {named} 行" + (f"等 {len(listed)} 行" if len(listed) > _LISTED else "")
