from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.audit import queries as audit
from app.db.session import Session, reading, transaction
from app.sitting import actions, queries
from app.sitting.forms.hall import parse_message
from app.sitting.rules.course import NEWS, Happened
from app.sitting.rules.hall import MessageMissing, NobodyAddressed
from app.sitting.rules.refusals import HallMissing, SittingMissing
from app.sitting.tables import HallMessage, MessageSeen
from tests import factories
from tests.factories import Cast
from tests.fakes import NINE
from tests.sitting import worlds
from tests.sitting.worlds import Hall

MINUTE = timedelta(minutes=1)


def opened(db: Session) -> tuple[Cast, Hall]:
    people = factories.cast(db, NINE)
    place = worlds.hall(db, people, NINE)
    worlds.begin(db, place, people, NINE)
    return people, place


def send(
    db: Session, people: Cast, place: Hall, text: str, *, to: int | None = None, after: int = 1
) -> int:
    now = NINE + after * MINUTE
    about = {"exam_id": place.exam_id, "sitting_id": to, "text": text}
    return actions.send(db, **about, actor=people.invigilator, now=now).id or 0  # type: ignore[arg-type]


def test_a_candidate_reads_what_was_said_to_all_and_to_them_in_order(db: Session) -> None:
    people, place = opened(db)
    first = send(db, people, place, "第 7 题表中单位是万元。")
    second = send(db, people, place, "请到讲台来一下。", to=place.sitting_id, after=2)
    third = send(db, people, place, "还有三十分钟。", after=3)
    db.flush()
    assert queries.messages(db, place.sitting_id) == [
        (first, NINE + MINUTE, "第 7 题表中单位是万元。"),
        (second, NINE + 2 * MINUTE, "请到讲台来一下。"),
        (third, NINE + 3 * MINUTE, "还有三十分钟。"),
    ]
    assert [number for number, *_ in queries.messages(db, place.foreign_id)] == [first, third]
    assert queries.messages(db, 999_999) == []


def test_everyone_addressed_hears_of_it_and_the_audit_says_how_many(db: Session) -> None:
    people, place = opened(db)
    send(db, people, place, "还有三十分钟。")
    assert Happened.MESSAGE.value in NEWS
    for each in (place.sitting_id, place.foreign_id):
        line = queries.course(db, each)[0]
        assert (line.kind, line.detail, line.by) == ("message", "还有三十分钟。", "invigilator")
    entry = audit.latest(db)[0]
    assert (entry.act, entry.subject) == ("message", f"exam/{place.exam_id}")
    assert '"sittings":2' in entry.detail
    send(db, people, place, "请到讲台来一下。", to=place.sitting_id)
    assert queries.course(db, place.foreign_id)[0].detail == "还有三十分钟。"
    assert audit.latest(db)[0].subject == f"sitting/{place.sitting_id}"


def test_who_handed_in_is_not_addressed(db: Session) -> None:
    people, place = opened(db)
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + MINUTE)
    with pytest.raises(NobodyAddressed):
        send(db, people, place, "晚了", to=place.sitting_id, after=2)
    send(db, people, place, "还有三十分钟。", after=2)
    assert queries.course(db, place.sitting_id)[0].kind != "message"
    (notice,) = queries.notices(db, place.exam_id)
    assert (notice.seen, notice.addressed) == (0, 1)


def test_a_message_needs_a_hall_and_a_seat_in_it(db: Session) -> None:
    people, place = opened(db)
    wrong = {"exam_id": place.exam_id + 1, "text": "喂", "actor": people.invigilator, "now": NINE}
    with pytest.raises(HallMissing):
        actions.send(db, sitting_id=None, **wrong)  # type: ignore[arg-type]
    with pytest.raises(SittingMissing):
        send(db, people, place, "喂", to=place.foreign_id + 99)
    assert db.exec(select(HallMessage)).all() == []


def test_the_counter_says_who_has_read_it_and_who_has_not(db: Session) -> None:
    people, place = opened(db)
    first = send(db, people, place, "还有三十分钟。")
    own = send(db, people, place, "请到讲台来一下。", to=place.foreign_id)
    for _ in range(2):  # twice is once
        actions.see(db, sitting_id=place.sitting_id, message_id=first, now=NINE + 2 * MINUTE)
        db.flush()
    newest, oldest = queries.notices(db, place.exam_id)
    assert (oldest.seen, oldest.addressed, oldest.to) == (1, 2, None)
    assert [(each.name, each.county) for each in oldest.unseen] == [("苏望舒", "石澜区")]
    assert (newest.id, newest.seen, newest.addressed) == (own, 0, 1)
    assert newest.to is not None
    assert newest.to.sitting_id == place.foreign_id
    assert queries.message_count(db, place.exam_id) == 2
    assert [row.at for row in db.exec(select(MessageSeen))] == [NINE + 2 * MINUTE]


def test_who_hands_in_later_stays_among_the_addressed(db: Session) -> None:
    people, place = opened(db)
    first = send(db, people, place, "还有三十分钟。")
    actions.see(db, sitting_id=place.sitting_id, message_id=first, now=NINE + 2 * MINUTE)
    actions.hand_in(db, sitting_id=place.sitting_id, actor=people.owner, now=NINE + 3 * MINUTE)
    (notice,) = queries.notices(db, place.exam_id)
    assert (notice.seen, notice.addressed) == (1, 2)


def test_only_what_one_was_told_can_be_read(db: Session) -> None:
    people, place = opened(db)
    own = send(db, people, place, "请到讲台来一下。", to=place.foreign_id)
    for sitting_id, message_id in ((place.sitting_id, own), (place.sitting_id, own + 99)):
        with pytest.raises(MessageMissing):
            actions.see(db, sitting_id=sitting_id, message_id=message_id, now=NINE)
    with pytest.raises(SittingMissing):
        actions.see(db, sitting_id=999_999, message_id=own, now=NINE)
    assert db.exec(select(MessageSeen)).all() == []


def test_many_pages_that_show_it_at_once_write_it_once(engine: Engine) -> None:
    with transaction(engine) as db:
        people, place = opened(db)
        first = send(db, people, place, "还有三十分钟。")
    failed: list[Exception] = []

    def showing() -> None:
        try:
            for _ in range(5):
                with transaction(engine) as db:
                    actions.see(db, sitting_id=place.sitting_id, message_id=first, now=NINE)
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=showing) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading(engine) as db:
        assert len(db.exec(select(MessageSeen)).all()) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "请写通知的内容"),
        (" \n\0 ", "请写通知的内容"),
        ("好" * 201, "现在是 201 字"),
        ("好" * 200, ""),
    ],
)
def test_a_message_has_one_to_two_hundred_letters(text: str, problem: str) -> None:
    form = parse_message(text)
    assert bool(form.problems) is bool(problem)
    assert problem in form.problems.get("text", "")


def test_a_message_is_one_line() -> None:
    assert parse_message(" 还有\n三十 分钟。\0 ").reason == "还有 三十 分钟。"
