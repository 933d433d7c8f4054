"""The time window of an exam (考试时间窗) before anyone sits: its phases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Window:
    """When an exam opens and closes, how long each one has (考试时长), how late a delivery of what
    was typed in time may arrive (宽限), and how long before it opens people may sign in (签到)."""

    opens_at: datetime
    closes_at: datetime
    length: timedelta
    grace: timedelta
    sign_in_before: timedelta = timedelta(minutes=30)

    @property
    def sign_in_at(self) -> datetime:
        """From when people may sign in and wait."""
        return self.opens_at - self.sign_in_before

    @property
    def settled_at(self) -> datetime:
        """From when nothing more can arrive."""
        return self.closes_at + self.grace

    @property
    def last_full_start(self) -> datetime:
        """Who begins later has less than the whole length."""
        return self.closes_at - self.length


class Phase(StrEnum):
    """Where an exam stands for everybody (科目阶段)."""

    EARLY = "early"
    SIGN_IN = "sign_in"
    OPEN = "open"
    SETTLING = "settling"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            Phase.EARLY: "未到签到时间",
            Phase.SIGN_IN: "签到候考",
            Phase.OPEN: "正在考试",
            Phase.SETTLING: "收卷中",
            Phase.CLOSED: "已结束",
        }[self]


def phase(window: Window, now: datetime) -> Phase:
    """Where the exam stands. A moment equal to a boundary belongs to the later phase. More time
    given to one candidate is a matter of that sitting and is not seen here."""
    if now >= window.settled_at:
        return Phase.CLOSED
    if now >= window.closes_at:
        return Phase.SETTLING
    if now >= window.opens_at:
        return Phase.OPEN
    return Phase.SIGN_IN if now >= window.sign_in_at else Phase.EARLY
