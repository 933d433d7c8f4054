"""Widths of columns and heights of rows, so that nothing is cut and nothing reads ####."""

import math
import unicodedata
from collections.abc import Sequence

from app.circulars.rules.document import CellKind, Column, Table, Value, shown

PADDING = 2.5
INDENT = 1.5  # text stands a little off the line on its left
PAGE = 138.0  # what an A4 sheet across takes at full size


def text_width(text: str) -> float:
    """Half-width characters that a line takes; full-width and ambiguous ones count two.

    >>> text_width("青岚县A1"), text_width("—")
    (8.0, 2.0)
    """
    wide = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return float(len(text) + wide)


def line_count(text: str, width: float) -> int:
    """Lines that a text takes in a cell of this width; one too many is better than one cut."""
    room = max(width, 2.0)
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n"))


def column_widths(table: Table) -> list[float]:
    """Wide enough for the longest cell and the widest head, up to `widest`; a merged head that
    needs more gets it from all of its columns. A table narrower than the page fills it."""
    widths = [
        min(column.widest, _needed(column, [row[index] for row in table.rows])) + _around(column)
        for index, column in enumerate(table.columns)
    ]
    for head in (head for line in table.head_rows for head in line if head.columns > 1):
        span = range(head.column, head.column + head.columns)
        lack = text_width(head.text) + PADDING - sum(widths[index] for index in span)
        for index in span:
            widths[index] += max(0.0, lack) / head.columns
    stretch = max(1.0, PAGE / sum(widths))
    return [width * stretch for width in widths]


def _needed(column: Column, values: Sequence[Value]) -> float:
    head = _folded(column.head[-1])
    return max([head, *(text_width(shown(value)) for value in values)])


def _around(column: Column) -> float:
    return PADDING + INDENT if column.kind is CellKind.TEXT else PADDING


def _folded(head: str) -> float:
    """A head of more than four characters stands in two lines."""
    width = text_width(head)
    return width if width <= 8 else math.ceil(width / 4) * 2.0


def row_lines(table: Table, row: Sequence[Value], widths: Sequence[float]) -> int:
    """Lines of the tallest cell."""
    return max(
        line_count(shown(value), width - PADDING) for value, width in zip(row, widths, strict=True)
    )
