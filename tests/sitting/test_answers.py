from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import DomainError
from app.sitting.rules.answers import (
    EPOCH_BITS,
    FLAGS,
    LAST_EPOCH,
    Fate,
    Logged,
    Save,
    Saved,
    claimed,
    epoch_of,
    first_seq,
    judge,
    typed_at,
)
from app.sitting.rules.moment import State, Window
from app.sitting.rules.receipts import answers_digest, check_pass, receipt, sitting_pass
from app.sitting.rules.refusals import (
    BadPass,
    BadSequence,
    HandedIn,
    NoSuchItem,
    NotStarted,
    SequenceTaken,
    SittingMissing,
    TooLate,
)
from tests.fakes import NINE

MS = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WINDOW = Window(NINE, NINE + 90 * MINUTE, length=60 * MINUTE, grace=5 * MINUTE)
LONGER = Window(NINE, NINE + 90 * MINUTE, 60 * MINUTE, 5 * MINUTE, extra=10 * MINUTE)
STARTED = State(WINDOW, item_count=3, started_at=NINE)
PAUSED = replace(STARTED, window=replace(WINDOW, paused_at=NINE + 20 * MINUTE))
# The second page holds the pen.
SECOND_PAGE = replace(STARTED, epoch=2, page="second")


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def under(epoch: int, number: int) -> int:
    """The number that a page of this epoch gives its n-th answer."""
    return (epoch << EPOCH_BITS) + number


def save(
    *, item: int = 1, seq: int = 1, answer: str = "B", typed: float = 10, arrived: float = 10
) -> Save:
    age = timedelta(minutes=arrived - typed)
    return Save(7, item, seq, answer, age, arrived_at=at(arrived))


def logged(answer: str = "B", *, seq: int = 1, typed: float = 10) -> dict[int, Logged]:
    return {seq: Logged(save(seq=seq, answer=answer).digest, at(typed), at(typed), False)}


def acknowledged(
    *,
    item: int = 1,
    seq: int = 1,
    typed: float = 10,
    saved: float = 10,
    now: float = 10,
    late: bool = False,
    superseded: bool = False,
    epoch: int = 0,
    page: str = "",
    fate: Fate = Fate.STANDS,
) -> Saved:
    sent = save(item=item, seq=seq)
    moments = at(typed), at(saved), late, superseded, at(now), at(60)
    rest = epoch, page, fate, fate.detail, fate in (Fate.TOO_LATE, Fate.HANDED_IN)
    return Saved(item, seq, sent.digest, *moments, *rest)


@pytest.mark.parametrize(
    ("arriving", "state", "log", "fate"),
    [
        (save(), STARTED, {}, acknowledged()),
        (
            save(typed=59, arrived=62),
            STARTED,
            {},
            acknowledged(typed=59, saved=62, now=62, late=True),
        ),
        (save(typed=61, arrived=62), STARTED, {}, TooLate),
        (save(typed=61, arrived=62), State(LONGER, 3, NINE), {}, None),
        # typed in time, delivered after the grace: kept, and told so
        (
            save(typed=59, arrived=65),
            STARTED,
            {},
            acknowledged(typed=59, saved=65, now=65, late=True, fate=Fate.TOO_LATE),
        ),
        (save(typed=-60, arrived=10), STARTED, {}, acknowledged(typed=0)),  # not before the start
        (save(typed=70, arrived=62), STARTED, {}, TooLate),  # not from the future
        (save(item=FLAGS), STARTED, {}, acknowledged(item=FLAGS)),
        (save(item=-1), STARTED, {}, NoSuchItem),
        (save(item=3), STARTED, {}, acknowledged(item=3)),
        (save(item=4), STARTED, {}, NoSuchItem),
        (save(), None, {}, SittingMissing),
        (save(), State(WINDOW, 3), {}, NotStarted),
        (save(), State(WINDOW, 3, NINE, at(9)), {}, HandedIn),
        # a replay is acknowledged again, as it was stored, even after the hand-in
        (
            save(typed=10, arrived=99),
            State(WINDOW, 3, NINE, at(20)),
            logged(),
            acknowledged(now=99),
        ),
        (save(answer="C"), STARTED, logged(), SequenceTaken),
        # an older number arrives after a newer one: stored, and it does not stand
        (save(typed=9), STARTED, logged("C", seq=2, typed=10), None),
        # a page whose numbers lag behind has the later answer: it must come with a higher one
        (save(typed=10, arrived=10), STARTED, logged("C", seq=9, typed=5), SequenceTaken),
        (save(seq=10, typed=10), STARTED, logged("C", seq=9, typed=5), acknowledged(seq=10)),
    ],
)
def test_the_fate_of_an_arriving_answer(
    arriving: Save,
    state: State | None,
    log: dict[int, Logged],
    fate: Saved | type[DomainError] | None,
) -> None:
    outcome = judge(arriving, state, log)
    if fate is None:
        assert isinstance(outcome, Saved)
    elif isinstance(fate, Saved):
        assert outcome == fate
    else:
        assert type(outcome) is fate


