"""The short form of clock.py; in a file of its own, for it mostly waits."""

from pathlib import Path

import pytest

from tests.faults import clock
from tests.faults.checking import passes

pytestmark = pytest.mark.crash


def test_a_stepped_clock_takes_nobody_s_time_and_nobody_s_paper(tmp_path: Path) -> None:
    passes(lambda: clock.run(tmp_path, rounds=1, quick=True))
