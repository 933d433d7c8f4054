"""The short form of every harness. The long forms are commands; their figures are in
docs/durability.md."""

from pathlib import Path

import pytest

from tests.databases import Databases
from tests.faults import commits, disk, drain, kill, locks, power
from tests.faults.candidates import Ledger
from tests.faults.checking import passes
from tests.faults.durable import compare

pytestmark = pytest.mark.crash


@pytest.fixture
def url(sqlite: Databases) -> str:
    return sqlite.fresh()


def test_a_killed_server_has_every_answer_it_acknowledged(url: str, tmp_path: Path) -> None:
    passes(lambda: kill.run(url, tmp_path, rounds=4, savers=60, seed=1, quick=True))


def test_a_power_cut_takes_no_answer_that_was_acknowledged(tmp_path: Path) -> None:
    report = passes(lambda: power.run(tmp_path, rounds=3, seed=1, quick=True))
    # A batch of all savers is the most that one sync can have made durable.
    syncs = report.figures["syncs seen by the shadow"]
    assert int(str(syncs)) >= int(str(report.figures["acknowledged"])) / power.SAVERS


def test_the_power_cut_is_seen_where_commits_are_not_synced(tmp_path: Path) -> None:
    report = passes(lambda: power.run(tmp_path, rounds=2, seed=1, quick=True, weaken=True))
    assert int(str(report.figures["acked and lost"])) > 0


def test_a_failed_commit_is_never_acknowledged(database_url: str) -> None:
    passes(lambda: commits.run(database_url, failures=300, seed=1))


def test_a_full_disk_refuses_openly_and_loses_nothing(tmp_path: Path) -> None:
    passes(lambda: disk.run(tmp_path, savers=30, seconds=1.0, seed=1, quick=True))


def test_a_server_told_to_stop_fails_no_save(url: str, tmp_path: Path) -> None:
    passes(lambda: drain.run(url, tmp_path, rounds=2, savers=60, seed=1, quick=True))


def test_a_long_reader_delays_and_refuses_no_save(url: str, tmp_path: Path) -> None:
    passes(lambda: locks.run(url, tmp_path, savers=60, seconds=3.0, seed=1, quick=True))


KEY = (7, 3, 1)


def test_the_judge_tells_missing_from_different_and_strange() -> None:
    told = Ledger(sent={KEY: "答案"}, acked={KEY: "a"})
    assert compare({}, told, sound=True).missing == {KEY}
    assert compare({KEY: ("答案", "b")}, told, sound=True).different == {KEY}
    assert compare({KEY: ("别的", "a")}, told, sound=True).strange == {KEY}
    assert compare({(7, 3, 2): ("答案", "a")}, told, sound=True).unknown == 1
