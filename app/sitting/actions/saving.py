"""The one write that may never be lost."""

from collections.abc import Sequence

from app.db.journal import Connection
from app.kernel.errors import DomainError
from app.sitting import queries
from app.sitting.rules.answers import Logged, Save, Saved, judge


def save_answers(connection: Connection, saves: Sequence[Save]) -> list[Saved | DomainError]:
    """保存答案: what the journal commits. The answer log is its own trace; audit has none of it."""
    states = queries.states(connection, {save.sitting_id for save in saves})
    logs = queries.logs(connection, {(save.sitting_id, save.item) for save in saves})
    fresh: list[tuple[Save, Saved]] = []
    late: list[tuple[Save, Saved]] = []
    outcomes: list[Saved | DomainError] = []
    for save in saves:
        log = logs[save.sitting_id, save.item]
        outcome = judge(save, states.get(save.sitting_id), log)
        if isinstance(outcome, Saved) and outcome.kept:
            late.append((save, outcome))
        elif isinstance(outcome, Saved) and save.seq not in log:
            log[save.seq] = Logged(outcome.digest, outcome.typed_at, outcome.saved_at, outcome.late)
            fresh.append((save, outcome))
        outcomes.append(outcome)
    queries.append(connection, fresh)
    queries.keep(connection, late)
    return outcomes
