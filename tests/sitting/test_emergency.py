import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from app.audit import queries as audit
from app.db.session import reading, transaction
from app.kernel.errors import DomainError
from app.sitting import actions, queries
from app.sitting.rules.emergency import (
    LARGEST_FILE,
    Fate,
    FileAltered,
    Filed,
    FileOfAnother,
    FileTooLarge,
    NotAnAnswerFile,
    file_key,
    in_words,
    open_file,
)
from app.sitting.tables import AnswerLog, KeptAnswer
from tests.conftest import ClientOf
from tests.factories import Cast
from tests.fakes import NINE, FixedClock
from tests.sitting import worlds
from tests.sitting.worlds import Hall

SECRET = "a secret of the house"
NONCE = "00112233445566778899aabbccddeeff"
KEY = file_key(SECRET, 7)


# ---- a twin of static/js/sitting/file.js, written from the description alone


def keystream(enc: bytes, nonce: bytes, length: int) -> bytes:
    out, number = b"", 0
    while len(out) < length:
        out += hmac.digest(enc, nonce + number.to_bytes(4, "big"), "sha256")
        number += 1
    return out[:length]


def seal(plain: dict[str, Any], key: bytes, sitting: int, nonce: str = NONCE) -> str:
    text = json.dumps(plain, ensure_ascii=False).encode()
    enc, mac = (hmac.digest(key, word, "sha256") for word in (b"encrypt", b"sign"))
    stream = keystream(enc, bytes.fromhex(nonce), len(text))
    sealed = base64.b64encode(bytes(a ^ b for a, b in zip(text, stream, strict=True))).decode()
    signed = f"biwu-answers-1\n{sitting}\n{nonce}\n{sealed}"
    tag = hmac.digest(mac, signed.encode(), "sha256").hex()
    file = {"biwu": "answers", "version": 1, "sitting": sitting, "nonce": nonce}
    return json.dumps(file | {"sealed": sealed, "tag": tag}, separators=(",", ":"))


def written(item: int, seq: int, answer: str, typed_at: datetime) -> dict[str, Any]:
    stamp = typed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"item": item, "seq": seq, "answer": answer, "typed_at": stamp}


def file_of(sitting: int, *answers: dict[str, Any], key: bytes = KEY) -> str:
    plain = {"sitting": sitting, "made_at": "2026-10-10T02:00:00.000Z", "answers": list(answers)}
    return seal(plain, key, sitting)


FILE = file_of(7, written(1, 3, '["甲"]', NINE), written(0, 4, "[1]", NINE))


# ---- rules


def test_the_key_is_the_sittings_own_and_the_houses_own() -> None:
    assert hmac.new(SECRET.encode(), b"answer-file:7", hashlib.sha256).digest() == KEY
    assert len({KEY, file_key(SECRET, 8), file_key(SECRET + "!", 7)}) == 3


def test_what_was_sealed_is_read_again_in_the_order_of_its_numbers() -> None:
    late = written(2, 2, "", NINE + timedelta(milliseconds=250))
    opened = open_file(file_of(7, written(1, 3, '["甲"]', NINE), late), KEY, 7)
    assert opened == [
        Filed(2, 2, "", NINE + timedelta(milliseconds=250)),
        Filed(1, 3, '["甲"]', NINE),
    ]


def test_a_pasted_file_may_bring_a_mark_and_blank_lines() -> None:
    assert len(open_file(f"\ufeff\n{FILE}\r\n ", KEY, 7)) == 2
    assert open_file(file_of(7), KEY, 7) == []


@given(
    answers=st.lists(
        st.tuples(
            st.integers(0, 1000),
            st.integers(1, 2**31 - 1),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        ),
        max_size=70,
    ),
    nonce=st.binary(min_size=16, max_size=16),
)
def test_every_queue_survives_the_round_trip(
    answers: list[tuple[int, int, str]], nonce: bytes
) -> None:
    listed = [written(*each, NINE) for each in answers]
    text = seal({"sitting": 7, "made_at": "", "answers": listed}, KEY, 7, nonce.hex())
    opened = [(each.item, each.seq, each.answer) for each in open_file(text, KEY, 7)]
    assert opened == sorted(answers, key=lambda each: (each[1], each[0]))


