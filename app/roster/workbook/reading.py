"""Reading a workbook as a grid of values, whatever the file turns out to be."""

import io
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import cast
from xml.etree.ElementTree import Element

import openpyxl
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import iterparse, localname

from app.kernel.errors import DomainError
from app.roster.rules.grid import LAST_COLUMN, CellValue, Grid, Merge, Place, Sheet
from app.roster.rules.refusals import DamagedWorkbook, WorkbookTooLarge
from app.roster.workbook.containers import opened

assert openpyxl.DEFUSEDXML, "without defusedxml a sheet could be a billion laughs"

ROWS_LIMIT = 20_000
SHEETS_LIMIT = 100
MERGES_LIMIT = 50_000


@dataclass(slots=True)
class _Layout:
    """What openpyxl's streaming reader does not tell of a sheet."""

    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    uncomputed: set[Place] = field(default_factory=set)
    last_row: int = 0
    last_column: int = 0


def read(data: bytes) -> Grid:
    """The workbook's sheets with values and coordinates; raises one of the refusals.

    Formulas count with the value that Excel computed last. Hidden rows and sheets are read.
    """
    with opened(data) as archive:
        try:
            return _grid(data, archive)
        except DomainError:
            raise
        except Exception as error:
            # A damaged package makes openpyxl, zipfile, zlib and expat raise whatever they meet
            # first (KeyError, TypeError, EOFError, …). To the clerk it is one thing.
            raise DamagedWorkbook from error


def _grid(data: bytes, archive: zipfile.ZipFile) -> Grid:
    # Streaming, because the other reader fills merged areas and hyperlinks cell by cell: one
    # <mergeCell ref="A1:XFD1048576"/> would cost seventeen thousand million cells.
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    with warnings.catch_warnings(), reader.archive:
        # openpyxl announces each feature that it leaves aside; nothing of it concerns a roster
        warnings.simplefilter("ignore")
        reader.read()
        parts = {sheet.name: part.target for sheet, part in reader.parser.find_sheets()}
        sheets = reader.wb.worksheets
        if not sheets:
            raise DamagedWorkbook
        if len(sheets) > SHEETS_LIMIT:
            raise WorkbookTooLarge(what=f"{len(sheets)} 张表")
        return Grid(tuple(_sheet(sheet, archive, str(parts[sheet.title])) for sheet in sheets))


def _sheet(sheet: Worksheet, archive: zipfile.ZipFile, part: str) -> Sheet:
    layout = _layout(archive, part)
    # The stated dimension is often wrong in files that other systems export, and a format that was
    # painted down to the last row is no reason to walk there.
    cast(ReadOnlyWorksheet, sheet).reset_dimensions()
    edge = {"max_row": max(1, layout.last_row), "max_col": max(1, layout.last_column)}
    rows = sheet.iter_rows(**edge, values_only=True)
    cells = {
        (number, position): plain
        for number, line in enumerate(rows, 1)
        for position, value in enumerate(line, 1)
        if (plain := _plain(value)) not in (None, "")
    }
    return Sheet(
        title=sheet.title,
        cells=cells,
        merges=tuple(layout.merges),
        hidden_rows=frozenset(layout.hidden_rows),
        hidden=sheet.sheet_state != "visible",
        uncomputed=frozenset(layout.uncomputed - cells.keys()),
    )


def _plain(value: object) -> CellValue:
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, str | int | float | bool | datetime | date | time):
        return value
    return None


def _layout(archive: zipfile.ZipFile, part: str) -> _Layout:
    layout = _Layout()
    row = column = area = 0
    with archive.open(part) as source:
        for event, element in iterparse(source, ("start", "end")):
            match event, localname(element):
                case "start", "row":
                    # rows and cells that do not say where they stand follow the one before
                    row, column = int(float(element.get("r") or row + 1)), 0
                    if element.get("hidden") in ("1", "true"):
                        layout.hidden_rows.add(row)
                case "end", "row":
                    element.clear()
                case "end", "c":
                    at = element.get("r")
                    place = coordinate_to_tuple(at) if at else (row, column + 1)
                    column = place[1]
                    _cell(layout, element, place)
                case "end", "mergeCell":
                    merge = _merge(str(element.get("ref")))
                    area += max(1, min(merge.bottom, ROWS_LIMIT) - merge.top + 1)
                    layout.merges.append(merge)
                    if area > MERGES_LIMIT:
                        raise WorkbookTooLarge(what="合并单元格过多")
    return layout


def _cell(layout: _Layout, element: Element, place: Place) -> None:
    has_formula = has_value = False
    for child in element:
        filled = bool(child.text) or len(child) > 0
        has_formula = has_formula or localname(child) == "f"
        has_value = has_value or (filled and localname(child) in ("v", "is"))
    if has_value and place[0] > ROWS_LIMIT:
        raise WorkbookTooLarge(what=f"超过 {ROWS_LIMIT} 行")
    # a formula that gives "" has been computed: its type is str
    if has_formula and not has_value and element.get("t") != "str":
        layout.uncomputed.add(place)
    elif has_value:
        layout.last_row = max(layout.last_row, place[0])
        layout.last_column = max(layout.last_column, min(place[1], LAST_COLUMN))


def _merge(reference: str) -> Merge:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        raise DamagedWorkbook
    return Merge(top=top, left=left, bottom=bottom, right=right)
