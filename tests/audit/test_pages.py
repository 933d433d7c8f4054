import pytest
from fastapi import FastAPI

from app.audit.actions import record
from app.db.session import transaction
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE


@pytest.mark.parametrize("rows", [1, 3])
def test_the_trail_costs_two_queries_however_long(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str], rows: int
) -> None:
    auditor = client_of(people.auditor)
    with transaction(app.state.engine) as db:
        for number in range(rows):
            record(db, actor=people.organizer, act="test", subject=f"对象 {number}", now=NINE)
    statements.clear()
    page = auditor.get("/audit").text
    assert page.count("<td>organizer</td>") == rows
    assert "2026-10-10 09:00:00" in page
    assert len(statements) == 2  # who is asking, and the trail


def test_only_the_auditor_reads_the_trail(client_of: ClientOf, people: Cast) -> None:
    for actor in (people.organizer, people.owner, people.system_admin):
        assert client_of(actor).get("/audit").status_code == 403
