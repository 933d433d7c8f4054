"""A browser without a screen: one kept connection, one cookie, as little CPU as can be."""

import asyncio
import time
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.server import HOST

AGENT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
GUNZIP = 31  # zlib's name for "with a gzip header"


class Wrong(RuntimeError):
    """The server said something else than it must."""


@dataclass(slots=True)
class Waits:
    """How long each kind of page took, and how large its last answer was: unpacked, and on the
    wire with its headers."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)


class Browser:
    """Every request names the page that it is counted under, and the status it must get."""

    def __init__(self, port: int, cookie: str, waits: Waits) -> None:
        self._port, self._waits = port, waits
        self._head = (
            f"Host: {HOST}:{port}\r\nUser-Agent: {AGENT}\r\nAccept-Encoding: gzip, deflate\r\n"
            f"Accept-Language: zh-CN,zh;q=0.9\r\nConnection: keep-alive\r\n"
            f"Cookie: biwu={cookie}\r\nSec-Fetch-Site: same-origin\r\n"
        )
        self._origin = f"Origin: http://{HOST}:{port}\r\n"

    async def __aenter__(self) -> "Browser":
        self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def get(self, page: str, path: str) -> str:
        """A page; Wrong if it is not one."""
        request = f"GET {path} HTTP/1.1\r\n{self._head}Accept: text/html\r\n\r\n"
        return (await self.exchange(page, request.encode(), 200)).decode()

    async def submit(self, page: str, path: str, **fields: str) -> None:
        """A form, which must be answered with a redirect."""
        body = urlencode(fields).encode()
        await self.exchange(page, self._post(path, FORM, "text/html", body), 303)

    async def post_form(self, page: str, path: str, **fields: str) -> bytes:
        """What the sitting page's script sends beside answers."""
        body = urlencode(fields).encode()
        return await self.exchange(page, self._post(path, FORM, JSON, body), 200)

    async def post_json(self, page: str, path: str, body: bytes, *, sitting_pass: str) -> bytes:
        """What the sitting page's script sends."""
        given = f"X-Sitting-Pass: {sitting_pass}\r\n"
        return await self.exchange(page, self._post(path, JSON, JSON, body, given), 200)

    def _post(self, path: str, kind: str, accept: str, body: bytes, more: str = "") -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\n{self._head}{self._origin}{more}Accept: {accept}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def exchange(self, page: str, request: bytes, wanted: int) -> bytes:
        """Sends a request, and gives back the body of its answer, unpacked."""
        began = time.perf_counter()
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        body = await self._reader.readexactly(length)
        self._waits.seconds[page].append(time.perf_counter() - began)
        if b"content-encoding: gzip" in head:
            body = zlib.decompress(body, GUNZIP)
        if int(head[9:12]) != wanted:
            raise Wrong(f"{page}: {head.decode()}{body.decode()}")
        self._waits.sizes[page] = len(body), len(head) + length
        return body
