"""From a workbook to a plan of import: every problem at once, nothing written."""

from collections.abc import Iterable, Mapping
from datetime import date

from app.roster.rules.cells import matched, shown
from app.roster.rules.duplicates import (
    Placed,
    find_duplicates,
    find_known_numbers,
    find_lost_zeros,
)
from app.roster.rules.grid import Grid, Sheet
from app.roster.rules.header import Column, recognise
from app.roster.rules.people import OfficerEntry, completed
from app.roster.rules.plan import (
    Change,
    ImportPlan,
    Problem,
    ProblemKind,
    Remark,
    RemarkKind,
)
from app.roster.rules.sheet import SheetRead, read_sheet


def check(
    grid: Grid,
    *,
    counties: Mapping[str, str],
    existing: Mapping[str, OfficerEntry],
    today: date,
) -> ImportPlan:
    """Reads every sheet that has a header (导入试运行).

    `counties` maps the directory's names to codes, `existing` the certificate numbers of the
    roster to its officers (with ID and phone in clear, or a blank would count as a change).
    """
    sheets: list[SheetRead] = []
    remarks: list[Remark] = []
    for sheet in grid.sheets:
        header = recognise(sheet)
        if header is not None:
            sheets.append(read_sheet(sheet, header, counties=counties, today=today))
        elif not sheet.hidden:
            remarks.append(_without_header(sheet))
    people = [Placed(read.sheet.title, draft) for read in sheets for draft in read.drafts]
    drafts = [person.draft for person in people]
    for read in sheets:
        if numbers := find_lost_zeros(read.drafts):
            read.remark(
                RemarkKind.CERTIFICATES_AS_NUMBERS,
                read.head(Column.CERTIFICATE),
                f"有 {numbers} 个执法证号是数字格式；建议把这一列设为“文本”，以免开头的 0 丢失",
            )
    namesakes = find_duplicates(people)
    find_known_numbers(drafts, existing)
    remarks = [*(remark for read in sheets for remark in read.remarks), *remarks]
    remarks += [_namesake(person) for person in namesakes]
    problems = [problem for read in sheets for problem in read.problems()]
    if not sheets:
        problems.append(_no_header(grid))
    entries = [draft.entry for draft in drafts if draft.entry is not None and not draft.flaws]
    rows = tuple(completed(entry, existing.get(entry.certificate)) for entry in entries)
    changes = tuple(_changes(rows, existing))
    added = sum(1 for change in changes if change.before is None)
    remarks += _renamed(people, existing)
    return ImportPlan(
        read=len(drafts),
        added=added,
        updated=len(changes) - added,
        unchanged=len(rows) - len(changes),
        problems=tuple(problems),
        remarks=tuple(remarks),
        rows=rows,
        changes=changes,
    )


def _changes(
    rows: Iterable[OfficerEntry], existing: Mapping[str, OfficerEntry]
) -> Iterable[Change]:
    for entry in rows:
        before = existing.get(entry.certificate)
        if before != entry:
            yield Change(entry, before)


def _without_header(sheet: Sheet) -> Remark:
    text = "这张表里没有找到表头（至少要有“姓名”和另一列），没有读取"
    if not sheet.cells:
        text = "这是空表，没有读取"
    return Remark(RemarkKind.SHEET_WITHOUT_HEADER, sheet.title, "", text)


def _no_header(grid: Grid) -> Problem:
    first = grid.sheets[0] if grid.sheets else Sheet("", {})
    return Problem(
        ProblemKind.NO_HEADER,
        first.title,
        "A1",
        shown(first.cells.get((1, 1))),
        "整个工作簿里没有找到花名册的表头",
        "表头至少要有“姓名”“执法证号”“证件有效期”“编制类型”“在岗情况”；可以下载空白模板对照",
    )


def _namesake(person: Placed) -> Remark:
    draft = person.draft
    cell = draft.cell(Column.NAME)
    text = f"{draft.person}与同单位另一人同名，身份证号不同，按两个人读取"
    return Remark(RemarkKind.SAME_NAME, person.sheet, cell, text)


def _renamed(people: Iterable[Placed], existing: Mapping[str, OfficerEntry]) -> list[Remark]:
    found = []
    for person in people:
        draft = person.draft
        before = existing.get(draft.certificate) if draft.entry and not draft.flaws else None
        if before is not None and matched(before.name) != matched(draft.name):
            cell = draft.cell(Column.NAME)
            text = (
                f"执法证号 {draft.certificate} 的姓名将由“{before.name}”改为“{draft.name}”，请核对"
            )
            found.append(Remark(RemarkKind.NAME_CHANGED, person.sheet, cell, text))
    return found
