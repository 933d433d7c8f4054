"""Two app processes on one PostgreSQL behind nginx, with the configuration that is shipped: nothing
is kept in a process that another would miss, and nobody notices when one of them dies."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.db.engine import make_engine
from app.db.session import reading, transaction
from app.kernel.canonical import digest
from app.kernel.clock import SystemClock
from app.main import ROOT
from app.settings import DEMO_KEY
from app.sitting.rules.answers import EPOCH_BITS
from app.sitting.rules.receipts import sitting_pass
from app.sitting.tables import AnswerLog, Sitting
from tests import factories
from tests.conftest import lacking
from tests.databases import Databases, scratch
from tests.journeys.server import Server, free_port
from tests.sitting import worlds
from tests.sitting.worlds import Hall

OPENS_IN = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class House:
    """The door, the two processes behind it, and the exam that opens in a moment."""

    door: int
    first: Server
    second: Server
    place: Hall
    cookie: str
    opens_at: datetime
    url: str

    @property
    def home(self) -> str:
        return f"/sittings/{self.place.sitting_id}"

    def ask(self, port: int, method: str, path: str, body: object = None) -> tuple[int, str]:
        """One request with the owner's cookie and pass, on a connection of its own."""
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=15)) as connection:
            headers = {
                "Cookie": f"biwu={self.cookie}",
                "Sec-Fetch-Site": "same-origin",
                "Accept": "application/json" if isinstance(body, dict) else "text/html",
                "X-Sitting-Pass": sitting_pass(DEMO_KEY, self.place.sitting_id),
                "Content-Type": "application/json"
                if isinstance(body, dict)
                else "application/x-www-form-urlencoded",
            }
            sent = json.dumps(body) if isinstance(body, dict) else (body or "")
            connection.request(method, path, str(sent).encode(), headers)
            response = connection.getresponse()
            return response.status, response.read().decode()


@contextmanager
def nginx(first: int, second: int, folder: Path) -> Iterator[int]:
    """nginx with deploy/nginx.conf; only the ports and the places of its files are this test's."""
    port = free_port()
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, here in (
        ("app1:8000", f"127.0.0.1:{first}"),
        ("app2:8000", f"127.0.0.1:{second}"),
        ("listen 8080;", f"listen 127.0.0.1:{port};"),
    ):
        assert shipped in text
        text = text.replace(shipped, here)
    places = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = text.replace("http {", f"http {{ {places}", 1)
    conf = folder / "nginx.conf"
    conf.write_text(f"daemon off; user root; pid {folder}/pid; error_log {folder}/log;\n{text}")
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        lacking("nginx")
    assert found is not None
    process = subprocess.Popen([found, "-p", str(folder), "-c", str(conf)])
    try:
        until = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until
                time.sleep(0.02)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


