"""Every instant of one candidate's exam (时刻), from one function, and what the instants allow.

The waiting page, the countdown, the journal, the sweeper, the hall, the walk-through before
publishing: all of them ask here, so that no two can disagree about when an exam ends.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.contests.rules.windows import NOTHING, Window


@dataclass(frozen=True, slots=True)
class Instants:
    """The instants of one candidate, in the order in which they come (aware moments, UTC).

    `sign_in_at` the doors open · `opens_at` the first moment to begin · `last_start` the first
    moment at which it is too late to begin · `deadline` the first moment at which nothing more may
    be written (到时) · `settled_at` the first moment at which nothing more can be delivered (宽限
    结束), and the server hands in. Before somebody has begun, `deadline` and `settled_at` are the
    latest that they can be. `paused_at`: since when the clock of this candidate stands (暂停).
    """

    sign_in_at: datetime
    opens_at: datetime
    last_start: datetime
    deadline: datetime
    settled_at: datetime
    paused_at: datetime | None = None

    def at(self, now: datetime) -> "Instants":
        """The same as they stand at `now`: while the clock is stopped, everything that lies behind
        the pause moves on with it, so that nobody loses what was left when it began. Who resumes
        adds `now - paused_at` to `extra` and gets the very same instants; also where the clock was
        put back meanwhile, and `now` lies before the pause."""
        if self.paused_at is None:
            return self
        stood = now - self.paused_at
        return replace(
            self,
            last_start=self.last_start + stood,
            deadline=self.deadline + stood,
            settled_at=self.settled_at + stood,
        )


def instants(
    window: Window,
    *,
    started_at: datetime | None = None,
    extra: timedelta = NOTHING,
    shift: timedelta = NOTHING,
    paused_at: datetime | None = None,
) -> Instants:
    """When everything happens for one candidate: the only place where an exam's times are added.

    `shift` (后移) moves the whole window of this candidate, sign-in, opening and closing alike;
    `extra` (延长) lengthens it and is added last, so that it also helps somebody who began late:

        deadline = min(started_at + length, closes_at + shift) + extra
        last_start = closes_at + shift + extra
        settled_at = deadline + grace

    More of either never makes anything earlier. `extra` is negative only where a wrong clock was
    put right, never by an invigilator's hand.
    """
    closes = window.closes_at + shift
    ends = closes if started_at is None else min(started_at + window.length, closes)
    deadline = ends + extra
    return Instants(
        sign_in_at=window.sign_in_at + shift,
        opens_at=window.opens_at + shift,
        last_start=closes + extra,
        deadline=deadline,
        settled_at=deadline + window.grace,
        paused_at=paused_at,
    )


def may_sign_in(own: Instants, now: datetime) -> bool:
    """Whether the waiting page is open (签到): from the sign-in until it is too late to begin."""
    return own.sign_in_at <= now < own.at(now).last_start


def may_start(own: Instants, now: datetime) -> bool:
    """Whether one may begin (开始作答). A moment equal to a boundary belongs to what follows: one
    may begin at the opening itself, and no longer at `last_start`. `now < opens_at` tells too early
    from too late."""
    return own.opens_at <= now < own.at(now).last_start


def may_write(own: Instants, now: datetime) -> bool:
    """Whether what is typed now can count, of somebody who has begun."""
    return now < own.at(now).deadline


def counts(own: Instants, typed: datetime, arrived: datetime) -> bool:
    """Whether an answer counts: typed before the deadline and delivered within the grace (宽限).
    What does not count is kept all the same, and shown to the organizer."""
    then = own.at(arrived)
    return typed < then.deadline and arrived < then.settled_at


def late(own: Instants, arrived: datetime) -> bool:
    """Whether an answer was still on its way at the deadline (迟到): it is flagged if it counts."""
    return arrived >= own.at(arrived).deadline


def overdue(own: Instants, now: datetime) -> bool:
    """Whether the server must hand in (收卷), for somebody who has begun and not handed in: nothing
    that is still on its way could count. Never while the clock is stopped."""
    return now >= own.at(now).settled_at


def handed_in_at(own: Instants, now: datetime) -> datetime:
    """交卷时间: never after the deadline, however late the button or the server."""
    return min(now, own.at(now).deadline)