def test_an_answer_that_another_page_has_overtaken_is_told_so() -> None:
    outcome = judge(save(typed=9), STARTED, logged("C", seq=2, typed=10))
    assert outcome == acknowledged(typed=9, superseded=True)


def test_a_taken_number_tells_the_highest_and_when_that_was_typed() -> None:
    log = logged() | logged("C", seq=5, typed=12)
    outcome = judge(save(answer="D", arrived=13), STARTED, log)
    assert isinstance(outcome, SequenceTaken)
    assert outcome.fields == {"newest": 5, "typed_at": at(12)}


# ---- the pen

OLD, NEW = under(1, 5), under(2, 1)
HELD: dict[str, Any] = {"epoch": 2, "page": "second"}


@pytest.mark.parametrize(
    ("arriving", "log", "fate"),
    [
        # the older page's queue drains: stored, told that it was taken over, and it stands only
        # where the newer page has written nothing
        (save(seq=OLD), {}, acknowledged(seq=OLD, fate=Fate.TAKEN_OVER, **HELD)),
        (
            save(seq=OLD),
            logged("C", seq=NEW, typed=1),
            acknowledged(seq=OLD, superseded=True, fate=Fate.TAKEN_OVER, **HELD),
        ),
        # typed later than the newer page's answer: all the same, for the pen had gone
        (
            save(seq=OLD, typed=30, arrived=30),
            logged("C", seq=NEW, typed=1),
            acknowledged(
                seq=OLD,
                typed=30,
                saved=30,
                now=30,
                superseded=True,
                fate=Fate.TAKEN_OVER,
                **HELD,
            ),
        ),
        # whoever holds the pen stands above all that the older page wrote, whenever typed
        (save(seq=NEW), logged("C", seq=OLD, typed=40), acknowledged(seq=NEW, **HELD)),
        # numbers are given anew within one epoch only
        (save(seq=under(1, 4)), logged("C", seq=OLD, typed=9), SequenceTaken),
        (save(seq=OLD, answer="D"), logged("C", seq=OLD), SequenceTaken),
        (
            save(seq=under(1, 9)),
            logged("C", seq=NEW, typed=1),
            acknowledged(seq=under(1, 9), superseded=True, fate=Fate.TAKEN_OVER, **HELD),
        ),
        # a replay of an older page's answer is acknowledged again
        (save(seq=OLD, arrived=12), logged(seq=OLD), acknowledged(
            seq=OLD, now=12, fate=Fate.TAKEN_OVER, **HELD)),
        # both sides of the epoch that there is
        (save(seq=under(3, 0) - 1), {}, acknowledged(seq=under(3, 0) - 1, **HELD)),
        (save(seq=under(3, 0)), {}, BadSequence),
        (save(seq=under(2, 0)), {}, acknowledged(seq=under(2, 0), **HELD)),
        (save(seq=under(2, 0) - 1), {}, acknowledged(
            seq=under(2, 0) - 1, fate=Fate.TAKEN_OVER, **HELD)),
    ],
)  # fmt: skip
def test_an_older_page_drains_and_never_stands_above_a_newer_one(
    arriving: Save, log: dict[int, Logged], fate: Saved | type[DomainError]
) -> None:
    outcome = judge(arriving, SECOND_PAGE, log)
    assert outcome == fate if isinstance(fate, Saved) else type(outcome) is fate


