"""What the templates of the hall are given: finished values, no decisions left."""

from datetime import datetime
from typing import Any

from fastapi import Request

from app.db.session import Session
from app.sitting import queries
from app.sitting.forms.hall import HallForm
from app.sitting.pages.hall_board import LONGEST_LIST, Board, Place, board, marks
from app.sitting.queries import Kept
from app.sitting.rules import hall as rules
from app.sitting.rules import moment
from app.sitting.rules.answers import FLAGS, Fate, Via
from app.sitting.rules.course import Happened, happened
from app.sitting.rules.moment import Phase
from app.sitting.rules.reopening import left_at_hand_in

FLAGGED = "flagged"
REASONS = {Fate.TOO_LATE.value: "过了宽限才送到", Fate.HANDED_IN.value: "交卷之后才送到"}
VIA = {Via.PAGE.value: "页面", Via.FILE.value: "应急答案文件"}


def hall(
    request: Request,
    exam_id: int,
    *,
    county: str = "",
    show: str = "",
    seen: int = 0,
    form: HallForm | None = None,
) -> dict[str, Any]:
    """One exam as it stood at most five seconds ago; with a county, its list; or those with a
    mark. `seen`: a line of somebody's course that it must know of."""
    made = board(request, exam_id, seen=seen)
    listed = _listed(made, county, show)
    query = f"?county={county}" if county else f"?show={show}" if show else ""
    return {
        "board": made,
        "exam": made.exam,
        "contest": made.contest,
        "now": made.now,
        "listed": listed,
        "heading": listed[0].seat.county if county and listed else "有标记的",
        "query": query if listed is not None else "",
        "county": county if listed is not None else "",
        "counties": [(block.code, block.county) for block in sorted(made.blocks, key=_code)],
        "form": form or HallForm(county=county),
    }


def _code(block: Any) -> str:
    return str(block.code)


def _listed(made: Board, county: str, show: str) -> list[Place] | None:
    """The places of a list instead of the board; none, when nobody asked for a list that there
    is."""
    if county:
        mine = [place for place in made.places if place.seat.county_code == county]
        return mine or None
    if show == FLAGGED:
        return [place for place in made.places if place.seat.flagged]
    return None


def seat(
    db: Session, exam_id: int, sitting_id: int, now: datetime, form: HallForm | None = None
) -> dict[str, Any]:
    """One candidate of one exam: the seat, the course so far, and empty forms."""
    exam, contest = queries.exam(db, exam_id)
    own = queries.seat(db, exam_id, sitting_id, now=now)
    state, course = own.state, queries.course(db, sitting_id)
    leavings = [each for each in reversed(course) if each.kind == Happened.LEFT]
    started, phase = state.started_at, moment.phase(state, now)
    asked = queries.reopenings(db, sitting_id)
    return {
        "exam": exam,
        "contest": contest,
        "seat": own,
        "now": now,
        "marks": marks(own),
        "extra": moment.in_words(state.window.extra),
        "shift": moment.in_words(state.window.shift),
        "ends": state.instants.at(now).deadline if started else None,
        "left_in_words": moment.in_words(moment.remaining(state, now)) if started else "",
        "silent_for": moment.in_words(now - own.heard_at) if own.heard_at else "",
        "leavings": [(each.at, moment.in_words(_seconds(each.detail))) for each in leavings],
        "course": [(each, happened(each.kind, each.detail)) for each in course],
        "may_pause": rules.may_pause(state, now),
        "may_shift": started is None and state.handed_in_at is None,
        "may_extend": state.handed_in_at is None,
        "may_force": started is not None and state.handed_in_at is None,
        "may_file": started is not None,
        "is_over": phase is Phase.OVER,
        "reopenings": asked,
        "waiting": next((each for each in asked if each.decided_at is None), None),
        "left_then": moment.in_words(left_at_hand_in(state)) if state.handed_in_at else "",
        "form": form or HallForm(),
    }


def _seconds(detail: str) -> Any:
    return rules.SECOND * int(detail) if detail.isdecimal() else moment.NOTHING


def kept(db: Session, exam_id: int, now: datetime) -> dict[str, Any]:
    """The answers that were kept and not counted. Their texts only when nobody of the exam can
    still write: until then they would be answers that somebody might pass on."""
    exam, contest = queries.exam(db, exam_id)
    rows = queries.kept(db, exam_id)
    phases = {moment.phase(state, now) for state in queries.exam_states(db, exam_id)}
    return {
        "exam": exam,
        "contest": contest,
        "count": len(rows),
        "over": phases <= {Phase.HANDED_IN, Phase.MISSED},
        "rows": [_kept(row) for row in rows],
    }


def _kept(row: Kept) -> dict[str, Any]:
    answer = row.answer
    return {
        "sitting_id": answer.sitting_id,
        "name": row.name,
        "number": row.number,
        "county": row.county,
        "item": item_words(answer.item),
        "typed_at": answer.typed_at,
        "arrived_at": answer.arrived_at,
        "reason": REASONS.get(answer.reason, answer.reason),
        "via": VIA.get(answer.via, answer.via),
        "text": rules.as_read(answer.answer),
    }


def item_words(item: int) -> str:
    """How people call an item; the flags are saved as one."""
    return "存疑标记" if item == FLAGS else f"第 {item} 题"


def messages(db: Session, exam_id: int, form: HallForm | None = None) -> dict[str, Any]:
    """Every message of an exam with its readers, and the form for another one."""
    exam, contest = queries.exam(db, exam_id)
    return {
        "exam": exam,
        "contest": contest,
        "notices": queries.notices(db, exam_id),
        "most": LONGEST_LIST,
        "longest": rules.LONGEST_MESSAGE,
        "form": form or HallForm(),
    }
