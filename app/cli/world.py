"""The database and the settings that a command works with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli import output
from app.db.engine import make_engine
from app.db.migrate import upgrade
from app.db.session import Engine
from app.kernel.clock import SystemClock
from app.seed.laws import load_law_table
from app.settings import BadSettings, Settings, from_environment


def settings() -> Settings:
    """From the environment of this process; refuses one that must not start."""
    try:
        return from_environment(os.environ)
    except BadSettings as error:
        output.refuse(str(error))


@contextmanager
def database(own: Settings) -> Iterator[Engine]:
    """The migrated database of these settings, closed afterwards."""
    prepare(own)
    engine = make_engine(own.database_url)
    try:
        load_law_table(engine, now=SystemClock().now())
        yield engine
    finally:
        engine.dispose()


def prepare(own: Settings) -> None:
    """Makes the folder of an embedded database, and applies what migrations are missing."""
    if own.database_url.startswith("sqlite:///"):
        file = Path(own.database_url.removeprefix("sqlite:///"))
        file.parent.mkdir(parents=True, exist_ok=True)
    upgrade(own.database_url)
