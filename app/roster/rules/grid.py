"""A workbook as plain values: sheets, cells with their coordinates and types, merged areas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeAlias

CellValue: TypeAlias = str | int | float | bool | datetime | date | time | None
Place: TypeAlias = tuple[int, int]
"""Row and column, counted from 1 as Excel does."""

LAST_COLUMN = 200
"""Columns to the right of this one are not looked at: no personnel sheet has so many."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged area (合并单元格); its value stands in the upper left cell."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. `cells` holds only cells that have a value; a formula's value is the one
    that Excel computed last, and `uncomputed` names the formulas that were never computed."""

    title: str
    cells: Mapping[Place, CellValue]
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False
    uncomputed: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """A workbook (工作簿), its sheets in order."""

    sheets: tuple[Sheet, ...]


def column_name(column: int) -> str:
    """1 → A, 27 → AA.

    >>> column_name(703)
    'AAA'
    """
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell_name(row: int, column: int) -> str:
    """The name under which Excel shows a cell."""
    return f"{column_name(column)}{row}"


def by_row(sheet: Sheet) -> dict[int, dict[int, CellValue]]:
    """The sheet's own values, row by row; never-computed formulas stand as None."""
    rows: dict[int, dict[int, CellValue]] = {}
    for row, column in sorted(sheet.cells.keys() | sheet.uncomputed):
        if column <= LAST_COLUMN:
            rows.setdefault(row, {})[column] = sheet.cells.get((row, column))
    return rows


def spread(sheet: Sheet, rows: range) -> dict[Place, CellValue]:
    """The values of these rows with every merged area filled by its upper left cell."""
    values = {
        (row, column): value
        for (row, column), value in sheet.cells.items()
        if row in rows and column <= LAST_COLUMN
    }
    for merge in sheet.merges:
        value = sheet.cells.get((merge.top, merge.left))
        for row in range(max(merge.top, rows.start), min(merge.bottom + 1, rows.stop)):
            for column in range(merge.left, min(merge.right, LAST_COLUMN) + 1):
                values[row, column] = value
    return values


def sunk(sheet: Sheet, columns: Iterable[int], last_row: int) -> dict[Place, Place]:
    """Which cell gives its value to the cells below it in a merged area, in these columns.

    Only downwards: a note merged across the foot of a table is not a value of every column.
    """
    wanted = set(columns)
    return {
        (row, merge.left): (merge.top, merge.left)
        for merge in sheet.merges
        if merge.left in wanted
        for row in range(merge.top + 1, min(merge.bottom, last_row) + 1)
    }
