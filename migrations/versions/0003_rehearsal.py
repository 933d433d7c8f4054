"""A rehearsal of a contest, and the walls between it and the results."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

STAYS = "a rehearsal stays a rehearsal, an exam an exam"
MOVES = "a sitting belongs to its exam"
UNMARKED = "a rehearsal is never marked"


def upgrade() -> None:
    op.add_column(
        "exam", sa.Column("rehearsal", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    differs = "IS NOT" if _sqlite() else "IS DISTINCT FROM"
    _refuse_update("exam", "rehearsal", f"OLD.rehearsal {differs} NEW.rehearsal", STAYS)
    # Else the sitting of a rehearsal could be hung under an exam.
    _refuse_update("sitting", "exam_id", f"OLD.exam_id {differs} NEW.exam_id", MOVES)
    _refuse_marks("mark_run", "SELECT 1 FROM exam WHERE id = NEW.exam_id AND rehearsal")
    for table in ("item_mark", "sitting_score"):
        _refuse_marks(
            table,
            "SELECT 1 FROM sitting JOIN exam ON exam.id = sitting.exam_id "
            "WHERE sitting.id = NEW.sitting_id AND exam.rehearsal",
        )


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _refuse_update(table: str, column: str, changed: str, why: str) -> None:
    name = f"{table}_{column}_stays"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} WHEN {changed} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
        return
    _function(name, f"RAISE EXCEPTION '{why}';")
    op.execute(
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
        f"EXECUTE FUNCTION {name}()"
    )


def _refuse_marks(table: str, rehearsed: str) -> None:
    """Append-only tables: what was refused at INSERT cannot come in by UPDATE."""
    name = f"{table}_no_rehearsal"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS ({rehearsed}) "
            f"BEGIN SELECT RAISE(ABORT, '{UNMARKED}'); END"
        )
        return
    refuse = f"IF EXISTS ({rehearsed}) THEN RAISE EXCEPTION '{UNMARKED}'; END IF; RETURN NEW;"
    _function(name, refuse)
    op.execute(
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def _function(name: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )
