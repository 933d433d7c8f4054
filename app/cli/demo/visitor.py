"""A visitor without a browser: opens pages, fills forms as they stand on the page, presses buttons.

It knows only what the HTML says. A form that is not on the page cannot be sent, so the demo fails
where a person would be stuck.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from app.db.session import Engine

CONTROLS = {"input", "select", "textarea", "button"}


class Stuck(RuntimeError):
    """The page does not offer what the visitor came for."""


@dataclass(slots=True)
class PageForm:
    """A form as it stands on a page: where it goes, and every value it would send."""

    action: str
    method: str
    multipart: bool
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = PageForm(
                got.get("action", ""),
                got.get("method", "get").lower(),
                got.get("enctype") == "multipart/form-data",
            )
            self.forms.append(self._form)
        elif self._form is not None and tag == "button" and got.get("formaction"):
            # The same values with another address: the two share their dictionaries.
            form = self._form
            self.forms.append(
                PageForm(got["formaction"], form.method, form.multipart, form.values, form.names)
            )
        elif self._form is not None and tag in CONTROLS and got.get("name"):
            self._form.names.add(got["name"])
            self._control(tag, got, self._form)
        elif tag == "option" and self._select is not None:
            self._select[1].append((got.get("value", ""), "selected" in got))

    def _control(self, tag: str, got: dict[str, str], form: PageForm) -> None:
        name, kind = got["name"], got.get("type", "text")
        if tag == "select":
            self._select = (name, [])
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "input" and kind not in ("file", "submit"):
            if kind in ("checkbox", "radio") and "checked" not in got:
                return
            value = got.get("value", "on" if kind == "checkbox" else "")
            form.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None:
            name, options = self._select
            chosen = [value for value, selected in options if selected] or [
                value for value, _ in options[:1]
            ]
            if self._form is not None and chosen:
                self._form.values[name] = chosen[:1]
            self._select = None
        elif tag == "textarea" and self._text is not None:
            if self._form is not None:
                self._form.values[self._text[0]] = ["".join(self._text[1]).strip("\n")]
            self._text = None


def forms(page: str) -> list[PageForm]:
    """Every form of a page."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms


class Visitor:
    """One person with one browser: cookies of their own, and the page that is open."""

    def __init__(self, client: TestClient, engine: Engine) -> None:
        self.client, self.engine = client, engine
        self.cookies: dict[str, str] = {}
        self.page = self.address = ""

    def open(self, path: str) -> str:
        """Opens a page and follows where it leads; Stuck on anything but a page."""
        return self._arrived(self._send("GET", path))

    def submit(self, action: str, *, file: tuple[str, bytes] | None = None, **filled: Any) -> str:
        """Sends the form with this action from the page that is open; what is not filled in goes
        as it stands. A name with `__` means `.`, as `county__best`."""
        form = next((each for each in forms(self.page) if each.action == action), None)
        if form is None:
            raise Stuck(f"{self.address} has no form for {action}")
        values: dict[str, Any] = dict(form.values)
        for name, value in filled.items():
            known = name.replace("__", ".")
            if known not in form.names:
                raise Stuck(f"the form for {action} on {self.address} has no {known}")
            values[known] = value if isinstance(value, list) else [str(value)]
        sent = {"file": file} if file is not None else None
        return self._arrived(self._send("POST", action, data=values, files=sent))

    def post_json(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """What the page's script sends; the acknowledgement, or Stuck."""
        answer = self._send("POST", path, json=body, headers=headers)
        if answer.status_code != HTTPStatus.OK:
            raise Stuck(f"POST {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def save(self, path: str) -> bytes:
        """A file that the page links to."""
        answer = self._send("GET", path)
        if answer.status_code != HTTPStatus.OK:
            raise Stuck(f"GET {path}: {answer.status_code}")
        content: bytes = answer.content
        return content

    def found(self, pattern: str) -> str:
        """The first group of a pattern on the open page, an id in a link mostly."""
        match = re.search(pattern, self.page)
        if match is None:
            raise Stuck(f"{self.address} shows no {pattern}")
        return match[1]

    def _send(self, method: str, path: str, **what: Any) -> Response:
        # All visitors share one client, for a client is an event loop; the cookies are their own.
        self.client.cookies.clear()
        for name, value in self.cookies.items():
            self.client.cookies.set(name, value, domain=self.client.base_url.host, path="/")
        answer = self.client.request(method, path, **what)
        self.cookies = {kept.name: kept.value or "" for kept in self.client.cookies.jar}
        return answer

    def _arrived(self, answer: Response) -> str:
        self.address, self.page = answer.url.path, answer.text
        if answer.status_code != HTTPStatus.OK:
            said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.page))
            raise Stuck(f"{answer.request.method} {self.address}: {answer.status_code} {said}")
        return self.page
