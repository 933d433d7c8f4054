"""From a row to the values that the rules decide by."""

from datetime import timedelta
from typing import Any

from app.sitting.rules.moment import State, Window


def state_of(sitting: Any) -> State:
    """The values that the rules decide by, from a row of either kind."""
    window = Window(
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        length=timedelta(seconds=sitting.length_seconds),
        grace=timedelta(seconds=sitting.grace_seconds),
        extra=timedelta(seconds=sitting.extra_seconds),
        shift=timedelta(seconds=sitting.shift_seconds),
        paused_at=sitting.paused_at,
    )
    return State(
        window,
        sitting.item_count,
        sitting.started_at,
        sitting.handed_in_at,
        sitting.epoch,
        sitting.page,
    )
