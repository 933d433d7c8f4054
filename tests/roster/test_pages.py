"""The roster's pages, as the city, a clerk and a stranger meet them."""

import hashlib
import io
import json
import re

import openpyxl
import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.audit import queries as audit
from app.db.session import reading, transaction
from app.kernel.actor import Role
from app.kernel.canonical import digest
from app.roster import queries
from app.roster.tables import County, Officer
from tests import factories
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE
from tests.roster import worlds
from tests.roster.worlds import LIN, sheet

HTMX = {"hx-request": "true"}
PRIVATE = re.compile(r"79\d{15}[\dX]|1990000\d{4}")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(data: bytes, name: str = "花名册.xlsx") -> dict[str, tuple[str, bytes]]:
    return {"file": (name, data)}


def known(app: FastAPI) -> dict[str, queries.OfficerRow]:
    with reading(app.state.engine) as db:
        return {each.name: each for each in queries.officers(db)}


@pytest.fixture
def city(app: FastAPI, people: Cast) -> None:
    with transaction(app.state.engine) as db:
        worlds.directory(db)


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_three_queries_however_long(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str], more: int
) -> None:
    organizer = client_of(people.organizer)
    with transaction(app.state.engine) as db:
        for number in range(more):
            home = factories.county(db, f"1{number}", f"某{number}县")
            factories.officer(
                db, home, f"路人{number}", f"0801030000{number}", now=app.state.clock.now()
            )
    statements.clear()
    assert f"名单（{3 + more} 人）" in organizer.get("/roster").text
    assert len(statements) == 3  # who is asking, the officers, the counties


def test_a_clerk_sees_the_own_county_whatever_is_asked(client_of: ClientOf, people: Cast) -> None:
    for clerk, own, other in (
        (people.clerk, "江小川", "苏望舒"),
        (people.foreign_clerk, "苏望舒", "江小川"),
    ):
        for address in ("/roster", "/roster?county=01", "/roster?county=02"):
            text = client_of(clerk).get(address).text
            assert own in text
            assert other not in text
    assert "冻结" not in client_of(people.clerk).get("/roster").text


