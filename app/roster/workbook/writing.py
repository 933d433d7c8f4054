"""Writing personnel workbooks: the empty template, the list of problems, the officers."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from app.roster.rules.people import Establishment, OfficerEntry, PostStatus
from app.roster.rules.plan import ImportPlan

HEADS = (
    ("序号", 6),
    ("县（市、区）", 14),
    ("姓名", 12),
    ("性别", 6),
    ("出生日期", 13),
    ("身份证号", 22),
    ("工作单位", 40),
    ("职务", 16),
    ("执法证号", 18),
    ("证件有效期至", 15),
    ("编制类型", 20),
    ("在岗情况", 20),
    ("手机号码", 15),
)
_AT = {head: position for position, (head, _) in enumerate(HEADS, 1)}
_TEXT_COLUMNS = ("身份证号", "执法证号", "手机号码")
_TEMPLATE_ROWS = 500
_EXAMPLE = "示例"
_NOTE = (
    "填写说明：一人一行，从第 5 行起填写；证件有效期写成 2027-03-31，无期限填“长期”；"
    "身份证号、执法证号、手机号三列已设为文本，请直接输入；示例行不会导入。"
)
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD_FILL = PatternFill("solid", fgColor="DCE6F1")
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_WRAP = Alignment(vertical="center", wrap_text=True)


def template(*, counties: Sequence[str], title: str = "生态环境执法人员花名册") -> bytes:
    """The empty sheet (空白模板): heads, one example that is never imported, lists to choose
    from, and text format where Excel would eat zeros and digits."""
    book = openpyxl.Workbook()
    sheet = _titled(book, "花名册", title, [width for _, width in HEADS])
    _line(sheet, 2, [_NOTE])
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(HEADS))
    sheet.row_dimensions[2].height = 32
    _heads(sheet, 3, [head for head, _ in HEADS])
    county = counties[0] if counties else "某某县"
    example = [_EXAMPLE, county, "张示例", "男", "1990-05-17", "", "某某县生态环境执法大队"]
    example += ["执法人员", "0801000000", "2027-03-31", Establishment.PUBLIC_INSTITUTION.label]
    _line(sheet, 4, [*example, PostStatus.ON_POST.label, "13000000000"])
    for row in range(4, 5 + _TEMPLATE_ROWS):
        for head in _TEXT_COLUMNS:
            sheet.cell(row, _AT[head]).number_format = "@"
    _choices(book, sheet, counties)
    sheet.freeze_panes = "D4"
    return _bytes(book)


def problems_sheet(plan: ImportPlan) -> bytes:
    """The cells to correct, as a table to take along, and what was noticed besides."""
    book = openpyxl.Workbook()
    sheet = _titled(book, "要改的单元格", "花名册导入：要改的单元格", [6, 16, 9, 22, 26, 46, 56])
    _heads(sheet, 2, ["序号", "工作表", "单元格", "人员", "表中的值", "原因", "怎样改"])
    for number, problem in enumerate(plan.problems, 1):
        line = [str(number), problem.sheet, problem.cell, problem.person, problem.value]
        _line(sheet, number + 2, [*line, problem.reason, problem.remedy])
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = f"A2:G{max(3, len(plan.problems) + 2)}"
    notes = book.create_sheet("说明")
    _page(notes, [6, 16, 9, 80])
    _heads(notes, 1, ["序号", "工作表", "单元格", "说明"])
    for number, remark in enumerate(plan.remarks, 1):
        _line(notes, number + 1, [str(number), remark.sheet, remark.cell, remark.text])
    return _bytes(book)


def roster_sheet(
    officers: Iterable[OfficerEntry],
    *,
    counties: Mapping[str, str],
    with_private: bool = False,
    title: str = "生态环境执法人员花名册",
) -> bytes:
    """The officers as a sheet that can be imported again. `counties` maps names to codes. ID and
    phone numbers are written only `with_private`; birthdays, too."""
    private = () if with_private else ("身份证号", "手机号码", "出生日期")
    heads = [(head, width) for head, width in HEADS if head not in private]
    names = {code: name for name, code in counties.items()}
    book = openpyxl.Workbook()
    sheet = _titled(book, "花名册", title, [width for _, width in heads])
    _heads(sheet, 2, [head for head, _ in heads])
    row = 2
    for row, officer in enumerate(officers, 3):
        values = _values(officer, names[officer.county_code])
        line = [str(row - 2) if head == "序号" else values[head] for head, _ in heads]
        _line(sheet, row, line)
        for position, (head, _) in enumerate(heads, 1):
            if head in _TEXT_COLUMNS:
                sheet.cell(row, position).number_format = "@"
    sheet.freeze_panes = "D3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(heads))}{max(row, 3)}"
    return _bytes(book)


def _values(officer: OfficerEntry, county: str) -> dict[str, str]:
    return {
        "县（市、区）": county,
        "姓名": officer.name,
        "性别": officer.gender.label if officer.gender else "",
        "出生日期": _day(officer.born, ""),
        "身份证号": officer.id_number or "",
        "工作单位": officer.unit,
        "职务": officer.post,
        "执法证号": officer.certificate,
        "证件有效期至": _day(officer.certificate_expires, "长期"),
        "编制类型": officer.establishment.label,
        "在岗情况": officer.on_post.label,
        "手机号码": officer.phone or "",
    }


def _day(day: date | None, without: str) -> str:
    return without if day is None else day.isoformat()


def _titled(book: openpyxl.Workbook, name: str, title: str, widths: Sequence[int]) -> Worksheet:
    sheet = book.worksheets[0]
    sheet.title = name
    _page(sheet, widths)
    _line(sheet, 1, [title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(widths))
    sheet.cell(1, 1).font = Font(name="宋体", size=16, bold=True)
    sheet.cell(1, 1).alignment = _CENTRE
    sheet.row_dimensions[1].height = 30
    return sheet


def _page(sheet: Worksheet, widths: Sequence[int]) -> None:
    for position, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _heads(sheet: Worksheet, row: int, heads: Sequence[str]) -> None:
    _line(sheet, row, heads)
    for position in range(1, len(heads) + 1):
        cell = sheet.cell(row, position)
        cell.font, cell.fill, cell.alignment = Font(name="宋体", bold=True), _HEAD_FILL, _CENTRE
    sheet.row_dimensions[row].height = 24
    sheet.print_title_rows = f"1:{row}"


def _line(sheet: Worksheet, row: int, values: Sequence[str]) -> None:
    for position, value in enumerate(values, 1):
        cell = sheet.cell(row, position)
        cell.border, cell.alignment = _BOX, _WRAP
        if value:
            _write(cell, value)


def _write(cell: Cell | MergedCell, value: str) -> None:
    # Text by type: a name, a post or a value that begins with = + - @ is never a formula, and
    # quotePrefix keeps it so when a person edits the cell. A workbook holds no control characters.
    clean = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.value = clean
    cell.data_type = "s"
    if clean.startswith(("=", "+", "-", "@", "\t", "\r")):
        cell.quotePrefix = True


def _choices(book: openpyxl.Workbook, sheet: Worksheet, counties: Sequence[str]) -> None:
    # On a sheet of its own: a list written into the validation may not exceed 255 characters.
    lists = book.create_sheet("选项")
    lists.sheet_state = "hidden"
    offered = {
        "县（市、区）": list(counties),
        "性别": ["男", "女"],
        "编制类型": [each.label for each in Establishment],
        "在岗情况": [each.label for each in PostStatus],
    }
    for position, (head, words) in enumerate(offered.items(), 1):
        if not words:
            continue
        for row, word in enumerate(words, 1):
            _write(lists.cell(row, position), word)
        letter, target = get_column_letter(position), get_column_letter(_AT[head])
        choice = DataValidation(
            "list", f"选项!${letter}$1:${letter}${len(words)}", allow_blank=True
        )
        choice.error, choice.errorTitle = f"请从列表中选择{head}", "花名册"
        choice.add(f"{target}5:{target}{4 + _TEMPLATE_ROWS}")
        sheet.add_data_validation(choice)


def _bytes(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
