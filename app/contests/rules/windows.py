"""The time window of an exam (考试时间窗) before anyone sits: its phases, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from app.contests.rules.checks import Problem

NOTHING = timedelta(0)
SHORTEST_LENGTH = timedelta(minutes=5)
LONGEST_LENGTH = timedelta(hours=8)
LONGEST_GRACE = timedelta(minutes=30)
LONGEST_SIGN_IN = timedelta(hours=4)
LONGEST_WINDOW = timedelta(days=31)


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


def timing_problems(window: Window, now: datetime | None = None) -> list[Problem]:
    """What is wrong with a window. With `now`, also whether it opens in the past: asked when it is
    set, not when it is read."""
    found: list[Problem] = []
    if window.closes_at <= window.opens_at:
        found.append(Problem("closes_at", "结束时间应晚于开始时间。"))
    else:
        if window.closes_at - window.opens_at > LONGEST_WINDOW:
            found.append(Problem("closes_at", f"考试开放时间不能超过 {LONGEST_WINDOW.days} 天。"))
        if window.length > window.closes_at - window.opens_at:
            found.append(
                Problem(
                    "length",
                    f"考试时长 {_minutes(window.length)}，超过开放时间"
                    f" {_minutes(window.closes_at - window.opens_at)}，没有人能用满；"
                    "请缩短时长或推迟结束时间。",
                )
            )
    if not SHORTEST_LENGTH <= window.length <= LONGEST_LENGTH:
        found.append(
            Problem(
                "length",
                f"考试时长应在 {_minutes(SHORTEST_LENGTH)}到 {_minutes(LONGEST_LENGTH)}之间。",
            )
        )
    if not NOTHING <= window.grace <= LONGEST_GRACE:
        found.append(
            Problem("grace", f"断网补传的宽限时间应在 0 到 {_minutes(LONGEST_GRACE)}之间。")
        )
    if not NOTHING <= window.sign_in_before <= LONGEST_SIGN_IN:
        found.append(
            Problem("sign_in_before", f"签到提前时间应在 0 到 {_minutes(LONGEST_SIGN_IN)}之间。")
        )
    if now is not None and window.opens_at < now:
        found.append(Problem("opens_at", "开始时间已经过去，请改为以后的时间。"))
    return found


def overlaps(windows: Sequence[tuple[str, Window]]) -> list[Problem]:
    """Exams of one contest that are open at the same time, by title: one person cannot sit two.
    One may open at the moment when the other closes."""
    return [
        Problem("opens_at", f"“{one}”和“{other}”的考试时间重叠。")
        for (one, first), (other, second) in combinations(windows, 2)
        if first.opens_at < second.closes_at and second.opens_at < first.closes_at
    ]


def _minutes(length: timedelta) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return f"{minutes} 分 {seconds} 秒" if seconds else f"{minutes} 分钟"
