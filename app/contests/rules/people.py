"""Who takes part (参赛人员): how they entered, what became of them, their numbers, the next one."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from app.contests.rules.refusals import CandidateTwiceInNumbering, NobodyToNumber
from app.draw.rules.record import NoReserveLeft

# What the numbering is keyed for: the seed of the draw makes another order here than there.
PURPOSE = "biwu-candidate-numbers/1"
DIGITS = 3


class Entered(StrEnum):
    """How a candidate came into the contest (产生方式). The two are shown apart everywhere."""

    DRAW = "draw"
    NOMINATION = "nomination"

    @property
    def label(self) -> str:
        return {Entered.DRAW: "随机抽取", Entered.NOMINATION: "县区推荐"}[self]


class CandidateState(StrEnum):
    """What became of someone who was called up (名单状态)."""

    CALLED = "called"
    RESERVE = "reserve"
    REPLACED = "replaced"
    ON_LEAVE = "on_leave"

    @property
    def label(self) -> str:
        return {
            CandidateState.CALLED: "参赛",
            CandidateState.RESERVE: "替补",
            CandidateState.REPLACED: "已被替换",
            CandidateState.ON_LEAVE: "经批准请假",
        }[self]

    @property
    def sits(self) -> bool:
        """Whether this person gets a number, a ticket and a paper."""
        return self is CandidateState.CALLED


def numbers(seed: str, certificates: Iterable[str], prefix: str) -> dict[str, str]:
    """考号 by certificate: `prefix` and a running number in the order of HMAC-SHA-256 keyed by the
    seed, so that a number tells nothing of the county or of how its bearer entered, and anyone who
    has the seed can do it again. The order in which certificates are given does not matter.

    Raises NobodyToNumber, CandidateTwiceInNumbering.

    >>> numbers("00ff", ["53010001", "53010002"], "BW")
    {'53010001': 'BW001', '53010002': 'BW002'}
    """
    people = list(certificates)
    if not people:
        raise NobodyToNumber
    seen: set[str] = set()
    for certificate in people:
        if certificate in seen:
            raise CandidateTwiceInNumbering(certificate=certificate)
        seen.add(certificate)
    # The certificate itself settles two equal digests, which nobody will ever see.
    order = sorted(people, key=lambda certificate: (_digest(seed, certificate), certificate))
    digits = max(DIGITS, len(str(len(order))))
    return {who: f"{prefix}{place:0{digits}d}" for place, who in enumerate(order, 1)}


def late_number(taken: Collection[str], prefix: str) -> str:
    """The number of a reserve who steps in after numbers were given: the next above all that were
    ever given. Nobody else's number changes, and the number of whoever left is not given again.

    >>> late_number({"BW001", "BW003"}, "BW")
    'BW004'
    """
    own = [text.removeprefix(prefix) for text in taken if text.startswith(prefix)]
    given = [text for text in own if text.isascii() and text.isdigit()]
    digits = max([DIGITS, *(len(text) for text in given)])
    return f"{prefix}{max((int(text) for text in given), default=0) + 1:0{digits}d}"


def next_reserve(
    reserves: Sequence[tuple[int, int]], used: Collection[int], county: str = "本县区"
) -> int:
    """The id of the next reserve (替补) by the order of the draw, never by choice: the lowest
    place that has not been used. `reserves` are (place, id), in any order; `used` are ids of those
    who have already stepped in, or who cannot and have said so. Raises NoReserveLeft.

    >>> next_reserve([(2, 20), (1, 10)], {10})
    20
    """
    for _, who in sorted(reserves):
        if who not in used:
            return who
    raise NoReserveLeft(county=county, people=len(reserves))


def _digest(seed: str, certificate: str) -> str:
    message = f"{PURPOSE}\n{certificate}".encode()
    return hmac.new(seed.encode(), message, hashlib.sha256).hexdigest()