@pytest.fixture
def house(postgresql: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    url, now = postgresql.fresh(), SystemClock().now()
    opens_at = now + OPENS_IN
    engine = make_engine(url)
    with transaction(engine) as db:
        people = factories.cast(db, now)
        place = worlds.hall(db, people, opens_at)
        cookie = factories.signed_in(db, people.owner, now)
    engine.dispose()
    servers = Server(url), Server(url)
    folder = Path(scratch() or "/tmp") / f"biwu-nginx-{free_port()}"
    folder.mkdir()
    try:
        for server in servers:
            server.start()
        with nginx(servers[0].port, servers[1].port, folder) as door:
            yield House(door, *servers, place, cookie, opens_at, url)
    finally:
        for server in servers:
            server.end()
        shutil.rmtree(folder, ignore_errors=True)
        postgresql.drop(url)


def begin(house: House) -> None:
    """Confirms now and starts at the opening, through the door."""
    assert house.ask(house.door, "POST", f"{house.home}/confirm", "rules=yes")[0] == 303
    until = time.monotonic() + 30
    while house.ask(house.door, "POST", f"{house.home}/start")[0] != 303:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_no_process_shows_a_question_before_its_time(house: House) -> None:
    """E3: requests to both processes from before the opening until well after it."""
    clock, early, shown = SystemClock(), [], threading.Event()
    asked = 0

    def look() -> None:
        nonlocal asked
        while not shown.is_set() or asked < 1000:
            status, body = house.ask(house.door, "GET", house.home)
            asked += 1
            if "CANARY" in body:
                shown.set()
                if clock.now() < house.opens_at:
                    early.append((status, clock.now()))

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    begin(house)
    for looker in lookers:
        looker.join(60)
    assert shown.is_set()
    assert asked >= 1000
    assert early == []


def test_any_process_answers_any_request(house: House) -> None:
    """Started here, saved there, taken over here, handed in there; the receipt is one."""
    begin(house)
    one, other = house.first.port, house.second.port
    first = {"item": 1, "seq": (1 << EPOCH_BITS) + 1, "answer": '["B"]', "age_ms": 0}
    assert house.ask(one, "POST", f"{house.home}/claim", {"page": "phone1"})[0] == 200
    assert house.ask(other, "POST", f"{house.home}/answers", first)[0] == 200
    status, told = house.ask(other, "POST", f"{house.home}/claim", {"page": "deskpc"})
    assert (status, json.loads(told)["epoch"]) == (200, 2)
    late = {"item": 1, "seq": (1 << EPOCH_BITS) + 5, "answer": '["C"]', "age_ms": 0}
    status, told = house.ask(one, "POST", f"{house.home}/answers", late)
    assert (status, json.loads(told)["code"]) == (409, "taken_over")
    newer = {"item": 1, "seq": (2 << EPOCH_BITS) + 1, "answer": '["D"]', "age_ms": 0}
    assert house.ask(one, "POST", f"{house.home}/answers", newer)[0] == 200
    # Both processes hear of the take-over, though only one of them was asked for it.
    until = time.monotonic() + 10
    for port in (one, other):
        while not json.loads(house.ask(port, "POST", f"{house.home}/pulse", {})[1])["news"]:
            assert time.monotonic() < until, "the pulse of a process brings no news"
            time.sleep(0.2)
    assert 'value="D" checked' in house.ask(other, "GET", house.home)[1]
    assert house.ask(other, "POST", f"{house.home}/hand-in", "sure=yes")[0] == 303
    codes = {
        re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", house.ask(port, "GET", path)[1])[0]
        for port in (one, other)
        for path in [f"{house.home}/receipt"]
    }
    assert len(codes) == 1


def test_nobody_notices_that_a_process_died(house: House) -> None:
    """One of the two is killed while answers are being saved through the door: no save fails,
    none is missing."""
    begin(house)
    ledger: dict[tuple[int, int], str] = {}
    wrong: list[object] = []
    done = threading.Event()

    def save(item: int) -> None:
        seq = 0
        while not done.is_set():
            seq += 1
            answer = f'["{"ABCD"[seq % 4]}"]'
            body = {"item": item, "seq": seq, "answer": answer, "age_ms": 0}
            try:
                status, told = house.ask(house.door, "POST", f"{house.home}/answers", body)
            except (OSError, http.client.HTTPException) as error:
                wrong.append(error)
                continue
            mine = digest([house.place.sitting_id, item, seq, answer])
            if status != 200 or json.loads(told)["digest"] != mine:
                wrong.append((status, told))
            ledger[item, seq] = mine

    savers = [threading.Thread(target=save, args=(item,)) for item in range(1, worlds.ITEMS + 1)]
    for saver in savers:
        saver.start()
    time.sleep(1)
    house.first.stop(signal.SIGKILL)
    time.sleep(2)
    done.set()
    for saver in savers:
        saver.join(20)
    assert wrong == []
    assert len(ledger) > 50
    engine = make_engine(house.url)
    with reading(engine) as db:
        stored = {(row.item, row.seq): row.digest for row in db.exec(select(AnswerLog))}
        assert len(list(db.exec(select(Sitting)))) == 2
    engine.dispose()
    assert {key: stored.get(key) for key in ledger} == ledger
