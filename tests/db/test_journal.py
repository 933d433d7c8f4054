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
