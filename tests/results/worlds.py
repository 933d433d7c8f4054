"""The small contest of the marking's tests, marked and released."""

from datetime import datetime

from app.db.session import Session
from app.kernel.actor import SYSTEM
from app.marking import actions as marking
from app.results import actions
from app.results.tables import Release
from tests.marking import worlds
from tests.marking.worlds import EVENING, World


def marked(db: Session, *, number: int = 1, confirmed: bool = True) -> World:
    """Everybody who came has handed in, and both exams are marked."""
    world = worlds.sat(db, number=number, confirmed=confirmed)
    mark(db, world)
    return world


def mark(db: Session, world: World, *, now: datetime = EVENING) -> None:
    """A run over both exams."""
    for exam_id in world.exams.values():
        marking.mark_exam(db, exam_id=exam_id, actor=SYSTEM, now=now)


def released(db: Session, *, number: int = 1) -> tuple[World, Release]:
    """The same, released the same evening."""
    world = marked(db, number=number)
    return world, actions.release(db, contest_id=world.contest, actor=SYSTEM, now=EVENING)
