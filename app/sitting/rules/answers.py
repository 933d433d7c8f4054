"""The answer (答案): what arrives, whether it counts, what is acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.contests.rules import instants
from app.kernel.canonical import digest
from app.kernel.errors import DomainError
from app.sitting.rules.moment import NOTHING, Instants, State, Window
from app.sitting.rules.refusals import (
    BadSequence,
    HandedIn,
    NoSuchItem,
    NotStarted,
    SequenceTaken,
    SittingMissing,
    TooLate,
)

FLAGS = 0  # the item under which the list of doubtful items (存疑) is saved: "[7,26]"
EPOCH_BITS = 20  # a page may number a million answers before it would touch the next page's numbers
LAST_EPOCH = 2**11 - 1  # so that every number fits 31 bits


class Fate(StrEnum):
    """What else there is to say about an answer that was stored."""

    STANDS = ""
    TAKEN_OVER = "taken_over"  # from a page that no longer holds the pen
    TOO_LATE = "too_late"  # typed in time, delivered after the grace: kept, not counted
    HANDED_IN = "handed_in"  # typed in time, delivered after the hand-in: kept, not counted

    @property
    def is_kept(self) -> bool:
        """Whether it was put aside instead of into the log."""
        return self in (Fate.TOO_LATE, Fate.HANDED_IN)

    @property
    def detail(self) -> str:
        """As the candidate reads it."""
        return _DETAILS[self]


_DETAILS = {
    Fate.STANDS: "",
    Fate.TAKEN_OVER: "已在另一台设备或另一个页面上继续作答；这里写好的已经送达。",
    Fate.TOO_LATE: "送到时已过补传的宽限时间：已留存，不计入成绩，组织者看得到。",
    Fate.HANDED_IN: "送到时已经交卷：已留存，不计入成绩，组织者看得到。",
}


class Via(StrEnum):
    """How an answer came."""

    PAGE = "page"
    FILE = "file"  # 应急答案文件, uploaded by an invigilator


@dataclass(frozen=True, slots=True)
class Save:
    """One answer as it arrived. `age` is how long ago the page says it was typed."""

    sitting_id: int
    item: int
    seq: int
    answer: str
    age: timedelta
    arrived_at: datetime
    via: Via = Via.PAGE

    @property
    def digest(self) -> str:
        return digest([self.sitting_id, self.item, self.seq, self.answer])


@dataclass(frozen=True, slots=True)
class Saved:
    """The acknowledgement: this answer is durable, and this is what was stored, when.

    `superseded`: a higher number of the same item is stored, from another page or device. `code`
    and `detail`: what else there is to say (Fate). `now` and `ends_at` set the page's clock: a
    replay was saved long ago, but it is answered now. `epoch` and `page`: who holds the pen.
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
    epoch: int
    page: str
    code: Fate = Fate.STANDS
    detail: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Logged:
    """What the log holds of one number of one item."""

    digest: str
    typed_at: datetime
    arrived_at: datetime
    late: bool


def epoch_of(seq: int) -> int:
    """Which taking of the pen an answer was numbered under."""
    return seq >> EPOCH_BITS


def first_seq(epoch: int, highest: int) -> int:
    """The next number a page may use: above everything stored, and within its own epoch."""
    return max(highest + 1, (epoch << EPOCH_BITS) + 1)


def claimed(epoch: int, holder: str, page: str) -> int:
    """接管: the epoch once `page` holds the pen. Who holds it already claims for nothing. After
    two thousand take-overs the last epoch is shared: then the numbers within it decide."""
    if holder == page:
        return epoch
    return min(epoch + 1, LAST_EPOCH)


def typed_at(save: Save, started_at: datetime) -> datetime:
    """When the answer was typed: the page's word, held between the start and the arrival."""
    claimed = save.arrived_at - max(save.age, NOTHING)
    return min(max(claimed, started_at), save.arrived_at)


def accepts(window: Window, started_at: datetime, typed: datetime, arrived_at: datetime) -> bool:
    """Whether an answer counts: typed before the deadline and delivered within the grace (宽限)."""
    return instants.counts(window.instants(started_at), typed, arrived_at)


def judge(save: Save, state: State | None, log: Mapping[int, Logged]) -> Saved | DomainError:
    """The fate of one arriving answer; refusals are returned, for neighbours share the batch.

    `log` is what is stored of this item, by number. A replay of what is stored is acknowledged
    again, even after hand-in: it *is* stored, and a phone that never got the first
    acknowledgement must be able to let go of it. An answer typed last, from a page whose numbers
    lag behind another's of the same epoch, is sent back for a higher number: stored as it is, it
    would not stand. What was typed in time and comes too late to count is kept.
    """
    if state is None:
        return SittingMissing()
    if not FLAGS <= save.item <= state.item_count:
        return NoSuchItem(item=save.item)
    if state.started_at is None:
        return NotStarted()
    if epoch_of(save.seq) > state.epoch:
        return BadSequence()
    own, old = state.instants, log.get(save.seq)
    if old is not None and old.digest == save.digest:
        return _saved(save, state, own, old, newest=max(log), fate=Fate.STANDS)
    typed = typed_at(save, state.started_at)
    ends = own.at(save.arrived_at).deadline
    if state.handed_in_at is not None:
        fate = Fate.HANDED_IN if typed < state.handed_in_at else None
    elif instants.counts(own, typed, save.arrived_at):
        fate = Fate.STANDS
    else:
        fate = Fate.TOO_LATE if typed < ends else None
    if fate is None:
        return HandedIn() if state.handed_in_at is not None else TooLate()
    if fate is Fate.STANDS:
        mine = [seq for seq in log if epoch_of(seq) == epoch_of(save.seq)]
        newest = max(mine, default=0)
        if old is not None or (save.seq < newest and typed > log[newest].typed_at):
            return SequenceTaken(newest=newest, typed_at=log[newest].typed_at)
    late = fate is not Fate.STANDS or instants.late(own, save.arrived_at)
    new = Logged(save.digest, typed, save.arrived_at, late)
    return _saved(save, state, own, new, newest=max(log, default=0), fate=fate)


def _saved(
    save: Save, state: State, own: Instants, stored: Logged, *, newest: int, fate: Fate
) -> Saved:
    """The acknowledgement of what is stored, or about to be."""
    if fate is Fate.STANDS and epoch_of(save.seq) < state.epoch:
        fate = Fate.TAKEN_OVER
    return Saved(
        save.item,
        save.seq,
        stored.digest,
        stored.typed_at,
        stored.arrived_at,
        stored.late,
        save.seq < newest,
        save.arrived_at,
        own.at(save.arrived_at).deadline,
        state.epoch,
        state.page,
        fate,
        fate.detail,
        fate.is_kept,
    )
