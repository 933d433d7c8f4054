"""The public board from a snapshot: a thousand people who press refresh cost as much as one.

While an exam runs and after it, everybody looks at the column. What visitors without a cookie are
shown there is the same for all of them, so it is made at most once in a few seconds, and who has
it already is told so (304). Nothing here reads the database, so nothing here can slow down an
answer that is being saved.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PUBLIC = "/column"
MOST_PAGES = 256
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _Made:
    """One page as it left the house, with its mark, and when it was made (steady seconds)."""

    headers: Headers
    body: bytes
    mark: bytes
    at: float


class PublicBoard:
    """An ASGI layer in front of the pages under /column, for GET without a cookie; 200 only.

    `seconds` is how old a page may be; 0 turns it off. `steady` gives seconds that nobody sets.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, steady: Callable[[], float]) -> None:
        self._app, self._seconds, self._steady = app, seconds, steady
        self._pages: dict[tuple[bytes, bytes, bool], _Made] = {}
        self._making: dict[tuple[bytes, bytes, bool], asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_for_all(scope):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        packed = b"gzip" in headers.get(b"accept-encoding", b"")
        key = scope["path"].encode(), scope["query_string"], packed
        made = self._fresh(key)
        if made is None:
            async with self._making.setdefault(key, asyncio.Lock()):
                made = self._fresh(key)  # somebody made it while we waited
                if made is None:
                    made = await self._make(key, scope, receive, send)
            if made is None:
                return
        await _answer(send, made, known=headers.get(b"if-none-match") == made.mark)

    def _is_for_all(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] != "GET" or not self._seconds:
            return False
        path: str = scope["path"]
        if path != PUBLIC and not path.startswith(f"{PUBLIC}/"):
            return False
        return not any(name in (b"cookie", b"hx-request") for name, _ in scope["headers"])

    def _fresh(self, key: tuple[bytes, bytes, bool]) -> _Made | None:
        made = self._pages.get(key)
        return made if made and 0 <= self._steady() - made.at < self._seconds else None

    async def _make(
        self, key: tuple[bytes, bytes, bool], scope: Scope, receive: Receive, send: Send
    ) -> _Made | None:
        """Lets the house make the page. What is no 200 goes straight out and is not kept."""
        at, body, start = self._steady(), b"", None

        async def collect(message: Message) -> None:
            nonlocal body, start
            if message["type"] == "http.response.start":
                start = message
                if message["status"] == 200:
                    return
            elif start is not None and start["status"] == 200:
                body += message.get("body", b"")
                return
            await send(message)

        await self._app(scope, receive, collect)
        if start is None or start["status"] != 200:
            self._making.pop(key, None)
            return None
        mark = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
        made = self._pages[key] = _Made([*start["headers"], (b"etag", mark)], body, mark, at)
        for old in list(self._pages)[:-MOST_PAGES]:
            del self._pages[old]
            self._making.pop(old, None)
        return made


async def _answer(send: Send, made: _Made, *, known: bool) -> None:
    gone = {b"content-length", b"content-type", b"content-encoding"} if known else set()
    headers = [pair for pair in made.headers if pair[0].lower() not in gone]
    await send({"type": "http.response.start", "status": 304 if known else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if known else made.body})
