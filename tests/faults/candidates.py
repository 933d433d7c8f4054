"""Virtual candidates: each saves its own sitting over HTTP and keeps a ledger of what it was told.

What was not acknowledged is sent again under the same number until it is, as the page does: across
kills, power cuts and restarts. Nothing here knows how the server stores anything.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from app.kernel.canonical import digest
from app.sitting.rules.receipts import sitting_pass
from tests.faults.house import HOST, KEY

ANSWERS_WITHIN = 30.0  # seconds; a save that takes longer is counted as one nobody answered
LONGEST_PAUSE = 0.3  # seconds between two tries, whatever Retry-After says: these are no phones

Key = tuple[int, int, int]  # sitting, item, seq
Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Ledger:
    """What all candidates together sent and were told.

    `sent` is every answer that ever left a candidate, `acked` the digest of every one that was
    acknowledged. An answer in `sent` alone is *unknown*: it may be stored, or not.
    """

    sent: dict[Key, str] = field(default_factory=dict)
    acked: dict[Key, str] = field(default_factory=dict)
    told_wrong: list[str] = field(default_factory=list)
    replies: Counter[str] = field(default_factory=Counter)
    no_retry_after: int = 0
    nobody_home: int = 0
    cut_off: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Replies that ask to try again later."""
        return self.replies["503 answer_not_stored"]

    @property
    def open(self) -> set[Key]:
        """What was sent, and never acknowledged however often it was sent."""
        return set(self.sent) - set(self.acked)

    @property
    def broken(self) -> dict[str, int]:
        """Replies that no save should ever get, with how many there were."""
        good = ("200", "503 answer_not_stored")
        return {reply: count for reply, count in self.replies.items() if reply not in good}

    def quantile(self, share: float) -> float:
        """The time, in seconds, within which this share of the acknowledged saves was answered."""
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))] if self.seconds else 0.0


class Line:
    """One kept-open connection. Raises OSError, EOFError or ValueError when there is no whole
    answer; the next question then opens a new one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> Reply:
        """Sends a request and reads the whole answer: status, headers in small letters, body."""
        try:
            return await asyncio.wait_for(
                self._ask(method, path, headers, body), timeout=ANSWERS_WITHIN
            )
        except BaseException:
            self.hang_up()
            raise

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        if self._streams is not None and self._streams[0].at_eof():
            self.hang_up()  # closed while nobody said anything: nothing is lost by a new one
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", f"host: {HOST}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        told = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        content = await reader.readexactly(int(told.get("content-length", "0")))
        if told.get("connection") == "close":
            self.hang_up()
        return status, told, content

    def hang_up(self) -> None:
        """Closes the connection; harmless without one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Crowd:
    """So many candidates, each saving about every `every` seconds, until they are told to stop.

    `first_seq` is the first number each item gets.
    """

    def __init__(
        self,
        port: int,
        sitting_ids: Sequence[int],
        *,
        items: int,
        every: float,
        seed: int,
        first_seq: int = 1,
    ) -> None:
        self.ledger = Ledger()
        self.port = port
        self.items = items
        self.every = every
        self.stopping = False
        self._first_seq = first_seq
        self._seed = seed
        self._sitting_ids = sitting_ids
        self._acked = asyncio.Event()

    @asynccontextmanager
    async def saving(self) -> AsyncIterator["Crowd"]:
        """Everybody saves while the body runs; then each finishes the answer it is at, or, if the
        server is gone, gives up."""
        tasks = [
            asyncio.create_task(self._candidate(sitting_id)) for sitting_id in self._sitting_ids
        ]
        try:
            yield self
        finally:
            self.stopping = True
            _, late = await asyncio.wait(tasks, timeout=2 * ANSWERS_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=False)

    async def next_ack(self, within: float) -> float:
        """Waits for one more acknowledgement; how many seconds that took. Raises TimeoutError."""
        begun = time.monotonic()
        self._acked.clear()
        await asyncio.wait_for(self._acked.wait(), within)
        return time.monotonic() - begun

    async def _candidate(self, sitting_id: int) -> None:
        chance = random.Random(f"{self._seed} {sitting_id}")
        line, seqs = Line(self.port), Counter[int]()
        await asyncio.sleep(chance.uniform(0, self.every))
        while not self.stopping:
            item = chance.randint(1, self.items)
            seq = self._first_seq + seqs[item]
            seqs[item] += 1
            await self._insist(line, chance, (sitting_id, item, seq))
            await asyncio.sleep(self.every * chance.uniform(0.5, 1.5))
        line.hang_up()

    async def _insist(self, line: Line, chance: random.Random, key: Key) -> None:
        sitting_id, item, seq = key
        answer = f"答案 {sitting_id}-{item}-{seq}"
        self.ledger.sent[key] = answer
        begun = time.monotonic()
        while True:
            asked = time.monotonic()
            age = int((asked - begun) * 1000)
            about = {"item": item, "seq": seq, "answer": answer, "age_ms": age}
            try:
                reply = await line.ask(
                    "POST",
                    f"/sittings/{sitting_id}/answers",
                    headers_for(sitting_id, self.port),
                    json.dumps(about).encode(),
                )
            except ConnectionRefusedError:
                self.ledger.nobody_home += 1
            except (OSError, EOFError, ValueError, TimeoutError):
                self.ledger.cut_off += 1
            else:
                if self._settled(key, answer, reply, time.monotonic() - asked):
                    return
            if self.stopping:
                return
            await asyncio.sleep(chance.uniform(0.05, LONGEST_PAUSE))

    def _settled(self, key: Key, answer: str, reply: Reply, seconds: float) -> bool:
        status, headers, body = reply
        told = read(body)
        self.ledger.replies[str(status) if status == 200 else f"{status} {told.get('code')}"] += 1
        if status == 503 and "retry-after" not in headers:
            self.ledger.no_retry_after += 1
        if status != 200:
            return False
        mine = digest([*key, answer])
        if (told.get("item"), told.get("seq"), told.get("digest")) != (*key[1:], mine):
            self.ledger.told_wrong.append(f"{told} for {key}")
        self.ledger.acked[key] = mine
        self.ledger.seconds.append(seconds)
        self._acked.set()
        return True


def headers_for(sitting_id: int, port: int) -> dict[str, str]:
    """What the sitting page sends with every save."""
    return {
        "content-type": "application/json",
        "accept": "application/json",
        "origin": f"http://{HOST}:{port}",
        "x-sitting-pass": sitting_pass(KEY, sitting_id),
    }


def read(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; of anything else, nothing."""
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