def test_renumbering_asks_for_a_number_above_ones_own_epoch_and_not_above_the_others() -> None:
    log = logged("C", seq=OLD, typed=9) | logged("D", seq=under(2, 77), typed=3)
    outcome = judge(save(seq=under(1, 2)), SECOND_PAGE, log)
    assert isinstance(outcome, SequenceTaken)
    assert outcome.fields == {"newest": OLD, "typed_at": at(9)}


def test_who_types_last_within_an_epoch_need_not_renumber_at_the_same_moment() -> None:
    """Both sides of "typed later": only a later answer under a lower number is sent back."""
    log = logged("C", seq=9, typed=10)
    same, after = save(seq=5), save(seq=5, typed=10 + 1 / 60_000, arrived=11)
    assert isinstance(judge(same, STARTED, log), Saved)
    assert isinstance(judge(after, STARTED, log), SequenceTaken)


@pytest.mark.parametrize(
    ("epoch", "holder", "page", "then"),
    [
        (0, "", "first1", 1),
        (1, "first1", "first1", 1),  # a reload is the same page
        (1, "first1", "second", 2),
        (2, "second", "first1", 3),  # back again
        (LAST_EPOCH - 1, "first1", "second", LAST_EPOCH),
        (LAST_EPOCH, "second", "first1", LAST_EPOCH),  # from here on it is shared
    ],
)
def test_the_pen_goes_to_whoever_claims_it(epoch: int, holder: str, page: str, then: int) -> None:
    assert claimed(epoch, holder, page) == then


@given(st.integers(0, LAST_EPOCH), st.integers(0, 2**31 - 2))
def test_the_next_number_is_free_and_above_everything_stored(epoch: int, highest: int) -> None:
    number = first_seq(epoch, highest)
    assert number > highest
    assert epoch_of(number) >= epoch
    assert number == highest + 1 or number == under(epoch, 1)


@pytest.mark.parametrize(
    ("epoch", "highest", "number"),
    [
        (0, 0, 1),
        (0, 7, 8),
        (1, 7, under(1, 1)),
        (1, under(1, 0), under(1, 1)),
        (1, under(1, 1), under(1, 2)),
        (LAST_EPOCH, 0, under(LAST_EPOCH, 1)),
    ],
)
def test_a_page_numbers_on_within_its_epoch(epoch: int, highest: int, number: int) -> None:
    assert first_seq(epoch, highest) == number
    assert under(LAST_EPOCH, 2**EPOCH_BITS - 1) == 2**31 - 1


# ---- kept, not counted

ENDS, SETTLED, GONE = at(60), at(65), at(30)
HANDED = replace(STARTED, handed_in_at=GONE)


def typed_and_arrived(typed: datetime, arrived: datetime) -> Save:
    return Save(7, 1, 1, "B", arrived - typed, arrived)


