"""Days off (休息日) on the mainland: weekends and public holidays, less the days that make up."""

from datetime import date, datetime, timedelta, timezone

import chinese_calendar  # type: ignore[import-untyped]

# One time for the whole country, without summer time since 1992.
BEIJING = timezone(timedelta(hours=8))
WEEKDAYS = "一二三四五六日"
SATURDAY = 5


def office_time(at: datetime) -> datetime:
    """The moment as the office's clock shows it (北京时间)."""
    return at.astimezone(BEIJING)


def day_off(day: date) -> str | None:
    """Why nobody works on this day, in words: 国庆节, 星期六. None on a working day, also on a
    weekend day that makes up for a holiday (调休上班).

    The State Council announces each year in the November before (国务院办公厅关于部分节假日安排的
    通知); the table is that of `chinese_calendar`. Beyond its years only weekends are known, see
    `announced`.

    >>> day_off(date(2026, 10, 1)), day_off(date(2026, 10, 10)), day_off(date(2026, 10, 11))
    ('国庆节', None, '星期日')
    """
    weekend = f"星期{WEEKDAYS[day.weekday()]}" if day.weekday() >= SATURDAY else None
    if not announced(day.year):
        return weekend
    if chinese_calendar.is_workday(day):
        return None
    name = chinese_calendar.get_holiday_detail(day)[1]
    named = {each.value: each.chinese for each in chinese_calendar.Holiday}
    return named[name] if name else weekend


def announced(year: int) -> bool:
    """Whether the holidays of this year are in the table."""
    return any(day.year == year for day in chinese_calendar.holidays)
