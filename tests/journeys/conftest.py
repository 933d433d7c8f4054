"""A live house, and the two screens that people have: a phone and the PC on a desk."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from app.db.engine import make_engine
from app.kernel.entropy import SystemEntropy
from app.seed import world
from app.settings import DEMO_KEY
from tests.databases import Databases, SqliteFiles
from tests.fakes import NINE, FixedClock
from tests.journeys.complaints import Complaints
from tests.journeys.live import Live, serving

PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1366, height=768)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000  # milliseconds; two busy cores are slow
expect.set_options(timeout=PATIENCE)

OpenContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for a module; not for the session, for Playwright keeps an event loop running
    in this thread, and other tests want their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    """An empty house, on SQLite unless a test asks for another engine by indirect parameter."""
    databases: Databases = request.getfixturevalue(getattr(request, "param", "sqlite"))
    with serving(databases.fresh(), FixedClock()) as live:
        yield live


@pytest.fixture(scope="session")
def demo_file(sqlite: SqliteFiles) -> Path:
    """The demo world at nine o'clock, built once."""
    url = sqlite.fresh()
    engine = make_engine(url)
    world.build(engine, secret_key=DEMO_KEY, entropy=SystemEntropy(), now=NINE)
    engine.dispose()
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture(scope="module")
def demo(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The house with the demo world in it; the tests of one module share it."""
    file = tmp_path_factory.mktemp("demo") / "biwu.db"
    shutil.copyfile(demo_file, file)
    with serving(f"sqlite:///{file}", FixedClock()) as live:
        yield live


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Whatever the browsers of this test complain of; unexpected ones fail it at its end."""
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected == []


@pytest.fixture
def open_context(browser: Browser, complaints: Complaints) -> Iterator[OpenContext]:
    """Opens a browser of one person: own cookies, own storage."""
    opened: list[BrowserContext] = []

    def open_context(live: Live, size: ViewportSize, **options: Any) -> BrowserContext:
        touch = size["width"] < 800
        context = browser.new_context(
            base_url=live.url, viewport=size, has_touch=touch, locale="zh-CN", **options
        )
        context.set_default_timeout(PATIENCE)
        complaints.listen(context)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture
def phone(open_context: OpenContext, live: Live) -> Page:
    """A page of 360 × 740 with touch."""
    return open_context(live, PHONE).new_page()


@pytest.fixture
def desk(open_context: OpenContext, live: Live) -> Page:
    """A page of 1366 × 768."""
    return open_context(live, DESK).new_page()
