"""What every harness hands back, and the command line they share."""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import postgres_binaries, postgres_cluster, scratch


class Lacking(RuntimeError):
    """This machine has not got what the harness needs."""


@dataclass(frozen=True)
class Report:
    """Figures, and what is wrong with them: nothing, or the harness has found a fault."""

    name: str
    figures: Mapping[str, object]
    complaints: list[str] = field(default_factory=list)

    def text(self) -> str:
        """For a terminal."""
        lines = [f"{self.name}: {'FAILED' if self.complaints else 'ok'}"]
        lines += [f"  {name:<28}{value}" for name, value in self.figures.items()]
        return "\n".join([*lines, *(f"  ! {complaint}" for complaint in self.complaints)])


def complain(**wrong: object) -> list[str]:
    """One line for each value that should have been nothing."""
    return [f"{name}: {value}" for name, value in wrong.items() if value]


def progress(text: str) -> None:
    """What a long form has come to, if somebody is looking."""
    if sys.stderr.isatty() or os.environ.get("FAULTS_PROGRESS"):
        sys.stderr.write(f"{text}\n")


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A scratch folder; in memory, if there is enough of it."""
    with tempfile.TemporaryDirectory(prefix=f"biwu-{name}-", dir=scratch()) as made:
        yield Path(made)


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a migrated database on a temporary cluster."""
    binaries = postgres_binaries()
    if binaries is None:
        raise Lacking("a PostgreSQL server (initdb)")
    with postgres_cluster(binaries) as cluster:
        yield cluster.fresh()


def command(
    description: str | None,
    run: Callable[[argparse.Namespace], Report],
    *,
    short: int,
    long: int,
    more: Callable[[argparse.ArgumentParser], None] | None = None,
) -> None:
    """`python -m tests.faults.<name> [--long] [--rounds N] [--json]`: ends with status 1 if there
    is a complaint."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--long", action="store_true", help="the form whose figures are published")
    parser.add_argument("--rounds", type=int, help=f"default {short}, with --long {long}")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--nursery", action="store_true", help="fork servers, also with --long")
    parser.add_argument("--seed", type=int, default=1)
    if more:
        more(parser)
    options = parser.parse_args()
    if options.rounds is None:
        options.rounds = long if options.long else short
    options.quick = options.nursery or not options.long
    # So that scratch folders and servers are cleared away also when a long form is ended half-way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = run(options)
    if options.json:
        told = {"name": report.name, **report.figures, "complaints": report.complaints}
        told["cores"] = len(os.sched_getaffinity(0))
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(report.text() + "\n")
    sys.exit(1 if report.complaints else 0)
