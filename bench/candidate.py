"""One candidate with a phone, from the ticket to the receipt, by the links, the forms and the pass
that stand on the pages (the protocol is in docs/decisions/0003); and the ledger of what the server
acknowledged."""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.kernel.canonical import digest
from bench.browser import Browser, Unreachable, Waits, Wrong
from bench.world import Seat

EPOCH_BITS = 20  # numbers of a page begin above its epoch
FLAGS = 0  # the item under which the list of doubtful items is saved
TWICE = 10  # every so many items the first choice was another one
FLAGGED = (7, 23)  # marked as doubtful; the first of them is settled later on
TYPED_AGO_MS = 12
FIRST_PAUSE, SLOWEST = 0.5, 15.0  # how the sitting page's script spaces its retries
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SITTING = re.compile(r'href="(/sittings/\d+)"')
PASS, SEQ, PHASE = (re.compile(rf'data-{each}="([^"]*)"') for each in ("pass", "seq", "phase"))
ENDS = re.compile(r'data-ends="([^"]+)"')
QUESTION = '<article id="question-'
RECEIPT = re.compile(r"<b>([0-9A-F]{4}(?:-[0-9A-F]{4}){2})</b>")
ANSWERS_HASH = re.compile(r'<span class="hash">([0-9a-f]{64})</span>')


