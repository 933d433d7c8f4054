"""Writers of an embedded database go through one after the other, first come first."""

import threading
import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from app.db import engine as engines
from app.db.engine import for_writing, is_embedded, make_engine, turnstile_of
from app.db.turnstile import Turnstile, TurnstileStuck
from tests.databases import SqliteFiles


def waiting(turnstile: Turnstile, count: int) -> None:
    """Until so many are waiting: then their order is known."""
    until = time.monotonic() + 10
    while len(turnstile._waiting) < count:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_whoever_came_first_goes_first() -> None:
    turnstile, order = Turnstile(), []
    turnstile.enter(1)

    def go(number: int) -> None:
        turnstile.enter(10)
        order.append(number)
        turnstile.leave()

    goers = [threading.Thread(target=go, args=(number,)) for number in range(8)]
    for count, goer in enumerate(goers, 1):
        goer.start()
        waiting(turnstile, count)
    turnstile.leave()
    for goer in goers:
        goer.join(10)
    assert order == list(range(8))
    turnstile.enter(0.001)  # and it is free again


def test_who_has_waited_too_long_gives_up_and_is_not_called_later() -> None:
    turnstile = Turnstile()
    turnstile.enter(1)
    with pytest.raises(TurnstileStuck):
        turnstile.enter(0.01)
    turnstile.leave()
    turnstile.enter(0.01)  # nobody holds a place for the one who gave up


def test_two_engines_of_one_file_queue_at_one_turnstile(sqlite: SqliteFiles) -> None:
    url, other = sqlite.fresh(), sqlite.fresh()
    one, two, three = make_engine(url), make_engine(url), make_engine(other)
    try:
        assert turnstile_of(one) is turnstile_of(two)
        assert turnstile_of(one) is not turnstile_of(three)
    finally:
        for engine in (one, two, three):
            engine.dispose()


def test_a_writer_leaves_whatever_becomes_of_its_transaction(sqlite: SqliteFiles) -> None:
    engine = make_engine(sqlite.fresh())
    writing = for_writing(engine)
    with writing.begin() as connection:
        connection.execute(text("UPDATE audit_head SET seq = seq"))
    with pytest.raises(ZeroDivisionError), writing.begin():
        raise ZeroDivisionError
    with pytest.raises(OperationalError), writing.begin() as connection:
        connection.execute(text("SELECT nonsense FROM nowhere"))
    with writing.connect() as connection:  # two transactions without leaving in between
        for _ in range(2):
            with connection.begin():
                connection.execute(text("UPDATE audit_head SET seq = seq"))
    turnstile_of(engine).enter(0.001)
    turnstile_of(engine).leave()
    engine.dispose()


def test_a_stuck_writer_is_a_busy_database_and_not_a_wait_for_ever(
    sqlite: SqliteFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 20)
    engine = make_engine(sqlite.fresh())
    stuck = pytest.raises(OperationalError, match="locked")
    with for_writing(engine).begin(), stuck, for_writing(engine).begin():
        pass
    engine.dispose()


def test_readers_do_not_queue(engine: Engine) -> None:
    with for_writing(engine).begin() as writer:
        writer.execute(text("UPDATE audit_head SET hash = hash"))
        with engine.connect() as reader:
            assert reader.execute(text("SELECT seq FROM audit_head")).scalar_one() == 0


def test_only_the_embedded_database_is_embedded(engine: Engine) -> None:
    assert is_embedded(engine) is (engine.dialect.name == "sqlite")