def test_one_flipped_bit_of_any_byte_is_refused() -> None:
    raw = FILE.encode()
    for at in range(len(raw)):
        for bit in range(8):
            changed = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
            with pytest.raises((NotAnAnswerFile, FileOfAnother, FileAltered)):
                open_file(changed.decode("utf-8", "replace"), KEY, 7)


@settings(max_examples=200)
@given(text=st.text() | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_what_is_no_file_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(NotAnAnswerFile):
        open_file(text, KEY, 7)


def changed(**fields: Any) -> str:
    return json.dumps(json.loads(FILE) | fields)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (changed(sitting=8), FileOfAnother),
        (file_of(8, written(1, 3, "B", NINE), key=file_key(SECRET, 8)), FileOfAnother),
        (file_of(7, written(1, 3, "B", NINE), key=file_key(SECRET, 8)), FileAltered),
        (changed(tag="0" * 64), FileAltered),
        (changed(nonce="0" * 32), FileAltered),
        (changed(sealed=""), FileAltered),
        (changed(version=2), NotAnAnswerFile),
        (changed(version=True), NotAnAnswerFile),
        (changed(biwu="draw"), NotAnAnswerFile),
        (changed(more=1), NotAnAnswerFile),
        (changed(sitting="7"), NotAnAnswerFile),
        (changed(sitting=True), NotAnAnswerFile),
        (changed(tag="xyz"), NotAnAnswerFile),
        (changed(sealed="价值"), NotAnAnswerFile),
        (changed(sealed=None), NotAnAnswerFile),
        ("[" * 100_000, NotAnAnswerFile),
        ("1" * (LARGEST_FILE + 1), FileTooLarge),
    ],
)
def test_each_wrong_file_is_told_apart(text: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        open_file(text, KEY, 7)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        written(-1, 3, "B", NINE),
        written(1001, 3, "B", NINE),
        written(1, 0, "B", NINE),
        written(1, 2**31, "B", NINE),
        written(1, 3, "B" * 8001, NINE),
        written(1, 3, "B\0", NINE),
        written(1, 3, "B", NINE) | {"answer": 3},
        written(1, 3, "B", NINE) | {"item": True, "seq": "3"},
        written(1, 3, "B", NINE) | {"typed_at": "2026-10-10T01:00:00"},
        written(1, 3, "B", NINE) | {"typed_at": "gestern"},
        written(1, 3, "B", NINE) | {"typed_at": None},
    ],
)
def test_a_signed_file_is_looked_at_all_the_same(answer: Any) -> None:
    with pytest.raises(NotAnAnswerFile):
        open_file(file_of(7, written(1, 2, "A", NINE), answer), KEY, 7)


def test_the_signed_text_must_name_the_same_sitting() -> None:
    for plain in ({"sitting": 8, "answers": []}, {"sitting": 7}, {"sitting": 7, "answers": {}}):
        with pytest.raises(NotAnAnswerFile):
            open_file(seal(plain, KEY, 7), KEY, 7)


def test_the_course_says_what_became_of_them() -> None:
    assert in_words({Fate.THERE: 1, Fate.COUNTED: 3, Fate.KEPT: 0}) == "计入 3 个；已有 1 个"
    assert in_words({}) == "里面没有答案"


# ---- the upload


@pytest.fixture
def invigilator(client_of: ClientOf, people: Cast) -> TestClient:
    return client_of(people.invigilator)


@pytest.fixture
def seat(place: Hall) -> str:
    return f"/hall/{place.exam_id}/{place.sitting_id}"


