"""The column's front page, and the letter box."""

from fastapi import FastAPI

from app.circulars import actions
from app.column.rules import MOST
from app.db.session import transaction
from app.kernel.actor import SYSTEM
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import FixedClock
from tests.marking.worlds import EVENING
from tests.results import worlds


def test_the_front_page_is_there_before_anything_has_happened(
    client_of: ClientOf, people: Cast
) -> None:
    page = client_of(None).get("/column")
    assert page.status_code == 200
    assert "云岭市生态环境局主办" in page.text
    assert "还没有通报" in page.text
    assert "还没有抽取" in page.text


def test_the_front_page_leads_to_circulars_and_draws_for_the_same_price(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str]
) -> None:
    public = client_of(None)
    public.get("/column")
    few = len(statements)
    with transaction(app.state.engine) as db:
        _, release = worlds.released(db)
        for number in (1, 2, 3):
            row = actions.publish(
                db,
                release_id=release.id or 0,
                document_number=f"云环办〔2026〕{number}号",
                addressees="各分局",
                signed_by="办公室",
                on=EVENING.date(),
                actor=SYSTEM,
                now=EVENING,
            )
    statements.clear()
    page = public.get("/column")
    assert len(statements) == few == 2  # circulars, draws
    assert page.text.count(f'href="/column/circulars/{row.id}"') == 2
    assert "县区成绩列前三名的是" in page.text
    assert 'href="/column/draws/1"' in page.text
    assert "任何人都可以核验" in page.text


def test_anyone_writes_a_letter_and_only_the_organizer_reads_it(
    client_of: ClientOf, people: Cast
) -> None:
    public = client_of(None)
    answer = public.post(
        "/feedback", data={"about": "result", "body": "名次<b>算错</b>了", "contact": "010-1"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/feedback?sent=1")
    assert "已收到" in public.get("/feedback?sent=1").text
    assert "名次" not in public.get("/feedback").text
    assert "名次" not in client_of(people.owner).get("/feedback").text
    received = client_of(people.organizer).get("/feedback").text
    assert "名次&lt;b&gt;算错&lt;/b&gt;了" in received
    assert "成绩与通报" in received


def test_a_letter_that_is_not_taken_is_not_lost(
    client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    public = client_of(None)
    empty = public.post("/feedback", data={"contact": "010-1"})
    assert empty.status_code == 422
    assert "请写下您的意见" in empty.text
    assert 'value="010-1"' in empty.text
    for _ in range(MOST):
        assert public.post("/feedback", data={"body": "快"}).status_code == 303
    answer = public.post("/feedback", data={"body": "我写了很久"})
    assert answer.status_code == 503
    assert "请过一分钟再提交" in answer.text
    assert "我写了很久</textarea>" in answer.text
    clock.pass_by(seconds=60)
    assert public.post("/feedback", data={"body": "我写了很久"}).status_code == 303
