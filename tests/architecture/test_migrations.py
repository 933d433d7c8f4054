import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import SQLModel

import app.main  # noqa: F401  every table is known once the house is assembled
from app.db.migrate import upgrade


def test_the_migrations_build_exactly_the_tables_of_the_code(engine: Engine) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_is_harmless(database_url: str) -> None:
    upgrade(database_url)


APPEND_ONLY = [
    "audit_entry",
    "answer_log",
    "sitting_event",
    "roster_version",
    "paper",
    "mark_run",
    "item_mark",
    "sitting_score",
    "release",
    "circular",
    "draw",
]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_append_only_triggers_are_there(engine: Engine, table: str) -> None:
    catalogue = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type='trigger' AND tbl_name=",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid=",
    }[engine.dialect.name]
    ending = "::regclass" if engine.dialect.name == "postgresql" else ""
    with engine.connect() as connection:
        count = connection.exec_driver_sql(f"{catalogue}'{table}'{ending}").scalar_one()
    assert count >= 1
