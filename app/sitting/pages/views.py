"""What the templates of the sitting and the hall are given: finished values, no decisions left."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from app.db.session import Session
from app.papers.rules.orders import candidate_order
from app.sitting import actions, queries
from app.sitting.forms import HallForm
from app.sitting.queries import Own, Seat
from app.sitting.rules import moment
from app.sitting.rules.answers import FLAGS
from app.sitting.rules.hall import Happened, Presence, happened
from app.sitting.rules.receipts import By, answers_digest, sitting_pass
from app.sitting.rules.sheet import Sheet, Standing, answered, sheet


def about(request: Request, own: Own, now: datetime) -> dict[str, Any]:
    """What every page of a sitting says: whose it is, when it ends by the server's clock, and the
    pass by which the page may still deliver what it kept."""
    state = queries.state_of(own.sitting)
    begun_at, window = state.started_at, state.window
    ends = moment.deadline(window, begun_at) if begun_at else window.opens_at
    return {
        "own": own,
        "now": now,
        "phase": moment.phase(state, now).value,
        "ends": ends,
        "collected_at": ends + window.grace,
        "left_in_words": moment.in_words(ends - now),
        "left_clock": moment.on_a_clock(ends - now),
        "length": moment.in_words(window.length),
        "last_start": moment.last_start(window),
        "sitting_pass": sitting_pass(request.app.state.secret_key, own.id) if begun_at else "",
    }


def paper(db: Session, own: Own, now: datetime) -> dict[str, Any]:
    """The candidate's paper with the answers that stand, and how often the page was left."""
    frozen = queries.paper(db, own.id, now=now)
    content = json.loads(frozen.content)
    order = candidate_order(frozen.seed, frozen.order_key, content)
    standing = {
        item: Standing(row.answer, row.seq, row.arrived_at)
        for item, row in queries.answers(db, own.id).items()
    }
    doubtful = standing.pop(FLAGS, None)
    made: Sheet = sheet(content, order, standing, doubtful)
    saved = [each.saved_at for each in standing.values()]
    return {
        "sheet": made,
        "flags": doubtful.answer if doubtful else "",
        "saved_at": max(saved, default=None),
        "left": len(queries.leavings(db, own.id)),
    }


def standing(db: Session, own: Own, now: datetime) -> dict[str, Any]:
    """What a page asks for while it is open: the clock, the end, whether it is still running."""
    state = queries.state_of(own.sitting)
    begun_at = state.started_at or state.window.opens_at
    return {
        "now": now.isoformat(timespec="milliseconds"),
        "ends_at": moment.deadline(state.window, begun_at).isoformat(timespec="milliseconds"),
        "phase": moment.phase(state, now).value,
        "left": len(queries.leavings(db, own.id)),
    }


def receipt(db: Session, own: Own, actor_sittings: list[Own], now: datetime) -> dict[str, Any]:
    """The receipt: the code, what it speaks for, and what comes next."""
    row, answers = own.sitting, actions.standing(db, own.id)
    assert row.started_at is not None
    assert row.handed_in_at is not None
    course = queries.course(db, own.id)
    seconds = [int(each.detail or 0) for each in course if each.kind == Happened.LEFT]
    early = moment.deadline(queries.state_of(row).window, row.started_at) - row.handed_in_at
    return {
        "answered": answered(answers),
        "by": By(row.closed_by or By.CANDIDATE).label,
        "early": moment.in_words(early) if early > moment.NOTHING else "",
        "used": moment.in_words(row.handed_in_at - row.started_at),
        "left": len(seconds),
        "left_seconds": sum(seconds),
        "course": [(each.at, happened(each.kind, each.detail)) for each in reversed(course)],
        "answers_hash": answers_digest(own.id, answers),
        "next": [each for each in actor_sittings if each.sitting.opens_at > now],
    }


@dataclass(frozen=True, slots=True)
class CountyRow:
    """The seats of one county, and the one sentence that an invigilator looks for."""

    county: str
    seats: list[Seat]
    tone: str
    words: str


WORDS = {
    Presence.SILENT: "{n} 人失联超过 1 分钟",
    Presence.OVER: "{n} 人到时待收卷",
    Presence.AWAY: "{n} 人未到",
    Presence.CONFIRMED: "{n} 人候考",
    Presence.IN: "{n} 人作答中",
    Presence.DONE: "{n} 人已交卷",
}


def hall(db: Session, exam_id: int, now: datetime) -> dict[str, Any]:
    """One exam as it stands at this moment, county by county."""
    exam, contest = queries.exam(db, exam_id)
    seats = queries.seats(db, exam_id, now=now)
    counties: dict[str, list[Seat]] = {}
    for seat in seats:
        counties.setdefault(seat.county, []).append(seat)
    return {
        "exam": exam,
        "contest": contest,
        "now": now,
        "seats": seats,
        "counts": {each.value: _count(seats, each) for each in Presence},
        "counties": [_county_row(name, mine) for name, mine in counties.items()],
        "begun": sum(seat.sitting.started_at is not None for seat in seats),
        "progress": progress(seats),
    }


def progress(seats: list[Seat]) -> list[tuple[str, int]]:
    """How many of those who have begun are how far, in quarters of the paper."""
    begun = [seat for seat in seats if seat.sitting.started_at is not None]
    quarters = [min(3, 4 * seat.saved // max(1, seat.sitting.item_count)) for seat in begun]
    labels = ("25% 以下", "25%—50%", "50%—75%", "75% 以上")
    return [(label, quarters.count(at)) for at, label in enumerate(labels)]


def _count(seats: list[Seat], presence: Presence) -> int:
    return sum(seat.presence is presence for seat in seats)


def _county_row(name: str, seats: list[Seat]) -> CountyRow:
    words = [WORDS[each].format(n=_count(seats, each)) for each in WORDS if _count(seats, each)]
    silent = _count(seats, Presence.SILENT)
    return CountyRow(name, seats, "amber strong" if silent else "muted", "，".join(words))


def seat(db: Session, exam_id: int, sitting_id: int, now: datetime) -> dict[str, Any]:
    """One candidate of one exam: the seat, the course so far, and empty forms."""
    exam, contest = queries.exam(db, exam_id)
    own = queries.seat(db, exam_id, sitting_id, now=now)
    state = queries.state_of(own.sitting)
    started = state.started_at
    return {
        "exam": exam,
        "contest": contest,
        "seat": own,
        "now": now,
        "extra": moment.in_words(state.window.extra),
        "ends": moment.deadline(state.window, started) if started else None,
        "silent_for": moment.in_words(now - own.heard_at) if own.heard_at else "",
        "course": [
            (each, happened(each.kind, each.detail)) for each in queries.course(db, sitting_id)
        ],
        "form": HallForm(),
    }
