"""How chance becomes an order (签值与顺位).

Everything here can be recomputed in any language from canonical JSON, SHA-256, HMAC-SHA-256 and
sorting: there is no generator, no state and no modulo, hence no bias to argue about.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.draw.rules.plan import WITNESSES
from app.kernel.canonical import digest
from app.kernel.errors import DomainError, Kind


class TooFewWitnesses(DomainError):
    code, kind = "too_few_witnesses", Kind.INVALID
    message = "见证人至少 {need} 人各报一项内容，现在只有 {have} 人。"


class WitnessTwice(DomainError):
    code, kind = "witness_twice", Kind.INVALID
    message = "见证人“{name}”报了两次，一人只能报一次。"


class ContributionBlank(DomainError):
    code, kind = "contribution_blank", Kind.INVALID
    message = "第 {number} 位见证人的姓名、职务或所报内容没有填写。"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a witness (见证人) said aloud after the commitment was public."""

    name: str
    duty: str
    text: str


def chance(office_nonce: str, contributions: Sequence[Contribution]) -> dict[str, Any]:
    """随机来源的取值: the office's secret, now revealed, and what the witnesses said, in order.

    Refused: fewer than two witnesses, one of them twice, anything left blank.
    """
    seen: set[str] = set()
    for number, each in enumerate(contributions, 1):
        if not (each.name.strip() and each.duty.strip() and each.text.strip()):
            raise ContributionBlank(number=number)
        if each.name.strip() in seen:
            raise WitnessTwice(name=each.name)
        seen.add(each.name.strip())
    if len(seen) < WITNESSES:
        raise TooFewWitnesses(have=len(seen), need=WITNESSES)
    return {
        "office_nonce": office_nonce,
        "contributions": [
            {"name": each.name, "duty": each.duty, "text": each.text} for each in contributions
        ],
    }


def seed(commitment: str, chance: dict[str, Any]) -> str:
    """种子: SHA-256 of the canonical JSON `{"chance": …, "commitment": …}`.

    Nobody can choose it: the office fixed its part before the witnesses spoke, and they spoke
    before they saw the office's part.
    """
    return digest({"commitment": commitment, "chance": chance})


def lot(seed: str, stratum: str, unit_id: str) -> str:
    """签值: HMAC-SHA-256 of the unit under the county's own key, in hex. The county's key is
    HMAC-SHA-256 of its name under the seed (as 32 bytes), so no county touches another."""
    return _lot(_county_key(seed, stratum), unit_id)


def rank(seed: str, stratum: str, unit_ids: Iterable[str]) -> list[str]:
    """顺位: the full order of one county, smallest lot first. The first `quota` are drawn,
    reserves (替补) are simply the next. The order of the list given changes nothing."""
    key = _county_key(seed, stratum)
    return sorted(unit_ids, key=lambda unit_id: (_lot(key, unit_id), unit_id))


def _county_key(seed: str, stratum: str) -> bytes:
    return hmac.new(bytes.fromhex(seed), stratum.encode(), hashlib.sha256).digest()


def _lot(county_key: bytes, unit_id: str) -> str:
    return hmac.new(county_key, unit_id.encode(), hashlib.sha256).hexdigest()
