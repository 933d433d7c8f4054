"""A visitor who follows every link, and a reader who looks whether a page is well made."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx2

FIELDS = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}
VOID = {"input", "br", "meta", "link", "img", "hr", "use", "path", "source", "wbr", "col"}


@dataclass(slots=True)
class _Field:
    what: str
    id: str
    named: bool


@dataclass(slots=True)
class _Reader(HTMLParser):
    """What a page consists of, as far as the rules of a page ask."""

    links: list[str] = field(default_factory=list)
    title: str = ""
    h1: int = 0
    ids: Counter[str] = field(default_factory=Counter)
    labels_for: set[str] = field(default_factory=set)
    referred: set[str] = field(default_factory=set)
    fields: list[_Field] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    _labels: int = 0
    _in_title: bool = False
    _open: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if "id" in got:
            self.ids[got["id"]] += 1
        for name in ("aria-labelledby", "aria-describedby"):
            self.referred.update(got.get(name, "").split())
        if tag == "h1":
            self.h1 += 1
        elif tag == "title":
            self._in_title = True
        elif tag == "label":
            self._labels += 1
            self.labels_for.add(got.get("for", ""))
        elif tag in FIELDS and got.get("type") not in UNLABELLED_TYPES:
            named = bool(self._labels or got.get("aria-label") or got.get("aria-labelledby"))
            self.fields.append(_Field(f"{tag} {got.get('name', '')}", got.get("id", ""), named))
        if tag in ("a", "button"):
            self._open.append((tag, got.get("aria-label", ""), []))
        if tag == "a" and "href" in got:
            self.links.append(got["href"])

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag == "label":
            self._labels -= 1
        elif self._open and self._open[-1][0] == tag:
            _, label, words = self._open.pop()
            if not label and not "".join(words).strip():
                self.nameless.append(tag)


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as it was found: its address, and whatever is wrong with it."""

    path: str
    html: bool
    faults: tuple[str, ...]
    links: tuple[str, ...] = ()


def faults_of(html: str) -> tuple[list[str], list[str]]:
    """(links, faults): one h1, a title, a label for each field, a name for each link and button,
    no id twice, and every reference to an id leading somewhere."""
    page = _Reader()
    page.feed(html)
    faults = []
    if page.h1 != 1:
        faults.append(f"{page.h1} h1")
    if not page.title.removesuffix("· 比武").strip():
        faults.append("no title")
    faults += [
        f"no label for {each.what}"
        for each in page.fields
        if not each.named and (not each.id or each.id not in page.labels_for)
    ]
    faults += [f"a {tag} without words" for tag in page.nameless]
    faults += [f"id {name} {times} times" for name, times in page.ids.items() if times > 1]
    faults += [f"nothing has the id {name}" for name in page.referred - set(page.ids)]
    faults += [
        f"nothing to jump to at {link}"
        for link in page.links
        if re.fullmatch(r"#[^#]+", link) and link[1:] not in page.ids
    ]
    return page.links, faults


def pattern(path: str) -> str:
    """Pages that differ only in a number, or in what is asked for, are of one kind."""
    return re.sub(r"\d+", "N", urlsplit(path).path)


def crawl(client: httpx2.Client, start: str, *, most: int, of_a_kind: int) -> Iterator[Visit]:
    """Follows internal links breadth first: up to `most` pages, `of_a_kind` of each kind first."""
    kinds: Counter[str] = Counter()
    known, waiting, later = {start}, [start], list[str]()
    visited = 0
    while (waiting or later) and visited < most:
        path = waiting.pop(0) if waiting else later.pop(0)
        visited += 1
        visit = _visit(client, path)
        yield visit
        for link in visit.links:
            if link in known:
                continue
            known.add(link)
            kinds[pattern(link)] += 1
            (waiting if kinds[pattern(link)] <= of_a_kind else later).append(link)


def _visit(client: httpx2.Client, path: str) -> Visit:
    answer = client.get(path)
    arrived = urlsplit(str(answer.url))
    html = answer.headers.get("content-type", "").startswith("text/html")
    if answer.status_code != HTTPStatus.OK:
        return Visit(path, html, (f"answers {answer.status_code}",))
    if arrived.path == "/sign-in" and not path.startswith("/sign-in"):
        return Visit(path, html, ("leads to the door",))
    if not html:
        return Visit(path, html, ())
    links, faults = faults_of(answer.text)
    return Visit(path, html, tuple(faults), tuple(_internal(links, str(answer.url))))


def _internal(links: list[str], address: str) -> Iterator[str]:
    here = urlsplit(address)
    for link in links:
        there = urlsplit(urldefrag(urljoin(address, link))[0])
        if there.netloc == here.netloc and there.scheme in ("http", "https"):
            yield there.path + (f"?{there.query}" if there.query else "")
