"""The browser is killed right after something was typed. After it opens again, page and server
agree, and nothing that was typed longer than 300 ms before is missing.

`BIWU_LONG=1` kills it a hundred times."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright

from tests.journeys import phones
from tests.journeys.conftest import FLAGS, PHONE
from tests.journeys.live import Live
from tests.sitting import worlds

pytestmark = pytest.mark.browser
ROUNDS = 100 if phones.LONG else 6
OLD_ENOUGH = 0.3  # seconds


@contextmanager
def opened(
    playwright: Playwright, chromium: Path, profile: Path, url: str
) -> Iterator[BrowserContext]:
    """A browser on a profile that outlives it. Closing it twice, or after a kill, is harmless."""
    context = playwright.chromium.launch_persistent_context(
        str(profile), executable_path=str(chromium), args=FLAGS, viewport=PHONE, base_url=url
    )
    try:
        yield context
    finally:
        with suppress(Exception):  # it was killed
            context.close()


def processes(profile: Path) -> list[int]:
    """The browser on this profile, which nobody else has: its own processes, no others."""
    found = subprocess.run(
        ["/usr/bin/pgrep", "-f", f"user-data-dir={profile}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(each) for each in found.stdout.split()]


def kill(profile: Path) -> None:
    """As when the battery is taken out, as far as a process can tell."""
    for pid in processes(profile):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while processes(profile) and time.monotonic() < until:
        time.sleep(0.02)
    for lock in profile.glob("Singleton*"):
        lock.unlink()


def test_a_killed_browser_loses_nothing_and_agrees_with_the_server(
    live: Live, chromium: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones.with_paper(monkeypatch, phones.twenty_singles())
    exam = phones.open_exam(live)
    profile = tmp_path / "profile"
    lost: list[str] = []
    given = 0
    with sync_playwright() as playwright:
        for number in range(ROUNDS):
            with opened(playwright, chromium, profile, live.url) as context:
                phones.signed_in(exam, context)
                page = context.pages[0]
                page.goto(exam.path)
                expect(page.locator("article.question")).to_have_count(worlds.ITEMS)
                # Every other round without a server: then the phone alone has it.
                if number % 2:
                    phones.only_saves(context, phones.aborted)
                typed: dict[int, tuple[str, float]] = {}
                for item in range(1 + number % 17, 4 + number % 17):
                    letter = "ABCD"[(number + item) % 4]
                    phones.choose(page, item, letter)
                    typed[item] = (letter, time.monotonic())
                    given += 1
                time.sleep(0.5 * (number % 10) / 9)
                killed = time.monotonic()
                kill(profile)
            with opened(playwright, chromium, profile, live.url) as context:
                phones.signed_in(exam, context)
                page = context.pages[0]
                page.goto(exam.path)
                expect(page.locator("#saved")).to_have_text(re.compile("^(已保存|尚未)"))
                phones.drained(page)
                server = exam.stands()
                for item in range(1, 21):
                    letters = re.findall("[A-D]", server.get(item, ""))
                    shown = page.locator(f"#question-{item} input:checked:not([name^=f])")
                    assert [each.get_attribute("value") for each in shown.all()] == letters
                for item, (letter, at) in typed.items():
                    if killed - at > OLD_ENOUGH and server.get(item) != f'["{letter}"]':
                        lost.append(f"round {number}: {letter} of {item}")
    assert lost == []
    assert len(exam.rows()) <= given  # nothing twice, whatever was sent again
