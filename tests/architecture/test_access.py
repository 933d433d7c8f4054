"""Route × role: every route has a row that says who may enter, and the rows are true."""

import importlib
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.kernel.actor import Role
from app.main import DOORS, ROOT
from app.web.lean import Guard
from tests.conftest import ClientOf
from tests.factories import Cast

MODULES = sorted((ROOT / "tests").glob("*/access.py"))
# Guarded by the signed pass of a sitting instead of a role; tests/sitting shows how.
BY_PASS = {(door.method, door.path) for door in DOORS if door.guard is Guard.PASS}
CAST = [*Cast.__slots__, "nobody"]


def _tables() -> Iterator[object]:
    for path in MODULES:
        yield importlib.import_module(f"tests.{path.parent.name}.access")


ROWS: dict[tuple[str, str], frozenset[str]] = {}
CONTENT: set[tuple[str, str]] = set()
for _table in _tables():
    ROWS |= getattr(_table, "ROWS")  # noqa: B009  a module is an object to mypy here
    CONTENT |= getattr(_table, "REFUSES_BY_CONTENT", set())


def routes(app: FastAPI) -> set[tuple[str, str]]:
    """Every (method, path) of the house; not `app.routes`, which hides included routers."""
    found = set()
    for route in iter_route_contexts(app.routes):
        methods = getattr(route.original_route, "methods", None) or set()
        found |= {(method, str(route.path)) for method in methods if method != "HEAD"}
    return found


def test_every_route_has_a_row_and_every_row_a_route(app: FastAPI) -> None:
    assert routes(app) - BY_PASS == set(ROWS)
    assert len(ROWS) >= 60


def test_every_row_names_people_of_the_cast() -> None:
    assert set().union(*ROWS.values()) <= set(CAST)
    readers = {row for row, names in ROWS.items() if "auditor" in names and row[0] != "GET"}
    public = {row for row, names in ROWS.items() if names >= set(CAST) - {"nobody"}}
    assert readers <= public, "the auditor reads everything and writes nothing"


@pytest.mark.parametrize("name", CAST)
def test_the_table_is_true(client_of: ClientOf, people: Cast, name: str) -> None:
    """One person at every door. Whoever may enter is never sent away for who they are; whoever
    may not is sent away at every door, whatever the number in the address."""
    browser = client_of(people.everyone()[name])
    wrong = []
    for (method, path), welcome in sorted(ROWS.items()):
        if path == "/sign-out":
            continue  # would end the visit
        address = re.sub(r"{[^}]*}", "999999", path)
        answer = browser.request(method, address, headers={"accept": "text/html"})
        to_the_door = answer.headers.get("location", "").startswith("/sign-in")
        refused = to_the_door or (answer.status_code == 403 and (method, path) not in CONTENT)
        if answer.status_code >= 500 or refused == (name in welcome):
            wrong.append(f"{method} {address}: {answer.status_code}, welcome: {name in welcome}")
    assert wrong == []


def test_every_role_of_an_account_has_somebody_in_the_cast(people: Cast) -> None:
    held = {role for actor in people.everyone().values() if actor for role in actor.roles}
    not_yet = {Role.MARKER, Role.WITNESS, Role.CANDIDATE}
    assert held | not_yet == set(Role)