def sent(app: FastAPI, place: Hall, *answers: dict[str, Any]) -> dict[str, Any]:
    key = file_key(app.state.secret_key, place.sitting_id)
    text = file_of(place.sitting_id, *answers, key=key)
    return {"files": {"file": ("应急答案_A-001.json", text, "application/json")}}


def logged(app: FastAPI, place: Hall) -> dict[int, str]:
    with reading(app.state.engine) as db:
        return {item: row.answer for item, row in queries.answers(db, place.sitting_id).items()}


def count(app: FastAPI) -> tuple[int, int]:
    with reading(app.state.engine) as db:
        return len(db.exec(select(AnswerLog)).all()), len(db.exec(select(KeptAnswer)).all())


def test_a_file_is_taken_in_and_a_second_time_it_changes_nothing(
    app: FastAPI,
    invigilator: TestClient,
    started: None,
    seat: str,
    place: Hall,
    clock: FixedClock,
) -> None:
    clock.pass_by(minutes=10)
    typed = NINE + timedelta(minutes=4)
    answers = [
        written(1, 1, '["B"]', typed),
        written(2, 2, '["A","C"]', typed + timedelta(seconds=9)),
        written(99, 3, "x", typed),
    ]
    page = invigilator.post(f"{seat}/file", **sent(app, place, *answers)).text
    assert "计入 2 个；没有收下 1 个" in page
    assert "试卷上没有第 99 题" in page
    assert logged(app, place) == {1: '["B"]', 2: '["A","C"]'}
    with reading(app.state.engine) as db:
        assert queries.answers(db, place.sitting_id)[1].typed_at == typed
        entry = audit.latest(db)[0]
        assert (entry.act, entry.subject) == ("take_file", f"sitting/{place.sitting_id}")
        assert '"counted":2' in entry.detail
        assert queries.course(db, place.sitting_id)[0].kind == "file"
    clock.pass_by(seconds=30)
    again = invigilator.post(f"{seat}/file", **sent(app, place, *answers)).text
    assert "已有 2 个；没有收下 1 个" in again
    assert count(app) == (2, 0)
    seat_page = invigilator.get(seat).text
    assert seat_page.count("上传应急答案文件：") == 2


def test_pasted_text_is_as_good_as_a_file(
    app: FastAPI, invigilator: TestClient, started: None, seat: str, place: Hall
) -> None:
    text = sent(app, place, written(3, 1, '["A"]', NINE))["files"]["file"][1]
    page = invigilator.post(f"{seat}/file", data={"text": f" {text}\n"})
    assert (page.status_code, "计入 1 个" in page.text) == (200, True)
    assert logged(app, place) == {3: '["A"]'}


def test_late_and_too_late_are_told_apart(
    app: FastAPI,
    invigilator: TestClient,
    started: None,
    seat: str,
    place: Hall,
    clock: FixedClock,
) -> None:
    in_time, after = NINE + worlds.LENGTH - timedelta(seconds=1), NINE + worlds.LENGTH
    answers = [written(1, 1, '["B"]', in_time), written(2, 2, '["A"]', after)]
    clock.at = NINE + worlds.LENGTH + worlds.GRACE - timedelta(seconds=1)
    page = invigilator.post(f"{seat}/file", **sent(app, place, *answers)).text
    assert "计入 1 个；没有收下 1 个" in page
    assert "到时之后送达，已标记" in page
    clock.at = NINE + worlds.LENGTH + worlds.GRACE
    page = invigilator.post(
        f"{seat}/file", **sent(app, place, written(3, 3, '["A"]', in_time))
    ).text
    assert "留存，不计入 1 个" in page
    assert (logged(app, place), count(app)) == ({1: '["B"]'}, (1, 1))
    with transaction(app.state.engine) as db:
        actions.close_overdue(db, now=clock.now())
    for _ in range(2):
        page = invigilator.post(
            f"{seat}/file", **sent(app, place, written(4, 4, '["A"]', in_time))
        ).text
        assert "送到时已经交卷" in page
    assert count(app) == (1, 2)
    with reading(app.state.engine) as db:
        assert {(row.via, row.reason) for row in db.exec(select(KeptAnswer))} == {
            ("file", "too_late"),
            ("file", "handed_in"),
        }
    assert "未计入 2 个" in invigilator.get(seat).text


