"""The commands as an operator types them: what they say, and that a refusal writes nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.main import ROOT
from app.roster.rules.plan import ProblemKind
from samples.build import PLANTED


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BIWU_")}
    return subprocess.run(
        [sys.executable, "-m", "app", *command],
        cwd=ROOT,
        env=environ | {"BIWU_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def said(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def test_the_messy_sheet_is_explained_cell_by_cell_and_not_written(tmp_path: Path) -> None:
    messy = ("roster", "import", "samples/roster-messy.xlsx", "--dry-run", "--json")
    done = run(tmp_path, *messy)
    assert done.returncode == 1, done.stderr
    outcome = said(done)
    assert outcome["written"] is False
    assert set(outcome) == {"read", "added", "updated", "unchanged", "problems", "written"}
    found = {(each["sheet"], each["cell"]) for each in outcome["problems"]}
    planted = {(each.sheet, each.cell) for each in PLANTED if each.kind in tuple(ProblemKind)}
    assert found == planted
    assert all(each["reason"] and each["remedy"] for each in outcome["problems"])


def test_the_clean_sheet_comes_in_once_and_adds_nothing_the_second_time(tmp_path: Path) -> None:
    clean = ("roster", "import", "samples/roster.xlsx", "--json")
    dry = said(run(tmp_path, *clean, "--dry-run"))
    assert (dry["written"], dry["added"] >= 300, dry["problems"]) == (False, True, [])
    first = said(run(tmp_path, *clean))
    assert (first["written"], first["added"]) == (True, dry["added"])
    again = run(tmp_path, *clean)
    assert again.returncode == 0
    assert (said(again)["added"], said(again)["unchanged"]) == (0, first["added"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
        ("page.xlsx", "<html><table><tr><td>姓名".encode(), "网页"),
        ("list.xlsx", "姓名,县区\n林知远,青岚县\n".encode("gbk"), "CSV"),
        ("empty.xlsx", b"", "空"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_politely(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = run(tmp_path, "roster", "import", str(file), "--json")
    assert done.returncode == 1
    assert words in said(done)["problems"][0]["reason"]
    assert "Traceback" not in done.stderr


def test_the_projects_own_bank_has_no_error(tmp_path: Path) -> None:
    outcome = said(run(tmp_path, "bank", "check", "--json"))
    assert outcome["read"] >= 150
    assert [each for each in outcome["problems"] if not each["remark"]] == []


def test_wrong_usage_is_two_and_a_missing_file_is_named(tmp_path: Path) -> None:
    assert run(tmp_path, "roster", "import").returncode == 2
    missing = run(tmp_path, "draw", "verify", "nowhere.json")
    assert missing.returncode == 2
    assert "nowhere.json" in missing.stderr


@pytest.mark.parametrize("command", ["draw", "release"])
@pytest.mark.parametrize("content", ["", "[]", '{"version": 1}', "not json"])
def test_nonsense_does_not_verify_and_does_not_crash(
    tmp_path: Path, command: str, content: str
) -> None:
    file = tmp_path / "given.json"
    file.write_text(content)
    done = run(tmp_path, command, "verify", str(file), "--json")
    assert done.returncode == 1
    assert said(done)["ok"] is False


def test_a_production_server_without_a_secret_does_not_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env=os.environ | {"BIWU_DATA_DIR": str(tmp_path), "BIWU_MODE": "production"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "BIWU_SECRET_KEY" in done.stderr
    assert not (tmp_path / "biwu.db").exists()


def test_the_first_accounts_are_opened_on_the_server(tmp_path: Path) -> None:
    password = ("--password", "十个字符以上的密码词")
    opened = ("accounts", "open", "system", "--role", "system_admin", *password)
    done = run(tmp_path, *opened)
    assert (done.returncode, "系统管理员" in done.stdout) == (0, True), done.stderr
    assert "已有人使用" in run(tmp_path, *opened).stderr
    both = ("--role", "auditor", "--role", "organizer", *password)
    mixed = run(tmp_path, "accounts", "open", "both", *both)
    assert (mixed.returncode, "必须分开" in mixed.stderr) == (1, True)
    short = run(tmp_path, "accounts", "open", "x", "--role", "auditor", "--password", "short")
    assert (short.returncode, "至少 10 个字符" in short.stderr) == (1, True)
