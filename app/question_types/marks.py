"""The mark of one question (单题得分): exact points, a reason for each given or withheld.

A mark will be appealed, so it can only be made from its reasons: whoever adds up the reasons
gets the points, to the cent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from app.kernel.score import CENT, total

WHOLE = "整题"
UNANSWERED = "未作答"
UNREADABLE = "答案无法识别"
NOTHING = Decimal(0)
_SHOWN = 40


class Kind(StrEnum):
    """题型: what a question asks for; the value is what banks, papers and URLs write."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    INDEFINITE_CHOICE = "indefinite_choice"
    FILL_IN = "fill_in"
    NUMERIC = "numeric"

    @property
    def label(self) -> str:
        """The Chinese word that papers and circulars print."""
        return _LABELS[self]


_LABELS = {
    Kind.SINGLE_CHOICE: "单选",
    Kind.MULTIPLE_CHOICE: "多选",
    Kind.TRUE_FALSE: "判断",
    Kind.INDEFINITE_CHOICE: "不定项",
    Kind.FILL_IN: "填空",
    Kind.NUMERIC: "数值",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a part of the question earned what it earned; `text` is for the candidate."""

    part: str
    points: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """单题得分: points out of maximum. The reasons' points add up to the points, always."""

    points: Decimal
    maximum: Decimal
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if not NOTHING <= self.points <= self.maximum:
            raise ValueError(f"{self.points} points out of {self.maximum}")
        if total(reason.points for reason in self.reasons) != self.points:
            raise ValueError("the reasons do not add up to the points")


def marked(maximum: Decimal, reasons: Iterable[Reason]) -> Mark:
    """The mark that these reasons add up to."""
    reasons = tuple(reasons)
    return Mark(total(reason.points for reason in reasons), maximum, reasons)


def unanswered(maximum: Decimal) -> Mark:
    """Nothing was answered: 0 points, 未作答."""
    return Mark(NOTHING, maximum, (Reason(WHOLE, NOTHING, UNANSWERED),))


def unreadable(maximum: Decimal) -> Mark:
    """Something was sent that is no answer to this question: 0 points, 答案无法识别."""
    return Mark(NOTHING, maximum, (Reason(WHOLE, NOTHING, UNREADABLE),))


def shares(points: Decimal, count: int) -> tuple[Decimal, ...]:
    """Equal shares in whole cents; what does not divide goes to the last one.

    >>> [str(share) for share in shares(Decimal(2), 3)]
    ['0.66', '0.66', '0.68']
    """
    each = (points / count).quantize(CENT, rounding=ROUND_DOWN)
    return (*(each,) * (count - 1), points - each * (count - 1))


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros.

    >>> plain(Decimal("1.50")), plain(Decimal("1E+2"))
    ('1.5', '100')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quoted(text: str) -> str:
    """What the candidate wrote, in quotation marks, cut where a reason would become a page."""
    text = text.strip()
    return f"“{text}”" if len(text) <= _SHOWN else f"“{text[:_SHOWN]}……”"
