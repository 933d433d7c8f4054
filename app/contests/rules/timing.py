"""The linter of timing settings (时间核对): what cannot be, and what deserves a second look.

It guards against the fault of the SAT of March 2025, where not the program but a setting was
wrong: a fixed duration that was too short handed in thousands of candidates before their time.
Here nobody types an end beside a duration without the two being compared, nothing is published
that these rules refuse, and `simulated` then walks five kinds of candidate through what is left.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations

from app.contests.rules.checks import Problem
from app.contests.rules.windows import NOTHING, Window
from app.contests.rules.workdays import announced, day_off, office_time

SHORTEST_LENGTH = timedelta(minutes=5)
LONGEST_LENGTH = timedelta(hours=8)
SHORTEST_GRACE = timedelta(seconds=60)
LONGEST_GRACE = timedelta(minutes=30)
LONGEST_SIGN_IN = timedelta(hours=4)
LONGEST_WINDOW = timedelta(days=31)
# Time to come out of one hall and into the next, and to lengthen the first one by a little.
SHORTEST_BREAK = timedelta(minutes=15)
# Who is let in so much late should still have the whole length.
LATE_ENTRY = timedelta(minutes=15)
DAY_BEGINS, DAY_ENDS = 7, 22  # o'clock, on the office's clock


def timing_problems(window: Window, now: datetime | None = None) -> list[Problem]:
    """What is wrong with a window, at the field it belongs to; such a window is refused. With
    `now`, also whether it opens in the past: asked when it is set, not when it is read.

    Refused: it closes before it opens or is open for more than 31 days; a length that does not
    fit in, is under 5 minutes or over 8 hours; a grace under a minute (a phone that reconnects
    needs that long) or over 30; sign-in after the opening or more than 4 hours before.
    """
    return list(_problems(window, now))


def _problems(window: Window, now: datetime | None) -> Iterator[Problem]:
    open_for = window.closes_at - window.opens_at
    if open_for <= NOTHING:
        yield Problem("closes_at", "结束时间应晚于开始时间。")
    else:
        if open_for > LONGEST_WINDOW:
            yield Problem("closes_at", f"考试开放时间不能超过 {LONGEST_WINDOW.days} 天。")
        if window.length > open_for:
            yield Problem(
                "length",
                f"考试时长 {minutes(window.length)}，超过开放时间 {minutes(open_for)}，"
                "没有人能用满；请缩短时长或推迟结束时间。",
            )
    if not SHORTEST_LENGTH <= window.length <= LONGEST_LENGTH:
        least, most = minutes(SHORTEST_LENGTH), minutes(LONGEST_LENGTH)
        yield Problem("length", f"考试时长应在 {least}到 {most}之间。")
    if not SHORTEST_GRACE <= window.grace <= LONGEST_GRACE:
        least, most = minutes(SHORTEST_GRACE), minutes(LONGEST_GRACE)
        yield Problem("grace", f"断网补传的宽限时间应在 {least}到 {most}之间。")
    if not NOTHING <= window.sign_in_before <= LONGEST_SIGN_IN:
        most = minutes(LONGEST_SIGN_IN)
        yield Problem("sign_in_before", f"签到提前时间应在 0 到 {most}之间。")
    if now is not None and window.opens_at < now:
        yield Problem("opens_at", "开始时间已经过去，请改为以后的时间。")


def timing_warnings(window: Window) -> list[Problem]:
    """What is possible and seldom meant; the organizer reads it, and may publish all the same.

    A window in which who comes a quarter of an hour late cannot use the whole length; an exam
    before 7:00 or after 22:00 on the office's clock; on a weekend or a public holiday, or in a
    year whose holidays are not known; a sign-in that opens with the exam.
    """
    return list(_warnings(window))


def _warnings(window: Window) -> Iterator[Problem]:
    opens, closes = office_time(window.opens_at), office_time(window.closes_at)
    spare = window.closes_at - window.opens_at - window.length
    if NOTHING <= spare < LATE_ENTRY:
        late = f"迟到 {minutes(spare)}以上" if spare else "只要晚开始一秒"
        yield Problem(
            "closes_at",
            f"{late}，就用不满 {minutes(window.length)}；开放时间最好比时长多"
            f" {minutes(LATE_ENTRY)}。",
        )
    if opens.hour < DAY_BEGINS:
        yield Problem("opens_at", f"开始时间 {opens:%H:%M}，在早上 {DAY_BEGINS} 点以前。")
    if opens.hour >= DAY_ENDS:
        yield Problem("opens_at", f"开始时间 {opens:%H:%M}，在晚上 {DAY_ENDS} 点以后。")
    if opens.date() != closes.date():
        yield Problem("closes_at", "考试开放时间跨了夜，请核对结束的日期。")
    elif closes > closes.replace(hour=DAY_ENDS, minute=0, second=0, microsecond=0):
        yield Problem("closes_at", f"结束时间 {closes:%H:%M}，在晚上 {DAY_ENDS} 点以后。")
    for field, day in (("opens_at", opens.date()), ("closes_at", closes.date())):
        if field == "closes_at" and day == opens.date():
            continue
        if reason := day_off(day):
            yield Problem(field, f"{day.month}月{day.day}日是{reason}，不是工作日。")
        if not announced(day.year):
            yield Problem(field, f"{day.year} 年的放假安排还没有收录，请自行核对。")
    if window.sign_in_before == NOTHING:
        yield Problem("sign_in_before", "没有签到时间，所有人要在开考的一刻同时登录。")


def clashes(windows: Sequence[tuple[str, Window]]) -> list[tuple[str, str, Problem]]:
    """Exams of one contest, by title, that one person cannot sit both: open at the same time, or
    with a break of less than 15 minutes between. Each with the two titles."""
    found = []
    ordered = sorted(windows, key=lambda each: each[1].opens_at)
    for (one, first), (other, second) in combinations(ordered, 2):
        gap = second.opens_at - first.closes_at
        if gap < NOTHING:
            found.append((one, other, Problem("opens_at", f"“{one}”和“{other}”的考试时间重叠。")))
        elif gap < SHORTEST_BREAK:
            least = minutes(SHORTEST_BREAK)
            message = f"“{one}”和“{other}”之间只隔 {minutes(gap)}，至少要隔 {least}。"
            found.append((one, other, Problem("opens_at", message)))
    return found


def minutes(length: timedelta) -> str:
    """A length of time as the office says it.

    >>> minutes(timedelta(minutes=90)), minutes(timedelta(seconds=61))
    ('90 分钟', '1 分 1 秒')
    """
    whole, seconds = divmod(int(length.total_seconds()), 60)
    if not whole and seconds:
        return f"{seconds} 秒"
    return f"{whole} 分 {seconds} 秒" if seconds else f"{whole} 分钟"
