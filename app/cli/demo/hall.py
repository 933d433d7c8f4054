"""The exam of the demo: every simulated candidate with a phone, some of them out of the network."""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from app.cli.demo.visitor import Stuck, Visitor
from app.db.session import reading
from app.kernel.canonical import digest
from app.kernel.clock import SetClock
from app.papers import queries as papers
from app.papers.rules.orders import candidate_order
from app.seed.simulated import Simulated
from app.sitting import queries as sittings
from app.sitting.tables import Sitting

SECOND = timedelta(seconds=1)
OFFLINE_SHARE, NEVER_HANDS_IN = 0.2, 0.08
OFFLINE_FOR = 240


@dataclass(slots=True)
class Seat:
    """One candidate at the exam: the phone, the sitting, and what is still to be written."""

    visitor: Visitor
    sitting: int
    sitting_pass: str
    answers: dict[int, str]
    simulated: Simulated
    waiting: list[tuple[int, str, int]] = field(default_factory=list)
    acknowledged: int = 0

    @property
    def offline(self) -> tuple[int, int] | None:
        """The seconds between which this phone has no network."""
        if self.simulated.chance("offline") >= OFFLINE_SHARE:
            return None
        begins = 200 + int(self.simulated.chance("offline from") * 900)
        return begins, begins + OFFLINE_FOR

    @property
    def pace(self) -> float:
        """Seconds for one question."""
        return 30 + 60 * self.simulated.chance("pace")

    def save(self, number: int, raw: str, *, age: int) -> None:
        """Sends one answer and believes only an acknowledgement that fits it."""
        body = {"item": number, "seq": 1, "answer": raw, "age_ms": age * 1000}
        answer = self.visitor.post_json(
            f"/sittings/{self.sitting}/answers", body, {"x-sitting-pass": self.sitting_pass}
        )
        if answer["digest"] != digest([self.sitting, number, 1, raw]):
            raise Stuck(f"sitting {self.sitting}: the acknowledgement of {number} does not fit")
        self.acknowledged += 1

    def events(self) -> Iterator[tuple[int, int, str, int]]:
        """(second, item, raw, age): when each answer reaches the server, and how old it is then."""
        for place, (number, raw) in enumerate(self.answers.items(), 1):
            typed = int(place * self.pace)
            arrives = typed
            if self.offline and self.offline[0] <= typed < self.offline[1]:
                arrives = self.offline[1]
            yield arrives, number, raw, arrives - typed

    @property
    def hands_in_at(self) -> int | None:
        """When this candidate hands in; None for the few who leave it to the server."""
        if self.simulated.chance("hands in") < NEVER_HANDS_IN:
            return None
        last = max((second for second, *_ in self.events()), default=0)
        return last + 20 + int(self.simulated.chance("looks again") * 300)


def sit(seats: list[Seat], *, clock: SetClock, length: timedelta) -> None:
    """Plays everybody's exam in the order of time: answers as they come, then the hand-ins."""
    agenda: list[tuple[int, int, int, str, int]] = []
    for place, seat in enumerate(seats):
        for second, number, raw, age in seat.events():
            if second < length.total_seconds():
                heapq.heappush(agenda, (second, place, number, raw, age))
        if seat.hands_in_at is not None and seat.hands_in_at < length.total_seconds():
            heapq.heappush(agenda, (seat.hands_in_at, place, 0, "", 0))
    gone = 0
    while agenda:
        second, place, number, raw, age = heapq.heappop(agenda)
        clock.pass_by((second - gone) * SECOND)
        gone = second
        if number:
            seats[place].save(number, raw, age=age)
        else:
            _hand_in(seats[place])
    clock.pass_by(length + 600 * SECOND - gone * SECOND)


def _hand_in(seat: Seat) -> None:
    action = f"/sittings/{seat.sitting}/hand-in"
    seat.visitor.open(action)
    if 'name="sure"' in seat.visitor.page:
        seat.visitor.submit(action, sure="yes")
    else:
        seat.visitor.submit(action)
    if "回执" not in seat.visitor.page:
        raise Stuck(f"sitting {seat.sitting}: no receipt after handing in")


def seated(visitor: Visitor, *, seed: str) -> Seat:
    """From the list of own exams through the identity check to the open paper."""
    visitor.open("/sittings")
    found = re.search(r'href="/sittings/(\d+)"', visitor.page)
    if found is None:
        raise Stuck("no exam on the page of own exams")
    number = int(found[1])
    visitor.open(f"/sittings/{number}")
    visitor.submit(f"/sittings/{number}/confirm", rules="yes")
    visitor.submit(f"/sittings/{number}/start")
    sitting_pass = re.search(r'name="pass" value="([^"]+)"', visitor.page)
    if sitting_pass is None:
        raise Stuck(f"sitting {number}: no paper after starting")
    with reading(visitor.engine) as db:
        row = db.get(Sitting, number)
        assert row is not None
        exam, _ = sittings.exam(db, row.exam_id)
        paper_id = exam.paper_id or 0
        paper, key = papers.content(db, paper_id), papers.key(db, paper_id)
        order = candidate_order(papers.paper(db, paper_id).seed, row.order_key, paper)
    simulated = Simulated(seed, row.order_key)
    answers = simulated.answers(paper, key, order)
    return Seat(visitor, number, sitting_pass[1], answers, simulated)
