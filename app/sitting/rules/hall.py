"""The hall (考场): who is there, who has fallen silent, what an invigilator may do."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.errors import DomainError, Kind
from app.sitting.rules import moment
from app.sitting.rules.moment import Phase, State

SECOND = timedelta(seconds=1)
SILENT_AFTER = timedelta(seconds=60)
LONGEST_EXTENSION = 180  # minutes
LONGEST_REASON = 200
LONGEST_MESSAGE = 200
SHORT = 120  # letters of an answer that a list shows


class ExtensionOutOfRange(DomainError):
    code, kind = "extension_out_of_range", Kind.INVALID
    message = "一次延长 1 至 {most} 分钟，请写整数。"


class ShiftOutOfRange(DomainError):
    code, kind = "shift_out_of_range", Kind.INVALID
    message = "一次后移 1 至 {most} 分钟，请写整数。"


class AlreadyBegun(DomainError):
    code, kind = "already_begun", Kind.CONFLICT
    message = "已经开始作答，考试时间不能再后移；需要补时请用“延长时间”。"


class NobodyToPause(DomainError):
    code, kind = "nobody_to_pause", Kind.CONFLICT
    message = "没有可以暂停的人：都已交卷、已经暂停，或者考试时间已过。"


class NobodyPaused(DomainError):
    code, kind, message = "nobody_paused", Kind.CONFLICT, "没有暂停着的人，不用续考。"


class NobodyAddressed(DomainError):
    code, kind = "nobody_addressed", Kind.CONFLICT
    message = "没有收得到通知的人：都已经交卷，或者还没有编场。"


class MessageMissing(DomainError):
    code, kind, message = "message_missing", Kind.MISSING, "没有这条考场通知。"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom an act of the hall reaches (范围): one sitting, else one county by its code, else the
    whole exam."""

    county: str = ""
    sitting_id: int | None = None

    def subject(self, exam_id: int) -> str:
        """How the audit names it."""
        if self.sitting_id is not None:
            return f"sitting/{self.sitting_id}"
        return f"exam/{exam_id}" + (f"/county/{self.county}" if self.county else "")


EVERYBODY = Scope()


class Presence(StrEnum):
    """How the hall sees a candidate."""

    AWAY = "away"
    CONFIRMED = "confirmed"
    IN = "in"
    PAUSED = "paused"
    SILENT = "silent"
    OVER = "over"
    DONE = "done"

    @property
    def label(self) -> str:
        """As the hall says it."""
        return _LABELS[self][0]

    @property
    def tone(self) -> str:
        """The pill's colour; amber means: look here."""
        return _LABELS[self][1]

    @property
    def seat(self) -> str:
        """The look of the seat in the plan of the hall."""
        return _LABELS[self][2]


_LABELS = {
    Presence.AWAY: ("未到", "", "away"),
    Presence.CONFIRMED: ("候考", "", "waiting"),
    Presence.IN: ("作答中", "ok", "in"),
    Presence.PAUSED: ("暂停", "warn", "paused"),
    Presence.SILENT: ("失联", "warn", "silent"),
    Presence.OVER: ("到时待收", "warn", "silent"),
    Presence.DONE: ("已交卷", "ok", "done"),
}


def presence(
    state: State, *, confirmed: bool, heard_at: datetime | None, now: datetime
) -> Presence:
    """How the hall sees a candidate: silent (失联) after more than 60 seconds without an answer
    or a sign of life. Whose clock stands still is paused, before the opening and in the grace too:
    somebody must resume it, or it stands for ever. It decides nothing."""
    if state.handed_in_at is not None:
        return Presence.DONE
    if state.window.paused_at is not None:
        return Presence.PAUSED
    if state.started_at is None:
        return Presence.CONFIRMED if confirmed else Presence.AWAY
    if moment.phase(state, now) is Phase.OVER:
        return Presence.OVER
    heard = max(heard_at or state.started_at, state.started_at)
    return Presence.SILENT if now - heard > SILENT_AFTER else Presence.IN


def extension_seconds(minutes: int) -> int:
    """延长: one minute to three hours at a time, and never backwards."""
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise ExtensionOutOfRange(most=LONGEST_EXTENSION)
    return minutes * 60


def shift_seconds(minutes: int) -> int:
    """后移: one minute to three hours at a time, and never forwards."""
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise ShiftOutOfRange(most=LONGEST_EXTENSION)
    return minutes * 60


def may_pause(state: State, now: datetime) -> bool:
    """Whether there is a clock to stop (暂停): not handed in, not paused already, not missed. Who
    is in the grace has one too: what is still on its way must not come too late meanwhile."""
    if state.handed_in_at is not None or state.window.paused_at is not None:
        return False
    return moment.phase(state, now) is not Phase.MISSED


def paused_from(state: State, at: datetime) -> datetime:
    """Since when the clock stands, of a sitting that is stopped as of `at`: not before it began,
    or a pause that reaches back would give more than the whole length."""
    return at if state.started_at is None else max(at, state.started_at)


def resumed_seconds(state: State, now: datetime) -> int:
    """续考: what was added, in whole seconds and rounded up, once the clock goes on: nobody has
    less left than when it stopped. The same as before, where it does not stand."""
    extra, paused_at = state.window.extra, state.window.paused_at
    return whole_seconds(extra if paused_at is None else moment.resumed(extra, paused_at, now))


def whole_seconds(length: timedelta) -> int:
    """A length in whole seconds, in the candidate's favour."""
    return -(-length // SECOND)


def as_read(raw: str) -> str:
    """A stored answer, shortly, as its candidate would read it: letters, texts and numbers in
    their order, without the spelling that programs need."""
    try:
        words = "、".join(_parts(json.loads(raw))) if raw else ""
    except (ValueError, RecursionError):
        words = raw.strip()
    words = words or "（空白）"
    return words if len(words) <= SHORT else words[: SHORT - 1] + "…"


def _parts(read: object) -> list[str]:
    match read:
        case str():
            return [read] if read.strip() else []
        case bool() | int() | float():
            return [str(read)]
        case list():
            return [part for each in read for part in _parts(each)]
        case dict():
            return [part for each in read.values() for part in _parts(each)]
        case _:
            return []
