"""The load generator runs, ends by itself, and prints what it promises. Its figures are not
judged here: this machine is busy with tests."""

import json
import subprocess
import sys

from app.main import ROOT

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


# One test, not four with a fixture: two workers would each run the load for their share of them.
def test_a_quick_run_measures_saves_and_attempts_and_finds_every_answer_stored() -> None:
    command = [sys.executable, "-m", "bench.attempts", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr.decode()
    figures = json.loads(done.stdout)
    assert list(figures) == ["saves", "attempts", "machine", "note"]
    assert figures["machine"].keys() == {"cores", "architecture", "python", "sqlite", "database"}

    saves, (level,) = figures["saves"], figures["saves"]["levels"]
    assert level.keys() == {"clients", "requests", "empty", "save", "cpu_ratio"}
    for measured in (level["empty"], level["save"]):
        assert measured.keys() == {"cpu_ms", "per_second", "p50_ms", "p99_ms"}
    assert saves["stored"] == saves["acknowledged"] > level["requests"]

    attempts = figures["attempts"]
    pages = attempts["pages"]
    assert pages.keys() == PAGES
    assert pages["save"]["count"] == 50 * attempts["attempts"]
    assert attempts["stored"] == attempts["acknowledged"] > pages["save"]["count"]
    assert pages["paper"]["bytes"] > pages["paper"]["wire_bytes"] > 1000
    assert attempts["server_cpu_s_per_attempt"] > 0
    assert attempts["sign_of_life"]["count"] > 0
