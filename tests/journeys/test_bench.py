"""The load generator runs, ends by itself, and prints what it promises; and it does find what is
wrong. Its figures are not judged here: this machine is busy with tests."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select, update

from app.accounts.tables import Ticket
from app.db.engine import make_engine
from app.db.session import transaction
from app.main import ROOT
from app.sitting.tables import Sitting
from bench import attempts, beside, growth, memory, saves, start, stored, world
from bench.attempts import Room, after_opening, at_a_time, before_opening
from bench.browser import Wrong
from bench.figures import percentiles, run
from bench.processes import cpu_by_process, tree
from bench.server import Place, running

Main = Callable[[Sequence[str]], None]
PAGES = {
    "ticket_page",
    "static",
    "enter",
    "sittings",
    "identity_page",
    "confirm",
    "waiting_page",
    "healthz",
    "start_page",
    "start",
    "paper",
    "claim",
    "save",
    "hand_in_page",
    "hand_in",
    "receipt",
}
CHANGES = 5 + 3  # answers given twice, and lists of doubtful items


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What a command prints: one JSON document and nothing else."""

    def run_it(main: Main, *arguments: str) -> Any:
        main([*arguments, "--quick"])
        return json.loads(capsys.readouterr().out)

    return run_it


def test_attempts_go_from_the_ticket_to_the_receipt_and_every_answer_is_stored(
    told: Callable[..., Any],
) -> None:
    figures = told(attempts.main, "--attempts", "4", "--profile")
    sat, pages = figures["attempts"], figures["pages"]
    assert pages.keys() >= PAGES
    assert pages["save"]["count"] == sat["attempts"] * (50 + CHANGES)
    assert sat["acknowledged"] == sat["stored"] == (sat["attempts"] + 4) * (50 + CHANGES)
    assert sat["receipts"] == sat["attempts"] + 4
    assert pages["paper"]["bytes"] > pages["paper"]["wire_bytes"] > 1000
    assert sat["cpu_s_per_attempt"]["server"] > 0
    assert figures["pulse"]["count"] > 0
    assert figures["statuses"].keys() <= {"200", "303", "304"}
    assert sum(figures["profile"]["threads"].values()) == pytest.approx(1, abs=0.01)


def test_saves_are_measured_beside_the_empty_endpoint(told: Callable[..., Any]) -> None:
    figures = told(saves.main, "--clients", "2")
    (level,) = figures["levels"]
    assert level["requests"] == 40
    assert level["empty"].keys() == level["save"].keys() >= {"cpu_ms", "p50_ms", "p99_ms"}
    assert level["slowest"]["worst"][0]["worst_ms"] == pytest.approx(
        level["save"]["max_ms"], abs=0.01
    )
    assert figures["stored"] == figures["acknowledged"] > level["requests"]


def test_a_start_whose_answer_was_lost_is_the_same_start(told: Callable[..., Any]) -> None:
    figures = told(start.main, "--drop", "--candidates", "4")
    assert figures["errors"] == 0
    assert figures["first_answers_dropped"] == figures["sittings"] == figures["papers"] == 4
    assert figures["begun"] == figures["different_orders"] == 4


def test_growth_and_memory_are_measured(told: Callable[..., Any]) -> None:
    figures = told(growth.main)
    assert figures["small"]["finished_sittings"] < figures["large"]["finished_sittings"]
    assert figures["ratio"] > 0
    figures = told(memory.main)
    assert figures["peak_mb"] >= figures["before_anybody_came"]["now_mb"] > 10


def test_an_outage_loses_nothing_and_guesses_are_counted(told: Callable[..., Any]) -> None:
    figures = told(beside.main, "outage", "nat")
    assert figures["outage"]["acknowledged"] == figures["outage"]["stored"] > 0
    assert figures["outage"]["answers_that_waited"] > 0
    assert figures["nat"]["tickets"] == {"let_in": 10}
    guesses = figures["nat"]["guesses"]
    assert guesses["let_in"] == 0
    assert guesses["verified"] == guesses["failures_in_the_database"]


def test_the_command_prints_json_alone() -> None:
    command = [sys.executable, "-m", "bench.saves", "--quick", "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["machine"]["workers"] == 1


def test_an_answer_or_a_receipt_that_is_not_as_acknowledged_is_found(tmp_path: Path) -> None:
    place = Place(f"sqlite:///{tmp_path}/bench.db", forked=True)
    made = world.build(place.url, seats=1)
    with running(place) as server:
        assert server.pid in tree(server.pid)
        assert sum(cpu_by_process(server.pid).values()) > 0
        room = Room(server, made)
        (candidate,) = room.candidates(made.seats)
        for deed in (before_opening, after_opening):
            run(at_a_time(1, iter([deed(candidate)])))
    assert stored.check(place.url, room.ledger, made.seats, whole=True)["receipts"] == 1
    key, kept = room.ledger.answers.popitem()
    with pytest.raises(Wrong, match="never acknowledged"):
        stored.check(place.url, room.ledger, made.seats, whole=True)
    room.ledger.answers[key] = "f" * 64
    with pytest.raises(Wrong, match="not the acknowledged one"):
        stored.check(place.url, room.ledger, made.seats, whole=True)
    room.ledger.answers[key] = kept
    room.ledger.answers[key[0], key[1], 999] = kept
    with pytest.raises(Wrong, match="1 answers acknowledged and not stored"):
        stored.check(place.url, room.ledger, made.seats, whole=True)
    del room.ledger.answers[key[0], key[1], 999]
    engine = make_engine(place.url)
    with transaction(engine) as db:
        db.exec(update(Sitting).values(receipt="0000-0000-0000"))
    engine.dispose()
    with pytest.raises(Wrong, match="the receipt is not of these answers"):
        stored.check(place.url, room.ledger, made.seats, whole=True)


def test_the_world_has_a_fresh_ticket_for_every_seat(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bench.db"
    made = world.build(url, seats=3)
    assert len({seat.code for seat in made.seats}) == 3
    assert all(len(seat.answers) == made.items == 50 for seat in made.seats)
    with stored.opened(url) as db:
        assert db.exec(select(Ticket).where(col(Ticket.used_at).is_not(None))).all() == []


def test_percentiles_are_of_the_nearest_rank() -> None:
    taken = [each / 1000 for each in range(100)]
    assert percentiles(taken) == {"p50_ms": 50, "p95_ms": 95, "p99_ms": 99, "max_ms": 99}
    assert percentiles([0.001]) == {"p50_ms": 1, "p95_ms": 1, "p99_ms": 1, "max_ms": 1}
    assert percentiles([]) == {}
