"""The load generator runs, ends by itself, and prints what it promises. Its figures are not
judged here: this machine is busy with tests."""

import json
import subprocess
import sys
from typing import Any

import pytest

from app.main import ROOT

pytestmark = pytest.mark.xdist_group("bench")  # one run serves every test
PAGES = {
    "identity_page",
    "confirm",
    "start_page",
    "start",
    "paper",
    "save",
    "hand_in_page",
    "hand_in",
    "receipt",
}


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.attempts", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_the_document_has_the_four_parts_it_promises(figures: dict[str, Any]) -> None:
    assert list(figures) == ["saves", "attempts", "machine", "note"]
    assert figures["machine"].keys() == {"cores", "architecture", "python", "sqlite", "database"}


def test_saves_stand_beside_the_empty_endpoint(figures: dict[str, Any]) -> None:
    (level,) = figures["saves"]["levels"]
    assert level.keys() == {"clients", "requests", "empty", "save", "cpu_ratio"}
    for measured in (level["empty"], level["save"]):
        assert measured.keys() == {"cpu_ms", "per_second", "p50_ms", "p99_ms"}
    assert figures["saves"]["stored"] == figures["saves"]["acknowledged"] > 0


def test_every_page_of_an_attempt_is_measured_and_every_answer_found(
    figures: dict[str, Any],
) -> None:
    attempts = figures["attempts"]
    assert attempts["pages"].keys() == PAGES
    assert attempts["pages"]["save"]["count"] == 50 * attempts["attempts"]
    assert attempts["stored"] == attempts["acknowledged"] > attempts["pages"]["save"]["count"]
    assert attempts["pages"]["paper"]["bytes"] > attempts["pages"]["paper"]["wire_bytes"] > 1000
    assert attempts["server_cpu_s_per_attempt"] > 0
    assert attempts["sign_of_life"]["count"] > 0