@pytest.mark.parametrize(
    ("state", "typed", "arrived", "fate", "late"),
    [
        # the deadline and the grace, a millisecond to either side
        (STARTED, ENDS - MS, ENDS - MS, Fate.STANDS, False),
        (STARTED, ENDS - MS, ENDS, Fate.STANDS, True),
        (STARTED, ENDS - MS, SETTLED - MS, Fate.STANDS, True),
        (STARTED, ENDS - MS, SETTLED, Fate.TOO_LATE, True),
        (STARTED, ENDS - MS, SETTLED + DAY, Fate.TOO_LATE, True),
        (STARTED, ENDS, ENDS, TooLate, None),
        (STARTED, ENDS, SETTLED, TooLate, None),
        # the hand-in, a millisecond to either side
        (HANDED, GONE - MS, GONE, Fate.HANDED_IN, True),
        (HANDED, GONE - MS, SETTLED + DAY, Fate.HANDED_IN, True),
        (HANDED, GONE, GONE, HandedIn, None),
        (HANDED, GONE + MS, GONE + MS, HandedIn, None),
        (HANDED, ENDS, SETTLED, HandedIn, None),
        # while the clock stands still everything is accepted, however long it stands
        (PAUSED, at(19), at(20), Fate.STANDS, False),
        (PAUSED, at(25), at(25), Fate.STANDS, False),
        (PAUSED, at(300), at(300), Fate.STANDS, False),
        (PAUSED, at(5), at(600), Fate.STANDS, False),
    ],
)
def test_what_is_kept_and_what_is_refused(
    state: State,
    typed: datetime,
    arrived: datetime,
    fate: Fate | type[DomainError],
    late: bool | None,
) -> None:
    outcome = judge(typed_and_arrived(typed, arrived), state, {})
    if not isinstance(fate, Fate):
        assert type(outcome) is fate
        return
    assert isinstance(outcome, Saved)
    assert (outcome.code, outcome.late) == (fate, late)
    assert outcome.kept is (fate in (Fate.TOO_LATE, Fate.HANDED_IN))
    assert bool(outcome.detail) is bool(fate)
    assert (outcome.typed_at, outcome.saved_at) == (typed, arrived)


def test_what_is_kept_is_acknowledged_again_whenever_it_comes_again() -> None:
    """It is not in the log, so nothing but the same verdict can say that it is stored."""
    once, again = save(typed=59, arrived=65), save(typed=59, arrived=300)
    first, second = judge(once, STARTED, {}), judge(again, STARTED, {})
    assert isinstance(first, Saved)
    assert isinstance(second, Saved)
    assert (second.digest, second.code, second.kept) == (first.digest, first.code, True)


def test_what_is_kept_needs_no_free_number() -> None:
    """A number that another page has used meanwhile cannot matter to what never stands."""
    log = logged("C", typed=40)
    for state, code in ((STARTED, Fate.TOO_LATE), (HANDED, Fate.HANDED_IN)):
        outcome = judge(save(typed=20, arrived=99), state, log)
        assert isinstance(outcome, Saved)
        assert (outcome.code, outcome.kept) == (code, True)


def test_an_older_page_s_answer_that_comes_too_late_is_kept_like_any_other() -> None:
    outcome = judge(save(seq=OLD, typed=59, arrived=65), SECOND_PAGE, {})
    assert isinstance(outcome, Saved)
    assert (outcome.code, outcome.kept, outcome.epoch) == (Fate.TOO_LATE, True, 2)


@pytest.mark.parametrize("fate", list(Fate))
def test_every_fate_is_said_in_words_but_for_the_one_that_needs_none(fate: Fate) -> None:
    assert bool(fate.detail) is (fate is not Fate.STANDS)


# ---- a phone whose clock is wrong (C2)

SERVER_ARRIVALS = [at(0), at(10), ENDS - MS, ENDS, SETTLED - MS, SETTLED]


@pytest.mark.parametrize("arrived", SERVER_ARRIVALS)
@pytest.mark.parametrize("state", [STARTED, HANDED, PAUSED, SECOND_PAGE])
def test_a_phone_whose_clock_is_a_day_off_is_treated_the_same(
    state: State, arrived: datetime
) -> None:
    """What a page says is an age by its own steady clock, so that a wrong wall clock says nothing
    at all. A page that lies about the age moves `typed_at` between the start and the arrival and
    nowhere else; it can gain what lies within the grace, and no more: whatever it claims,
    nothing that arrives after the grace counts.

    | arrives                 | honest | −1 day (age < 0) | +1 day (age = a day) |
    |-------------------------|--------|------------------|----------------------|
    | before the deadline     | counts | counts           | counts               |
    | within the grace        | late   | too late         | counts, flagged late |
    | after the grace         | kept   | too late         | kept, does not count |
    """
    for lie in (-DAY, -MS, timedelta(0), MS, DAY):
        told = Save(7, 1, under(state.epoch, 1), "B", lie, arrived)
        typed = typed_at(told, NINE)
        assert NINE <= typed <= arrived
        outcome = judge(told, state, {})
        stored = isinstance(outcome, Saved) and not outcome.kept
        if state is HANDED:
            assert not stored
        elif state is PAUSED or arrived < ENDS:
            assert stored
        elif arrived >= SETTLED:
            assert not stored
        else:
            assert stored is (typed < ENDS)
            if isinstance(outcome, Saved):
                assert outcome.late


