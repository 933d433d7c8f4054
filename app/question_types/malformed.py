"""What is wrong with a question of the bank, said by field, all at once."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from app.kernel.errors import DomainError, Kind

_LIMIT = Decimal(10) ** 15
_FINEST = -10


class QuestionMalformed(DomainError):
    """A question that cannot be asked or marked as it is written (`bank check`)."""

    code, kind, message = "question_malformed", Kind.INVALID, "试题有误：{text}"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(text="；".join(self.problems))


class Fields:
    """A table of the bank being read: every getter gives a usable value and notes what is wrong."""

    def __init__(
        self, table: Mapping[str, Any], *, problems: list[str] | None = None, path: str = ""
    ) -> None:
        self.table = table
        self.path = path
        self.problems: list[str] = [] if problems is None else problems

    def wrong(self, name: str, what: str) -> None:
        """Note a problem of the named field."""
        self.problems.append(f"{self.path}{name}：{what}")

    def finish(self, content: msgspec.Struct, key: msgspec.Struct) -> tuple[dict[str, Any], ...]:
        """Content and key as plain JSON values (decimals as strings), or all problems at once."""
        if self.problems:
            raise QuestionMalformed(self.problems)
        return tuple(msgspec.json.decode(msgspec.json.encode(part)) for part in (content, key))

    def text(self, name: str, what: str, *, needed: bool = True) -> str:
        value = self.table.get(name, "")
        if not isinstance(value, str):
            self.wrong(name, f"{what}应当是文字")
            return ""
        if needed and not value.strip():
            self.wrong(name, f"缺少{what}")
        return value.strip()

    def texts(self, name: str, what: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts; numbers are taken as they are written."""
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(_is_text(one) for one in value):
            self.wrong(name, f"{what}应当是文字的列表")
            return ()
        if needed and not value:
            self.wrong(name, f"缺少{what}")
        return tuple(str(one).strip() for one in value)

    def notes(self, name: str, what: str) -> dict[str, str]:
        """A table text → text."""
        value = self.table.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            self.wrong(name, f"{what}应当是“内容 = 文字”的表")
            return {}
        return {str(one): text.strip() for one, text in value.items()}

    def number(self, name: str, what: str, *, default: Decimal | None = None) -> Decimal:
        if name not in self.table and default is not None:
            return default
        return self.as_number(name, self.table.get(name), what)

    def as_number(self, name: str, value: Any, what: str) -> Decimal:
        """A decimal: 216, 7.2 or "7.2"; at most 15 digits before the point and 10 after."""
        number = None
        if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
            try:
                number = Decimal(str(value).strip())
            except InvalidOperation:
                number = None
        if number is None or not number.is_finite():
            self.wrong(name, f"{what}应当是一个数")
            return Decimal(0)
        exponent = number.as_tuple().exponent
        if abs(number) >= _LIMIT or (isinstance(exponent, int) and exponent < _FINEST):
            self.wrong(name, f"{what}位数过多")
            return Decimal(0)
        return number

    def flag(self, name: str, what: str) -> bool:
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            self.wrong(name, f"{what}应当是 true 或者 false")
            return False
        return value

    def inner(self, name: str, what: str) -> "Fields":
        """A table inside this one."""
        value = self.table.get(name)
        if not isinstance(value, dict):
            self.wrong(name, f"缺少{what}")
            value = {}
        return Fields(value, problems=self.problems, path=f"{self.path}{name}.")

    def rows(self, name: str, what: str, *, needed: bool) -> list["Fields"]:
        """An array of tables inside this one."""
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(name, f"{what}应当写成 [[{name}]] 的若干段")
            return []
        if needed and not value:
            self.wrong(name, f"缺少{what}")
        return [
            Fields(one, problems=self.problems, path=f"{self.path}{name}[{number}].")
            for number, one in enumerate(value, 1)
        ]


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
