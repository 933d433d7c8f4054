"""Identity numbers (公民身份号码, GB 11643-1999) and the masks under which people see numbers."""

import re
from datetime import date
from enum import StrEnum

_SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


class Gender(StrEnum):
    """性别."""

    MALE = "male"
    FEMALE = "female"

    @property
    def label(self) -> str:
        """男 or 女."""
        return "男" if self is Gender.MALE else "女"


def is_shaped(number: str) -> bool:
    """Seventeen digits and a last character that may be X."""
    return _SHAPE.fullmatch(number) is not None


def check_character(first_17: str) -> str:
    """The last character that GB 11643 (ISO 7064 MOD 11-2) demands after these 17 digits."""
    weighted = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECKS[weighted % 11]


def checks_out(number: str) -> bool:
    """Whether the last character fits. A single wrong digit never does."""
    return is_shaped(number) and check_character(number[:17]) == number[17]


def born_on(number: str) -> date | None:
    """The birthday in digits 7 to 14, None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gender_of(number: str) -> Gender:
    """The 17th digit: odd for men, even for women."""
    return Gender.MALE if int(number[16]) % 2 else Gender.FEMALE


def masked_id(number: str) -> str:
    """The first four and the last four characters; a shorter number shows less.

    >>> masked_id("790101199003071234")
    '7901**********1234'
    """
    return _masked(number, first=4, last=4)


def masked_phone(number: str) -> str:
    """The first three and the last four digits.

    >>> masked_phone("19900005678")
    '199****5678'
    """
    return _masked(number, first=3, last=4)


def _masked(number: str, *, first: int, last: int) -> str:
    if len(number) < first + last + 4:
        first = last = len(number) // 4
    return number[:first] + "*" * (len(number) - first - last) + number[len(number) - last :]
