"""Checking a draw from its public record alone (核验), without database, network or trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.draw.rules.lots import Contribution
from app.draw.rules.plan import Stratum, plan
from app.draw.rules.record import Void, transcript
from app.kernel.errors import DomainError

_SHOWN = 60
# what reading and computing can raise on a value of another shape; a moment in the year 1 overflows
_MALFORMED = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One place where a record contradicts itself: a path such as `strata/0/drawn/1`, and why."""

    where: str
    reason: str


def verify(record: Any, *, published: str | None = None) -> list[Discrepancy]:
    """Computes the draw again; an empty list means that the record holds.

    Total: any JSON value is answered with discrepancies, never with a crash. `published` is the
    commitment as it was seen before the draw (on the notice, in a newspaper); with it, a record
    that was forged as a whole and is consistent in itself is found as well.
    """
    try:
        found = _compare(record)
        if published is not None and record["commitment_hash"] != published:
            found.append(Discrepancy("commitment_hash", "与抽取前公布的承诺值不符"))
    except DomainError as refusal:
        return [Discrepancy("record", f"按规则不能成立：{refusal}")]
    except _MALFORMED as error:
        return [Discrepancy("record", f"记录不完整或者格式不对：{type(error).__name__}")]
    return found


def _compare(record: Any) -> list[Discrepancy]:
    promised, spoken = record["commitment"], record["chance"]
    nonce = _text(spoken["office_nonce"])
    planned = plan(
        title=_text(promised["title"]),
        contest=_text(promised["contest"]),
        roster_version=_whole(promised["roster_version"]),
        roster_hash=_text(promised["roster_hash"]),
        strata=[_stratum(line) for line in _list(promised["strata"])],
        office_nonce=nonce,
        announced_at=_moment(promised["announced_at"]),
        scheduled_at=_moment(promised["scheduled_at"]),
        sources=[_text(source) for source in _list(promised["sources"])],
        earlier=[_text(each) for each in _list(promised["earlier"])],
    )
    found = _differences("commitment", promised, planned)
    if found:
        # Everything below rests on the commitment; to go on would only repeat the complaint.
        return found
    again = transcript(
        planned,
        nonce,
        [
            Contribution(_text(each["name"]), _text(each["duty"]), _text(each["text"]))
            for each in _list(spoken["contributions"])
        ],
        [
            Void(_text(each["commitment"]), _text(each["at"]), _text(each["reason"]))
            for each in _list(record["voids"])
        ],
    )
    return _differences("", record, again)


def _differences(where: str, given: Any, again: Any) -> list[Discrepancy]:
    # `True == 1 == 1.0` in Python, but not in a record
    if type(given) is not type(again):
        return [Discrepancy(where or "record", f"应为{_shown(again)}，记录为{_shown(given)}")]
    if isinstance(again, Mapping):
        return [
            each
            for key in sorted({*given, *again}, key=str)
            for each in _entry(_joined(where, key), key, given, again)
        ]
    if isinstance(again, list):
        if len(given) != len(again):
            return [Discrepancy(where, f"应有 {len(again)} 项，记录有 {len(given)} 项")]
        pairs = enumerate(zip(given, again, strict=True))
        return [
            each for at, (one, other) in pairs for each in _differences(f"{where}/{at}", one, other)
        ]
    if given != again:
        return [Discrepancy(where, f"重新计算为{_shown(again)}，记录为{_shown(given)}")]
    return []


def _entry(
    where: str, key: Any, given: Mapping[Any, Any], again: Mapping[Any, Any]
) -> list[Discrepancy]:
    if key not in again:
        return [Discrepancy(where, "记录里多出这一项")]
    if key not in given:
        return [Discrepancy(where, "记录里缺少这一项")]
    return _differences(where, given[key], again[key])


def _joined(where: str, key: Any) -> str:
    return f"{where}/{key}" if where else str(key)


def _shown(value: Any) -> str:
    text = str(value)
    return f"“{text}”" if len(text) <= _SHOWN else f"“{text[:_SHOWN]}……”"


def _stratum(line: Any) -> Stratum:
    return Stratum(
        _text(line["stratum"]),
        _whole(line["quota"]),
        _whole(line["reserves"]),
        [_text(unit) for unit in _list(line["unit_ids"])],
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("a whole number was expected")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return value


def _moment(value: Any) -> datetime:
    return datetime.strptime(_text(value), "%Y-%m-%dT%H:%M:%S%z")
