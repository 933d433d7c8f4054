"""Reading sittings, halls and answers: one door to the rooms behind it."""

from app.sitting.queries.answers import answers, handed_in, responses
from app.sitting.queries.duties import (
    begun,
    called,
    item_count,
    last_closing,
    locked,
    unprepared,
)
from app.sitting.queries.hall import Hall, Seat, course, exam, halls, seat, seat_for_update, seats
from app.sitting.queries.hot import append, logs, states
from app.sitting.queries.own import (
    Frozen,
    Own,
    confirmed,
    leavings,
    paper,
    sitting,
    sitting_for_update,
    sittings_of,
)
from app.sitting.queries.states import state_of

__all__ = [
    "Frozen",
    "Hall",
    "Own",
    "Seat",
    "answers",
    "append",
    "begun",
    "called",
    "confirmed",
    "course",
    "exam",
    "halls",
    "handed_in",
    "item_count",
    "last_closing",
    "leavings",
    "locked",
    "logs",
    "paper",
    "responses",
    "seat",
    "seat_for_update",
    "seats",
    "sitting",
    "sitting_for_update",
    "sittings_of",
    "state_of",
    "states",
    "unprepared",
]