def test_another_countys_officer_is_missing_to_read_and_to_change(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    lin = known(app)["林知远"]
    for clerk, status in ((people.clerk, 200), (people.foreign_clerk, 404)):
        assert client_of(clerk).get(f"/roster/{lin.id}").status_code == status
    answer = client_of(people.foreign_clerk).post(f"/roster/{lin.id}", data={"name": "改名"})
    assert answer.status_code == 404
    assert known(app)["林知远"] == lin


@pytest.mark.usefixtures("city")
def test_the_sample_sheet_is_checked_written_and_announced(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    organizer = client_of(people.organizer)
    checked = organizer.post("/roster/import", files=upload(worlds.CLEAN))
    assert checked.status_code == 200
    assert "检查通过，可以写入" in checked.text
    assert "<dt>新增</dt><dd>343<small>人</small></dd>" in checked.text
    assert len(known(app)) == 3

    written = organizer.post("/roster/import/confirm", files=upload(worlds.CLEAN))
    assert written.status_code == 303
    assert written.headers["location"] == "/roster?imported=1"
    page = organizer.get("/roster?imported=1").text
    assert "“花名册.xlsx”：读到 343 人，新增 343 人，更新 0 人，不变 0 人。" in page
    assert "名单（346 人）" in page
    assert "第 1 页，共 7 页，346 条" in page
    again = organizer.post("/roster/import", files=upload(worlds.CLEAN)).text
    assert "<dt>不变</dt><dd>343<small>人</small></dd>" in again
    assert "花名册.xlsx" in organizer.get("/roster/import").text


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("address", ["/roster/import", "/roster/import/confirm"])
def test_the_messy_sheet_is_explained_cell_by_cell_and_not_written(
    app: FastAPI, client_of: ClientOf, people: Cast, address: str
) -> None:
    before = known(app)
    organizer = client_of(people.organizer)
    fragment = organizer.post(address, files=upload(worlds.MESSY), headers=HTMX)
    page = organizer.post(address, files=upload(worlds.MESSY))
    assert fragment.status_code == page.status_code == 422
    assert fragment.text.startswith('<section id="import-summary"')
    assert fragment.text.strip() in page.text
    count = re.search(r"还有 (\d+) 处要改，暂时什么都没有写入", page.text)
    assert count is not None
    assert page.text.count('<tr><td data-label="单元格">') == int(count[1]) > 40
    row = re.search(r'<tr>[^~]*?<span class="cell">B31</span>[^~]*?</tr>', page.text)
    assert row is not None
    assert "青兰县" in row[0]
    assert "多半是 青岚县" in row[0]
    assert "名录中没有“青兰县”，最接近的是“青岚县”" in row[0]
    assert "填写示例，没有读取" in page.text
    assert known(app) == before


@pytest.mark.usefixtures("city")
def test_no_private_number_reaches_a_page(app: FastAPI, client_of: ClientOf, people: Cast) -> None:
    organizer = client_of(people.organizer)
    for data in (worlds.CLEAN, worlds.MESSY):
        shown = organizer.post("/roster/import", files=upload(data)).text
        assert PRIVATE.search(shown) is None
    organizer.post("/roster/import/confirm", files=upload(worlds.CLEAN))
    somebody = next(each for each in known(app).values() if each.id_masked)
    for address in ("/roster", f"/roster/{somebody.id}", "/roster/freeze"):
        assert PRIVATE.search(organizer.get(address).text) is None
    book = openpyxl.load_workbook(io.BytesIO(organizer.get("/roster.xlsx").content))
    assert PRIVATE.search(repr(list(book.worksheets[0].values))) is None
    assert (somebody.id_masked or "x") in organizer.get(f"/roster/{somebody.id}").text


@pytest.mark.usefixtures("city")
def test_the_problems_can_be_taken_along_as_a_sheet(client_of: ClientOf, people: Cast) -> None:
    organizer = client_of(people.organizer)
    page = organizer.post("/roster/import", files=upload(worlds.MESSY)).text
    carried = re.search(r'name="plan" value="([^"]*)"', page)
    assert carried is not None
    plan = carried[1].replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
    plan = plan.replace("&#39;", "'").replace("&amp;", "&")
    answer = organizer.post("/roster/problems.xlsx", data={"plan": plan})
    assert answer.headers["content-type"] == XLSX
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert len(lines) - 2 == len(json.loads(plan)["problems"]) > 40
    assert {line[2] for line in lines} >= {"B31", "H43", "I47"}


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ({"file": ("", b"")}, "请先选择要导入的 Excel 文件"),
        ({}, "请先选择要导入的 Excel 文件"),
        (upload(b"GIF89a" + b"0" * 99), "这是GIF 图片，不是 Excel 工作簿"),
        (upload("县区,姓名\n青岚县,林知远\n".encode("gb18030")), "GBK 编码"),
        (upload(worlds.CLEAN[:20000]), "已损坏"),
        (upload(sheet()), "一个人也没有"),
        (upload(b"0" * (10 * 1024 * 1024 + 1)), "文件超过 10 MB"),
    ],
)
@pytest.mark.parametrize("address", ["/roster/import", "/roster/import/confirm"])
def test_a_wrong_file_is_said_above_the_same_form(
    client_of: ClientOf,
    people: Cast,
    address: str,
    file: dict[str, tuple[str, bytes]],
    says: str,
) -> None:
    answer = client_of(people.organizer).post(address, files=file)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'id="import-form"' in answer.text


