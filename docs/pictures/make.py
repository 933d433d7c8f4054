"""The pictures of README and manual, made again from a throw-away demo world.

    .venv/bin/python -m docs.pictures.make [NAME …]

Needs Chromium beside the development dependencies. Nothing outside this folder is written.
"""

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, FloatRect, Page, ViewportSize, sync_playwright

from app.accounts.actions import accounts, passwords
from app.cli import world
from app.contests import queries as contests
from app.contests.queries import CandidateRow
from app.db.session import Engine, reading, transaction
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.clock import SystemClock
from app.kernel.entropy import SystemEntropy
from app.papers import queries as papers
from app.papers.rules.orders import candidate_order
from app.roster import actions as roster
from app.seed.simulated import Simulated
from app.seed.story import Story
from app.seed.world import PASSWORD, build
from app.settings import from_environment
from app.sitting import actions as sitting
from app.sitting import queries as sittings
from app.sitting.rules.answers import Save

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MINUTE = timedelta(minutes=1)
PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1366, height=768)
LARGEST = 120_000  # bytes of one picture
# Runs in an empty page: decodes a PNG and gives width, height, palette, and one index a pixel.
PALETTE = """async source => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    counts.set(colour, (counts.get(colour) || 0) + 1);
  }
  const common = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 128).map(each => each[0]);
  const split = colour => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const nearest = new Map();
  for (const colour of counts.keys()) {
    const [r, g, b] = split(colour);
    let best = 0, least = Infinity;
    common.forEach((other, index) => {
      const [x, y, z] = split(other);
      const far = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (far < least) { least = far; best = index; }
    });
    nearest.set(colour, best);
  }
  let indices = "";
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    indices += String.fromCharCode(nearest.get(colour));
  }
  return [canvas.width, canvas.height, common.flatMap(split), btoa(indices)];
}"""
FINISHED, OPEN, COMING = 1, 2, 4  # numbers of the contests; 3 is the one in preparation


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pictures are taken: the address, and the contests' own numbers."""

    base: str
    contest: dict[int, int]
    exam: dict[int, int]

    def open(self, page: Page, path: str) -> None:
        page.goto(self.base + path)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: who looks, on what screen, and what to do before it is taken."""

    name: str
    who: str
    screen: ViewportSize
    go: Callable[[Page, Place], None]
    part: int = 0  # how much of the screen, from the top, when not all of it

    @property
    def height(self) -> int:
        return self.part or self.screen["height"]


def to(path: str) -> Callable[[Page, Place], None]:
    """Just a page; {open} and {finished} stand for the contests, {hall} for the open exam."""

    def go(page: Page, place: Place) -> None:
        numbers = {"open": place.contest[OPEN], "finished": place.contest[FINISHED]}
        place.open(page, path.format(**numbers, hall=place.exam[OPEN]))

    return go


def import_dry_run(page: Page, place: Place) -> None:
    place.open(page, "/roster/import")
    page.set_input_files("input[type=file]", ROOT / "samples" / "roster-messy.xlsx")
    page.get_by_role("button", name="先检查").click()
    page.locator("#import-summary table").wait_for()
    page.locator("#import-form").evaluate("form => scrollTo(0, form.offsetTop + form.offsetHeight)")


def blueprint(page: Page, place: Place) -> None:
    """One cell asks for more than the bank has, so that the amber can be seen."""
    place.open(page, "/papers/new")
    page.get_by_role("button", name="用这一份").first.click()
    page.locator("td input[inputmode=numeric]").nth(2).fill("90")
    page.get_by_role("button", name="保存方案").click()
    page.locator("td.lack").first.wait_for()


def transcript(page: Page, place: Place) -> None:
    place.open(page, "/column/draws")
    page.locator("main a[href^='/column/draws/']").first.click()


def tickets(page: Page, place: Place) -> None:
    place.open(page, f"/contests/{place.contest[OPEN]}/candidates")
    page.get_by_role("button", name="印发准考证").first.click()
    page.locator("svg, img").first.wait_for()


def waiting(page: Page, place: Place) -> None:
    place.open(page, "/sittings")
    page.get_by_role("link", name="核对身份，进入候考").click()
    confirm(page)
    page.locator(".countdown").wait_for()


def confirm(page: Page) -> None:
    button = page.locator("form[action$='/confirm'] button")
    if button.count():
        for box in page.locator("form[action$='/confirm'] input[type=checkbox]").all():
            box.check()
        button.click()


def paper(page: Page, place: Place) -> None:
    """Three answers given and one doubtful, then back to the top."""
    place.open(page, "/sittings")
    page.get_by_role("link", name="核对身份，进入考试").first.click()
    confirm(page)
    start = page.get_by_role("button", name="开始作答")
    if start.count():
        start.click()
    page.locator("#question-1").wait_for()
    for number in (1, 2, 3):
        page.locator(f"#question-{number} label.opt, #question-{number} label").nth(2).click()
    page.locator("#saved-1:not(:empty)").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)


def circular(page: Page, place: Place) -> None:
    place.open(page, "/column/circulars")
    page.locator("main a[href^='/column/circulars/']").first.click()


def own_result(page: Page, place: Place) -> None:
    place.open(page, "/results/mine")
    page.locator("main a[href^='/results/mine/']").first.click()


def question(page: Page, place: Place) -> None:
    place.open(page, "/bank?kind=multiple_choice")
    page.locator("main a[href^='/bank/']:not([href*=import]):not([href*=coverage])").first.click()


# The hall comes first: a minute later everybody in it would be silent.
SHOTS = (
    Shot("hall", "invigilator", DESK, to("/hall/{hall}")),
    Shot("home", "organizer", DESK, to("/contests/{open}")),
    Shot("import", "organizer", DESK, import_dry_run),
    Shot("blueprint", "organizer", DESK, blueprint),
    Shot("rules", "organizer", DESK, to("/contests/{open}/rules")),
    Shot("transcript", "", DESK, transcript),
    Shot("tickets", "organizer", DESK, tickets),
    Shot("waiting", "coming", PHONE, waiting),
    Shot("paper", "officer1", PHONE, paper),
    Shot("results", "organizer", DESK, to("/contests/{finished}/results")),
    Shot("circular", "", DESK, circular),
    Shot("result", "former", PHONE, own_result),
    Shot("question", "author", DESK, question),
)


def prepared(engine: Engine, now: datetime, key: str) -> tuple[dict[int, int], dict[int, int]]:
    """The demo world, one more contest that opens in nine minutes, and a hall that is alive."""
    build(engine, secret_key=key, entropy=SystemEntropy(), now=now)
    organizer = Actor(1, "许青禾", frozenset({Role.ORGANIZER}))
    coming = now.replace(second=0, microsecond=0) + 10 * MINUTE
    story = Story(engine, SystemEntropy(), organizer)
    story.open_now(year=now.year, number=COMING, opened_at=coming)
    with reading(engine) as db:
        contest = {each.number: each.id or 0 for each in contests.contests(db)}
        exam = {number: contests.exams(db, own)[0].id or 0 for number, own in contest.items()}
        people = {
            number: [row for row in contests.candidates(db, own) if row.state.sits]
            for number, own in contest.items()
        }
    taken = {row.officer.certificate for row in people[OPEN][:3]}
    for name, number in (("coming", COMING), ("former", FINISHED)):
        who = next(row for row in people[number][5:] if row.officer.certificate not in taken)
        taken.add(who.officer.certificate)
        _account(engine, name, who, now)
    _sitting_now(engine, exam[OPEN], people[OPEN][3:], now)
    return contest, exam


def _account(engine: Engine, name: str, who: CandidateRow, now: datetime) -> None:
    with transaction(engine) as db:
        account = accounts.open_account(
            db,
            name=name,
            display_name=who.officer.name,
            password_hash=passwords.hashed(PASSWORD),
            roles=[Role.OFFICER],
            county=who.county.code,
            actor=SYSTEM,
            now=now,
        )
        number = account.id or 0
        certificate = who.officer.certificate
        roster.tie_account(db, certificate=certificate, account_id=number, actor=SYSTEM, now=now)


def _sitting_now(engine: Engine, exam_id: int, people: list[CandidateRow], now: datetime) -> None:
    """Some have not come, some are silent, most are at work, a few are done."""
    with reading(engine) as db:
        seats = {seat.candidate_id: seat for seat in sittings.called(db, exam_id).values() if seat}
        of_exam = next(iter(seats.values()))
        paper_id = contests.exam(db, of_exam.exam_id).paper_id or 0
        content, key = papers.content(db, paper_id), papers.key(db, paper_id)
        seed = papers.paper(db, paper_id).seed
    for place, who in enumerate(people):
        seat = seats[who.id]
        sitting_id = seat.id or 0
        if place % 9 == 4:
            continue
        actor = Actor(
            0, who.officer.name, frozenset({Role.CANDIDATE}), who.county.code, seat.candidate_id
        )
        begun = now - 9 * MINUTE + timedelta(seconds=place)
        heard = now - 3 * MINUTE if place % 11 == 7 else now
        simulated = Simulated("pictures", who.officer.certificate)
        answers = simulated.answers(content, key, candidate_order(seed, seat.order_key, content))
        known = list(answers.items())
        share = len(known) if place % 10 == 1 else int(len(known) * simulated.chance("share"))
        step = (heard - begun) / max(share, 1)
        with transaction(engine) as db:
            sitting.confirm(db, sitting_id=sitting_id, actor=actor, now=begun)
            sitting.start(db, sitting_id=sitting_id, actor=actor, now=begun)
            saves = [
                Save(sitting_id, number, 1, raw, timedelta(0), begun + step * at)
                for at, (number, raw) in enumerate(known[:share], 1)
            ]
            sitting.save_answers(db.connection(), saves)
        if place % 10 == 1:
            with transaction(engine) as db:
                sitting.hand_in(db, sitting_id=sitting_id, actor=actor, now=now)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _page(browser: Browser, base: str, shot: Shot) -> Page:
    context = browser.new_context(
        viewport=shot.screen,
        has_touch=shot.screen is PHONE,
        is_mobile=shot.screen is PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.who:
        page.goto(f"{base}/sign-in")
        page.fill("[name=name]", shot.who)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def main(wanted: list[str]) -> None:
    """Makes every picture, or those that are named."""
    where = Path(tempfile.mkdtemp(prefix="biwu-pictures-"))
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    own = {"BIWU_DATA_DIR": str(where), "BIWU_MODE": "demo", "BIWU_DATABASE_URL": ""}
    settings = from_environment(own)
    with world.database(settings) as engine:
        contest, exam = prepared(engine, SystemClock().now(), settings.secret_key)
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **own}, stdout=subprocess.DEVNULL
    ) as server:
        try:
            _await(base)
            _take(Place(base, contest, exam), wanted)
        finally:
            server.terminate()
    shutil.rmtree(where)


def _packed(page: Page, file: Path) -> int:
    """Writes the picture again with a palette of its commonest colours. Returns the size."""
    source = "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode()
    width, height, palette, indices = page.evaluate(PALETTE, source)
    rows = base64.b64decode(indices)
    lines = b"".join(b"\0" + rows[at : at + width] for at in range(0, len(rows), width))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 3, 0, 0, 0))
    chunks = [
        _chunk(b"IHDR", head),
        _chunk(b"PLTE", bytes(palette)),
        _chunk(b"IDAT", zlib.compress(lines, 9)),
        _chunk(b"IEND", b""),
    ]
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return file.stat().st_size


def _chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + name + body + check


def _await(base: str) -> None:
    for _ in range(100):
        try:
            with urlopen(f"{base}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{base} does not answer")


def _take(place: Place, wanted: list[str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--lang=zh-CN"],
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )
        blank = browser.new_page()
        for shot in SHOTS:
            if wanted and shot.name not in wanted:
                continue
            page = _page(browser, place.base, shot)
            shot.go(page, place)
            page.wait_for_timeout(300)
            file = HERE / f"{shot.name}.png"
            clip = FloatRect(x=0, y=0, width=shot.screen["width"], height=shot.height)
            page.screenshot(path=file, animations="disabled", clip=clip)
            size = _packed(blank, file)
            sys.stdout.write(f"{file.name}\t{size // 1000} KB\n")
            if size > LARGEST:
                sys.stdout.write(f"  larger than {LARGEST // 1000} KB: take a smaller part\n")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
