"""What a browser complains about: errors of scripts, breaches of the content security policy,
files that did not load. A journey ends without any, except those it caused on purpose."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

OFFLINE = r"net::ERR_INTERNET_DISCONNECTED"
MISSING = r"status of 404"
UNFINISHED = r"status of 422|Response Status Error Code 422"


@dataclass  # no slots: Playwright notes its handlers on the object
class Complaints:
    """Collected from every page of the contexts that it listens to."""

    heard: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)

    def expect(self, pattern: str) -> None:
        """This journey takes the network away, or asks for what is not there."""
        self.expected.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        return [
            said
            for said in self.heard
            if not any(re.search(pattern, said) for pattern in self.expected)
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.page.url if message.page else ""
            self.heard.append(f"{where}: {message.text}")

    def _error(self, error: WebError) -> None:
        where = error.page.url if error.page else ""
        self.heard.append(f"{where}: {error.error}")


# Names of boxes that cut off what is in them: nothing scrolls there, so it cannot be read.
CUT_OFF = """() => Array.from(document.querySelectorAll("body *")).filter((box) => {
  const style = getComputedStyle(box);
  return style.overflowX === "hidden" && box.clientWidth > 1
    && box.scrollWidth > box.clientWidth + 1;
}).map((box) => `${box.tagName} ${box.id || box.className}`)"""


def dom_faults(page: Page) -> list[str]:
    """Whether the page is wider than the screen, or hides something at its edge."""
    wide: int = page.evaluate("() => document.documentElement.scrollWidth")
    screen: int = page.evaluate("() => window.innerWidth")
    cut: list[str] = page.evaluate(CUT_OFF)
    faults = [f"{page.url} cuts off what is in {box}" for box in cut]
    if wide > screen:
        faults.append(f"{page.url} is {wide} px wide on a screen of {screen}")
    return faults
