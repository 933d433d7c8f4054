"""Bad networks as a machine (A7): messages are lost, doubled, delayed and reordered, between the
server and up to three pages of one candidate on two devices, which take the pen from each other, go
offline, are reloaded and killed.

The client side is a small honest model of the protocol (docs/decisions/0003): a page keeps the
newest answer of each item in its device's store, sends one at a time, and lets go of an answer
only when the server says, in so many words, that this very answer is durable.

What must hold, after every step and once everything has been delivered:

* durable: whatever was acknowledged is in the log (or among the kept, and then it was said so);
* nothing vanishes: every answer typed is stored, or kept, or refused in words, or the same device
  had a later one in its place, or the server had one of the same epoch that was typed later;
* the pen: an answer belongs to the epoch that its page numbered it under. While an answer of a
  higher epoch stands, nothing that arrives under a lower one changes what stands;
* the last word: of each item the answer stands that belongs to the highest epoch. Within an epoch,
  if a single page numbered all of them, as it is while that page holds the pen: the one typed last.
  A page whose claim was not heard yet numbers under the epoch that it was printed with, beside
  whoever holds that: then what stands is never older, by the server's measure of when it was typed,
  than an answer that came after it;
* what a page found in its device's store drains under the epoch that it has: only the page that an
  answer was written on takes it along when it takes the pen;
* as many rows as there are different numbers of items, each with the answer of that number.

On SQLite only: the rule under test is the same statement on both engines (test_actions and
test_turning run on both). BIWU_LONG=1 runs the long form, BIWU_SHRINK=1 looks for the shortest
way to a failure.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlmodel import select

from app.db.engine import for_writing, make_engine
from app.db.session import reading, transaction
from app.kernel.actor import Actor
from app.sitting import actions, queries
from app.sitting.actions import Step, Taken, Turn
from app.sitting.rules.answers import EPOCH_BITS, FLAGS, Save, Saved, epoch_of, first_seq
from app.sitting.rules.receipts import receipt
from app.sitting.rules.refusals import BadSequence, HandedIn, SequenceTaken, TooLate
from app.sitting.tables import AnswerLog, KeptAnswer, Sitting
from tests import factories
from tests.databases import SqliteFiles
from tests.fakes import NINE
from tests.sitting import worlds

MS = timedelta(milliseconds=1)
MOST_PAGES = 3
picks = st.integers(0, 11)
items = st.integers(FLAGS, 1)


@dataclass
class Entry:
    """One answer on a phone. `uid` stays the same whatever number it is sent under."""

    uid: int
    item: int
    answer: str
    typed: datetime
    seq: int = 0
    restored: bool = False
    sent: bool = False


@dataclass
class Device:
    """What outlives a page: (item, number, page) → answer."""

    store: dict[tuple[int, int, str], Entry] = field(default_factory=dict)


@dataclass(eq=False)
class Page:
    """An open page. `flying` is the answer whose acknowledgement it waits for."""

    word: str
    device: Device
    epoch: int
    seq: int
    held: bool = False
    lost: bool = False
    claimed: bool = False
    online: bool = True
    queue: dict[int, Entry] = field(default_factory=dict)
    keys: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    flying: Entry | None = None


@dataclass(frozen=True, eq=False)
class Packet:
    """Something on the wire: a save or a claim on its way up, or an answer on its way down.
    `waits` is the entry that the page waits for, if it still does."""

    page: Page
    save: Save | None = None
    claim: str = ""
    waits: Entry | None = None
    outcome: Any = None


@dataclass(frozen=True)
class Template:
    """A database with one sitting that has begun; every example gets a copy of it."""

    file: Path
    sitting_id: int
    owner: Actor

    def copy(self) -> Engine:
        for old in self.file.parent.glob("network.db*"):
            old.unlink()
        return make_engine(
            f"sqlite:///{shutil.copyfile(self.file, self.file.with_name('network.db'))}"
        )


class Network(RuleBasedStateMachine):
    """See the module."""

    template: Template

    def __init__(self) -> None:
        super().__init__()
        self.engine, self.sitting_id = self.template.copy(), self.template.sitting_id
        self.now = NINE + timedelta(minutes=1)
        self.devices = [Device(), Device()]
        self.pages: list[Page] = []
        self.wire: list[Packet] = []
        self.uids, self.words = count(1), count(1)
        self.typed: dict[int, Entry] = {}  # by uid, as first written
        self.typist: dict[int, str] = {}  # by uid, the page that it was written on
        self.excused: set[int] = set()
        # Which pages numbered it, of which entries: two may use one number for the same words.
        self.numbered: dict[tuple[int, int, str], set[tuple[str, int]]] = {}
        self.stored: dict[tuple[int, int], str] = {}  # in the order of arrival
        self.kept: set[tuple[int, int, str]] = set()
        self.acknowledged: set[tuple[int, int, str, bool]] = set()
        self.prints: list[tuple[int, int]] = []
        self.frozen: list[tuple[Any, ...]] | None = None

    # ---- the server

    def rows(self) -> list[tuple[Any, ...]]:
        columns = AnswerLog.item, AnswerLog.seq, AnswerLog.answer, AnswerLog.typed_at
        with reading(self.engine) as db:
            return sorted(tuple(row) for row in db.exec(select(*columns)))

    def serve_saves(self, packets: list[Packet]) -> None:
        """One batch of the journal of answers."""
        saves = [
            replace(packet.save, arrived_at=self.now) for packet in packets if packet.save
        ]  # fmt: skip
        with for_writing(self.engine).begin() as connection:
            before = queries.standing(connection, self.sitting_id)
            outcomes = actions.save_answers(connection, saves)
            after = queries.standing(connection, self.sitting_id)
        for save, outcome in zip(saves, outcomes, strict=True):
            assert not isinstance(outcome, BadSequence | TooLate), outcome
            if isinstance(outcome, Saved):
                assert outcome.digest == save.digest
                if outcome.kept:
                    assert self.frozen is not None
                    self.kept.add((save.item, save.seq, save.answer))
                else:
                    known = self.stored.setdefault((save.item, save.seq), save.answer)
                    assert known == save.answer
        for item, (_, seq, _at) in before.items():
            arrived = {save.seq for save in saves if save.item == item}
            if all(epoch_of(each) < epoch_of(seq) for each in arrived):
                assert after[item] == before[item], "an older page changed what a newer one wrote"
        for packet, outcome in zip(packets, outcomes, strict=True):
            self.wire.append(replace(packet, save=None, outcome=outcome))

    def serve_claim(self, packet: Packet) -> None:
        turn = Turn(Step.CLAIM, self.sitting_id, None, self.now, page=packet.claim)
        with for_writing(self.engine).begin() as connection:
            (outcome,) = actions.take_turns(connection, [turn])
        self.wire.append(replace(packet, claim="", outcome=outcome))

    def printed(self) -> tuple[int, int]:
        """What a page is printed with: the epoch, and the next number."""
        with reading(self.engine) as db:
            epoch = db.exec(select(Sitting.epoch).where(Sitting.id == self.sitting_id)).one()
            standing = queries.standing(db.connection(), self.sitting_id)
        return epoch, first_seq(epoch, max((seq for _, seq, _ in standing.values()), default=0))

    # ---- the page, as sitting/queue.js has it

    def number(self, page: Page, one: Entry, seq: int | None = None) -> None:
        """Gives an entry its number: the next of the page, or one of the epoch that it has."""
        if seq is None:
            page.seq += 1
            seq, one.restored = page.seq, False
        one.seq, one.sent = seq, False
        before = page.keys.get(one.item)
        key = (one.item, one.seq, page.word)
        page.device.store[key] = replace(one)
        page.keys[one.item] = key
        if before is not None and before != key:
            page.device.store.pop(before, None)
        self.numbered.setdefault((one.item, one.seq, one.answer), set()).add((page.word, one.uid))

    def forget(self, page: Page, one: Entry) -> None:
        page.device.store.pop(page.keys.get(one.item, (0, 0, "")), None)
        page.keys.pop(one.item, None)
        if page.queue.get(one.item) is one:
            del page.queue[one.item]

    def adopt(self, page: Page) -> None:
        """What an opening page finds in its device's store: the newest of each item, under the
        numbers that it was kept with."""
        for key, found in sorted(page.device.store.items()):
            other = page.queue.get(found.item)
            if other is not None and other.typed > found.typed:
                self.excused.add(found.uid)
                del page.device.store[key]
                continue
            if other is not None and other.uid != found.uid:
                self.excused.add(other.uid)
                page.device.store.pop(page.keys[found.item], None)
            page.queue[found.item] = replace(found, restored=True)
            page.keys[found.item] = key
            page.seq = max(page.seq, found.seq)

    def hear(self, page: Page, epoch: int, word: str) -> None:
        """Every answer of the server says who holds the pen."""
        if word == page.word:
            page.held, page.epoch = True, epoch
            page.seq = max(page.seq, epoch << EPOCH_BITS)
            for one in list(page.queue.values()):
                lower = epoch_of(one.seq) < epoch
                if lower and not (one.restored or one.sent or one is page.flying):
                    self.number(page, one)
        elif page.held and epoch > page.epoch:
            page.lost = True

    def settle(self, page: Page, one: Entry, outcome: Any) -> None:
        """What a page does with the server's word about the answer it waits for."""
        page.flying = None
        if isinstance(outcome, Saved):
            self.hear(page, outcome.epoch, outcome.page)
            self.acknowledged.add((one.item, outcome.seq, one.answer, outcome.kept))
            if page.queue.get(one.item) is one and one.seq == outcome.seq:
                self.forget(page, one)
            return
        if isinstance(outcome, SequenceTaken):
            newest, there = outcome.fields["newest"], outcome.fields["typed_at"]
            assert epoch_of(newest) == epoch_of(one.seq), "numbers are taken within one epoch"
            if page.queue.get(one.item) is not one:
                return
            if there > one.typed:
                self.excused.add(one.uid)
                self.forget(page, one)
            elif one.restored and epoch_of(newest) < epoch_of(page.seq):
                self.number(page, one, newest + 1)  # it drains; it is not this page's own
            else:
                page.seq = max(page.seq, newest)
                self.number(page, one)
            return
        assert isinstance(outcome, HandedIn), outcome
        self.excused.add(one.uid)
        if page.queue.get(one.item) is one:
            self.forget(page, one)

    def send(self, page: Page, one: Entry, *, waits: bool) -> None:
        one.sent = True
        if waits:
            page.flying = one
        save = Save(self.sitting_id, one.item, one.seq, one.answer, self.now - one.typed, self.now)
        if page.online:
            self.wire.append(Packet(page, save=save, waits=one if waits else None))

    def receive(self, packet: Packet) -> None:
        """An answer of the server; one that the page no longer waits for is not heard at all."""
        page = packet.page
        if page not in self.pages or not page.online:
            return
        if isinstance(packet.outcome, Taken):
            page.claimed = True
            self.hear(page, packet.outcome.epoch, packet.outcome.page)
        elif packet.waits is not None and packet.waits is page.flying:
            self.settle(page, packet.waits, packet.outcome)

    # ---- what happens

    def tick(self) -> None:
        self.now += MS

    def open(self, device: Device, word: str, printed: tuple[int, int]) -> Page:
        epoch, seq = printed
        page = Page(word, device, epoch, seq - 1)
        self.adopt(page)
        self.pages.append(page)
        return page

    @initialize(late=st.booleans(), two=st.booleans())
    def begin(self, late: bool, two: bool) -> None:
        self.may_hand_in = late
        for device in self.devices[: 1 + two]:
            self.open(device, f"page{next(self.words):02}", self.printed())

    def page(self, at: int) -> Page:
        self.tick()
        return self.pages[at % len(self.pages)]

    @precondition(lambda self: len(self.pages) < MOST_PAGES)
    @rule(device=st.integers(0, 1), slow=st.booleans())
    def open_another(self, device: int, slow: bool) -> None:
        """`slow`: what the page was printed with is no longer how things stand."""
        self.tick()
        printed = self.prints[-1] if slow and self.prints else self.printed()
        self.prints.append(printed)
        self.open(self.devices[device], f"page{next(self.words):02}", printed)

    @rule(at=picks, comes_back=st.booleans())
    def go_away(self, at: int, comes_back: bool) -> None:
        """Reloaded, or killed. A page that is reloaded keeps its word; neither keeps its memory."""
        page = self.page(at)
        if comes_back:
            self.pages.remove(page)
            self.open(page.device, page.word, self.printed())
        elif len(self.pages) > 1:
            self.pages.remove(page)

    @rule(at=picks, item=items, letter=st.sampled_from("ABC"), talks=st.booleans())
    def write(self, at: int, item: int, letter: str, talks: bool) -> None:
        """Somebody answers, on a page that is not read-only."""
        page = self.page(at)
        if page.lost:
            return
        one = Entry(next(self.uids), item, letter, self.now)
        self.typed[one.uid], self.typist[one.uid] = replace(one), page.word
        old = page.queue.get(item)
        if old is not None:
            self.excused.add(old.uid)
        page.queue[item] = one
        self.number(page, one)
        if talks:
            self.talk(at)

    @rule(at=picks)
    def talk(self, at: int) -> None:
        """A good moment: the page says all that it has to say, and hears every answer."""
        page = self.page(at)
        page.flying = None
        for _ in range(9):
            if not page.online or (page.claimed and not page.queue):
                return
            others, self.wire = self.wire, []
            self.claims(page)
            self.sends(page)
            self.deliver(self.wire)
            answers, self.wire = self.wire, others
            self.deliver(answers)

    @rule(at=picks, tired=st.booleans())
    def send_next(self, at: int, tired: bool) -> None:
        """One at a time, the oldest first. `tired`: it waits no longer for what is on its way."""
        page = self.page(at)
        if tired:
            page.flying = None
        self.sends(page)

    def sends(self, page: Page) -> None:
        if page.flying is None and page.queue:
            self.send(page, min(page.queue.values(), key=lambda one: one.seq), waits=True)

    @rule(at=picks)
    def flush(self, at: int) -> None:
        """The page may be going: everything once more, without waiting for a reply."""
        page = self.page(at)
        for one in page.queue.values():
            self.send(page, one, waits=False)

    @rule(at=picks)
    def claim(self, at: int) -> None:
        self.claims(self.page(at))

    def claims(self, page: Page) -> None:
        if page.online and not (page.claimed or page.lost):
            self.wire.append(Packet(page, claim=page.word))

    @rule(at=picks)
    def lose_or_find_the_network(self, at: int) -> None:
        page = self.page(at)
        page.online = not page.online

    def deliver(self, packets: list[Packet]) -> None:
        """Answers in one batch of the journal; then claims, and what is on its way down."""
        self.tick()
        saves = [packet for packet in packets if packet.save is not None]
        packets = [packet for packet in packets if packet.save is None]
        if saves:
            self.serve_saves(saves)
        for packet in packets:
            if packet.claim:
                self.serve_claim(packet)
            else:
                self.receive(packet)

    @precondition(lambda self: self.wire)
    @rule(at=st.lists(picks, min_size=1, max_size=4))
    def arrive(self, at: list[int]) -> None:
        """Some of what is on the wire, in any order."""
        packets = [self.wire.pop(each % len(self.wire)) for each in at if self.wire]
        self.deliver(packets)

    @precondition(lambda self: self.wire)
    @rule(number=st.integers(1, 6))
    def arrive_in_order(self, number: int) -> None:
        """The oldest, one by one, and what the server says to them."""
        for _ in range(number):
            if self.wire:
                self.deliver([self.wire.pop(0)])

    @precondition(lambda self: self.wire)
    @rule(at=picks, twice=st.booleans())
    def double_or_drop(self, at: int, twice: bool) -> None:
        packet = self.wire.pop(at % len(self.wire))
        self.wire += [packet, packet] if twice else []

    @precondition(lambda self: self.may_hand_in and self.frozen is None and len(self.typed) > 6)
    @rule()
    def hand_in(self) -> None:
        self.tick()
        turn = Turn(Step.HAND_IN, self.sitting_id, self.template.owner, self.now)
        with for_writing(self.engine).begin() as connection:
            (outcome,) = actions.take_turns(connection, [turn])
        assert isinstance(outcome, Taken)
        self.frozen = self.rows()

    # ---- the end

    def teardown(self) -> None:
        try:
            self.heal()
            self.judge()
        finally:
            self.engine.dispose()

    def heal(self) -> None:
        """The network comes back, the devices are opened once more, and everything drains."""
        for page in self.pages:
            page.online = True
        for device in self.devices:
            if device.store:
                self.open(device, f"page{next(self.words):02}", self.printed())
        for _ in range(200):
            packets, self.wire = self.wire, []
            self.deliver(packets)
            if self.wire:
                continue
            if not any(page.queue for page in self.pages):
                return
            for page in self.pages:
                page.flying = None
                self.sends(page)
                self.claims(page)
        raise AssertionError("the queues do not drain")

    def judge(self) -> None:
        rows = self.rows()
        logged = {(item, seq): answer for item, seq, answer, _ in rows}
        assert len(logged) == len(rows)
        assert logged == self.stored
        with reading(self.engine) as db:
            kept = {(row.item, row.seq, row.answer) for row in db.exec(select(KeptAnswer))}
            stands = queries.standing(db.connection(), self.sitting_id)
            sitting = db.exec(select(Sitting).where(Sitting.id == self.sitting_id)).one()
            spoken_for = actions.standing(db, self.sitting_id)
        assert kept == self.kept
        for item, seq, answer, aside in self.acknowledged:
            assert (item, seq, answer) in kept if aside else logged.get((item, seq)) == answer
        if self.frozen is not None:
            assert rows == self.frozen, "nothing changes after the hand-in"
            assert sitting.handed_in_at is not None
            assert sitting.receipt == receipt(self.sitting_id, spoken_for, sitting.handed_in_at)
        found = {row[:3] for row in rows} | kept
        there = {uid for each in found for _, uid in self.numbered[each]}
        assert set(self.typed) - there - self.excused == set(), "an answer vanished"
        for item, (answer, seq, _) in stands.items():
            self.judge_last_word(item, seq, answer, [row for row in rows if row[0] == item])

    def judge_last_word(
        self, item: int, seq: int, answer: str, rows: list[tuple[Any, ...]]
    ) -> None:
        top = [row for row in rows if epoch_of(row[1]) == max(epoch_of(each[1]) for each in rows)]
        assert seq in {row[1] for row in top}
        authors = set().union(*(self.numbered[item, each, text] for _, each, text, _ in top))
        mine = {uid for _, uid in self.numbered[item, seq, answer]}
        lower = {uid for row in rows if row not in top for _, uid in self.numbered[row[:3]]}
        standing_since = max(self.typed[uid].typed for uid in mine)
        if any(self.typed[uid].typed > standing_since for uid in lower):
            lifted = {word == self.typist[uid] for word, uid in self.numbered[item, seq, answer]}
            assert True in lifted, "only its own page takes an answer with it to a later pen"
        if len({word for word, _ in authors}) == 1:
            last = max((uid for _, uid in authors), key=lambda uid: self.typed[uid].typed)
            assert last in mine, "of one page's answers the last typed stands"
            return
        arrivals = list(self.stored)
        (standing,) = (row for row in top if row[1] == seq)
        for row in top:
            if arrivals.index((item, row[1])) > arrivals.index((item, seq)):
                assert row[3] <= standing[3], "what was typed later and came later stands"


@pytest.fixture
def template(sqlite: SqliteFiles) -> Iterator[Template]:
    url = sqlite.fresh()
    engine = make_engine(url)
    with transaction(engine) as db:
        people = factories.cast(db, NINE)
        place = worlds.hall(db, people, NINE)
        worlds.begin(db, place, people, NINE)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    yield Template(Path(url.removeprefix("sqlite:///")), place.sitting_id, people.owner)
    sqlite.drop(url)


LONG = os.environ.get("BIWU_LONG") == "1"
SHRINK = os.environ.get("BIWU_SHRINK") == "1"  # minutes; worth it for whoever mends what was found


def test_whatever_the_network_does_the_last_word_stands_and_nothing_is_lost(
    template: Template,
) -> None:
    Network.template = template
    run_state_machine_as_test(
        Network,
        settings=settings(
            max_examples=2000 if LONG else 60,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=not LONG,
            phases=[Phase.generate, Phase.shrink] if SHRINK else [Phase.generate],
        ),
    )
