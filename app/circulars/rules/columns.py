"""Columns that several sheets have in common, and their numbers."""

from decimal import Decimal

from app.circulars.rules.document import CellKind, Column

COUNTY = Column(("县（市、区）",), CellKind.WORD)
PLACE = Column(("名次",), CellKind.WHOLE)
NUMBER = Column(("参赛号",), CellKind.IDENTITY)
NAME = Column(("姓名",), CellKind.WORD)
UNIT = Column(("单位",), CellKind.TEXT, widest=42)
CERTIFICATE = Column(("执法证件号",), CellKind.IDENTITY)
ENTERED = Column(("产生方式",), CellKind.WORD)


def score(text: str | None) -> Decimal | None:
    """A number of the release as a number, nothing added and nothing rounded."""
    return None if text is None else Decimal(text)
