"""Cross-site requests change nothing: unsafe methods must come from our own pages."""

import hashlib
import hmac
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.cookies import NAMES

SAFE = {"GET", "HEAD", "OPTIONS"}
OWN = {b"same-origin", b"none"}
FIELD = "csrf"
FORM_LIMIT = 256 * 1024


def token(secret_key: str, session: str | None) -> str:
    """What our forms carry: bound to the session, or to nobody at the door."""
    about = f"csrf:{session or 'nobody'}".encode()
    return hmac.new(secret_key.encode(), about, hashlib.sha256).hexdigest()


class CsrfGuard:
    """A pure ASGI layer, because BaseHTTPMiddleware would cost the hot path more than the save.

    Browsers say where a request comes from: Sec-Fetch-Site (not on iOS 14) and, on every POST,
    Origin. A request that says neither must bring the token of its form; the saves of a sitting
    bring their pass in a header that no foreign page can set without asking first. `refused` is
    told of every refusal (ASVS 16.3).
    """

    def __init__(
        self, app: ASGIApp, *, secret_key: str, refused: Callable[[Scope], None] | None = None
    ) -> None:
        self.app = app
        self.secret_key = secret_key
        self.refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        verdict = _own(scope)
        if verdict is None:
            verdict, receive = await self._token_fits(scope, receive)
        if verdict:
            await self.app(scope, receive, send)
        else:
            if self.refused is not None:
                await run_in_threadpool(self.refused, scope)
            refusal = PlainTextResponse("请求的来源不是本站，已拒绝。", 403)
            await refusal(scope, receive, send)

    async def _token_fits(self, scope: Scope, receive: Receive) -> tuple[bool, Receive]:
        """Reads a small form ahead, and hands its bytes on unchanged."""
        headers = dict(scope["headers"])
        if b"x-sitting-pass" in headers:
            return True, receive
        if not headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded"):
            return False, receive
        body, more = b"", True
        while more and len(body) <= FORM_LIMIT:
            message = await receive()
            body += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
        if more:
            return False, receive
        given = parse_qs(body.decode("utf-8", "replace")).get(FIELD, [""])[-1]
        expected = token(self.secret_key, _session(headers))
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        return hmac.compare_digest(given.encode(), expected.encode()), again


def _own(scope: Scope) -> bool | None:
    """Whether the browser says that the request is ours; None when it says nothing."""
    headers = dict(scope["headers"])
    origin: bytes | None = headers.get(b"origin")
    if origin is not None:
        return bool(urlsplit(origin).netloc == headers.get(b"host"))
    site: bytes | None = headers.get(b"sec-fetch-site")
    return None if site is None else site in OWN


def _session(headers: dict[bytes, bytes]) -> str | None:
    try:
        jar = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return None
    return next((jar[name].value for name in NAMES if name in jar), None)
