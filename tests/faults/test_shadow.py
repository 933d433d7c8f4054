"""The disk that loses its power keeps what was synced, all of it, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import lacking
from tests.faults import shadow
from tests.faults.report import Lacking

# Each script has `file` open in the real folder, and ends like a power cut: nothing is flushed.
CASES = {
    "os.pwrite(file, b'abcd', 0)": None,
    "os.pwrite(file, b'abcd', 0); os.fsync(file)": b"abcd",
    "os.pwrite(file, b'abcd', 0); os.fdatasync(file); os.pwrite(file, b'XY', 1)": b"abcd",
    "os.write(file, b'abcd'); os.fsync(file); os.pwrite(file, b'X', 2); os.fsync(file)": b"abXd",
    "os.write(file, b'ab'); os.fsync(file); os.write(file, b'cd'); os.fsync(file)": b"abcd",
    "os.write(file, b'abcd'); os.fsync(file); os.ftruncate(file, 2)": b"abcd",
    "os.write(file, b'abcd'); os.fsync(file); os.ftruncate(file, 2); os.fsync(file)": b"ab",
    "os.write(file, b'old'); os.fsync(file); again(); os.write(file, b'new one')": b"old",
    "os.write(file, b'long'); os.fsync(file); again(); os.write(file, b'n'); os.fsync(file)": b"n",
}
PROGRAM = """
import os, sys
def opened(): return os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
file = opened()
def again():
    global file
    os.unlink(sys.argv[1])
    os.close(file)
    file = opened()
{}
os._exit(0)
"""


@pytest.fixture(scope="module")
def library() -> Path:
    try:
        return shadow.library()
    except Lacking as what:
        lacking(str(what))
        raise


def play(library: Path, script: str, live: Path, kept: Path, **more: str) -> None:
    environ = {"LD_PRELOAD": str(library), "SHADOW_OF": str(live), "SHADOW": str(kept)}
    command = [sys.executable, "-I", "-S", "-c", PROGRAM.format(script), f"{live}/file"]
    subprocess.run(command, env=os.environ | environ | more, check=True)


@pytest.fixture
def live(tmp_path: Path) -> Path:
    folder = tmp_path / "live"
    folder.mkdir()
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("script", CASES)
def test_what_was_synced_is_kept_and_nothing_else(
    library: Path, live: Path, kept: Path, script: str
) -> None:
    play(library, script, live, kept)
    file = kept / "file"
    assert (file.read_bytes() if file.exists() else None) == CASES[script]


def test_a_write_that_comes_early_is_kept_though_nobody_asked(
    library: Path, live: Path, kept: Path
) -> None:
    script = "os.write(file, b'abcd'); os.fsync(file); os.pwrite(file, b'XY', 1)"
    play(library, script, live, kept, SHADOW_EARLY="100")
    assert (kept / "file").read_bytes() == b"aXYd"
    assert shadow.counted(kept).syncs == 1


def test_a_full_disk_takes_no_more_but_lets_itself_be_overwritten(
    library: Path, live: Path, kept: Path, tmp_path: Path
) -> None:
    full = tmp_path / "full"
    script = f"""
os.write(file, b'abcd')
open({str(full)!r}, 'w').close()
assert os.pwrite(file, b'XY', 0) == 2
try:
    os.pwrite(file, b'e', 4)
except OSError:
    os.pwrite(file, b'no', 2)
os.unlink({str(full)!r})
os.pwrite(file, b'e', 4)
"""
    play(library, script, live, kept, SHADOW_FULL=str(full))
    assert (live / "file").read_bytes() == b"XYnoe"
