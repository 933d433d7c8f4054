"""Taking turns (作答步骤): confirm, start, claim, leave, hand in. A batch of them is one commit.

Everything here runs inside a journal's transaction, so at nine o'clock a thousand starts are a few
commits. Acts leave their audit entries in the same transaction, last, because from there on every
other writer of the trail waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.audit import actions as audit
from app.audit.actions import Act
from app.db.journal import Connection
from app.kernel.actor import Actor
from app.kernel.errors import DomainError
from app.sitting import queries
from app.sitting.actions.notes import subject
from app.sitting.queries import Reached
from app.sitting.rules import answers, course, moment, receipts, refusals
from app.sitting.rules.course import Happened
from app.sitting.rules.moment import Phase, State
from app.sitting.rules.receipts import By


class Step(StrEnum):
    """The turns there are."""

    CONFIRM = "confirm"
    START = "start"
    CLAIM = "claim"
    LEAVE = "leave"
    HAND_IN = "hand_in"


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of one candidate. `actor` is None where the signed pass speaks for the page.
    `page` claims the pen, if no other page has taken it since the `epoch` that it knows; `seconds`
    is how long the page was left."""

    step: Step
    sitting_id: int
    actor: Actor | None
    now: datetime
    page: str = ""
    epoch: int = answers.LAST_EPOCH
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """Where the sitting stands after a turn."""

    epoch: int
    page: str
    now: datetime
    ends_at: datetime
    left: int = 0


@dataclass(slots=True)
class _Desk:
    """One sitting while a batch works on it: its state so far, and what is to be written."""

    reached: Reached
    state: State
    confirmed: bool
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.reached.name


@dataclass(slots=True)
class _Batch:
    connection: Connection
    desks: dict[int, _Desk]
    events: list[dict[str, Any]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def note(self, turn: Turn, kind: Happened, detail: str, by: str) -> None:
        self.events.append(
            {
                "sitting_id": turn.sitting_id,
                "at": turn.now,
                "kind": kind.value,
                "detail": detail,
                "by": by,
            }
        )

    def act(self, turn: Turn, act: str, by: str, **detail: Any) -> None:
        self.acts.append(Act(by, act, subject(turn.sitting_id), turn.now, detail))


def take_turns(connection: Connection, turns: Sequence[Turn]) -> list[Taken | DomainError]:
    """What the journal of turns commits. Refusals are returned, for neighbours share the batch."""
    found = queries.own_for_update(connection, {turn.sitting_id for turn in turns})
    desks = {
        sitting_id: _Desk(each, queries.state_of(each.row), each.confirmed)
        for sitting_id, each in found.items()
    }
    batch = _Batch(connection, desks)
    outcomes = [_take(batch, turn) for turn in turns]
    queries.change(
        connection, {sitting_id: desk.changes for sitting_id, desk in desks.items() if desk.changes}
    )
    queries.note_all(connection, batch.events)
    audit.record_all(connection, batch.acts)
    return outcomes


def _take(batch: _Batch, turn: Turn) -> Taken | DomainError:
    desk = batch.desks.get(turn.sitting_id)
    if desk is None or (turn.actor is not None and not desk.reached.is_of(turn.actor)):
        return refusals.SittingMissing()
    by = turn.actor.name if turn.actor is not None else desk.name
    try:
        _STEPS[turn.step](batch, desk, turn, by)
    except DomainError as refusal:
        return refusal
    own = desk.state.instants.at(turn.now)
    left = 0
    if turn.step is Step.LEAVE:
        left = queries.left(batch.connection, turn.sitting_id) + sum(
            event["kind"] == Happened.LEFT and event["sitting_id"] == turn.sitting_id
            for event in batch.events
        )
    return Taken(desk.state.epoch, desk.state.page, turn.now, own.deadline, left)


def _confirm(batch: _Batch, desk: _Desk, turn: Turn, by: str) -> None:
    if desk.confirmed:
        return
    if moment.phase(desk.state, turn.now) is Phase.MISSED:
        raise refusals.WindowClosed
    desk.confirmed = True
    batch.note(turn, Happened.CONFIRMED, "", by)
    batch.act(turn, "confirm", by)


def _start(batch: _Batch, desk: _Desk, turn: Turn, by: str) -> None:
    if desk.state.started_at is not None:
        return  # a lost response must not cost the exam
    moment.may_start(desk.state.window, turn.now)
    if not desk.confirmed:
        raise refusals.NotConfirmed
    _change(desk, started_at=turn.now)
    batch.act(turn, "start", by)


def _claim(batch: _Batch, desk: _Desk, turn: Turn, by: str) -> None:
    state = desk.state
    if state.started_at is None:
        raise refusals.NotStarted
    if state.handed_in_at is not None or state.page == turn.page:
        return
    if turn.epoch < state.epoch:
        return  # a claim that was long under way: another page was opened meanwhile
    epoch = answers.claimed(state.epoch, state.page, turn.page)
    _change(desk, epoch=epoch, page=turn.page)
    if state.page:  # somebody else's until now; the first page takes it from nobody
        batch.note(turn, Happened.TAKEN, turn.page, by)
        batch.act(turn, "take_over", by, epoch=epoch)


def _leave(batch: _Batch, desk: _Desk, turn: Turn, by: str) -> None:
    running = moment.phase(desk.state, turn.now) is Phase.RUNNING
    if running and course.counts_as_leaving(turn.seconds):
        batch.note(turn, Happened.LEFT, str(turn.seconds), by)


def _hand_in(batch: _Batch, desk: _Desk, turn: Turn, by: str) -> None:
    state = desk.state
    if state.handed_in_at is not None:
        return
    if state.window.paused_at is not None:
        raise refusals.Paused
    at = moment.handed_in_at(state, turn.now)
    standing = {
        item: text
        for item, (text, *_) in queries.standing(batch.connection, turn.sitting_id).items()
        if item != answers.FLAGS
    }
    code = receipts.receipt(turn.sitting_id, standing, at)
    _change(desk, handed_in_at=at, closed_by=By.CANDIDATE.value, receipt=code)
    batch.act(turn, "hand_in", by, receipt=code)


_STEPS = {
    Step.CONFIRM: _confirm,
    Step.START: _start,
    Step.CLAIM: _claim,
    Step.LEAVE: _leave,
    Step.HAND_IN: _hand_in,
}


def _change(desk: _Desk, **values: Any) -> None:
    """Keeps the state that later turns of the same batch see in step with what is written."""
    desk.changes |= values
    old = desk.state
    desk.state = State(
        old.window,
        old.item_count,
        values.get("started_at", old.started_at),
        values.get("handed_in_at", old.handed_in_at),
        values.get("epoch", old.epoch),
        values.get("page", old.page),
    )
