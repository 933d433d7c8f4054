"""What is wrong with a question, said so that its author can mend it at once."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding (问题): where it is, why it is one, what to do. A `remark` stops nothing."""

    question: str
    field: str
    reason: str
    remedy: str = ""
    value: str = ""
    remark: bool = False


def errors(problems: list[Problem]) -> list[Problem]:
    """The findings that keep a batch out of the bank."""
    return [problem for problem in problems if not problem.remark]


def shown(value: Any) -> str:
    """A value as a finding quotes it: one line, not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:60]}……"
