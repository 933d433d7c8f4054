import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, Engine, event, insert
from sqlmodel import select

from app.db.journal import Journal, NotStored
from app.db.session import reading
from app.roster.tables import County


def add_counties(connection: Connection, names: Sequence[str]) -> list[str]:
    if "坏" in names:
        raise ValueError("one bad entry")
    connection.execute(
        insert(County), [{"code": name, "name": name, "position": 0} for name in names]
    )
    return [name + "✓" for name in names]


def stored(engine: Engine) -> set[str]:
    with reading(engine) as db:
        return {county.name for county in db.exec(select(County))}


async def append_all(journal: Journal[str, str], names: Sequence[str]) -> list[object]:
    waiting = [journal.append(name) for name in names]
    return list(await asyncio.gather(*waiting, return_exceptions=True))


def test_an_acknowledged_entry_is_visible_to_everyone(engine: Engine) -> None:
    journal = Journal(engine, add_counties)

    async def save() -> set[str]:
        assert await journal.append("青岚县") == "青岚县✓"
        return stored(engine)

    assert asyncio.run(save()) == {"青岚县"}
    journal.close()


def test_many_entries_share_few_commits(engine: Engine) -> None:
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)
    journal = Journal(engine, add_counties)
    names = [f"县{number}" for number in range(200)]
    assert asyncio.run(append_all(journal, names)) == [name + "✓" for name in names]
    journal.close()
    assert stored(engine) == set(names)
    assert len(commits) < 20


def test_a_bad_entry_does_not_cost_its_neighbours_their_answer(engine: Engine) -> None:
    journal = Journal(engine, add_counties)
    outcomes = asyncio.run(append_all(journal, ["甲", "坏", "乙"]))
    journal.close()
    assert [type(outcome) for outcome in outcomes] == [str, NotStored, str]
    assert stored(engine) == {"甲", "乙"}


def test_no_commit_means_no_acknowledgement(engine: Engine) -> None:
    def refuse(_connection: object) -> None:
        raise OSError("disk full")

    event.listen(engine, "commit", refuse)
    journal = Journal(engine, add_counties)
    outcomes = asyncio.run(append_all(journal, [f"县{number}" for number in range(50)]))
    event.remove(engine, "commit", refuse)
    journal.close()
    assert {type(outcome) for outcome in outcomes} == {NotStored}
    assert stored(engine) == set()


def test_a_closed_journal_refuses(engine: Engine) -> None:
    journal = Journal(engine, add_counties)
    journal.close()
    with pytest.raises(NotStored):
        asyncio.run(journal.append("青岚县"))


def test_closing_stores_what_has_arrived(engine: Engine) -> None:
    """The graceful end: nothing that was accepted is dropped."""
    journal = Journal(engine, add_counties)

    async def leave() -> list[object]:
        waiting = [asyncio.ensure_future(journal.append(f"县{number}")) for number in range(30)]
        await asyncio.sleep(0)  # they have arrived
        await asyncio.to_thread(journal.close)
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    outcomes = asyncio.run(leave())
    assert outcomes == [f"县{number}✓" for number in range(30)]
    assert stored(engine) == {f"县{number}" for number in range(30)}


def test_a_client_that_goes_away_costs_nobody_else_anything(engine: Engine) -> None:
    journal = Journal(engine, add_counties)

    async def save() -> list[object]:
        waiting = [asyncio.ensure_future(journal.append(name)) for name in ("甲", "乙", "丙")]
        await asyncio.sleep(0)
        waiting[1].cancel()
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    outcomes = asyncio.run(save())
    journal.close()
    assert [type(outcome) for outcome in outcomes] == [str, asyncio.CancelledError, str]
    assert stored(engine) >= {"甲", "丙"}


def test_a_journal_knows_whether_its_last_batch_was_committed(engine: Engine) -> None:
    def refuse(_connection: object) -> None:
        raise OSError("disk full")

    journal = Journal(engine, add_counties)
    assert journal.healthy
    event.listen(engine, "commit", refuse)
    asyncio.run(append_all(journal, ["甲"]))
    assert not journal.healthy
    event.remove(engine, "commit", refuse)
    asyncio.run(append_all(journal, ["甲"]))
    assert journal.healthy
    journal.close()


def test_two_journals_commit_in_turns_and_lose_nothing(engine: Engine) -> None:
    """Answers on one, turns on the other, and a second process's pair: writers of one database."""
    journals = [Journal(engine, add_counties) for _ in range(4)]

    async def everything() -> list[object]:
        waiting = [journals[number % 4].append(f"县{number}") for number in range(120)]
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    outcomes = asyncio.run(everything())
    for journal in journals:
        journal.close()
    assert outcomes == [f"县{number}✓" for number in range(120)]
    assert len(stored(engine)) == 120


@pytest.mark.parametrize("fails_at", ["begin", "commit"])
def test_nothing_that_failed_is_acknowledged_and_nothing_else_is_stored(
    engine: Engine, fails_at: str
) -> None:
    """A3, the short form: every second transaction fails, before it begins or as it commits."""
    count = 0

    def sometimes(_connection: object) -> None:
        nonlocal count
        count += 1
        if count % 2:
            raise OSError("disk full")

    journal = Journal(engine, add_counties)

    async def many() -> list[object]:
        outcomes: list[object] = []
        for batch in range(20):
            names = [f"县{batch}-{number}" for number in range(10)]
            waiting = [journal.append(name) for name in names]
            outcomes += await asyncio.gather(*waiting, return_exceptions=True)
        return outcomes

    event.listen(engine, fails_at, sometimes)
    outcomes = asyncio.run(many())
    event.remove(engine, fails_at, sometimes)
    journal.close()
    acknowledged = {outcome[:-1] for outcome in outcomes if isinstance(outcome, str)}
    assert {type(outcome) for outcome in outcomes} == {str, NotStored}
    assert stored(engine) == acknowledged
