"""The nursery: a process that has imported the house and opened nothing, and forks servers.

Each line of its input asks for one server; it answers with the process id, and with the exit status
once that server has ended. What it runs is the body of `python -m app serve`.

`weaken` is the self-check of the power-cut harness and exists only here: the product has no setting
that makes an acknowledgement lie.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from app.cli import commands
from tests.faults.house import HOST, die_with_parent


def weaken_every_connection() -> None:
    """synchronous=NORMAL behind the back of app/db/engine.py, each time a connection is taken."""

    @event.listens_for(Pool, "checkout")
    def _weaken(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")


def run(asked: dict[str, Any]) -> None:
    """What the forked process does until it is ended."""
    os.setsid()
    die_with_parent()
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((0, nothing), (1, log), (2, log)):
        os.dup2(new, old)
    os.environ.update(asked["environ"])
    if asked["weaken"]:
        weaken_every_connection()
    commands.serve(host=HOST, port=asked["port"], workers=1)


def main() -> None:
    """One server at a time, until the harness closes our input."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                run(json.loads(line))
                status = 0
            except SystemExit as left:
                status = left.code if isinstance(left.code, int) else 1
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        _say(child)
        _, ended = os.waitpid(child, 0)
        _say(os.waitstatus_to_exitcode(ended))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    assert Path.cwd().joinpath("app").is_dir(), "started from the root of the checkout"
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
