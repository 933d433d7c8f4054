"""The door as people meet it, and the administrators' pages."""

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.accounts import queries
from app.accounts.actions import tickets
from app.audit import queries as audit
from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM, Role
from app.web import csrf
from tests import factories
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE, FixedClock, FixedEntropy


def signs_in(client: TestClient, name: str, password: str, **more: str) -> tuple[int, str]:
    answer = client.post("/sign-in", data={"name": name, "password": password} | more)
    return answer.status_code, answer.text


def slip(app: FastAPI, candidate_id: int = 7) -> str:
    with transaction(app.state.engine) as db:
        codes = tickets.issue(
            db,
            bearers=[tickets.Bearer(candidate_id, "林知远", "01")],
            valid_until=NINE + timedelta(hours=3),
            reason="首次发放",
            entropy=FixedEntropy(),
            actor=SYSTEM,
            now=NINE,
        )
    return codes[candidate_id]


def account_id(app: FastAPI, name: str) -> int:
    with reading(app.state.engine) as db:
        row = queries.account_named(db, name)
        assert row is not None
        return row.id or 0


# ── the door ─────────────────────────────────────────────────────────────────────────────────


def test_the_right_password_leads_where_one_wanted_to_go(client_of: ClientOf, people: Cast) -> None:
    client = client_of(None)
    wanted = client.get("/roster")
    assert wanted.headers["location"] == "/sign-in?next=/roster"
    door = client.get(wanted.headers["location"]).text
    assert '<input type="hidden" name="next" value="/roster">' in door
    answer = client.post(
        "/sign-in", data={"name": "organizer", "password": factories.PASSWORD, "next": "/roster"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/roster")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/roster").status_code == 200
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert client.get("/roster").status_code == 303


def test_nobody_is_led_to_another_site(client_of: ClientOf, people: Cast) -> None:
    data = {"name": "organizer", "password": factories.PASSWORD, "next": "//elsewhere.example"}
    assert client_of(None).post("/sign-in", data=data).headers["location"] == "/"


def test_a_signed_out_session_is_forgotten_by_the_server_too(
    client_of: ClientOf, people: Cast
) -> None:
    client = client_of(people.organizer)
    token = client.cookies["biwu"]
    client.post("/sign-out")
    thief = client_of(None)
    thief.cookies.set("biwu", token)
    assert thief.get("/roster").headers["location"] == "/sign-in?next=/roster"


def test_unknown_names_disabled_accounts_and_wrong_passwords_get_one_answer(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    with transaction(app.state.engine) as db:
        row = queries.account(db, people.author.account_id)
        row.active = False
        db.add(row)
    client = client_of(None)
    tries = [("organizer", "wrong"), ("没有这人", "wrong"), ("author", factories.PASSWORD)]
    answers = {
        (status, text.replace(f'value="{name}"', ""))
        for name, password in tries
        for status, text in [signs_in(client, name, password)]
    }
    assert len(answers) == 1
    status, text = answers.pop()
    assert status == 403
    assert "账号或密码不正确。" in text
    assert factories.PASSWORD not in text


def test_missing_fields_are_named_and_not_counted_as_failures(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    status, text = signs_in(client_of(None), "", "")
    assert status == 422
    assert "请填写账号。" in text
    assert "请填写密码。" in text
    with reading(app.state.engine) as db:
        assert audit.latest(db) == []


@pytest.mark.parametrize("name", ["organizer", "没有这人"])
def test_the_sixth_password_must_wait_whether_or_not_the_account_exists(
    client_of: ClientOf, people: Cast, clock: FixedClock, name: str
) -> None:
    client = client_of(None)
    for _ in range(5):
        assert signs_in(client, name, "wrong")[0] == 403
    status, text = signs_in(client, name, factories.PASSWORD)
    assert status == 429
    assert "请在 31 秒后再试" in text
    assert signs_in(client, "author", factories.PASSWORD)[0] == 303, "others are not held up"
    clock.pass_by(seconds=30)
    assert signs_in(client, name, factories.PASSWORD)[0] == (303 if name == "organizer" else 403)


def test_a_browser_that_says_nothing_of_itself_brings_the_token_of_its_form(
    app: FastAPI, people: Cast
) -> None:
    client = TestClient(app, follow_redirects=False)
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert token is not None
    data = {"name": "organizer", "password": factories.PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 403
    assert client.post("/sign-in", data=data | {"csrf": "0" * 64}).status_code == 403
    assert client.post("/sign-in", data=data | {"csrf": token[1]}).status_code == 303
    # signed in, the token of the door is worth nothing: the new form's is another
    assert client.post("/sign-out", data={"csrf": token[1]}).status_code == 403
    own = csrf.token(app.state.secret_key, client.cookies["biwu"])
    assert own in client.get("/column").text + client.get("/roster").text
    assert client.post("/sign-out", data={"csrf": own}).status_code == 303


# ── tickets ──────────────────────────────────────────────────────────────────────────────────


def test_looking_at_a_ticket_uses_nothing_up(app: FastAPI, client_of: ClientOf) -> None:
    code, client = slip(app), client_of(None)
    for _ in range(2):  # the preview of a chat program, then the officer
        page = client.get(f"/t/{code}")
        assert page.status_code == 200
        assert '<h1 class="name" id="who">林知远</h1>' in page.text
        assert "set-cookie" not in page.headers
    entered = client.post("/enter", data={"code": code})
    assert (entered.status_code, entered.headers["location"]) == (303, "/sittings")
    assert "biwu=" in entered.headers["set-cookie"]


def test_a_ticket_works_once_and_says_so(app: FastAPI, client_of: ClientOf) -> None:
    code = slip(app)
    typed = code.lower().replace("-", " ")
    assert client_of(None).post("/enter", data={"code": typed}).status_code == 303
    second = client_of(None).post("/enter", data={"code": code})
    assert second.status_code == 403
    assert "已经用过" in second.text
    looked = client_of(None).get(f"/t/{code}")
    assert (looked.status_code, "请监考员补发" in looked.text) == (403, True)


def test_an_unknown_code_is_said_at_the_field(client_of: ClientOf, people: Cast) -> None:
    answer = client_of(None).post("/enter", data={"code": "ABCD-EFGH-JKMN"})
    assert answer.status_code == 403
    assert 'id="e-code">没有这张准考证' in answer.text
    assert 'value="ABCD-EFGH-JKMN"' in answer.text
    assert client_of(None).get("/t/ABCDEFGHJKMN").status_code == 403


def test_a_ticket_past_its_time_opens_nothing(
    app: FastAPI, client_of: ClientOf, clock: FixedClock
) -> None:
    code, client = slip(app), client_of(None)
    clock.pass_by(hours=3)
    assert "已过有效期" in client.get(f"/t/{code}").text
    assert client.post("/enter", data={"code": code}).status_code == 403


# ── administration ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("more", [1, 3])
def test_the_list_costs_four_queries_however_long(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str], more: int
) -> None:
    admin = client_of(people.system_admin)
    with transaction(app.state.engine) as db:
        for number in range(more):
            factories.account(db, f"more{number}", Role.MARKER, now=NINE)
    statements.clear()
    page = admin.get("/accounts").text
    assert page.count('<th scope="row"') == 12 + more
    assert len(statements) == 4  # who is asking, how many, the accounts, their roles


def test_accounts_are_found_by_name_and_by_bearer(client_of: ClientOf, people: Cast) -> None:
    admin = client_of(people.security_admin)
    found = admin.get("/accounts", params={"search": "CLERK"}).text
    assert re.findall(r'<a class="tap" href="/accounts/\d+">([^<]+)</a>', found) == [
        "clerk",
        "foreign_clerk",
    ]
    assert "没有找到账号" in admin.get("/accounts", params={"search": "%"}).text


def test_an_account_is_opened_shown_once_granted_and_used(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    admin = client_of(people.system_admin)
    typed = {"name": "zhouyanqiu", "display_name": "周砚秋", "county": "01"}
    opened = admin.post("/accounts/new", data=typed)
    assert opened.status_code == 200
    password = re.search(r'id="password">([^<]+)<', opened.text)
    assert password is not None
    assert re.fullmatch(r"([2-9A-Z]{4}-){2}[2-9A-Z]{4}", password[1])
    new = account_id(app, "zhouyanqiu")
    assert password[1] not in admin.get(f"/accounts/{new}").text
    assert "还没有授权" in admin.get("/accounts").text

    security = client_of(people.security_admin)
    granted = security.post(f"/accounts/{new}/roles", data={"roles": ["county_clerk", "marker"]})
    assert (granted.status_code, granted.headers["location"]) == (303, f"/accounts/{new}")
    page = security.get(f"/accounts/{new}").text
    assert "<dd>县区管理员、评卷人</dd>" in page
    assert 'value="county_clerk" checked' in page

    clerk = client_of(None)
    assert signs_in(clerk, "zhouyanqiu", password[1])[0] == 303
    assert "江小川" in clerk.get("/roster").text
    with reading(app.state.engine) as db:
        acts = [entry.act for entry in audit.latest(db)]
    assert acts == ["sign_in", "grant", "open_account"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "organizer"}, 'id="e-name">账号“organizer”已有人使用'),
        ({"name": "a b"}, 'id="e-name">账号为 2 至 64 个'),
        ({"display_name": ""}, 'id="e-display_name">请填写姓名'),
        ({"county": "青岚县"}, 'id="e-county">请填写县区代码'),
    ],
)
def test_an_account_that_cannot_be_opened_is_explained_at_its_field(
    client_of: ClientOf, people: Cast, change: dict[str, str], says: str
) -> None:
    typed = {"name": "zhouyanqiu", "display_name": "周砚秋", "county": ""} | change
    answer = client_of(people.system_admin).post("/accounts/new", data=typed)
    assert answer.status_code == 422
    assert says in answer.text


def test_roles_that_do_not_go_together_are_refused_with_what_was_ticked(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    author = people.author.account_id
    answer = client_of(people.security_admin).post(
        f"/accounts/{author}/roles", data={"roles": ["auditor", "author"]}
    )
    assert answer.status_code == 422
    assert "三种管理员必须分开" in answer.text
    assert 'value="auditor" checked' in answer.text
    with reading(app.state.engine) as db:
        assert queries.roles_of(db, author) == {Role.AUTHOR}


def test_nobody_grants_to_themselves_or_disables_themselves(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    own = people.security_admin.account_id
    security = client_of(people.security_admin)
    assert "不能改动自己的账号权限" in security.get(f"/accounts/{own}").text
    assert security.post(f"/accounts/{own}/roles", data={"roles": ["organizer"]}).status_code == 403
    own = people.system_admin.account_id
    answer = client_of(people.system_admin).post(f"/accounts/{own}/active", data={"reason": "x"})
    assert answer.status_code == 403
    with reading(app.state.engine) as db:
        assert queries.account(db, own).active
        assert [entry.act for entry in audit.latest(db)] == ["denied", "denied"]


def test_disabling_needs_a_reason_and_ends_what_is_open(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    author, admin = client_of(people.author), client_of(people.system_admin)
    address = f"/accounts/{people.author.account_id}"
    assert author.get("/").headers["location"] == "/bank"
    assert "1 处" in admin.get(address).text
    silent = admin.post(f"{address}/active", data={"active": "false", "reason": " "})
    assert (silent.status_code, "请写明理由" in silent.text) == (422, True)
    assert author.get("/").headers["location"] == "/bank"

    answer = admin.post(f"{address}/active", data={"active": "false", "reason": "离岗"})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert author.get("/").headers["location"] == "/column"
    page = admin.get(address).text
    assert "已停用" in page
    assert "启用这个账号" in page
    admin.post(f"{address}/active", data={"active": "true", "reason": "返岗"})
    assert signs_in(client_of(None), "author", factories.PASSWORD)[0] == 303


def test_a_new_password_is_shown_once_and_ends_the_old_sessions(
    client_of: ClientOf, people: Cast
) -> None:
    author, admin = client_of(people.author), client_of(people.system_admin)
    answer = admin.post(f"/accounts/{people.author.account_id}/password")
    password = re.search(r'id="password">([^<]+)<', answer.text)
    assert password is not None
    assert author.get("/").headers["location"] == "/column"
    assert signs_in(client_of(None), "author", factories.PASSWORD)[0] == 403
    assert signs_in(client_of(None), "author", password[1])[0] == 303


def test_an_account_that_is_not_there_is_missing(client_of: ClientOf, people: Cast) -> None:
    admin = client_of(people.system_admin)
    assert admin.get("/accounts/999999").status_code == 404
    assert admin.post("/accounts/999999/password").status_code == 404


def test_each_administrator_sees_the_own_part(client_of: ClientOf, people: Cast) -> None:
    address = f"/accounts/{people.author.account_id}"
    system = client_of(people.system_admin).get(address).text
    security = client_of(people.security_admin).get(address).text
    assert ("重设密码" in system, "授权</button>" in system) == (True, False)
    assert ("重设密码" in security, "授权</button>" in security) == (False, True)
