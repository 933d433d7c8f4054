"""A circular (通报) as data: what a workbook paints and a page shows is the same value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.kernel.errors import DomainError, Kind
from app.kernel.score import rounded

NOTHING = "—"


class IdentityShown(DomainError):
    code, kind = "identity_shown", Kind.FORBIDDEN
    message = "通报里出现了身份证号或手机号（{where}），不能生成；请先从姓名、单位或说明中删去。"


class CellKind(StrEnum):
    """What a column holds. Identity-like cells are text: Excel would eat their zeros."""

    TEXT = "text"
    WORD = "word"
    IDENTITY = "identity"
    WHOLE = "whole"
    SCORE = "score"


Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `head` has one part, or two where a merged head stands above. `widest` is the
    width (in half-width characters) at which text is wrapped."""

    head: tuple[str, ...]
    kind: CellKind
    widest: float = 60
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """One cell of the head with its extent (合并表头)."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet (附件): `name` on the tab, `caption` above, `notes` below. `frozen` counts the
    columns that stay in sight."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    frozen: int = 0

    @property
    def depth(self) -> int:
        """Rows of the head."""
        return max(len(column.head) for column in self.columns)

    @property
    def head_rows(self) -> list[list[Head]]:
        """The head row by row, for a page: each cell once, with its spans."""
        return [[head for head in heads(self) if head.row == row] for row in range(self.depth)]

    @property
    def text_rows(self) -> list[list[str]]:
        """The rows as they read, for a page."""
        return [[shown(value) for value in row] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A section of the text (正文): heading with its number, and what it says."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class CircularMeta:
    """What the office decides about the document: who speaks, to whom, under which number.

    `mark` is the red head (发文机关标志), `number` the document number (发文字号), `signer` the
    signature (落款), `issued_on` the date (成文日期).
    """

    mark: str
    number: str
    addressee: str
    signer: str
    issued_on: date
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Circular:
    """The whole document (通报), in reading order, with the release it was made from."""

    mark: str
    number: str
    title: str
    addressee: str
    opening: str
    paragraphs: tuple[Paragraph, ...]
    closing: str
    attachments: tuple[str, ...]
    signer: str
    issued_on: str
    subtitle: str
    tables: tuple[Table, ...]
    release: str
    hash: str
    issued: date

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text of the document with the place where it stands."""
        for name in ("mark", "number", "title", "addressee", "opening", "closing", "signer"):
            yield name, getattr(self, name)
        for paragraph in self.paragraphs:
            yield paragraph.heading, paragraph.text
        for table in self.tables:
            for number, row in enumerate(table.rows, 1):
                for column, value in zip(table.columns, row, strict=True):
                    yield f"{table.name}第{number}行“{column.head[-1]}”", str(value)
            for note in table.notes:
                yield f"{table.name}注", note


def heads(table: Table) -> list[Head]:
    """The merged head: equal groups beside each other become one cell; a head of one part goes
    down through all rows."""
    found: list[Head] = []
    depth = table.depth
    at = 0
    while at < len(table.columns):
        head = table.columns[at].head
        if len(head) == 1:
            found.append(Head(head[0], 0, at, rows=depth))
            at += 1
            continue
        end = at
        while end < len(table.columns) and table.columns[end].head[:-1] == head[:-1]:
            found.append(Head(table.columns[end].head[-1], 1, end))
            end += 1
        found.append(Head(head[0], 0, at, columns=end - at))
        at = end
    return sorted(found, key=lambda each: (each.row, each.column))


def shown(value: Value) -> str:
    """A cell as it reads: scores with two decimals, a dash for what does not exist.

    >>> shown(Decimal("86.5")), shown(None), shown(3)
    ('86.50', '—', '3')
    """
    match value:
        case None:
            return NOTHING
        case Decimal():
            return str(rounded(value))
        case _:
            return str(value)


def document_number(prefix: str, year: int, serial: int) -> str:
    """发文字号: 代字〔年份〕序号, without 第 and without leading zeros (GB/T 9704—2012, 7.2.5).

    >>> document_number("云环办", 2026, 7)
    '云环办〔2026〕7号'
    """
    return f"{prefix}〔{year}〕{serial}号"


def chinese_date(day: date) -> str:
    """成文日期: Arabic numerals, without leading zeros (GB/T 9704—2012, 7.3.5).

    >>> chinese_date(date(2026, 3, 5))
    '2026年3月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def masked(certificate: str) -> str:
    """A certificate number as it may be seen: masked already, or masked here.

    >>> masked("530102001"), masked("53**01"), masked("")
    ('530***001', '53**01', '')
    """
    if "*" in certificate or not certificate:
        return certificate
    edge = min(3, len(certificate) // 3)
    middle = "*" * (len(certificate) - 2 * edge)
    return certificate[:edge] + middle + certificate[len(certificate) - edge :]


_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])")


def refuse_identities(circular: Circular) -> None:
    """Nothing that looks like an identity or mobile number leaves the house in a circular
    (个人信息保护法 art. 6: no more than the purpose needs)."""
    for where, text in circular.texts():
        if _IDENTITY.search(text):
            raise IdentityShown(where=where)
