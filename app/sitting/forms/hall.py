"""The hall's small forms: a reason, and what goes with it."""

from dataclasses import dataclass, field

from app.sitting.rules.hall import LONGEST_EXTENSION, LONGEST_MESSAGE, LONGEST_REASON

LONGEST_CODE = 16


@dataclass(frozen=True, slots=True)
class HallForm:
    """A reason or a text, for more time the minutes, and for a whole hall perhaps one county of it
    by its code. `act` says which form of the page it was."""

    act: str = ""
    reason: str = ""
    minutes_text: str = ""
    minutes: int = 0
    county: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def parse_hall(
    *, act: str, reason: str, minutes: str | None = None, county: str = "", least: int = 1
) -> HallForm:
    """Everything an invigilator does has a reason of one line."""
    reason, problems = _line(reason), {}
    if not reason:
        problems["reason"] = "请写明理由，考生和审计都看得到。"
    elif len(reason) > LONGEST_REASON:
        problems["reason"] = f"理由请写在 {LONGEST_REASON} 字以内。"
    text, number = (minutes or "").strip(), 0
    if minutes is not None:
        if text.isascii() and text.isdecimal() and least <= int(text[:6]) <= LONGEST_EXTENSION:
            number = int(text)
        else:
            problems["minutes"] = f"请写 {least} 至 {LONGEST_EXTENSION} 的整数。"
    return HallForm(act, reason, text, number, _line(county)[:LONGEST_CODE], problems)


def parse_message(text: str) -> HallForm:
    """A message to candidates; its text is its reason."""
    line, problems = _line(text), {}
    if not line:
        problems["text"] = "请写通知的内容。"
    elif len(line) > LONGEST_MESSAGE:
        problems["text"] = f"通知请写在 {LONGEST_MESSAGE} 字以内，现在是 {len(line)} 字。"
    return HallForm("message", line, problems=problems)


def file_problem(message: str) -> HallForm:
    """An answer file that was not taken."""
    return HallForm("file", problems={"file": message})


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
