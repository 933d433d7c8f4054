"""What a draw fixes before chance is known (抽取方案), and its commitment (承诺值)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.kernel.canonical import digest
from app.kernel.errors import DomainError, Kind

VERSION = "biwu-draw/1"
ALGORITHM = "hmac-sha256-sort/1"
WITNESSES = 2
"""At least so many people contribute to the chance (见证人不少于两人, facts.md 7.5)."""

SOURCES = (
    "主办单位随机数：公布承诺值时只公布其 SHA-256 值，见证人全部报数以后公开",
    "见证人当场报出的内容：姓名、职务和所报内容，按报出的先后顺序记入",
)
"""Where the chance comes from, in the words that are published (随机来源)."""

SHORTEST_NOTICE, LONGEST_NOTICE = timedelta(days=1), timedelta(days=7)
_HASH = re.compile("[0-9a-f]{64}")
_NONCE = re.compile("[0-9a-f]{64,}")


class DrawPlanEmpty(DomainError):
    code, kind = "draw_plan_empty", Kind.INVALID
    message = "没有一个县（市、区）可供抽取，请先冻结花名册。"


class QuotaInvalid(DomainError):
    code, kind = "quota_invalid", Kind.INVALID
    message = "{county}的抽取名额应为 1 人以上，替补人数不能是负数。"


class QuotaInfeasible(DomainError):
    code, kind = "quota_infeasible", Kind.INVALID
    message = "{county}符合条件的只有 {have} 人，不足 {need} 人；名额不会自动减少，请先核对花名册。"


class UnitTwice(DomainError):
    code, kind = "unit_twice", Kind.INVALID
    message = "“{unit}”在抽取名单里出现了两次，每人只能有一个签。"


class StratumTwice(DomainError):
    code, kind = "stratum_twice", Kind.INVALID
    message = "“{county}”在抽取方案里出现了两次，或者名称为空。"


class NonceUnfit(DomainError):
    code, kind = "nonce_unfit", Kind.INVALID
    message = "主办单位随机数应为 64 位以上的小写十六进制字符。"


class HashUnfit(DomainError):
    code, kind = "hash_unfit", Kind.INVALID
    message = "{what}不是 SHA-256 值。"


class AnnouncedTooLate(DomainError):
    code, kind = "announced_too_late", Kind.INVALID
    message = "抽取时间应当晚于公布承诺值的时间：先公布，后抽取。"


class HeldTooEarly(DomainError):
    code, kind = "held_too_early", Kind.CONFLICT
    message = "还没有到公布的抽取时间，不能提前抽取。"


@dataclass(frozen=True, slots=True)
class Stratum:
    """One county (县、市、区) in a draw: how many are drawn, how many reserves are wished for, and
    the ids (执法证号) of those who are eligible on the frozen roster."""

    stratum: str
    quota: int
    reserves: int
    unit_ids: Sequence[str]


def plan(
    *,
    title: str,
    contest: str,
    roster_version: int,
    roster_hash: str,
    strata: Sequence[Stratum],
    office_nonce: str,
    announced_at: datetime,
    scheduled_at: datetime,
    sources: Sequence[str] = SOURCES,
    earlier: Sequence[str] = (),
) -> dict[str, Any]:
    """抽取方案: all that is fixed before chance is known, ready to be hashed and published.

    The order in which counties and people are given changes nothing. `earlier` are the
    commitments of void draws that this one replaces: they are part of what is promised, so that
    no attempt can be dropped from the record. `office_nonce` stays secret until the ceremony;
    only its hash goes in. Moments are aware; they are written in UTC.

    Refused: no county; a county that cannot fill its quota (QuotaInfeasible, with the county and
    the figures); a person or county given twice; a draw not later than its announcement. Fewer
    reserves than wished for is no refusal, see `remarks`.
    """
    if not strata:
        raise DrawPlanEmpty
    _check_strata(strata)
    if not _NONCE.fullmatch(office_nonce):
        raise NonceUnfit
    for what, value in (
        ("花名册", roster_hash),
        *(("已作废抽取的承诺值", each) for each in earlier),
    ):
        if not _HASH.fullmatch(value):
            raise HashUnfit(what=what)
    if scheduled_at <= announced_at:
        raise AnnouncedTooLate
    return {
        "title": title,
        "contest": contest,
        "roster_version": roster_version,
        "roster_hash": roster_hash,
        "algorithm": ALGORITHM,
        "announced_at": moment(announced_at),
        "scheduled_at": moment(scheduled_at),
        "office_nonce_hash": nonce_hash(office_nonce),
        "witnesses": WITNESSES,
        "sources": list(sources),
        "strata": [
            {
                "stratum": each.stratum,
                "quota": each.quota,
                "reserves": each.reserves,
                "unit_ids": sorted(each.unit_ids),
            }
            for each in sorted(strata, key=lambda each: each.stratum)
        ],
        "earlier": sorted(set(earlier)),
    }


def commitment(plan: Mapping[str, Any]) -> str:
    """承诺值: SHA-256 of the plan's canonical JSON, published before anyone contributes."""
    return digest(dict(plan))


def nonce_hash(office_nonce: str) -> str:
    """SHA-256 of the office's secret as it is written (lower-case hex, as UTF-8 text)."""
    return hashlib.sha256(office_nonce.encode()).hexdigest()


def moment(at: datetime) -> str:
    """A moment as the record writes it: UTC, whole seconds, `2026-11-20T01:00:00Z`."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone is no moment")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def may_hold(plan: Mapping[str, Any], *, now: datetime) -> None:
    """Refuses a ceremony before the published time; at that second it may begin."""
    if moment(now) < plan["scheduled_at"]:
        raise HeldTooEarly


def remarks(plan: Mapping[str, Any]) -> list[str]:
    """What the office should know and may accept: few reserves, short or long notice (提示)."""
    said = []
    for line in plan["strata"]:
        eligible = len(line["unit_ids"])
        spare = eligible - line["quota"]
        if spare < line["reserves"]:
            said.append(
                f"{line['stratum']}符合条件的有 {eligible} 人，抽取 {line['quota']} 人后"
                f"替补只有 {spare} 人，不足希望的 {line['reserves']} 人。"
            )
    notice = _read(plan["scheduled_at"]) - _read(plan["announced_at"])
    if notice < SHORTEST_NOTICE:
        said.append("公布承诺值到抽取不足 1 天，一般应当提前 1 至 7 天公布。")
    if notice > LONGEST_NOTICE:
        said.append("公布承诺值到抽取超过 7 天，一般应当提前 1 至 7 天公布。")
    return said


def _check_strata(strata: Sequence[Stratum]) -> None:
    counties: set[str] = set()
    units: set[str] = set()
    for each in strata:
        if each.stratum in counties or not each.stratum.strip():
            raise StratumTwice(county=each.stratum)
        counties.add(each.stratum)
        if each.quota < 1 or each.reserves < 0:
            raise QuotaInvalid(county=each.stratum)
        if len(each.unit_ids) < each.quota:
            raise QuotaInfeasible(county=each.stratum, have=len(each.unit_ids), need=each.quota)
        for unit in each.unit_ids:
            if unit in units:
                raise UnitTwice(unit=unit)
            units.add(unit)


def _read(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%S%z")
