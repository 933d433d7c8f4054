"""The workbook of a circular: GB/T 9704 in spirit, A4 landscape, the same bytes each time."""

import io
from collections.abc import Sequence

import openpyxl
from openpyxl.styles import Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from app.circulars.rules.document import CellKind, Circular, Table
from app.circulars.rules.widths import column_widths, row_lines
from app.circulars.workbook.archive import set_properties, settled
from app.circulars.workbook.cells import (
    BODY,
    FANG,
    HALF_PIXELS,
    HEI,
    LINE,
    NOTICE,
    SONG,
    Page,
    body_row,
    head_rows,
    set_default_font,
    units,
)

RED = "C00000"
INCH = 72.0
A4_LONG, A4_SHORT = 841.9, 595.3  # points
SIDE, TOP, BOTTOM = 0.6, 0.6, 0.7  # inches
POINTS_OF_PIXEL = 0.75


def paint(circular: Circular) -> bytes:
    """The `.xlsx` of a circular: its text and first table on the first sheet, then a sheet for
    each table. Every sheet says in its footer which release it shows, with the whole hash. The
    same circular gives the same bytes: times and the order of parts are fixed.
    """
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    set_default_font(book)
    for number, table in enumerate(circular.tables, 1):
        sheet = book.create_sheet(table.name)
        widths = column_widths(table)
        for index, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(index)].width = round(units(width), 2)
        row = 1
        if number == 1:
            row = _notice(sheet, circular, widths)
        _sheet(sheet, circular, table, widths, number=number, row=row)
    set_properties(book, circular)
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue(), circular)


def _notice(sheet: Worksheet, circular: Circular, widths: Sequence[float]) -> int:
    """版头 and 主体: red head, number, title, addressee, text, attachments, signature, date."""
    page = Page(sheet, len(widths), sum(widths))
    last = 1
    page.line(circular.mark, font=Font(SONG, 32, bold=True, color=RED), height=48, centre=True)
    page.line(circular.number, font=Font(FANG, NOTICE), height=26, centre=True)
    for column in range(1, len(widths) + 1):
        sheet.cell(page.row - 1, column).border = Border(bottom=Side(style="medium", color=RED))
    page.line(circular.title, font=Font(SONG, 20, bold=True), height=44, centre=True)
    page.text(f"{circular.addressee}：")
    page.text(f"　　{circular.opening}")
    for paragraph in circular.paragraphs:
        last = page.row
        page.section(paragraph)
    page.text(f"　　{circular.closing}")
    page.gap(8)
    for number, attachment in enumerate(circular.attachments):
        page.text(("　　附件：" if number == 0 else "　　　　　") + attachment)
    page.gap(12)
    for line in (circular.signer, circular.issued_on):
        page.signature(line)
    if page.height > _page_height(page.width):
        # A signature never stands alone on its page: the last section goes over with it.
        sheet.row_breaks.append(Break(id=last - 1))
    sheet.row_breaks.append(Break(id=page.row - 1))
    return page.row


def _sheet(
    sheet: Worksheet,
    circular: Circular,
    table: Table,
    widths: Sequence[float],
    *,
    number: int,
    row: int,
) -> None:
    page = Page(sheet, len(widths), sum(widths))
    page.row = row
    contest = circular.title.removesuffix("成绩通报")
    page.line(f"附件{number}", font=Font(HEI, 14), height=24)
    page.line(f"{contest}{table.caption}", font=Font(SONG, 18, bold=True), height=34, centre=True)
    scored = any(column.kind is CellKind.SCORE for column in table.columns)
    subtitle = f"{circular.subtitle}　单位：分" if scored else circular.subtitle
    page.line(subtitle, font=Font(FANG, 11), height=20, centre=True)
    head = page.row
    head_rows(sheet, table, widths, head)
    page.row = head + table.depth
    for values in table.rows:
        body_row(sheet, table, values, page.row)
        lines = row_lines(table, values, widths)
        sheet.row_dimensions[page.row].height = max(20.0, lines * LINE + 5)
        page.row += 1
    for index, note in enumerate(table.notes):
        prefix = "注：" if index == 0 else "　　"
        page.text(f"{prefix}{note}", size=BODY, line=LINE + 2)
    sheet.print_title_rows = f"{head}:{head + table.depth - 1}"
    # On the first sheet the text stands above the table: there the title stays in sight.
    below = 4 if number == 1 else head + table.depth
    frozen = 0 if number == 1 else table.frozen
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{below}"
    _page_setup(sheet, circular, last_row=page.row - 1, last_column=len(widths))


def _page_height(width: float) -> float:
    """Points of sheet that one page takes down, at the scale that makes the width fit."""
    down = A4_SHORT - (TOP + BOTTOM) * INCH
    across = A4_LONG - 2 * SIDE * INCH
    return down * max(1.0, width * HALF_PIXELS * POINTS_OF_PIXEL / across)


def _page_setup(sheet: Worksheet, circular: Circular, *, last_row: int, last_column: int) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    assert sheet.sheet_properties.pageSetUpPr is not None
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_area = f"A1:{get_column_letter(last_column)}{last_row}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = SIDE
    margins.top, margins.bottom = TOP, BOTTOM
    margins.header = margins.footer = 0.35
    sheet.sheet_view.showGridLines = False
    footer = sheet.oddFooter
    assert isinstance(footer, HeaderFooterItem)
    for part, text, size in (
        (footer.left, f"成绩发布 {circular.release}".replace("&", "&&"), 8),
        (footer.center, "第 &P 页 共 &N 页", 9),
        (footer.right, f"SHA-256 {circular.hash}", 7),
    ):
        part.text, part.size = text, size
