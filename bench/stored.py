"""What stands in the database at the end, beside what was acknowledged."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlmodel import col, select

from app.db.engine import make_engine
from app.db.session import Session, reading
from app.kernel.canonical import digest
from app.sitting.rules.receipts import answers_digest
from app.sitting.tables import AnswerLog, Sitting
from bench.browser import Wrong
from bench.candidate import FLAGS, Ledger
from bench.world import Seat

AT_ONCE = 400  # sittings in one query


def check(url: str, ledger: Ledger, seats: Collection[Seat], *, whole: bool) -> dict[str, int]:
    """Every acknowledged answer is in the log, letter for letter, and every receipt is the stored
    one and speaks for the answers that stand: figures, or Wrong. `whole` attempts must also have
    the right answer of every item as the current one, and nothing in the log that was not
    acknowledged."""
    waiting, found = dict(ledger.answers), 0
    ids, right = [seat.sitting_id for seat in seats], {seat.sitting_id: seat for seat in seats}
    with opened(url) as db:
        for at in range(0, len(ids), AT_ONCE):
            some = ids[at : at + AT_ONCE]
            rows = {row.id or 0: row for row in _sittings(db, some)}
            current: dict[int, dict[int, tuple[int, str]]] = {each: {} for each in some}
            for each in _log(db, some):
                key = each.sitting_id, each.item, each.seq
                told = waiting.pop(key, None)
                made = digest([*key, each.answer])
                if each.digest != made or (told or made) != made:
                    raise Wrong(f"{key}: the stored answer is not the acknowledged one")
                if whole and told is None:
                    raise Wrong(f"{key}: stored, and never acknowledged")
                found += 1
                mine = current[each.sitting_id]
                mine[each.item] = max(mine.get(each.item, (0, "")), (each.seq, each.answer))
            for each_id, mine in current.items():
                stands = {item: raw for item, (_, raw) in mine.items() if item != FLAGS}
                if whole and stands != dict(enumerate(right[each_id].answers, 1)):
                    raise Wrong(f"sitting {each_id}: the answers that stand are not those given")
                if each_id in ledger.receipts:
                    wanted = rows[each_id].receipt, answers_digest(each_id, stands)
                    if ledger.receipts[each_id] != wanted:
                        raise Wrong(f"sitting {each_id}: the receipt is not of these answers")
                elif whole:
                    raise Wrong(f"sitting {each_id}: no receipt")
    if waiting:
        raise Wrong(f"{len(waiting)} answers acknowledged and not stored: {list(waiting)[:5]}")
    return {
        "acknowledged": len(ledger.answers),
        "stored": found,
        "receipts": len(ledger.receipts),
    }


def _sittings(db: Session, ids: list[int]) -> list[Sitting]:
    return list(db.exec(select(Sitting).where(col(Sitting.id).in_(ids))))


def _log(db: Session, ids: list[int]) -> list[AnswerLog]:
    return list(db.exec(select(AnswerLog).where(col(AnswerLog.sitting_id).in_(ids))))


@contextmanager
def opened(url: str) -> Iterator[Session]:
    """A look into the database beside the server."""
    engine = make_engine(url)
    try:
        with reading(engine) as db:
            yield db
    finally:
        engine.dispose()
