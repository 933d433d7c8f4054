"""The hall (考场): who is there, who has fallen silent, what an invigilator may do."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.errors import DomainError, Kind
from app.sitting.rules.moment import State, deadline

SILENT_AFTER = timedelta(seconds=60)
LEAVING_IS_FREE_FOR = 3  # seconds
LONGEST_EXTENSION = 180  # minutes
LONGEST_REASON = 200


class ExtensionOutOfRange(DomainError):
    code, kind = "extension_out_of_range", Kind.INVALID
    message = "一次延长 1 至 {most} 分钟，请写整数。"


class Happened(StrEnum):
    """What the course of a sitting records (作答过程)."""

    CONFIRMED = "confirmed"
    HERE = "here"
    LEFT = "left"
    EXTENDED = "extended"
    FORCED = "forced"
    CLOSED = "closed"
    TICKET = "ticket"


class Presence(StrEnum):
    """How the hall sees a candidate."""

    AWAY = "away"
    CONFIRMED = "confirmed"
    IN = "in"
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
    Presence.SILENT: ("失联", "warn", "silent"),
    Presence.OVER: ("到时待收", "warn", "silent"),
    Presence.DONE: ("已交卷", "ok", "done"),
}


def presence(
    state: State, *, confirmed: bool, heard_at: datetime | None, now: datetime
) -> Presence:
    """How the hall sees a candidate: silent (失联) after more than 60 seconds without an answer
    or a sign of life. It decides nothing."""
    if state.handed_in_at is not None:
        return Presence.DONE
    if state.started_at is None:
        return Presence.CONFIRMED if confirmed else Presence.AWAY
    if now >= deadline(state.window, state.started_at):
        return Presence.OVER
    heard = max(heard_at or state.started_at, state.started_at)
    return Presence.SILENT if now - heard > SILENT_AFTER else Presence.IN


def counts_as_leaving(seconds: int) -> bool:
    """离开页面: who is back within 3 seconds has not left."""
    return seconds > LEAVING_IS_FREE_FOR


def extension_seconds(minutes: int) -> int:
    """延长: one minute to three hours at a time, and never backwards."""
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise ExtensionOutOfRange(most=LONGEST_EXTENSION)
    return minutes * 60


def happened(kind: str, detail: str) -> str:
    """One line in the course of a sitting, as the hall and the candidate read it."""
    words = {
        Happened.CONFIRMED: "核对身份，进入候考",
        Happened.LEFT: f"离开页面 {detail} 秒",
        Happened.EXTENDED: detail,
        Happened.FORCED: f"监考员代为交卷：{detail}",
        Happened.CLOSED: "到时由服务器收卷",
        Happened.TICKET: f"补发准考证：{detail}",
    }
    return words.get(Happened(kind), detail)
