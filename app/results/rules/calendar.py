"""The day on which something happened, as the notice says it."""

from datetime import date, datetime, timedelta, timezone

# One time for the whole country, without summer time since 1992: pages use the zone database,
# but a release must give the same days on every machine and for ever.
BEIJING = timezone(timedelta(hours=8))


def day(at: datetime) -> date:
    """北京时间的日期.

    >>> from datetime import UTC
    >>> day(datetime(2026, 10, 9, 16, 0, tzinfo=UTC))
    datetime.date(2026, 10, 10)
    """
    return at.astimezone(BEIJING).date()
