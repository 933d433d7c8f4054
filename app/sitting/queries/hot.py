"""The hot path: three statements for a whole batch, on the journal's connection (five, when
something in it came too late to count).

Built once: SQLAlchemy needs longer to build and key a statement than SQLite to run it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, insert, tuple_
from sqlalchemy import select as select_columns
from sqlmodel import col

from app.db.journal import Connection
from app.sitting.queries.states import state_of
from app.sitting.rules.answers import Logged, Save, Saved
from app.sitting.rules.moment import State
from app.sitting.tables import AnswerLog, KeptAnswer, Sitting

Item = tuple[int, int]

_STATES = (
    select_columns(
        col(Sitting.id),
        col(Sitting.item_count),
        col(Sitting.opens_at),
        col(Sitting.closes_at),
        col(Sitting.length_seconds),
        col(Sitting.grace_seconds),
        col(Sitting.extra_seconds),
        col(Sitting.shift_seconds),
        col(Sitting.paused_at),
        col(Sitting.started_at),
        col(Sitting.handed_in_at),
        col(Sitting.epoch),
        col(Sitting.page),
    )
    .where(col(Sitting.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(Sitting.id))
    .with_for_update()
)
_LOG = select_columns(
    col(AnswerLog.sitting_id),
    col(AnswerLog.item),
    col(AnswerLog.seq),
    col(AnswerLog.digest),
    col(AnswerLog.typed_at),
    col(AnswerLog.arrived_at),
    col(AnswerLog.late),
).where(
    tuple_(col(AnswerLog.sitting_id), col(AnswerLog.item)).in_(bindparam("items", expanding=True))
)
_APPEND = insert(AnswerLog)
_KEPT = select_columns(
    col(KeptAnswer.sitting_id), col(KeptAnswer.item), col(KeptAnswer.seq), col(KeptAnswer.digest)
).where(col(KeptAnswer.sitting_id).in_(bindparam("ids", expanding=True)))
_KEEP = insert(KeptAnswer)


def states(connection: Connection, sitting_ids: Collection[int]) -> dict[int, State]:
    """The sittings of a batch, locked in one order so that two journals cannot deadlock."""
    rows = connection.execute(_STATES, {"ids": list(sitting_ids)})
    return {row.id: state_of(row) for row in rows}


def logs(connection: Connection, items: Collection[Item]) -> Mapping[Item, dict[int, Logged]]:
    """What is stored of these items, by number."""
    out: defaultdict[Item, dict[int, Logged]] = defaultdict(dict)
    for sitting_id, item, seq, digest, typed_at, arrived_at, late in connection.execute(
        _LOG, {"items": list(items)}
    ):
        out[sitting_id, item][seq] = Logged(digest, typed_at, arrived_at, late)
    return out


def append(connection: Connection, fresh: Iterable[tuple[Save, Saved]]) -> None:
    """Adds answers to the log. The only INSERT outside a session, because it is the hot one."""
    rows = [
        {
            "sitting_id": save.sitting_id,
            "item": save.item,
            "seq": save.seq,
            "answer": save.answer,
            "digest": saved.digest,
            "typed_at": saved.typed_at,
            "arrived_at": saved.saved_at,
            "late": saved.late,
        }
        for save, saved in fresh
    ]
    if rows:
        connection.execute(_APPEND, rows)


def keep(connection: Connection, late: Iterable[tuple[Save, Saved]]) -> None:
    """Puts aside what came too late to count; what is there already stays as it is. The rows of
    its sittings are locked (`states`), so nobody puts the same aside meanwhile."""
    rows = {
        (save.sitting_id, save.item, save.seq, saved.digest): {
            "sitting_id": save.sitting_id,
            "item": save.item,
            "seq": save.seq,
            "digest": saved.digest,
            "answer": save.answer,
            "typed_at": saved.typed_at,
            "arrived_at": saved.saved_at,
            "reason": saved.code.value,
            "via": save.via.value,
        }
        for save, saved in late
    }
    if not rows:
        return
    there = connection.execute(_KEPT, {"ids": sorted({row[0] for row in rows})})
    for sitting_id, item, seq, mark in there:
        rows.pop((sitting_id, item, seq, mark), None)
    if rows:
        connection.execute(_KEEP, list(rows.values()))