def test_another_page_that_used_the_number_does_not_lose_its_later_answer(
    app: FastAPI,
    invigilator: TestClient,
    owner: TestClient,
    started: None,
    headers: dict[str, str],
    seat: str,
    url: str,
    place: Hall,
    clock: FixedClock,
) -> None:
    clock.pass_by(minutes=2)
    for item in (1, 2, 3):
        body = {"item": item, "seq": item, "answer": f'["{item}"]'}
        assert owner.post(f"{url}/answers", json=body, headers=headers).status_code == 200
    clock.pass_by(minutes=2)
    before, later = NINE + timedelta(minutes=1), NINE + timedelta(minutes=3)
    answers = [
        written(1, 1, '["before"]', before),  # the server's was typed later: it stands
        written(2, 2, '["later"]', later),  # typed later than the server's: goes above it
        written(2, 1, '["between"]', later - timedelta(seconds=9)),
        written(3, 3, '["same"]', NINE + timedelta(minutes=2)),  # the same moment: it stands
    ]
    for said in ("计入 2 个；已有 2 个", "已有 4 个"):
        page = invigilator.post(f"{seat}/file", **sent(app, place, *answers)).text
        assert said in page
        assert logged(app, place) == {1: '["1"]', 2: '["later"]', 3: '["3"]'}
        clock.pass_by(minutes=1)


@pytest.mark.parametrize("wrong", ["nothing", "altered", "another", "large", "no file"])
def test_a_wrong_file_is_refused_on_the_seat_and_nothing_is_stored(
    app: FastAPI,
    invigilator: TestClient,
    started: None,
    seat: str,
    place: Hall,
    wrong: str,
) -> None:
    good = sent(app, place, written(1, 1, '["B"]', NINE))["files"]["file"][1]
    foreign = file_key(app.state.secret_key, place.foreign_id)
    text = {
        "nothing": "",
        "altered": good.replace('"tag":"', '"tag":"f')[:-3] + '"}',
        "another": file_of(place.foreign_id, written(1, 1, '["B"]', NINE), key=foreign),
        "large": "1" * (LARGEST_FILE + 1),
        "no file": "这是一篇作文",
    }[wrong]
    files = {"file": ("a.json", text, "application/json")} if wrong != "nothing" else None
    answer = invigilator.post(f"{seat}/file", files=files)
    said = {"altered": "损坏或被改动过", "another": "另一位考生", "large": "2 MB"}
    assert answer.status_code == 422
    assert said.get(wrong, "这不是应急答案文件") in answer.text
    assert "没有收下任何答案" in answer.text
    assert count(app) == (0, 0)
    with reading(app.state.engine) as db:
        assert audit.latest(db)[0].act != "take_file"


def test_a_file_needs_a_seat_of_this_hall(
    app: FastAPI, invigilator: TestClient, started: None, place: Hall
) -> None:
    good = sent(app, place, written(1, 1, '["B"]', NINE))
    for path in (f"{place.exam_id}9/{place.sitting_id}", f"{place.exam_id}/{place.sitting_id}9"):
        assert invigilator.post(f"/hall/{path}/file", **good).status_code == 404
    assert count(app) == (0, 0)


def test_before_the_start_there_is_nothing_to_deliver_to(
    app: FastAPI, invigilator: TestClient, seat: str, place: Hall
) -> None:
    page = invigilator.post(f"{seat}/file", **sent(app, place, written(1, 1, '["B"]', NINE))).text
    assert "没有收下 1 个" in page
    assert count(app) == (0, 0)
