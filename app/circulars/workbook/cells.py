"""Cells of a sheet: text that stays text, numbers that are numbers, merged lines."""

import re
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from app.circulars.rules.document import NOTHING, CellKind, Column, Paragraph, Table, Value
from app.circulars.rules.widths import PADDING, line_count

SONG, FANG, HEI = "宋体", "仿宋", "黑体"
BODY, NOTICE = 10.5, 14.5  # points
LINE, NOTICE_LINE = 14.5, 21.5  # points from line to line
THIN = Side(style="thin", color="404040")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
SHADE = PatternFill("solid", start_color="F2F2F2")
UNIT_PIXELS = 8.0  # one unit of column width: a digit of 宋体 11, the workbook's own font
HALF_PIXELS = BODY * 96 / 72 / 2  # a half-width character of a table
FORMATS = {CellKind.SCORE: "0.00", CellKind.WHOLE: "0"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Page:
    """Writes merged lines one below the other."""

    def __init__(self, sheet: Worksheet, columns: int, width: float) -> None:
        self.sheet = sheet
        self.columns = columns
        self.width = width
        self.row = 1
        self.height = 0.0

    def line(self, text: str, *, font: Font, height: float, centre: bool = False) -> None:
        cell = merged(self.sheet, self.row, 1, self.row, self.columns)
        write(cell, text)
        cell.font = font
        cell.alignment = Alignment(
            horizontal="center" if centre else "left",
            vertical="center" if centre else "top",
            wrap_text=True,
        )
        self.gap(height)

    def text(
        self, text: str, *, font: str = FANG, size: float = NOTICE, line: float = NOTICE_LINE
    ) -> None:
        lines = line_count(text, room(self.width, size))
        self.line(text, font=Font(font, size), height=lines * line)

    def gap(self, height: float) -> None:
        """On to the next line, this far down."""
        self.sheet.row_dimensions[self.row].height = height
        self.height += height
        self.row += 1

    def signature(self, text: str) -> None:
        """署名 and 成文日期: centred above each other, in the right third."""
        first = self.columns - max(1, self.columns // 3)
        cell = merged(self.sheet, self.row, first, self.row, self.columns)
        write(cell, text)
        cell.font = Font(FANG, NOTICE)
        cell.alignment = Alignment(horizontal="center", vertical="center")
        self.gap(NOTICE_LINE)

    def section(self, paragraph: Paragraph) -> None:
        """A section with its heading in front, in the heading's own type (GB/T 9704, 7.3.3)."""
        heading = f"　　{paragraph.heading}。"
        row = self.row
        self.text(heading + paragraph.text)
        self.sheet.cell(row, 1).value = CellRichText(
            TextBlock(InlineFont(rFont=HEI, sz=NOTICE), heading),
            TextBlock(InlineFont(rFont=FANG, sz=NOTICE), cleaned(paragraph.text)),
        )


def units(width: float) -> float:
    """A width in half-width characters of a table, as Excel counts it."""
    return width * HALF_PIXELS / UNIT_PIXELS


def room(width: float, size: float) -> float:
    """Half-width characters of another size that fit in a width, with a little held back."""
    return width * BODY / size - 2


def set_default_font(book: Workbook) -> None:
    """Excel and LibreOffice measure columns by the workbook's own font; left to openpyxl it is
    Calibri, which offices do not have and replace by something wider."""
    font = Font(SONG, 11)
    # openpyxl 3.1 has no public door to it, and its stubs know only public names.
    book._fonts[0] = font  # type: ignore[attr-defined]  # not in the stubs
    book._named_styles["Normal"].font = font  # type: ignore[attr-defined]  # same


def head_rows(sheet: Worksheet, table: Table, widths: Sequence[float], row: int) -> None:
    for head in (each for line in table.head_rows for each in line):
        top, left = row + head.row, head.column + 1
        cell = merged(sheet, top, left, top + head.rows - 1, left + head.columns - 1)
        write(cell, head.text)
        for line in sheet.iter_rows(top, top + head.rows - 1, left, left + head.columns - 1):
            for each in line:
                each.border, each.fill = GRID, SHADE
        cell.font = Font(HEI, BODY)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for level in range(table.depth):
        tall = max(
            line_count(each.text, sum(widths[each.column : each.column + each.columns]) - PADDING)
            / each.rows
            for each in (each for line in table.head_rows for each in line)
            if each.row <= level < each.row + each.rows
        )
        sheet.row_dimensions[row + level].height = max(20.0, tall * LINE + 6)


def body_row(sheet: Worksheet, table: Table, values: Sequence[Value], row: int) -> None:
    for index, (column, value) in enumerate(zip(table.columns, values, strict=True), 1):
        cell = sheet.cell(row, index)
        assert isinstance(cell, Cell)
        _fill(cell, column, value)
        cell.border = GRID
        cell.font = Font(SONG, BODY, bold=column.strong)
        left = column.kind is CellKind.TEXT
        cell.alignment = Alignment(
            horizontal="left" if left else "center",
            vertical="center",
            wrap_text=True,
            indent=1 if left else 0,
        )


def _fill(cell: Cell, column: Column, value: Value) -> None:
    if value is None:
        write(cell, NOTHING)
    elif isinstance(value, str):
        write(cell, value)
        if column.kind is CellKind.IDENTITY:
            cell.number_format = "@"
    else:
        cell.value = value
        cell.number_format = FORMATS[column.kind]


def write(cell: Cell, text: str) -> None:
    """Text stays text: a name that begins with = + - @ or a tab is never a formula."""
    clean = cleaned(text)
    cell.value = clean
    cell.data_type = "s"
    if clean.startswith(("=", "+", "-", "@", "\t", "\r")):
        cell.quotePrefix = True


def cleaned(text: str) -> str:
    """Without the control characters that a workbook cannot hold."""
    return _CONTROL.sub("", text)


def merged(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> Cell:
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    cell = sheet.cell(top, left)
    assert not isinstance(cell, MergedCell)
    return cell
