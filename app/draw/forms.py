"""The form in which the witnesses' numbers are typed, and the one that asks for a void."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from app.draw.rules.lots import Contribution
from app.draw.rules.plan import WITNESSES

ROWS = 4
# Two witnesses of six digits each are 40 bits beside the office's 256.
SHORTEST_VALUE = 6


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """One witness as typed: name, duty, number."""

    witness: str = ""
    duty: str = ""
    value: str = ""

    @property
    def empty(self) -> bool:
        return not (self.witness or self.duty or self.value)


@dataclass(frozen=True, slots=True)
class HoldForm:
    """What was typed, what is read from it, and what is wrong: by `witness-1`, `duty-1`,
    `value-1` … and `form` for all of it."""

    rows: tuple[WitnessRow, ...] = (WitnessRow(),) * ROWS
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """The rows that were filled in, in the order in which they were spoken."""
        filled = (row for row in self.rows if not row.empty)
        return tuple(Contribution(row.witness, row.duty, row.value) for row in filled)


@dataclass(frozen=True, slots=True)
class VoidForm:
    """The reason for declaring a draw void."""

    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def parse_hold(
    *, witnesses: Sequence[str], duties: Sequence[str], values: Sequence[str]
) -> HoldForm:
    """见证人的数字: digits, full-width ones included; spaces and dashes are a reader's pauses."""
    typed = zip_longest(witnesses, duties, values, fillvalue="")
    rows = tuple(
        WitnessRow(witness.strip(), duty.strip(), _digits(value)) for witness, duty, value in typed
    )
    rows += (WitnessRow(),) * (ROWS - len(rows))
    problems: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        problems |= {f"{name}-{number}": text for name, text in _row_problems(row).items()}
    names = [row.witness for row in rows if row.witness]
    if len(set(names)) != len(names):
        problems["form"] = "同一名见证人只报一次数字。"
    elif len(names) < WITNESSES:
        problems["form"] = f"至少要有 {WITNESSES} 名见证人各报一组数字。"
    return HoldForm(rows, problems)


def parse_void(reason: str) -> VoidForm:
    """作废理由: it stays on the public board for good, so it says something."""
    reason = reason.strip()
    if len(reason) < 4:
        return VoidForm(reason, {"reason": "请写明作废的理由，它会一直公布在抽取公示上。"})
    return VoidForm(reason)


def _row_problems(row: WitnessRow) -> dict[str, str]:
    if row.empty:
        return {}
    problems = {}
    if not row.witness:
        problems["witness"] = "请填写见证人姓名。"
    if not row.duty:
        problems["duty"] = "请填写见证人的单位或职务。"
    if not row.value.isdecimal() or len(row.value) < SHORTEST_VALUE:
        problems["value"] = f"请填写见证人报出的数字，至少 {SHORTEST_VALUE} 位。"
    return problems


def _digits(value: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", value) if not c.isspace() and c != "-")
