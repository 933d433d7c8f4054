"""The public record of a draw (抽取记录), void draws in it, and who is next in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.draw.rules.lots import Contribution, chance, rank, seed
from app.draw.rules.plan import VERSION, commitment, nonce_hash
from app.kernel.canonical import digest
from app.kernel.errors import DomainError, Kind


class DrawMissing(DomainError):
    code, kind, message = "draw_missing", Kind.MISSING, "没有这次抽取。"


class AlreadyHeld(DomainError):
    code, kind = "already_held", Kind.CONFLICT
    message = "一个承诺只能抽取一次，本次已经抽取。"


class NotHeldYet(DomainError):
    code, kind, message = "not_held_yet", Kind.CONFLICT, "本次抽取还没有进行。"


class NonceNotPromised(DomainError):
    code, kind = "nonce_not_promised", Kind.CONFLICT
    message = "公开的主办单位随机数与承诺时公布的 SHA-256 值不符，抽取不能进行。"


class VoidsIncomplete(DomainError):
    code, kind = "voids_incomplete", Kind.CONFLICT
    message = "作废记录与承诺中列明的不一致：{commitment}。每次作废都要连同原因留在记录里。"


class StratumUnknown(DomainError):
    code, kind, message = "stratum_unknown", Kind.MISSING, "抽取记录里没有“{county}”。"


class NoReserveLeft(DomainError):
    code, kind = "no_reserve_left", Kind.CONFLICT
    message = "{county}全部 {people} 人都已用完，没有可以递补的人；不能为此重新抽取。"


@dataclass(frozen=True, slots=True)
class Void:
    """A draw that was declared void (作废): which one, when (as `plan.moment` writes it), why."""

    commitment: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reserve:
    """The next in order (递补人选). `place` counts from 1 in the county's full ranking; `listed`
    says whether the record named this person as a reserve from the start."""

    unit_id: str
    place: int
    listed: bool
    reason: str


def transcript(
    plan: Mapping[str, Any],
    nonce: str,
    contributions: Sequence[Contribution],
    voids: Sequence[Void] = (),
) -> dict[str, Any]:
    """抽取记录: everything needed to compute the draw again, and nothing else.

    `{version, commitment: {…the plan…}, commitment_hash, chance: {office_nonce, contributions:
    [{name, duty, text}]}, seed, strata: [{stratum, ranking, drawn, reserves}], voids:
    [{commitment, at, reason}], hash}`; `hash` is SHA-256 over all the rest.

    `voids` are the draws that the plan names as `earlier`, and this one itself if it was declared
    void afterwards. Same plan, chance and voids: the same record, byte for byte.
    """
    promised = commitment(plan)
    if nonce_hash(nonce) != plan["office_nonce_hash"]:
        raise NonceNotPromised
    _check_voids(plan["earlier"], promised, voids)
    spoken = chance(nonce, contributions)
    grown = seed(promised, spoken)
    record: dict[str, Any] = {
        "version": VERSION,
        "commitment": dict(plan),
        "commitment_hash": promised,
        "chance": spoken,
        "seed": grown,
        "strata": [_ranked(line, grown) for line in plan["strata"]],
        "voids": [
            {"commitment": void.commitment, "at": void.at, "reason": void.reason}
            for void in sorted(voids, key=lambda void: (void.at, void.commitment))
        ],
    }
    return {**record, "hash": digest(record)}


def drawn(transcript: Mapping[str, Any]) -> dict[str, list[str]]:
    """Those called up in each county: the first `quota` of its ranking."""
    return {line["stratum"]: list(line["drawn"]) for line in transcript["strata"]}


def next_reserve(transcript: Mapping[str, Any], *, stratum: str, used: Collection[str]) -> Reserve:
    """递补: the first of the county's ranking after the drawn who is not in `used` (called up
    already, nominated meanwhile, or themselves not available). Never a new draw: when the listed
    reserves are used up, the order simply goes on to the end of the ranking.
    """
    line = next((line for line in transcript["strata"] if line["stratum"] == stratum), None)
    if line is None:
        raise StratumUnknown(county=stratum)
    ranking, taken = line["ranking"], set(used) | set(line["drawn"])
    for place, unit_id in enumerate(ranking, 1):
        if unit_id not in taken:
            listed = unit_id in line["reserves"]
            why = f"{stratum}抽取顺位第 {place} 位，前面的人员已参赛或者不能参赛"
            return Reserve(unit_id, place, listed, why if listed else f"{why}；列明的替补已用完")
    raise NoReserveLeft(county=stratum, people=len(ranking))


def _ranked(line: Mapping[str, Any], seed: str) -> dict[str, Any]:
    ranking = rank(seed, line["stratum"], line["unit_ids"])
    last = line["quota"] + line["reserves"]
    return {
        "stratum": line["stratum"],
        "ranking": ranking,
        "drawn": ranking[: line["quota"]],
        "reserves": ranking[line["quota"] : last],
    }


def _check_voids(earlier: Sequence[str], promised: str, voids: Sequence[Void]) -> None:
    told = [void.commitment for void in voids if void.reason.strip() and void.at.strip()]
    for each in earlier:
        if each not in told:
            raise VoidsIncomplete(commitment=each)
    for void in voids:
        known = void.commitment in earlier or void.commitment == promised
        if not known or told.count(void.commitment) != 1:
            raise VoidsIncomplete(commitment=void.commitment)
