"""What people type into the roster's forms, and what they are told about it."""

from datetime import date

import pytest

from app.roster import forms
from app.roster.rules.check import check
from app.roster.rules.grid import Grid, Sheet
from app.roster.rules.people import Establishment, PostStatus
from tests.roster.worlds import ID_NUMBERS, TODAY

COUNTIES = {"石澜区": "790102", "青岚县": "790121"}
TYPED = {
    "county": "青岚县",
    "name": "林知远",
    "certificate": "080101000001",
    "expires": "2027-03-31",
    "establishment": "行政编制",
    "on_post": "在岗",
    "unit": "执法大队",
    "post": "科员",
    "id_number": "",
    "phone": "",
}


def typed(**change: str) -> forms.OfficerForm:
    return forms.parse_officer(TYPED | change, counties=COUNTIES, today=TODAY)


def test_a_good_form_is_an_officer() -> None:
    form = typed(phone="199 0000 0001", id_number=ID_NUMBERS[0])
    assert form.problems == {}
    assert form.entry is not None
    assert (form.entry.county_code, form.entry.phone) == ("790121", "19900000001")
    assert (form.entry.certificate_expires, form.entry.born) == (
        date(2027, 3, 31),
        date(1990, 1, 1),
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "姓名为空"),
        ("name", "王2", "不像姓名"),
        ("county", "青兰县", "最接近的是“青岚县”"),
        ("certificate", "办理中", "不是执法证号"),
        ("certificate", ID_NUMBERS[0], "填的是身份证号"),
        ("expires", "2027-02-30", "没有2027年2月30日这一天"),
        ("expires", "", "证件有效期为空"),
        ("establishment", "地方粮", "不能判断"),
        ("on_post", "", "在岗情况为空"),
        ("unit", "大" * 129, "超过 128 个字"),
        ("id_number", ID_NUMBERS[0][:17] + "9", "校验码不对"),
        ("phone", "12345", "11 位手机号"),
    ],
)
def test_a_field_is_refused_for_what_a_sheet_would_be(field: str, value: str, says: str) -> None:
    form = typed(**{field: value})
    assert form.entry is None
    assert list(form.problems) == [field]
    assert says in form.problems[field]
    assert form.values[field] == value


def test_every_choice_of_the_form_is_understood() -> None:
    for label in forms.CHOICES["establishment"]:
        entry = typed(establishment=label).entry
        assert entry is not None
        assert entry.establishment.label == label
    for label in forms.CHOICES["on_post"]:
        entry = typed(on_post=label).entry
        assert entry is not None
        assert entry.on_post.label == label
    assert len(forms.CHOICES["establishment"]) == len(Establishment)
    assert len(forms.CHOICES["on_post"]) == len(PostStatus)


def test_a_clerk_cannot_move_an_officer_away() -> None:
    own = {"青岚县": "790121"}
    form = forms.parse_officer(TYPED | {"county": "石澜区"}, counties=own, today=TODAY)
    assert form.entry is not None
    assert form.entry.county_code == "790121"


def test_no_expiry_is_written_as_long_term() -> None:
    entry = typed(expires="长期").entry
    assert entry is not None
    assert entry.certificate_expires is None


@pytest.mark.parametrize(
    ("text", "lines", "says"),
    [
        ("790102 石澜区\n790121 青岚县", (("790102", "石澜区"), ("790121", "青岚县")), ""),
        ("790102\t石澜区\r\n\r\n", (("790102", "石澜区"),), ""),
        ("石澜区，790102", (("790102", "石澜区"),), ""),
        ("", (), "请至少写一个县区"),
        ("790102 石澜区\n青岚县", (), "第 2 行“青岚县”看不懂"),
        ("790102 石澜 区", (), "第 1 行"),
        ("790102 790103", (), "第 1 行"),
        ("7901021234567 石澜区", (), "第 1 行"),
        ("790102 石澜区\n790102 青岚县", (), "第 2 行“790102 青岚县”与上面重复"),
        ("790102 石澜区\n790103 石澜区", (), "第 2 行“790103 石澜区”与上面重复"),
        ("1 " + "县" * 65, (), "第 1 行"),
    ],
)
def test_the_directory_is_read_line_by_line(
    text: str, lines: tuple[tuple[str, str], ...], says: str
) -> None:
    form = forms.parse_counties(text)
    assert form.lines == lines
    assert says in form.problem
    assert bool(says) == bool(form.problem)
    assert form.text == text


@pytest.mark.parametrize(
    ("text", "draw", "on", "says"),
    [
        ("2026-12-01", True, date(2026, 12, 1), ""),
        ("2026-10-10", True, date(2026, 10, 10), ""),
        ("2026-10-09", True, date(2026, 10, 9), "不能早于今天"),
        ("2026-10-09", False, date(2026, 10, 9), ""),
        ("", False, TODAY, ""),
        ("", True, TODAY, "请选择抽取日"),
        ("明天", False, TODAY, "“明天”不是日期"),
        ("2026-02-30", True, TODAY, "不是日期"),
    ],
)
def test_a_day_is_today_unless_it_is_written(text: str, draw: bool, on: date, says: str) -> None:
    form = forms.parse_day(text, today=TODAY, draw=draw)
    assert form.on == on
    assert says in form.problem
    assert bool(says) == bool(form.problem)


def test_a_file_is_taken_or_the_reason_is_said() -> None:
    assert forms.parse_upload(b"x", file_name="a.xlsx") == forms.UploadForm(b"x", "a.xlsx")
    assert "请先选择" in forms.parse_upload(b"", file_name="").problem
    assert "超过 10 MB" in forms.parse_upload(None, file_name="a.xlsx").problem
    refused = forms.UploadForm(b"x", "a.xlsx").refused("坏了")
    assert (refused.data, refused.problem) == (b"", "坏了")


def test_the_list_of_problems_survives_the_way_through_the_page() -> None:
    cells = {(1, 1): "姓名", (1, 2): "执法证号", (2, 1): "=1+1", (2, 2): "办理中"}
    plan = check(Grid((Sheet("表", cells),)), counties=COUNTIES, existing={}, today=TODAY)
    back = forms.parse_carried(forms.carried(plan))
    assert plan.problems
    assert (back.problems, back.remarks) == (plan.problems, plan.remarks)


@pytest.mark.parametrize("text", ["", "null", "[]", '{"problems":[1]}', "{" * 10000])
def test_a_list_that_is_none_is_empty(text: str) -> None:
    assert forms.parse_carried(text).problems == ()


def test_the_filter_is_repeated_in_addresses() -> None:
    given = {"on": "2026-12-01", "county": "790121", "standing": "no", "search": " 林 "}
    form = forms.parse_filter(given | {"sort": "name", "page": "3"}, today=TODAY)
    assert form.eligible is False
    assert form.address == "on=2026-12-01&county=790121&standing=no&search=%E6%9E%97"
    assert forms.parse_filter({}, today=TODAY).eligible is None