def test_without_a_directory_the_import_says_where_to_begin(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        for row in db.exec(select(Officer)):
            db.delete(row)
        db.flush()
        for county in queries.counties(db):
            db.delete(county)
    organizer = client_of(people.organizer)
    assert 'href="/counties">建立县区名录' in organizer.get("/roster/import").text
    assert 'href="/roster/import">导入人员表' in organizer.get("/roster").text
    assert 'href="/roster/import">导入人员表' in organizer.get("/roster/freeze").text


def test_the_template_offers_the_counties_that_one_may_fill(
    client_of: ClientOf, people: Cast
) -> None:
    for actor, offered in ((people.organizer, ["青岚县", "石澜区"]), (people.clerk, ["青岚县"])):
        answer = client_of(actor).get("/roster/template.xlsx")
        assert answer.headers["content-type"] == XLSX
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        listed = [row[0] for row in book["选项"].iter_rows(max_col=1, values_only=True)]
        assert [each for each in listed if each] == offered


def fields(**change: str) -> dict[str, str]:
    return {
        "county": "青岚县",
        "name": "江小川",
        "certificate": "080101000002",
        "expires": "长期",
        "establishment": "行政编制",
        "on_post": "在岗",
        "unit": "执法大队",
        "post": "科员",
        "id_number": "",
        "phone": "",
    } | change


def test_a_clerk_changes_an_officer_of_the_own_county(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    jiang, clerk = known(app)["江小川"], client_of(people.clerk)
    answer = clerk.post(
        f"/roster/{jiang.id}", data=fields(on_post="借调", phone="19900000002", county="石澜区")
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/roster/{jiang.id}?saved=1")
    page = clerk.get(answer.headers["location"]).text
    assert "已保存" in page
    assert "不在岗：借调" in page
    assert "现为 199****0002；留空则不变。" in page
    assert known(app)["江小川"].county == "01"


def test_a_mistake_stays_in_its_field_and_changes_nothing(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    jiang, organizer = known(app)["江小川"], client_of(people.organizer)
    for wrong, says in (
        ({"expires": "2027-02-30"}, "没有2027年2月30日这一天"),
        ({"certificate": "080101000001"}, "林知远（青岚县）"),
    ):
        answer = organizer.post(f"/roster/{jiang.id}", data=fields(name="江改名", **wrong))
        assert answer.status_code == 422
        field = next(iter(wrong))
        assert re.search(rf'<p class="error" id="e-{field}">[^<]*{says}', answer.text)
        assert 'value="江改名"' in answer.text
    assert known(app)["江小川"] == jiang


def test_the_organizer_may_move_an_officer_to_another_county(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    jiang, organizer = known(app)["江小川"], client_of(people.organizer)
    organizer.post(f"/roster/{jiang.id}", data=fields(county="石澜区"))
    assert known(app)["江小川"].county == "02"


def test_the_list_shows_the_reasons_and_is_narrowed_by_them(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        for row in db.exec(select(Officer).where(Officer.name == "江小川")):
            row.on_post = "leave"
            db.add(row)
    organizer = client_of(people.organizer)
    page = organizer.get("/roster?standing=no").text
    assert "名单（1 人）" in page
    assert "不在岗：休假（病假、产假）" in page
    assert "林知远" not in page
    assert "没有符合条件的人员" in organizer.get("/roster?standing=no&county=02").text
    wrong = organizer.get("/roster?on=someday")
    assert wrong.status_code == 200
    assert "“someday”不是日期" in wrong.text


def test_the_list_can_be_taken_along_as_it_is_narrowed(client_of: ClientOf, people: Cast) -> None:
    for actor, address, count in (
        (people.organizer, "/roster.xlsx", 3),
        (people.organizer, "/roster.xlsx?county=02", 1),
        (people.clerk, "/roster.xlsx?county=02", 2),
    ):
        answer = client_of(actor).get(address)
        assert answer.headers["content-type"] == XLSX
        lines = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
        assert len(lines) == 2 + count


def test_the_directory_grows_by_whole_lists(client_of: ClientOf, people: Cast) -> None:
    organizer = client_of(people.organizer)
    bad = organizer.post("/counties", data={"lines": "03 丹溪县\n01 松坪县"})
    assert bad.status_code == 422
    assert "名录里已有“青岚县”（代码 01）" in bad.text
    assert "03 丹溪县\n01 松坪县</textarea>" in bad.text
    assert "丹溪县</th>" not in organizer.get("/counties").text
    good = organizer.post("/counties", data={"lines": "03\t丹溪县\r\n04\t松坪县"})
    assert (good.status_code, good.headers["location"]) == (303, "/counties")
    page = organizer.get("/counties").text
    order = re.findall(r'<th scope="row">([^<]+)</th><td>(\d+)</td>', page)
    assert order == [("青岚县", "01"), ("石澜区", "02"), ("丹溪县", "03"), ("松坪县", "04")]
    assert '<a class="tap" href="/roster?county=01">2 人</a>' in page


def test_freezing_shows_who_is_out_and_why_and_then_the_hash(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        for row in db.exec(select(Officer).where(Officer.name == "苏望舒")):
            row.certificate_expires = worlds.DRAW_DATE.replace(day=1, month=11)
            db.add(row)
    organizer = client_of(people.organizer)
    today = organizer.get("/roster/freeze").text
    assert "共 3 人，其中 3 人有资格，0 人没有资格" in today
    later = organizer.get("/roster/freeze?on=2026-12-01").text
    assert "共 3 人，其中 2 人有资格，1 人没有资格" in later
    assert "执法证已于 2026年11月1日 到期，抽取日 2026年12月1日 时无效" in later
    assert "0 人，不能抽取" in later

    past = organizer.post("/roster/freeze", data={"on": "2026-10-09"})
    assert (past.status_code, "抽取日不能早于今天" in past.text) == (422, True)
    assert organizer.post("/roster/freeze").status_code == 422
    unseen = organizer.post("/roster/freeze", data={"on": "2026-12-01", "shown": "2026-10-10"})
    assert unseen.status_code == 422
    assert "请核对，再按一次冻结" in unseen.text
    assert "共 3 人，其中 2 人有资格，1 人没有资格" in unseen.text
    with reading(app.state.engine) as db:
        assert queries.versions(db) == []
    seen = {"on": "2026-12-01", "shown": "2026-12-01"}
    answer = organizer.post("/roster/freeze", data=seen)
    assert (answer.status_code, answer.headers["location"]) == (303, "/roster/versions/1")
    page = organizer.get("/roster/versions/1").text
    with reading(app.state.engine) as db:
        version = queries.version_numbered(db, 1)
    assert f'<p class="hash">{version.sha256}</p>' in page
    assert "抽取日 2026年12月1日" in page
    assert "苏望舒" in organizer.get("/roster/versions/1?standing=no").text
    assert "苏望舒" not in organizer.get("/roster/versions/1?standing=yes").text
    assert 'href="/roster/versions/1">第 1 版</a>' in organizer.get("/roster/freeze").text


def test_the_file_of_a_version_has_the_hash_that_the_page_shows(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    organizer = client_of(people.organizer)
    organizer.post("/roster/freeze", data={"on": "2026-12-01"})
    answer = organizer.get("/roster/versions/1.json")
    assert answer.headers["content-disposition"].startswith('attachment; filename="roster-1.json"')
    with reading(app.state.engine) as db:
        version = queries.version_numbered(db, 1)
    assert digest(answer.json()) == version.sha256
    assert hashlib.sha256(answer.content).hexdigest() == version.sha256
    assert organizer.get("/roster/versions/2.json").status_code == 404


def test_a_double_click_on_writing_writes_once(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    organizer = client_of(people.organizer)
    data = sheet(("青岚县", "周砚秋", *LIN[2:3], "080101000077", *LIN[4:]))
    for _ in range(2):
        assert organizer.post("/roster/import/confirm", files=upload(data)).status_code == 303
    assert len(known(app)) == 4


def test_an_account_is_tied_to_an_officer_who_then_signs_in_as_such(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        here = next(row for row in db.exec(select(County)) if row.code == "01")
        fresh = factories.officer(db, here, "周砚秋", "080101000099", now=NINE)
        factories.account(db, "zhouyanqiu", Role.OFFICER, county="01", now=NINE)
        officer_id = fresh.id or 0
    organizer = client_of(people.organizer)
    address = f"/roster/{officer_id}/account"
    for wrong in ("nobody", "clerk"):
        refused = organizer.post(address, data={"account": wrong})
        assert (refused.status_code, "没有这个账号" in refused.text) == (422, True)
    assert organizer.post(address, data={"account": " zhouyanqiu "}).status_code == 303
    with reading(app.state.engine) as db:
        row = db.get(Officer, officer_id)
        assert row is not None
        assert row.account_id is not None
        assert audit.latest(db)[0].act == "tie_account"
    taken = organizer.post(address, data={"account": people.stranger.name})
    assert taken.status_code == 409
