"""The board of a hall: one picture of an exam for everybody who watches it, made every few seconds
at most, so that watching weighs nothing on saving."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import Request
from markupsafe import Markup

from app.db.session import reading
from app.kernel.actor import SYSTEM
from app.sitting import queries
from app.sitting.queries import Asked, Seat
from app.sitting.rules import moment
from app.sitting.rules.hall import Presence
from app.web.snapshot import Snapshots

SECONDS = 5.0
SMALL = 60  # seats that a screen takes in at a glance: then every county is open
LONGEST_LIST = 40  # of those who need a look; the rest is behind their counties
# What to look at first.
ORDER = (
    Presence.SILENT,
    Presence.PAUSED,
    Presence.OVER,
    Presence.IN,
    Presence.CONFIRMED,
    Presence.AWAY,
    Presence.DONE,
)
WORDS = {
    Presence.SILENT: "{n} 人失联超过 1 分钟",
    Presence.PAUSED: "{n} 人暂停",
    Presence.OVER: "{n} 人到时待收卷",
    Presence.IN: "{n} 人作答中",
    Presence.CONFIRMED: "{n} 人候考",
    Presence.AWAY: "{n} 人未到",
    Presence.DONE: "{n} 人已交卷",
}
LOOK = (Presence.SILENT, Presence.PAUSED)
EMPTY = Markup()


@dataclass(frozen=True, slots=True)
class Place:
    """A seat as the board shows it: with its marks in words, and for how long nothing was heard."""

    seat: Seat
    marks: tuple[str, ...]
    silent_for: str

    @property
    def spoken(self) -> str:
        """The seat read aloud."""
        number = f" {self.seat.number}" if self.seat.number else ""
        return "，".join((f"{self.seat.name}{number}", self.seat.presence.label, *self.marks))


@dataclass(frozen=True, slots=True)
class Block:
    """The seats of one county, those to look at first, and the one sentence that an invigilator
    looks for. `open`: whether they are shown at once."""

    code: str
    county: str
    places: tuple[Place, ...]
    tone: str
    words: str
    flagged: int
    open: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """The house itself stopped the clock: since when, of how many, and why."""

    since: datetime
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """An exam as it stands at `now`. `html` is what everybody is shown of it."""

    exam: Any
    contest: str
    now: datetime
    places: tuple[Place, ...]
    counts: dict[str, int]
    begun: int
    flagged: int
    kept: int
    told: int
    progress: list[tuple[str, int]]
    blocks: tuple[Block, ...]
    look: tuple[Place, ...]
    alarm: Alarm | None
    asked: tuple[Asked, ...]
    newest: int
    html: Markup = EMPTY

    @property
    def paused(self) -> int:
        return self.counts[Presence.PAUSED.value]


def boards(request: Request) -> Snapshots[int, Board]:
    """The boards of this process. The app's own clock is steady enough: one that is put back makes
    every picture old."""
    state = request.app.state
    if not hasattr(state, "boards"):
        state.boards = Snapshots[int, Board](SECONDS, lambda: state.clock.now().timestamp())
    kept: Snapshots[int, Board] = state.boards
    return kept


def board(request: Request, exam_id: int, *, seen: int = 0) -> Board:
    """The board of an exam, at most five seconds old; HallMissing. `seen`: it must know of this
    line; who acted may be answered by a process that has a picture of before."""
    made = boards(request).get(exam_id, lambda: _made(request, exam_id))
    if made.newest < seen:
        boards(request).drop(exam_id)
        made = boards(request).get(exam_id, lambda: _made(request, exam_id))
    return made


async def refreshed(request: Request) -> AsyncIterator[None]:
    """Hung before every act of the hall: whoever acts sees the act at once. As a dependency of the
    route it ends last, when the act has been committed."""
    try:
        yield
    finally:
        if (exam_id := str(request.path_params.get("exam_id", ""))).isdecimal():
            boards(request).drop(int(exam_id))


def _made(request: Request, exam_id: int) -> Board:
    now = request.app.state.clock.now()
    with reading(request.app.state.engine) as db:
        exam, contest = queries.exam(db, exam_id)
        seats = queries.seats(db, exam_id, now=now)
        asked = queries.reopenings_asked(db, exam_id)
        told = queries.message_count(db, exam_id)
        db.expunge_all()  # other threads will look at them
    places = tuple(_ordered(seats, now))
    look = _looked_at(seats)
    board = Board(
        exam,
        contest,
        now,
        places,
        {each.value: _count(seats, each) for each in Presence},
        begun=sum(seat.sitting.started_at is not None for seat in seats),
        flagged=sum(seat.flagged for seat in seats),
        kept=sum(seat.kept for seat in seats),
        told=told,
        progress=progress(seats),
        blocks=_blocks(seats, places, look, small=len(seats) <= SMALL),
        look=tuple(place for place in places if place.seat.presence in look),
        alarm=_alarm(seats),
        asked=tuple(asked),
        newest=max((seat.newest for seat in seats), default=0),
    )
    return _drawn(request, board)


def _drawn(request: Request, board: Board) -> Board:
    """The board with its picture."""
    template = request.app.state.templates.get_template("sitting/hall_board.html")
    small = len(board.places) <= SMALL
    text = template.render(board=board, exam=board.exam, small=small, most=LONGEST_LIST)
    return replace(board, html=Markup(text))


def marks(seat: Seat) -> tuple[str, ...]:
    """The facts beside a sitting, in words; they decide nothing."""
    facts = (
        (seat.left, "离开页面 {n} 次"),
        (seat.taken, "换页面或设备 {n} 次"),
        (seat.late, "迟到答案 {n} 个"),
        (seat.kept, "未计入 {n} 个"),
    )
    return tuple(words.format(n=count) for count, words in facts if count)


def _ordered(seats: Sequence[Seat], now: datetime) -> Iterator[Place]:
    """Those to look at first, of them the ones that have been silent the longest."""
    order = {presence: at for at, presence in enumerate(ORDER)}

    def key(numbered: tuple[int, Seat]) -> tuple[int, float, int]:
        at, seat = numbered
        heard = seat.heard_at or seat.sitting.started_at
        since = heard.timestamp() if heard and seat.presence is Presence.SILENT else 0.0
        return order[seat.presence], since, at

    for _, seat in sorted(enumerate(seats), key=key):
        heard = seat.heard_at or seat.sitting.started_at
        silent = seat.presence is Presence.SILENT and heard is not None
        yield Place(seat, marks(seat), moment.in_words(now - heard) if silent else "")


def progress(seats: Sequence[Seat]) -> list[tuple[str, int]]:
    """How many of those who have begun are how far, in quarters of the paper."""
    begun = [seat for seat in seats if seat.sitting.started_at is not None]
    quarters = [min(3, 4 * seat.saved // max(1, seat.sitting.item_count)) for seat in begun]
    labels = ("25% 以下", "25%—50%", "50%—75%", "75% 以上")
    return [(label, quarters.count(at)) for at, label in enumerate(labels)]


def _looked_at(seats: Sequence[Seat]) -> tuple[Presence, ...]:
    """Who needs a look: the silent, and the paused unless most of the hall is."""
    return LOOK if 2 * _count(seats, Presence.PAUSED) <= len(seats) else (Presence.SILENT,)


def _blocks(
    seats: Sequence[Seat], places: Sequence[Place], look: Sequence[Presence], *, small: bool
) -> tuple[Block, ...]:
    """County by county: those with silent people first, then those with paused ones, else as
    `seats` come. Within one the places stay in their order."""
    counties: dict[str, list[Place]] = {seat.county_code: [] for seat in seats}
    for place in places:
        counties[place.seat.county_code].append(place)

    def key(code: str) -> tuple[int, ...]:
        mine = [place.seat for place in counties[code]]
        return tuple(-_count(mine, presence) for presence in look)

    codes = sorted(counties, key=key)
    return tuple(_block(code, counties[code], look, small=small) for code in codes)


def _block(code: str, places: Sequence[Place], look: Sequence[Presence], *, small: bool) -> Block:
    seats = [place.seat for place in places]
    counted = [(presence, _count(seats, presence)) for presence in ORDER]
    wanted = any(count for presence, count in counted if presence in look)
    return Block(
        code,
        seats[0].county,
        tuple(places),
        "amber strong" if wanted else "muted",
        "，".join(WORDS[presence].format(n=count) for presence, count in counted if count),
        flagged=sum(seat.flagged for seat in seats),
        open=small or wanted,
    )


def _count(seats: Sequence[Seat], presence: Presence) -> int:
    return sum(seat.presence is presence for seat in seats)


def _alarm(seats: Sequence[Seat]) -> Alarm | None:
    """Whether the house itself stopped a clock that still stands."""
    held = [
        seat for seat in seats if seat.presence is Presence.PAUSED and seat.paused_by == SYSTEM.name
    ]
    if not held:
        return None
    first = min(held, key=lambda seat: seat.sitting.paused_at)
    return Alarm(first.sitting.paused_at, len(held), first.paused_why)