@dataclass(slots=True)
class Ledger:
    """Everything the server said is safe: answers by (sitting, item, number) with the digest that
    was acknowledged, and receipts by sitting with the hash of the answers they speak for."""

    answers: dict[tuple[int, int, int], str] = field(default_factory=dict)
    receipts: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Candidate:
    """Whoever has this ticket. One page is open at a time; a refusal is Wrong."""

    seat: Seat
    browser: Browser
    ledger: Ledger
    static: bool = True  # whether style sheets and scripts are fetched
    home: str = ""
    page: str = ""
    given: str = ""
    seq: int = 0

    @property
    def waits(self) -> Waits:
        """What this candidate's requests took."""
        return self.browser.waits

    # ---- at the door and in the waiting room

    async def enter(self) -> None:
        """扫码: whose ticket it is, 是本人, and the list of exams."""
        code = self.seat.code
        page = await self.browser.get("ticket_page", f"/t/{code}")
        await self._assets(page)
        onward = await self.browser.submit("enter", "/enter", code=code, csrf=_in(CSRF, page))
        page = await self.browser.get("sittings", onward)
        await self._assets(page)
        self.home = _in(SITTING, page)
        if self.home != f"/sittings/{self.seat.sitting_id}":
            raise Wrong(f"the ticket of sitting {self.seat.sitting_id} opens {self.home}")

    async def confirm(self) -> None:
        """核对身份, 已读规则, and whatever page comes then."""
        page = await self.browser.get("identity_page", self.home)
        await self._assets(page)
        onward = await self.browser.submit(
            "confirm", f"{self.home}/confirm", rules="yes", csrf=_in(CSRF, page)
        )
        waiting = self.seat.waits_for_opening
        self.page = await self.browser.get("waiting_page" if waiting else "start_page", onward)
        await self._assets(self.page)

    async def wait(self) -> None:
        """The waiting page, which looks once whether the server is there, and may show 服务器忙."""
        if _in(PHASE, self.page) != "waiting":
            raise Wrong("the exam has opened before everybody was in the waiting room")
        reply = await self.browser.ask("healthz", self.browser.get_bytes("/healthz"))
        if reply.status not in (200, 503):
            raise Wrong(f"/healthz says {reply.status}")

    async def hurry(self) -> None:
        """To the open paper by the forms alone, for commands that measure what comes after."""
        await self.browser.submit("enter", "/enter", code=self.seat.code)
        self.home = f"/sittings/{self.seat.sitting_id}"
        await self.browser.submit("confirm", f"{self.home}/confirm", rules="yes")
        await self.browser.submit("start", f"{self.home}/start")
        await self.open_paper()

    # ---- the paper

    async def begin(self) -> None:
        """The start page, unless it is open already, 开始作答, and the paper."""
        if self.seat.waits_for_opening:
            self.page = await self.browser.get("start_page", self.home)
        await self.start()
        await self.open_paper()

    async def start(self) -> None:
        """开始作答."""
        csrf = _in(CSRF, self.page)
        await self.browser.submit("start", f"{self.home}/start", csrf=csrf)

    async def open_paper(self, *, revalidate: bool = True) -> None:
        """The paper, all of it."""
        self.page = await self.browser.get("paper", self.home)
        if _in(PHASE, self.page) != "running":
            raise Wrong(f"{self.home} shows no paper")
        if self.page.count(QUESTION) != len(self.seat.answers):
            raise Wrong(f"{self.home}: not every question is on the paper")
        self.given, self.seq = _in(PASS, self.page), int(_in(SEQ, self.page))
        if self.static:
            await self.browser.assets(self.page, revalidate=revalidate)
        await self._claim()

    async def _claim(self) -> None:
        """The page takes the pen (接管), and numbers its answers from there."""
        word = json.dumps({"page": f"bench{self.seat.sitting_id % 1000:03}"}).encode()
        told = await self.browser.post_json("claim", f"{self.home}/claim", word, self._passed())
        self.seq = max(self.seq, (json.loads(told)["epoch"] << EPOCH_BITS) + 1)

    def _passed(self) -> str:
        return f"X-Sitting-Pass: {self.given}\r\n"

    async def answer_all(self, pause: Callable[[], float] | None = None) -> None:
        """Every answer, saved singly and in order; some after another choice, two flags put up
        and one of them taken down again. `pause` gives the seconds between two of them."""
        flags: list[int] = []
        for item, raw in enumerate(self.seat.answers, 1):
            if pause:
                await asyncio.sleep(pause())
            if item % TWICE == 0:
                await self.save(item, self.seat.answers[item - 2])
            await self.save(item, raw)
            if item in FLAGGED:
                flags.append(item)
                await self.save(FLAGS, json.dumps(flags, separators=(",", ":")))
        if flags:
            await self.save(FLAGS, json.dumps(flags[1:], separators=(",", ":")))

    async def save(self, item: int, raw: str) -> None:
        """One answer, sent once; acknowledged, or Wrong."""
        seq, self.seq = self.seq, self.seq + 1
        told = await self.browser.post_json("save", *self._saving(item, seq, raw))
        self._acknowledge(told, item, seq, raw)

    async def insist(self, item: int, raw: str, typed_at: float, chance: random.Random) -> None:
        """One answer, sent again with full jitter, as the page does, until it is acknowledged."""
        seq, self.seq, failures = self.seq, self.seq + 1, 0
        while not await self.deliver(item, seq, raw, typed_at):
            failures += 1
            await asyncio.sleep(chance.random() * min(SLOWEST, FIRST_PAUSE * 2**failures))

    async def deliver(self, item: int, seq: int, raw: str, typed_at: float) -> bool:
        """One try with one answer; whether it was acknowledged."""
        age = max(0, int(1000 * (time.perf_counter() - typed_at)))  # timers may be early
        try:
            reply = await self.browser.ask(
                "save", self.browser.json_bytes(*self._saving(item, seq, raw, age))
            )
        except Unreachable:
            return False
        if reply.status == 200:
            self._acknowledge(reply.body, item, seq, raw)
        return reply.status == 200

    def _saving(
        self, item: int, seq: int, raw: str, age: int = TYPED_AGO_MS
    ) -> tuple[str, bytes, str]:
        told = {"item": item, "seq": seq, "answer": raw, "age_ms": age}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return f"{self.home}/answers", body, self._passed()

    def _acknowledge(self, told: bytes, item: int, seq: int, raw: str) -> None:
        """An acknowledgement counts only for this item, this number, this very text."""
        said, sitting_id = json.loads(told), self.seat.sitting_id
        wanted = (item, seq, digest([sitting_id, item, seq, raw]))
        if (said["item"], said["seq"], said["digest"]) != wanted:
            raise Wrong(f"sitting {sitting_id}: {said} acknowledges something else")
        self.ledger.answers[sitting_id, item, seq] = said["digest"]

    async def pulse(self) -> None:
        """What a page that is open and seen sends every seven seconds or so."""
        await self.browser.post_json("pulse", f"{self.home}/pulse", b"", self._passed())

    # ---- the end

    async def hand_in(self) -> None:
        """交卷前检查, 交卷, 回执."""
        page = await self.browser.get("hand_in_page", f"{self.home}/hand-in")
        onward = await self.browser.submit("hand_in", f"{self.home}/hand-in", csrf=_in(CSRF, page))
        page = await self.browser.get("receipt", onward)
        await self._assets(page)
        told = _in(RECEIPT, page), _in(ANSWERS_HASH, page)
        self.ledger.receipts[self.seat.sitting_id] = told

    async def _assets(self, page: str) -> None:
        if self.static:
            await self.browser.assets(page)


def _in(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise Wrong(f"the page shows no {pattern.pattern}: {page[:600]}")
    return found[1]
