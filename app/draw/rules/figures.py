"""The entropy that a draw needs and has (熵), as plain figures for the public page.

RFC 3797 prints the same comparison; a draw with more possible results than its chance has values
would leave some results impossible.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any

from app.draw.rules.lots import Contribution

SEED_BITS = Decimal(256)
_NONCE_BITS_PER_DIGIT = 4
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Figures:
    """Bits needed and bits supplied, and the sentence that says so."""

    needed: Decimal
    office: Decimal
    witnesses: Decimal
    supplied: Decimal
    enough: bool
    sentence: str


def figures(
    plan: Mapping[str, Any], *, office_nonce: str, contributions: Sequence[Contribution] = ()
) -> Figures:
    """Needed: log2 of the number of possible lists of drawn people, over all counties, rounded
    up. Supplied: the office's random digits (4 bits each) and, counted low on purpose, what the
    witnesses said (a decimal digit log2 10 bits, any other character 1 bit), rounded down, but
    never more than the seed can hold (256).
    """
    outcomes = 1
    for line in plan["strata"]:
        outcomes *= math.comb(len(line["unit_ids"]), line["quota"])
    needed = Decimal(math.log2(outcomes)).quantize(_TENTH, rounding=ROUND_UP)
    office = min(Decimal(len(office_nonce) * _NONCE_BITS_PER_DIGIT), SEED_BITS)
    spoken = sum((_said(each.text) for each in contributions), Decimal(0))
    witnesses = spoken.quantize(_TENTH, rounding=ROUND_DOWN)
    supplied = min(office + witnesses, SEED_BITS)
    enough = supplied >= needed
    sentence = (
        f"可能的抽取结果需要 {needed} 比特来区分；主办单位随机数提供 {office} 比特，"
        f"见证人提供约 {witnesses} 比特，种子最多容纳 {SEED_BITS} 比特，"
        f"{'足够' if enough else '不足，不能抽取'}。"
    )
    return Figures(needed, office, witnesses, supplied, enough, sentence)


def _said(text: str) -> Decimal:
    digits = sum(character.isdecimal() for character in text)
    return Decimal(math.log2(10)) * digits + (len(text.strip()) - digits)
