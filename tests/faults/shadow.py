"""Builds shadow.c, and reads what it counted."""

import atexit
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.faults.report import Lacking

SOURCE = Path(__file__).with_name("shadow.c")
FLAGS = ("-shared", "-fPIC", "-O2", "-Wall", "-Werror")


@dataclass(frozen=True)
class Counted:
    """What the shadow has done since its program started."""

    syncs: int
    bytes: int
    early: int


@cache
def library() -> Path:
    """For LD_PRELOAD, compiled once for this process; raises Lacking without a C compiler."""
    if sys.platform != "linux":
        raise Lacking("Linux (LD_PRELOAD)")
    gcc = shutil.which("gcc")
    if gcc is None:
        raise Lacking("gcc")
    folder = Path(tempfile.mkdtemp(prefix="biwu-shadow-"))
    atexit.register(shutil.rmtree, folder)
    made = folder / "shadow.so"
    subprocess.run([gcc, *FLAGS, "-o", made, SOURCE, "-ldl", "-pthread"], check=True)
    return made


def counted(shadow: Path) -> Counted:
    """Nothing at all if the program's calls did not come through the library."""
    file = shadow / ".counted"
    return Counted(*(struct.unpack("3Q", file.read_bytes()) if file.exists() else (0, 0, 0)))