@pytest.mark.parametrize(
    ("age", "typed"),
    [
        (-DAY, at(10)),  # from the future: now
        (-MS, at(10)),
        (timedelta(0), at(10)),
        (MS, at(10) - MS),
        (10 * MINUTE - MS, NINE + MS),
        (10 * MINUTE, NINE),
        (10 * MINUTE + MS, NINE),  # from before the start: at the start
        (DAY, NINE),
    ],
)
def test_the_moment_of_typing_lies_between_the_start_and_the_arrival(
    age: timedelta, typed: datetime
) -> None:
    assert typed_at(Save(7, 1, 1, "B", age, at(10)), NINE) == typed


# ---- what must always hold

epochs = st.integers(0, 3)
numbers = st.builds(under, epochs, st.integers(0, 4))


@given(
    st.floats(0, 70),
    st.floats(0, 10),
    st.dictionaries(numbers, st.sampled_from("BC"), max_size=4),
    numbers,
    epochs,
    st.sampled_from([None, 5.0, 30.0, 60.0]),
    st.sampled_from([None, 2.0, 50.0]),
)
def test_whatever_is_judged_an_acknowledgement_is_true(
    typed: float,
    delay: float,
    stored: dict[int, str],
    seq: int,
    epoch: int,
    handed_in: float | None,
    paused: float | None,
) -> None:
    """Acknowledged and not kept means: this very answer is stored or will be, in time, under its
    number. What an older page writes is never told to stand."""
    log = {
        number: Logged(save(seq=number, answer=answer).digest, at(3), at(3), False)
        for number, answer in stored.items()
    }
    window = replace(WINDOW, paused_at=None if paused is None else at(paused))
    state = State(window, 3, NINE, None if handed_in is None else at(handed_in), epoch, "page00")
    arriving = save(seq=seq, typed=typed, arrived=typed + delay)
    outcome = judge(arriving, state, log)
    stands = log.get(seq)
    if epoch_of(seq) > epoch:
        assert isinstance(outcome, BadSequence)
    if not isinstance(outcome, Saved):
        assert stands is None or stands.digest != arriving.digest or epoch_of(seq) > epoch
        return
    assert outcome.digest == arriving.digest
    assert (outcome.epoch, outcome.page) == (epoch, "page00")
    assert outcome.superseded is (seq < max(log, default=0))
    assert outcome.code is not Fate.STANDS or epoch_of(seq) == epoch
    if outcome.kept:
        assert seq not in log or log[seq].digest != arriving.digest
    elif seq not in log:
        still = paused is not None and typed + delay > paused
        assert handed_in is None
        assert still or (typed < 60 and typed + delay < 65)
        assert outcome.late is (not still and outcome.saved_at >= at(60))


@pytest.mark.parametrize("given_pass", ["", "7", "7.", "8." + sitting_pass("key", 7)[2:], "7.é"])
def test_a_pass_is_for_one_sitting_and_cannot_be_made_up(given_pass: str) -> None:
    check_pass("key", sitting_pass("key", 7), 7)
    with pytest.raises(BadPass):
        check_pass("key", given_pass, 7)
    with pytest.raises(BadPass):
        check_pass("another key", sitting_pass("key", 7), 7)


def test_one_changed_answer_changes_the_receipt() -> None:
    assert receipt(7, {2: "B", 1: "A"}, NINE) == receipt(7, {1: "A", 2: "B"}, NINE)
    assert receipt(7, {1: "A", 2: "B"}, NINE) != receipt(7, {1: "A", 2: "C"}, NINE)
    assert receipt(7, {1: "A"}, NINE) != receipt(7, {1: "A"}, at(1))
    assert receipt(7, {1: "A"}, NINE) != receipt(8, {1: "A"}, NINE)
    assert answers_digest(7, {1: "A"}) != answers_digest(7, {2: "A"})
