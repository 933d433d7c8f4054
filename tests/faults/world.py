"""A running exam in a fresh database, with as many sittings as there are savers."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from app.contests.tables import Exam
from app.db.engine import make_engine
from app.db.session import transaction
from app.kernel.actor import SYSTEM
from app.kernel.clock import SystemClock
from app.roster.tables import Officer
from app.sitting import actions
from app.sitting.tables import Sitting
from tests import factories
from tests.sitting import worlds

ITEMS = worlds.ITEMS


@dataclass(frozen=True, slots=True)
class World:
    """The exam, everybody's sitting, and the session cookie of an invigilator."""

    exam_id: int
    sitting_ids: tuple[int, ...]
    invigilator: str


def build(url: str, *, seats: int, length: timedelta = timedelta(hours=12)) -> World:
    """Fills a migrated, empty database. Everybody has begun just now and may write for `length`;
    a long form must not run into the deadline."""
    engine, now = make_engine(url), SystemClock().now()
    try:
        with transaction(engine) as db:
            people = factories.cast(db, now)
            place = worlds.hall(db, people, now)
            exam = db.exec(select(Exam)).one()
            exam.length_seconds = int(length.total_seconds())
            exam.closes_at = now + length + timedelta(hours=12)
            home = db.exec(select(Officer)).first()
            assert home is not None
            for at in range(seats - 2):
                officer = Officer(
                    county_id=home.county_id,
                    name=f"考生{at}",
                    certificate=f"0809{at:08}",
                    establishment="administrative",
                    on_post="on_post",
                    unit=home.unit,
                    post=home.post,
                    updated_at=now,
                )
                db.add(officer)
                db.flush()
                worlds.candidate(db, place.contest_id, officer, f"B-{at:04}", now)
            actions.prepare(db, exam_id=place.exam_id, actor=SYSTEM, now=now)
            rows = list(db.exec(select(Sitting).order_by(col(Sitting.id))))
            for row in rows:
                row.length_seconds, row.closes_at = exam.length_seconds, exam.closes_at
                row.started_at = now
            cookie = factories.signed_in(db, people.invigilator, now)
            return World(place.exam_id, tuple(row.id or 0 for row in rows), cookie)
    finally:
        engine.dispose()
