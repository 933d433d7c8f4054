"""The shelf (静态文件): style sheets, scripts and icons, read once, packed once, kept for good.

At nine o'clock every phone fetches a dozen small files. They stand in memory, packed already, under
addresses that carry the mark of their content (`?v=…`): a browser that has one never asks again,
and after an update the address is another.
"""

import hashlib
import mimetypes
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/static/"
GZIP = 31  # zlib's name for "with a gzip header"
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _File:
    """One file: as it is, and packed (nothing, where packing makes it no smaller)."""

    mark: str
    kind: bytes
    body: bytes
    packed: bytes


def _shelved(name: str, body: bytes) -> _File:
    packer = zlib.compressobj(9, zlib.DEFLATED, GZIP)
    packed = packer.compress(body) + packer.flush()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith(("javascript", "+xml")):
        kind += "; charset=utf-8"
    mark = hashlib.sha256(body).hexdigest()[:16]
    return _File(mark, kind.encode(), body, packed if len(packed) < len(body) else b"")


class Shelf:
    """Every file below a folder, by its path there; and bundles: several of them as one, in their
    order, because each request of a phone costs it most of a second on a bad line."""

    def __init__(self, folder: Path, bundles: Mapping[str, Sequence[str]] | None = None) -> None:
        bodies = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        for name, parts in (bundles or {}).items():
            bodies[name] = b"\n".join(bodies[part] for part in parts)
        self.files = {name: _shelved(name, body) for name, body in bodies.items()}

    def address(self, name: str) -> str:
        """Where a page finds a file; KeyError for one that is not there."""
        return f"{PREFIX}{name}?v={self.files[name].mark}"


class ShelfDoor:
    """An ASGI layer that hands out what is on the shelf; everything else goes on to `app`."""

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self._app, self._shelf = app, shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path: str = scope["path"]
            file = path.startswith(PREFIX) and self._shelf.files.get(path.removeprefix(PREFIX))
        if not file:
            await self._app(scope, receive, send)
            return
        asked = dict(scope["headers"])
        mark = f'"{file.mark}"'.encode()
        headers: Headers = [(b"etag", mark), (b"vary", b"Accept-Encoding")]
        status, body = 200, file.body
        if asked.get(b"if-none-match") == mark:
            status, body = 304, b""
        else:
            if file.packed and b"gzip" in asked.get(b"accept-encoding", b""):
                body = file.packed
                headers.append((b"content-encoding", b"gzip"))
            headers += [
                (b"content-type", file.kind),
                (b"content-length", str(len(body)).encode()),
            ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )
