"""A browser without a screen: one kept connection, one cookie jar, as little CPU as can be."""

import asyncio
import re
import time
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
AGENT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
GUNZIP = 31  # zlib's name for "with a gzip header"
_ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)"')


class Wrong(RuntimeError):
    """The server said something else than it must."""


class Unreachable(RuntimeError):
    """The connection was refused, or ended before an answer came."""


@dataclass(slots=True)
class Waits:
    """How long each kind of request took and when it was sent (perf_counter), how large the last
    answer was (unpacked, and on the wire with its headers), and which status came how often."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent_at: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    statuses: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def note(self, page: str, sent_at: float, seconds: float) -> None:
        """One answer."""
        self.seconds[page].append(seconds)
        self.sent_at[page].append(sent_at)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its header lines, and its body, unpacked."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> str:
        """The value of a header, named in lower case; nothing if it is not there."""
        at = self.head.lower().find(b"\r\n" + name + b": ")
        return self.head[at + len(name) + 4 :].partition(b"\r\n")[0].decode() if at >= 0 else ""


class Browser:
    """Every request names the page that it is counted under, and the status it must get.

    A kept connection that the server has closed meanwhile is opened again, as browsers do. `source`
    is the address of this machine to speak from.
    """

    def __init__(self, port: int, waits: Waits, *, source: str | None = None) -> None:
        self.port, self.waits = port, waits
        self._source = (source, 0) if source else None
        self._jar: dict[str, str] = {}
        self._cached: dict[str, tuple[str, bool]] = {}  # path → its tag, and whether it stays good
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._origin = f"Origin: http://{HOST}:{port}\r\n"
        self._head = ""
        self._write_head()

    def _write_head(self) -> None:
        cookies = "; ".join(f"{name}={text}" for name, text in self._jar.items())
        self._head = (
            f"Host: {HOST}:{self.port}\r\nUser-Agent: {AGENT}\r\n"
            f"Accept-Encoding: gzip, deflate\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
            f"Connection: keep-alive\r\nSec-Fetch-Site: same-origin\r\n"
            + (f"Cookie: {cookies}\r\n" if cookies else "")
        )

    async def __aenter__(self) -> "Browser":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Connects; raises Unreachable."""
        await self.close()
        try:
            self._reader, self._writer = await asyncio.open_connection(
                HOST, self.port, local_addr=self._source
            )
        except OSError as error:
            raise Unreachable(str(error)) from error

    async def close(self) -> None:
        """Ends the connection; the jar stays."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            try:
                await writer.wait_closed()
            except OSError:
                return

    async def abandon(self, request: bytes) -> None:
        """Sends a request and hangs up without waiting for what the server says."""
        if self._writer is None or self._reader is None or self._reader.at_eof():
            await self.open()
        assert self._writer is not None
        self._writer.write(request)
        await self._writer.drain()
        await self.close()

    # ---- requests

    async def get(self, page: str, path: str, more: str = "") -> str:
        """A page; Wrong if it is not one."""
        return (await self.exchange(page, self.get_bytes(path, more), 200)).body.decode()

    def get_bytes(self, path: str, more: str = "") -> bytes:
        """A GET as it goes over the wire."""
        return f"GET {path} HTTP/1.1\r\n{self._head}{more}Accept: text/html\r\n\r\n".encode()

    async def submit(self, page: str, path: str, **fields: str) -> str:
        """A form, which must be answered with a redirect; where to."""
        reply = await self.exchange(page, self.form_bytes(path, fields), 303)
        return reply.header(b"location")

    def form_bytes(self, path: str, fields: dict[str, str], accept: str = "text/html") -> bytes:
        """A form as it goes over the wire."""
        return self._post(path, FORM, accept, urlencode(fields).encode())

    async def post_form(self, page: str, path: str, **fields: str) -> bytes:
        """What the sitting page's script sends beside answers."""
        return (await self.exchange(page, self.form_bytes(path, fields, JSON), 200)).body

    async def post_json(self, page: str, path: str, body: bytes, more: str = "") -> bytes:
        """What the sitting page's script sends; Wrong unless the answer is 200."""
        return (await self.exchange(page, self.json_bytes(path, body, more), 200)).body

    def json_bytes(self, path: str, body: bytes, more: str = "") -> bytes:
        """A JSON POST as it goes over the wire."""
        return self._post(path, JSON, JSON, body, more)

    def _post(self, path: str, kind: str, accept: str, body: bytes, more: str = "") -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\n{self._head}{self._origin}{more}Accept: {accept}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def assets(self, page: str, *, revalidate: bool = False) -> None:
        """Style sheets, scripts and the icon that a page names: each once in full; `revalidate`
        asks again, by its tag, for those that the server did not declare good for longer."""
        for path in dict.fromkeys(_ASSET.findall(page)):
            if path not in self._cached:
                reply = await self.exchange("static", self.get_bytes(path), 200)
                control = reply.header(b"cache-control")
                lasting = "immutable" in control or re.search(r"max-age=[1-9]", control) is not None
                self._cached[path] = reply.header(b"etag"), lasting
            elif revalidate and not self._cached[path][1]:
                tag = f"If-None-Match: {self._cached[path][0]}\r\n"
                await self.exchange("static_again", self.get_bytes(path, tag), 304)

    # ---- the wire

    async def exchange(self, page: str, request: bytes, wanted: int) -> Reply:
        """Sends a request; raises Wrong for another status, Unreachable without an answer."""
        reply = await self.ask(page, request)
        if reply.status != wanted:
            raise Wrong(f"{page}: {reply.head.decode()}{reply.body.decode(errors='replace')}")
        return reply

    async def ask(self, page: str, request: bytes) -> Reply:
        """Sends a request and gives back whatever is answered."""
        began = time.perf_counter()
        if self._reader is None or self._reader.at_eof():
            await self.open()
            fresh = True
        else:
            fresh = False
        try:
            head, body, wire = await self._talk(request)
        except (OSError, asyncio.IncompleteReadError) as error:
            await self.close()
            if fresh:
                raise Unreachable(str(error)) from error
            return await self.ask(page, request)  # it was closed just as we began to write
        self.waits.note(page, began, time.perf_counter() - began)
        lower = head.lower()
        if b"\r\ncontent-encoding: gzip" in lower:
            body = zlib.decompress(body, GUNZIP)
        status = int(head[9:12])
        self.waits.statuses[status] += 1
        self.waits.sizes[page] = len(body), wire
        if b"\r\nset-cookie:" in lower:
            self._keep_cookies(head)
        if b"\r\nconnection: close" in lower:
            await self.close()
        return Reply(status, head, body)

    async def _talk(self, request: bytes) -> tuple[bytes, bytes, int]:
        assert self._reader is not None
        assert self._writer is not None
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        if b"\r\ntransfer-encoding: chunked" in lower:
            body, wire = await self._chunks(self._reader)
        else:
            at = lower.find(b"\r\ncontent-length:")
            length = int(lower[at + 17 : lower.index(b"\r\n", at + 17)]) if at >= 0 else 0
            body = (
                await self._reader.readexactly(length) if length and head[9:12] != b"304" else b""
            )
            wire = len(body)
        return head, body, len(head) + wire

    @staticmethod
    async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, int]:
        parts, wire = [], 0
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line, 16)
            parts.append((await reader.readexactly(size + 2))[:-2])
            wire += len(line) + size + 2
            if not size:
                return b"".join(parts), wire

    def _keep_cookies(self, head: bytes) -> None:
        for name, text in re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r]*)", head.decode()):
            self._jar[name] = text
        self._write_head()
