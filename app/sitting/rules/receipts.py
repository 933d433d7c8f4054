"""The pass that a page saves with, and the receipt that a hand-in leaves."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from app.kernel.canonical import digest
from app.sitting.rules.refusals import BadPass


class By(StrEnum):
    """Who handed in (交卷方式)."""

    CANDIDATE = "candidate"
    SERVER = "server"
    INVIGILATOR = "invigilator"

    @property
    def label(self) -> str:
        """As the receipt says it."""
        return _LABELS[self]


_LABELS = {
    By.CANDIDATE: "本人交卷",
    By.SERVER: "到时由服务器收卷",
    By.INVIGILATOR: "监考员代为交卷",
}


def sitting_pass(key: str, sitting_id: int) -> str:
    """作答凭证: proves that the server showed this paper to its candidate."""
    tag = hmac.new(key.encode(), f"sitting-pass:{sitting_id}".encode(), hashlib.sha256).hexdigest()
    return f"{sitting_id}.{tag}"


def check_pass(key: str, given: str, sitting_id: int) -> None:
    """Refuses a pass that is forged or belongs to another sitting."""
    if not hmac.compare_digest(given.encode(), sitting_pass(key, sitting_id).encode()):
        raise BadPass


def answers_digest(sitting_id: int, answers: Mapping[int, str]) -> str:
    """答案摘要: SHA-256 over every current answer, in the order of the items."""
    return digest([sitting_id, [[item, answers[item]] for item in sorted(answers)]])


def receipt(sitting_id: int, answers: Mapping[int, str], handed_in_at: datetime) -> str:
    """回执码: 12 characters that change when any answer does."""
    moment = handed_in_at.isoformat(timespec="microseconds")
    code = digest([answers_digest(sitting_id, answers), moment])
    return "-".join(code[at : at + 4].upper() for at in (0, 4, 8))
