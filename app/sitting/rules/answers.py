"""The answer (答案): what arrives, whether it counts, what is acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kernel.canonical import digest
from app.kernel.errors import DomainError
from app.sitting.rules.moment import NOTHING, State, Window, deadline
from app.sitting.rules.refusals import (
    HandedIn,
    NoSuchItem,
    NotStarted,
    SequenceTaken,
    SittingMissing,
    TooLate,
)

FLAGS = 0  # the item under which the list of doubtful items (存疑) is saved: "[7,26]"


@dataclass(frozen=True, slots=True)
class Save:
    """One answer as it arrived. `age` is how long ago the page says it was typed."""

    sitting_id: int
    item: int
    seq: int
    answer: str
    age: timedelta
    arrived_at: datetime

    @property
    def digest(self) -> str:
        return digest([self.sitting_id, self.item, self.seq, self.answer])


@dataclass(frozen=True, slots=True)
class Saved:
    """The acknowledgement: this answer is durable, and this is what was stored, when.

    `superseded`: a higher number of the same item is stored, from another page or device. `now`
    and `ends_at` set the page's clock: a replay was saved long ago, but it is answered now.
    """

    item: int
    seq: int
    digest: str
    typed_at: datetime
    saved_at: datetime
    late: bool
    superseded: bool
    now: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Logged:
    """What the log holds of one number of one item."""

    digest: str
    typed_at: datetime
    arrived_at: datetime
    late: bool


def typed_at(save: Save, started_at: datetime) -> datetime:
    """When the answer was typed: the page's word, held between the start and the arrival."""
    claimed = save.arrived_at - max(save.age, NOTHING)
    return min(max(claimed, started_at), save.arrived_at)


def accepts(window: Window, started_at: datetime, typed: datetime, arrived_at: datetime) -> bool:
    """Whether an answer counts: typed before the deadline and delivered within the grace (宽限)."""
    ends = deadline(window, started_at)
    return typed < ends and arrived_at < ends + window.grace


def judge(save: Save, state: State | None, log: Mapping[int, Logged]) -> Saved | DomainError:
    """The fate of one arriving answer; refusals are returned, for neighbours share the batch.

    `log` is what is stored of this item, by number. A replay of what is stored is acknowledged
    again, even after hand-in: it *is* stored, and a phone that never got the first
    acknowledgement must be able to let go of it. An answer typed last, from a page whose numbers
    lag behind another's, is sent back for a higher number: stored as it is, it would not stand.
    """
    if state is None:
        return SittingMissing()
    if not FLAGS <= save.item <= state.item_count:
        return NoSuchItem(item=save.item)
    if state.started_at is None:
        return NotStarted()
    ends, newest = deadline(state.window, state.started_at), max(log, default=0)
    old = log.get(save.seq)
    if old is not None and old.digest != save.digest:
        return SequenceTaken(newest=newest, typed_at=log[newest].typed_at)
    if old is None and state.handed_in_at is not None:
        return HandedIn()
    if old is None:
        typed = typed_at(save, state.started_at)
        if not accepts(state.window, state.started_at, typed, save.arrived_at):
            return TooLate()
        if save.seq < newest and typed > log[newest].typed_at:
            return SequenceTaken(newest=newest, typed_at=log[newest].typed_at)
        old = Logged(save.digest, typed, save.arrived_at, save.arrived_at >= ends)
    return Saved(
        save.item,
        save.seq,
        old.digest,
        old.typed_at,
        old.arrived_at,
        old.late,
        save.seq < newest,
        save.arrived_at,
        ends,
    )
