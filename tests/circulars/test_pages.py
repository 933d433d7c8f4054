"""The office issues a circular on a page, and the public reads and downloads it."""

import io

import openpyxl
import pytest
from fastapi import FastAPI

from app.circulars import actions
from app.db.session import transaction
from app.kernel.actor import SYSTEM
from tests.circulars.test_forms import GOOD
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.marking.worlds import EVENING
from tests.results import worlds


@pytest.fixture
def release_id(app: FastAPI, people: Cast) -> int:
    with transaction(app.state.engine) as db:
        _, row = worlds.released(db)
        return row.id or 0


def test_an_organizer_issues_a_circular_and_the_public_reads_it(
    client_of: ClientOf, people: Cast, release_id: int
) -> None:
    organizer, public = client_of(people.organizer), client_of(None)
    assert "还没有通报" in public.get("/column/circulars").text
    page = organizer.get(f"/releases/{release_id}/circular")
    assert 'value="云环办〔2026〕1号"' in page.text
    assert 'value="云岭市生态环境局办公室"' in page.text

    answer = organizer.post(f"/releases/{release_id}/circular", data=GOOD)
    assert answer.status_code == 303
    address = answer.headers["location"]
    read = public.get(address)
    assert "<h1>2026年第一期执法比武成绩通报</h1>" in read.text
    assert "云环办〔2026〕18号" in read.text
    assert read.text.count('class="gongwen annex"') == 5
    assert "林知远" in read.text
    assert address in public.get("/column/circulars").text
    assert "这次发布已经有通报" in organizer.get(f"/releases/{release_id}/circular").text

    file = public.get(f"{address}.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    assert book.sheetnames == ["县区成绩", "个人成绩", "省赛选派", "抽取与替补及缺考", "计分规则"]
    own = organizer.get(f"/circulars/{address.rpartition('/')[2]}.xlsx")
    assert own.content == file.content
    assert "attachment" in own.headers["content-disposition"]


def test_a_slip_keeps_what_was_typed_and_issues_nothing(
    client_of: ClientOf, people: Cast, release_id: int
) -> None:
    organizer = client_of(people.organizer)
    door = f"/releases/{release_id}/circular"
    answer = organizer.post(door, data=GOOD | {"document_number": "十八号"})
    assert answer.status_code == 422
    assert 'value="十八号"' in answer.text
    assert 'value="各县（市、区）分局"' in answer.text
    assert organizer.post(door, data=GOOD).status_code == 303
    again = organizer.post(door, data=GOOD)
    assert again.status_code == 422
    assert "已经用过" in again.text
    assert organizer.post("/releases/999999/circular", data=GOOD).status_code == 404


def test_only_an_organizer_issues_and_what_is_not_there_is_missing(
    client_of: ClientOf, people: Cast, release_id: int
) -> None:
    for actor in (people.owner, people.clerk, people.auditor):
        browser = client_of(actor)
        assert browser.post(f"/releases/{release_id}/circular", data=GOOD).status_code == 403
        assert browser.get("/circulars/1.xlsx").status_code == 403
    public = client_of(None)
    assert public.get("/column/circulars/1").status_code == 404
    assert public.get("/column/circulars/1.xlsx").status_code == 404


def test_the_list_costs_the_same_for_one_circular_and_for_three(
    app: FastAPI, client_of: ClientOf, release_id: int, statements: list[str]
) -> None:
    public, counts = client_of(None), []
    for number in (1, 2, 3):
        with transaction(app.state.engine) as db:
            actions.publish(
                db,
                release_id=release_id,
                document_number=f"云环办〔2026〕{number}号",
                addressees="各分局",
                signed_by="办公室",
                on=EVENING.date(),
                actor=SYSTEM,
                now=EVENING,
            )
        statements.clear()
        assert public.get("/column/circulars").text.count("<time ") == number + 1
        counts.append(len(statements))
    assert counts == [2, 2, 2]
