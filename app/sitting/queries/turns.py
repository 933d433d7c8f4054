"""What a batch of turns writes, on its journal's connection. Statements are built once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import col, func

from app.db.journal import Connection
from app.sitting.rules.course import Happened
from app.sitting.tables import Sitting, SittingEvent

_NOTE = insert(SittingEvent)
_CHANGES: dict[tuple[str, ...], Any] = {
    names: update(Sitting)
    .where(col(Sitting.id) == bindparam("sitting_id"))
    .values({name: bindparam(f"new_{name}") for name in names})
    for names in (
        ("started_at",),
        ("epoch", "page"),
        ("closed_by", "handed_in_at", "receipt"),
        ("epoch", "page", "started_at"),
        ("closed_by", "handed_in_at", "receipt", "started_at"),
        ("closed_by", "epoch", "handed_in_at", "page", "receipt"),
        ("closed_by", "epoch", "handed_in_at", "page", "receipt", "started_at"),
    )
}
_LEFT = (
    select_columns(func.count())
    .select_from(SittingEvent)
    .where(
        col(SittingEvent.sitting_id) == bindparam("sitting_id"),
        col(SittingEvent.kind) == Happened.LEFT.value,
    )
)


def change(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Writes what changed: sittings with the same columns in one statement."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for sitting_id in sorted(changes):
        values = changes[sitting_id]
        names = tuple(sorted(values))
        row = {f"new_{name}": values[name] for name in names} | {"sitting_id": sitting_id}
        alike.setdefault(names, []).append(row)
    for names, rows in alike.items():
        connection.execute(_CHANGES[names], rows)


def note_all(connection: Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Adds lines to the course of sittings."""
    if events:
        connection.execute(_NOTE, list(events))


def left(connection: Connection, sitting_id: int) -> int:
    """How often the page was left so far."""
    return int(connection.execute(_LEFT, {"sitting_id": sitting_id}).scalar_one())
