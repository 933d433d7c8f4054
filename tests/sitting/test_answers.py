from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import DomainError
from app.sitting.rules.answers import FLAGS, Logged, Save, Saved, judge
from app.sitting.rules.moment import State, Window
from app.sitting.rules.receipts import answers_digest, check_pass, receipt, sitting_pass
from app.sitting.rules.refusals import (
    BadPass,
    HandedIn,
    NoSuchItem,
    NotStarted,
    SequenceTaken,
    SittingMissing,
    TooLate,
)
from tests.fakes import NINE

MINUTE = timedelta(minutes=1)
WINDOW = Window(NINE, NINE + 90 * MINUTE, length=60 * MINUTE, grace=5 * MINUTE)
LONGER = Window(NINE, NINE + 90 * MINUTE, 60 * MINUTE, 5 * MINUTE, extra=10 * MINUTE)
STARTED = State(WINDOW, item_count=3, started_at=NINE)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


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
) -> Saved:
    sent = save(item=item, seq=seq)
    moments = at(typed), at(saved), late, superseded, at(now), at(60)
    return Saved(item, seq, sent.digest, *moments)


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
        (save(typed=59, arrived=65), STARTED, {}, TooLate),
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


@given(
    st.floats(0, 70),
    st.floats(0, 10),
    st.dictionaries(st.integers(1, 5), st.sampled_from("BC"), max_size=3),
    st.integers(1, 6),
)
def test_whatever_is_judged_an_acknowledgement_is_true(
    typed: float, delay: float, stored: dict[int, str], seq: int
) -> None:
    """Acknowledged means: this very answer is stored or will be, in time, under its number."""
    log = {
        number: Logged(save(seq=number, answer=answer).digest, at(3), at(3), False)
        for number, answer in stored.items()
    }
    arriving = save(seq=seq, typed=typed, arrived=typed + delay)
    outcome = judge(arriving, STARTED, log)
    if isinstance(outcome, Saved):
        assert outcome.digest == arriving.digest
        assert seq in log or (typed < 60 and typed + delay < 65)
        assert outcome.superseded is (seq < max(log, default=0))
        assert outcome.late is (outcome.saved_at >= at(60))


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
