"""What the templates of the sitting are given: finished values, no decisions left."""

from datetime import datetime
from typing import Any

from fastapi import Request

from app.db.session import Session
from app.papers import queries as papers
from app.papers.rules.orders import candidate_order
from app.sitting import actions, queries
from app.sitting.pages.fragments import Fragments
from app.sitting.queries import Own
from app.sitting.rules import moment
from app.sitting.rules.answers import FLAGS
from app.sitting.rules.course import Happened, happened
from app.sitting.rules.emergency import file_key
from app.sitting.rules.receipts import By, answers_digest, sitting_pass
from app.sitting.rules.sheet import Sheet, Standing, answered, sheet


def about(request: Request, own: Own, now: datetime) -> dict[str, Any]:
    """What every page of a sitting says: whose it is, when it ends by the server's clock, and the
    pass and the file key by which the page may still deliver what it kept."""
    state = queries.state_of(own.sitting)
    instants, begun, secret = state.instants.at(now), state.started_at, request.app.state.secret_key
    ends = instants.deadline if begun else instants.opens_at
    left = moment.remaining(state, now) if begun else ends - now
    return {
        "own": own,
        "now": now,
        "phase": moment.phase(state, now).value,
        "ends": ends,
        "collected_at": instants.settled_at if begun else ends + state.window.grace,
        "left_in_words": moment.in_words(left),
        "left_clock": moment.on_a_clock(left),
        "length": moment.in_words(state.window.length),
        "last_start": instants.last_start,
        "sitting_pass": sitting_pass(secret, own.id) if begun else "",
        "file_key": file_key(secret, own.id).hex() if begun else "",
    }


def outline(request: Request, db: Session, own: Own, now: datetime) -> dict[str, Any]:
    """How the candidate's paper stands, without its questions."""
    made, doubtful, _ = _sheet(request, db, own, now)
    return _standing_of(made, doubtful)


def paper(request: Request, db: Session, own: Own, now: datetime) -> dict[str, Any]:
    """The candidate's paper with the answers that stand, its questions drawn, by number."""
    made, doubtful, fragments = _sheet(request, db, own, now)
    drawn = {item.position: fragments.drawn(item) for item in made.items}
    return _standing_of(made, doubtful) | {"drawn": drawn, "left": own.left}


def _standing_of(made: Sheet, doubtful: Standing | None) -> dict[str, Any]:
    return {
        "sheet": made,
        "flags": doubtful.answer if doubtful else "",
        "saved_at": max((item.saved_at for item in made.items if item.saved_at), default=None),
    }


def _sheet(
    request: Request, db: Session, own: Own, now: datetime
) -> tuple[Sheet, Standing | None, Fragments]:
    """Asks the database first whether this sitting may see its paper at this moment; only then is
    the paper looked for among those at hand."""
    released, store = queries.released(db, own.id, now=now), request.app.state.fragments
    fragments = store.get(released.paper_hash) or store.put(
        released.paper_hash, papers.content(db, released.paper_id)
    )
    order = candidate_order(released.seed, released.order_key, fragments.content)
    standing = {
        item: Standing(*each) for item, each in queries.standing(db.connection(), own.id).items()
    }
    doubtful = standing.pop(FLAGS, None)
    made = sheet(fragments.content, order, standing, doubtful, epoch=own.sitting.epoch)
    return made, doubtful, fragments


def standing(db: Session, own: Own, now: datetime) -> dict[str, Any]:
    """What a page asks for while it is open: the clock, the end, what has happened."""
    state = queries.state_of(own.sitting)
    ends = state.instants.at(now).deadline
    return {
        "now": now.isoformat(timespec="milliseconds"),
        "ends_at": ends.isoformat(timespec="milliseconds"),
        "phase": moment.phase(state, now).value,
        "left": own.left,
        "news": own.news,
        "epoch": own.sitting.epoch,
        "page": own.sitting.page,
        "messages": [
            {"id": number, "at": at.isoformat(timespec="milliseconds"), "text": text}
            for number, at, text in queries.messages(db, own.id)
        ],
    }


def receipt(db: Session, own: Own, actor_sittings: list[Own], now: datetime) -> dict[str, Any]:
    """The receipt: the code, what it speaks for, and what comes next."""
    row, answers = own.sitting, actions.standing(db, own.id)
    assert row.started_at is not None
    assert row.handed_in_at is not None
    course = queries.course(db, own.id)
    seconds = [int(each.detail or 0) for each in course if each.kind == Happened.LEFT]
    early = queries.state_of(row).instants.deadline - row.handed_in_at
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
