"""How a test runs a harness."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from tests.conftest import lacking
from tests.faults.report import Lacking, Report


def passes(harness: Callable[[], Coroutine[Any, Any, Report]]) -> Report:
    """Runs it; a machine without the tool it needs is told apart from a fault."""
    try:
        report = asyncio.run(harness())
    except Lacking as what:
        lacking(str(what))
        raise
    assert report.complaints == [], report.text()
    return report
