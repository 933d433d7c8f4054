"""Pauses, take-overs, late answers, messages, reopening, the heartbeat."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("kept_answer", "hall_message", "message_seen")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("shift_seconds", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("paused_at", moment, nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("page", sa.String(16), nullable=False, server_default=sa.text("''")),
        sa.Column("heard_at", moment, nullable=True),
    ):
        op.add_column("sitting", column)
    op.create_table(
        "kept_answer",
        sa.Column("sitting_id", sa.Integer(), sa.ForeignKey("sitting.id"), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("typed_at", moment, nullable=False),
        sa.Column("arrived_at", moment, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("via", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", "item", "seq", "digest"),
    )
    op.create_table(
        "hall_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), sa.ForeignKey("exam.id"), nullable=False),
        sa.Column("sitting_id", sa.Integer(), sa.ForeignKey("sitting.id"), nullable=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_hall_message_exam_id"), "hall_message", ["exam_id"])
    op.create_index(op.f("ix_hall_message_sitting_id"), "hall_message", ["sitting_id"])
    op.create_table(
        "message_seen",
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("hall_message.id"), nullable=False),
        sa.Column("sitting_id", sa.Integer(), sa.ForeignKey("sitting.id"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "sitting_id"),
    )
    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), sa.ForeignKey("sitting.id"), nullable=False),
        sa.Column("handed_in_at", moment, nullable=False),
        sa.Column("receipt", sa.String(16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="two_people"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_reopening_sitting_id"), "reopening", ["sitting_id"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in APPEND_ONLY:
        _append_only(table)


def _append_only(table: str) -> None:
    """Refuses UPDATE and DELETE (and TRUNCATE, where it exists) of what has been recorded."""
    why = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{why}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
