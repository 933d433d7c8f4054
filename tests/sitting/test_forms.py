import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.sitting.forms.answers import (
    ANSWER_LIMIT,
    LONGEST_LEAVE,
    parse,
    parse_claim,
    parse_leave,
    parse_seen,
    parse_sheet,
)
from app.sitting.forms.hall import parse_hall
from app.sitting.rules.answers import LAST_EPOCH, Save
from app.sitting.rules.refusals import BadAnswer, NoSuchPage
from tests.fakes import NINE


def test_a_json_answer_becomes_a_save() -> None:
    body = '{"item":2,"seq":5,"answer":"[\\"吊销\\"]","age_ms":1500}'.encode()
    expected = Save(7, 2, 5, '["吊销"]', timedelta(seconds=1.5), NINE)
    assert parse(body, sitting_id=7, arrived_at=NINE) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"\xff",
        b'{"item":1,"seq":1}',
        b'{"item":"1","seq":1,"answer":"A"}',
        b'{"item":-1,"seq":1,"answer":"A"}',
        b'{"item":1,"seq":0,"answer":"A"}',
        b'{"item":1,"seq":2147483648,"answer":"A"}',
        b'{"item":1,"seq":1,"answer":"A","age_ms":-1}',
        b'{"item":1,"seq":1,"answer":"A","score":100}',
        b'{"item":1,"seq":1,"answer":"A\\u0000"}',
        b'{"item":1,"seq":1,"answer":"\\ud800"}',
        b'{"item":1,"seq":1,"answer":"' + b"x" * (ANSWER_LIMIT + 1) + b'"}',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse(body, sitting_id=7, arrived_at=NINE)


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        ("abc123", True),
        ("a" * 16, True),
        ("abc12", False),
        ("a" * 17, False),
        ("ABC123", False),
        ("abc12é", False),
        ("abc123\n", False),
        ("", False),
    ],
)
def test_a_page_names_itself_by_a_short_plain_word(word: str, fits: bool) -> None:
    body = json.dumps({"page": word}).encode()
    if fits:
        assert parse_claim(body) == (word, LAST_EPOCH)  # one that knows of no taking: any
    else:
        with pytest.raises(NoSuchPage):
            parse_claim(body)


@pytest.mark.parametrize(
    ("seconds", "fits"),
    [(0, True), (LONGEST_LEAVE, True), (LONGEST_LEAVE + 1, False), (-1, False), (1.5, False),
     ("9", False), (None, False), (True, False)],
)  # fmt: skip
def test_a_leave_is_so_many_whole_seconds(seconds: object, fits: bool) -> None:
    body = json.dumps({"seconds": seconds}).encode()
    if fits:
        assert parse_leave(body) == seconds
    else:
        with pytest.raises(NoSuchPage):
            parse_leave(body)


@pytest.mark.parametrize(
    ("number", "fits"), [(1, True), (2**31 - 1, True), (2**31, False), (0, False), ("1", False)]
)
def test_a_message_has_a_number(number: object, fits: bool) -> None:
    body = json.dumps({"message": number}).encode()
    if fits:
        assert parse_seen(body) == number
    else:
        with pytest.raises(NoSuchPage):
            parse_seen(body)


@pytest.mark.parametrize("read", [parse_claim, parse_leave, parse_seen])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"\xff", b"[" * 1000])
def test_what_is_no_body_of_ours_is_refused(read: Callable[[bytes], object], body: bytes) -> None:
    with pytest.raises(NoSuchPage):
        read(body)


def sheet(*fields: tuple[str, str]) -> list[tuple[int, int, str]]:
    saves = parse_sheet(fields, sitting_id=7, arrived_at=NINE)
    return [(save.item, save.seq, save.answer) for save in saves]


def test_a_plain_sheet_is_numbered_on_from_where_it_was_printed() -> None:
    assert sheet(
        ("pass", "7.x"),
        ("seq", "4"),
        ("k1", "multiple_choice"),
        ("q1", "C"),
        ("q1", "A"),
        ("k2", "single_choice"),
        ("k3", "fill_in"),
        ("q3.1", "五"),
        ("q3.2", " "),
        ("k4", "numeric"),
        ("q4.value", "216"),
        ("q4.unit", "万元"),
        ("f2", "on"),
    ) == [
        (0, 4, "[2]"),
        (1, 5, '["A","C"]'),
        (3, 6, '{"1":"五"}'),
        (4, 7, '{"value":"216","unit":"万元"}'),
    ]


def test_only_what_changed_is_saved_and_taking_back_is_a_change() -> None:
    assert sheet(
        ("seq", "9"),
        ("was0", "[1]"),
        ("k1", "single_choice"),
        ("was1", '["B"]'),
        ("q1", "B"),
        ("f1", "on"),
        ("k2", "multiple_choice"),
        ("was2", '["A"]'),
    ) == [(2, 9, "")]


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("seq", "x")],
        [("seq", "1"), ("kx", "single_choice")],
        [("seq", "1"), ("k1", "essay")],
        [("seq", "1"), ("f0", "on")],
        [("seq", "1"), ("k1", "fill_in"), ("q1.1", "x" * 9000)],
    ],
)
def test_a_mangled_sheet_is_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(BadAnswer):
        parse_sheet(fields, sitting_id=7, arrived_at=NINE)


@pytest.mark.parametrize(
    ("minutes", "fits"),
    [
        ("1", True),
        ("180", True),
        ("0", False),
        ("181", False),
        ("", False),
        ("1.5", False),
        ("９", False),
    ],
)
def test_minutes_of_an_extension(minutes: str, fits: bool) -> None:
    form = parse_hall(act="extend", reason=" 停电\n 8 分钟 ", minutes=minutes)
    assert ("minutes" not in form.problems) is fits
    assert (form.reason, "reason" in form.problems) == ("停电 8 分钟", False)


@pytest.mark.parametrize(("reason", "fits"), [("", False), ("  ", False), ("停电", True)])
def test_nothing_is_done_without_a_reason(reason: str, fits: bool) -> None:
    assert (parse_hall(act="force", reason=reason).problems == {}) is fits
    assert parse_hall(act="force", reason="长" * 201).problems
