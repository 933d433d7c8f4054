"""The whole contest: roster, bank, draw, exam, marks, release, circular, page by page."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts.actions import accounts, passwords
from app.audit import queries as audit
from app.cli.demo.hall import Seat, seated, sit
from app.cli.demo.visitor import Stuck, Visitor
from app.db.backup import backup, sqlite_file
from app.db.migrate import upgrade
from app.db.session import reading, transaction
from app.draw.rules.verify import verify
from app.kernel.actor import SYSTEM, Role
from app.kernel.clock import SetClock
from app.kernel.entropy import SeededEntropy
from app.main import create_app
from app.seed.counties import COUNTIES
from app.seed.laws import load_law_table
from app.seed.simulated import Simulated
from app.seed.world import PASSWORD, ROOT, question_files
from app.settings import Settings
from app.web.templating import LOCAL

# Monday, 30 November 2026, nine in the morning in Shanghai: every demo begins here.
BEGINNING = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FILES = ("biwu.db", "circular.xlsx", "draw.json", "release.json", "audit.jsonl")
ABSENT_WITHOUT_LEAVE = 2
CHAPTERS = 9
ORIGIN = "http://127.0.0.1:8000"

Say = Callable[[str], None]


def play(folder: Path, seed: int, *, say: Say) -> None:
    """Plays the contest into `folder`; what an earlier demo left there is replaced. Raises Stuck
    when a page does not offer what a person would need."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    working = folder / "working"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir()
    url = f"sqlite:///{working / 'biwu.db'}"
    upgrade(url)
    clock = SetClock(BEGINNING)
    app = create_app(
        Settings(database_url=url),
        clock=clock,
        entropy=SeededEntropy(f"biwu demo {seed}"),
        board_seconds=0,  # days pass in a minute here
        background=False,
    )
    load_law_table(app.state.engine, now=BEGINNING)
    try:
        with TestClient(app, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
            _Demo(app, client, clock, folder, str(seed), say).run()
        backup(sqlite_file(url), folder / "biwu.db")
    finally:
        shutil.rmtree(working, ignore_errors=True)


class _Demo:
    """One run; the methods are its chapters, in order."""

    def __init__(
        self,
        app: FastAPI,
        client: TestClient,
        clock: SetClock,
        folder: Path,
        seed: str,
        say: Say,
    ) -> None:
        self.app, self.client, self.clock = app, client, clock
        self.folder, self.seed, self.say = folder, seed, say
        self.engine = app.state.engine
        self.organizer = Visitor(client, self.engine)
        self.contest = ""

    def run(self) -> None:
        self._open_the_office()
        with self._chapter("导入花名册"):
            self._import_roster()
        with self._chapter("导入题库"):
            self._import_bank()
        with self._chapter("组卷"):
            paper = self._freeze_paper()
        with self._chapter("随机抽取"):
            self._open_contest()
            self._draw()
        with self._chapter("推荐、请假、递补"):
            self._nominate()
        with self._chapter("开考、作答、交卷"):
            codes = self._publish(paper)
            self._sit(codes)
        with self._chapter("阅卷"):
            self._mark()
        with self._chapter("发布成绩"):
            release = self._release()
        with self._chapter("印发通报"):
            self._circular(release)
        self._keep_audit()

    @contextmanager
    def _chapter(self, title: str) -> Iterator[None]:
        self.say(title)
        yield
        self.clock.pass_by(MINUTE)

    # ---- before the contest

    def _open_the_office(self) -> None:
        """Accounts are the one thing that no page can begin with: somebody opens the first."""
        password_hash = passwords.hashed(PASSWORD)
        for name, role in (("organizer", Role.ORGANIZER), ("invigilator", Role.INVIGILATOR)):
            with transaction(self.engine) as db:
                accounts.open_account(
                    db,
                    name=name,
                    display_name=role.label,
                    password_hash=password_hash,
                    roles=[role],
                    actor=SYSTEM,
                    now=self.clock.now(),
                )
        self._later(timedelta(0))

    def _later(self, delta: timedelta) -> None:
        """Time goes by; a session of ten hours does not outlive the night."""
        self.clock.pass_by(delta)
        self.organizer.open("/sign-in")
        self.organizer.submit("/sign-in", name="organizer", password=PASSWORD)

    def _import_roster(self) -> None:
        self.organizer.open("/counties")
        lines = "\n".join(f"{code} {name}" for name, code in COUNTIES.items())
        self.organizer.submit("/counties", lines=lines)
        self.organizer.open("/roster/import")
        sheet = ROOT / "samples" / "roster.xlsx"
        self.organizer.submit("/roster/import/confirm", file=(sheet.name, sheet.read_bytes()))
        self.organizer.open("/roster/freeze?on=2026-12-03")
        self.organizer.submit("/roster/freeze")

    def _import_bank(self) -> None:
        for file in question_files():
            self.organizer.open("/bank/import")
            self.organizer.submit(
                "/bank/import",
                file=(file.name, file.read_bytes()),
                author="钱命题",
                reviewer="孙审题",
                go="import",
            )

    def _freeze_paper(self) -> str:
        self.organizer.open("/papers/new")
        self.organizer.submit("/papers/new", preset="law")
        blueprint = self.organizer.found(r'action="/papers/blueprints/(\d+)/freeze"')
        self.organizer.submit(
            f"/papers/blueprints/{blueprint}/freeze",
            title="2026年第二期 A 卷",
            as_of="2026-12-10",
        )
        return self.organizer.address.rsplit("/", 1)[1]

    def _open_contest(self) -> None:
        self.organizer.open("/contests/new")
        self.organizer.submit(
            "/contests/new",
            number="2",
            title="2026年第二期生态环境保护执法比武",
            preset="theory_only",
        )
        self.contest = self.organizer.address
        self.organizer.open(f"{self.contest}/rules")
        self.organizer.submit(f"{self.contest}/rules", confirm="1")

    def _draw(self) -> None:
        self.organizer.open(f"{self.contest}/candidates")
        self._fill_draw(self.clock.now() + 3 * DAY)
        self._later(3 * DAY + MINUTE)
        self.organizer.open(f"{self.contest}/candidates")
        draw = self.organizer.found(r'href="/draws/(\d+)"')
        self.organizer.open(f"/draws/{draw}")
        spoken = [self._spoken("冯纪检"), self._spoken("蒋工会"), self._spoken("沈代表")]
        self.organizer.submit(
            f"/draws/{draw}/hold",
            witness=["冯纪检", "蒋工会", "沈代表"],
            duty=["机关纪委", "市局工会", "县区代表"],
            value=spoken,
        )
        public = Visitor(self.client, self.engine)
        record = public.save(f"/column/draws/{draw}.json")
        if wrong := verify(json.loads(record)):
            raise Stuck(f"the transcript does not verify: {wrong}")
        (self.folder / "draw.json").write_bytes(record)
        self.organizer.open(f"{self.contest}/candidates")
        self.organizer.submit(f"{self.contest}/call-up")

    def _fill_draw(self, at: datetime) -> None:
        self.organizer.submit(
            f"{self.contest}/draw", scheduled_at=at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M")
        )

    def _spoken(self, witness: str) -> str:
        return f"{int(Simulated(self.seed, witness).chance('lot') * 1_000_000):06d}"

    def _nominate(self) -> None:
        for _ in COUNTIES:
            self.organizer.open(f"{self.contest}/candidates")
            self.organizer.submit(f"{self.contest}/nominations")
        self._later(DAY)
        self.organizer.open(f"{self.contest}/candidates")
        away = self.organizer.found(r'action="' + self.contest + r'/candidates/(\d+)/leave"')
        leave = f"{self.contest}/candidates/{away}"
        self.organizer.submit(f"{leave}/leave", reason="病假，已附医院证明")
        self.organizer.submit(f"{leave}/substitute", reason="病假，由本县区下一顺位递补")

    # ---- the exam

    def _publish(self, paper: str) -> list[str]:
        opens = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
        self.organizer.open(f"{self.contest}/exams")
        self.organizer.submit(
            f"{self.contest}/exams",
            paper=paper,
            opens_at=opens.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M"),
            closes_at=(opens + 120 * MINUTE).astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M"),
        )
        exam = self.organizer.found(rf'action="{self.contest}/exams/(\d+)/publish"')
        self.organizer.submit(f"{self.contest}/exams/{exam}/publish")
        self.organizer.open(f"{self.contest}/candidates")
        self.organizer.submit(f"{self.contest}/tickets")
        codes = _codes(self.organizer.page)
        self.app.state.sweep_once(self.app)
        self._later(opens - self.clock.now() - 20 * MINUTE)
        return codes

    def _sit(self, codes: list[str]) -> None:
        there = [
            code
            for _, code in sorted(
                (Simulated(self.seed, str(place)).chance("absent"), code)
                for place, code in enumerate(codes)
            )
        ][ABSENT_WITHOUT_LEAVE:]
        phones = []
        for code in sorted(there):
            phone = Visitor(self.client, self.engine)
            phone.open(f"/t/{code}")
            phone.submit("/enter")
            phones.append(phone)
        self.clock.pass_by(20 * MINUTE)
        seats: list[Seat] = [seated(phone, seed=self.seed) for phone in phones]
        sit(seats, clock=self.clock, length=90 * MINUTE)
        self.clock.pass_by(60 * MINUTE)
        self.app.state.sweep_once(self.app)
        saved = sum(seat.acknowledged for seat in seats)
        self.say(f"　{len(seats)} 人作答，{saved} 个答案逐一确认，{ABSENT_WITHOUT_LEAVE} 人缺考")

    # ---- after the exam

    def _mark(self) -> None:
        self.organizer.open(f"{self.contest}/marking")
        self.organizer.submit(f"{self.contest}/marking")

    def _release(self) -> str:
        self._later(DAY)
        self.organizer.open(f"{self.contest}/results")
        self.organizer.open(f"{self.contest}/release")
        self.organizer.submit(f"{self.contest}/release")
        release = self.organizer.found(r'href="/releases/(\d+)\.json"')
        (self.folder / "release.json").write_bytes(self.organizer.save(f"/releases/{release}.json"))
        return release

    def _circular(self, release: str) -> None:
        self.organizer.open(f"/releases/{release}/circular")
        self.organizer.submit(f"/releases/{release}/circular")
        public = Visitor(self.client, self.engine)
        public.open("/column")
        circular = public.found(r'href="/column/circulars/(\d+)"')
        workbook = public.save(f"/column/circulars/{circular}.xlsx")
        (self.folder / "circular.xlsx").write_bytes(workbook)

    def _keep_audit(self) -> None:
        with reading(self.engine) as db, (self.folder / "audit.jsonl").open("w") as out:
            for linked in audit.chain(db):
                entry: dict[str, Any] = {
                    name: getattr(linked.entry, name)
                    for name in ("seq", "actor", "act", "subject", "detail")
                }
                entry |= {"at": linked.entry.at.isoformat(), "hash": linked.hash}
                out.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")


def _codes(page: str) -> list[str]:
    return re.findall(r'class="code">([A-Z0-9-]+)<', page)
