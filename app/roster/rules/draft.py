"""A row being read (草稿): what is certain so far, and what is wrong with its cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.roster.rules.cells import is_error, is_nothing, shown, shown_private
from app.roster.rules.grid import CellValue, Place, cell_name
from app.roster.rules.header import Column
from app.roster.rules.people import OfficerEntry
from app.roster.rules.plan import Flaw, ProblemKind

AS_TEXT = "请先把这一列的单元格格式设为“文本”，再照证件重新输入"


@dataclass(slots=True)
class Draft:
    """A row being read: what is certain so far, and the flaws by column."""

    row: int
    values: Mapping[Column, CellValue]
    places: Mapping[Column, Place]
    uncomputed: frozenset[Column]
    flaws: list[tuple[Column, Flaw]] = field(default_factory=list)
    county: str = ""
    name: str = ""
    certificate: str = ""
    id_number: str = ""
    unit: str = ""
    entry: OfficerEntry | None = None

    def cell(self, column: Column) -> str:
        """The cell that holds the column's value: for a merged area its upper left one."""
        return cell_name(*self.places[column])

    def flaw(self, column: Column, flaw: Flaw) -> None:
        """Notes what is wrong with the cell in this column."""
        self.flaws.append((column, flaw))

    def value(self, column: Column) -> CellValue:
        """The cell's value; None if it is blank or has a fault that is already noted."""
        if column in self.uncomputed:
            if not any(noted is column for noted, _ in self.flaws):
                reason = "公式没有算出的值"
                remedy = "请在 Excel 中打开并保存一次，或把公式粘贴为“值”"
                self.flaw(column, Flaw(ProblemKind.FORMULA_UNCOMPUTED, reason, remedy))
            return None
        value = self.values.get(column)
        if is_error(value):
            if not any(noted is column for noted, _ in self.flaws):
                reason = f"单元格是 Excel 错误值 {shown(value)}"
                self.flaw(column, Flaw(ProblemKind.ERROR_VALUE, reason, "请直接填写内容"))
            return None
        return value

    def faulty(self, column: Column) -> bool:
        """Whether a flaw is already noted for this column."""
        return any(noted is column for noted, _ in self.flaws)

    def shown(self, column: Column) -> str:
        """What people see of the cell."""
        value = self.values.get(column)
        private = column in (Column.ID_NUMBER, Column.PHONE)
        return shown_private(value) if private else shown(value)

    @property
    def person(self) -> str:
        """Whose row it is: 周砚秋（青岚县）."""
        value = self.values.get(Column.NAME)
        name = f"第 {self.row} 行" if is_nothing(value) else shown(value)
        return f"{name}（{self.county}）" if self.county else name
