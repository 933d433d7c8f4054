"""The roster's rules: reading sheets as bureaus write them, eligibility, freezing."""

import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.kernel.canonical import canonical_json
from app.roster.rules import identity
from app.roster.rules.cells import digits_lost, shown, shown_private, tidy
from app.roster.rules.check import check
from app.roster.rules.counties import find_county
from app.roster.rules.dates import LONG_TERM, read_date
from app.roster.rules.eligibility import eligibility
from app.roster.rules.freezing import RosterEmpty, counted, frozen, roster_hash
from app.roster.rules.grid import CellValue, Grid, Merge, Sheet, cell_name, column_name
from app.roster.rules.header import Column, column_named, recognise
from app.roster.rules.identity import Gender, masked_id, masked_phone
from app.roster.rules.people import (
    Establishment,
    OfficerEntry,
    PostStatus,
    establishment_of,
    post_status_of,
)
from app.roster.rules.plan import Flaw, ImportPlan, Problem, ProblemKind, RemarkKind

COUNTIES = {"青岚县": "790121", "石澜区": "790102", "白鹭县": "790122"}
TODAY = date(2026, 9, 20)
HEADS = ("县区", "姓名", "身份证号", "单位", "执法证号", "证件有效期", "编制类型", "在岗情况")
ID = "11010519491231002X"  # the example of GB 11643-1999
OTHER_ID = "440524188001010014"  # its second one, of 1880


def row(number: int = 1, **changed: CellValue) -> list[CellValue]:
    values: dict[str, CellValue] = {
        "county": "青岚县",
        "name": "林" + "甲乙丙丁戊己庚辛壬癸"[number % 10],
        "id_number": None,
        "unit": "青岚县执法大队",
        "certificate": f"0801{number:06}",
        "expires": "2027-03-31",
        "establishment": "事业编",
        "on_post": "在岗",
    }
    return list((values | changed).values())


def sheet(
    *lines: Sequence[CellValue], title: str = "花名册", merges: tuple[Merge, ...] = (), **more: Any
) -> Sheet:
    cells = {
        (number, position): value
        for number, line in enumerate(lines, 1)
        for position, value in enumerate(line, 1)
        if value is not None
    }
    return Sheet(title=title, cells=cells, merges=merges, **more)


def planned(*lines: Sequence[CellValue], **existing: OfficerEntry) -> ImportPlan:
    return plan_of(sheet([*HEADS], *lines), existing={e.certificate: e for e in existing.values()})


def plan_of(*sheets: Sheet, existing: dict[str, OfficerEntry] | None = None) -> ImportPlan:
    return check(Grid(sheets), counties=COUNTIES, existing=existing or {}, today=TODAY)


def told(plan: ImportPlan) -> list[tuple[str, str]]:
    return [(problem.cell, problem.kind.value) for problem in plan.problems]


def remarked(plan: ImportPlan) -> list[tuple[str, str]]:
    return [(remark.cell, remark.kind.value) for remark in plan.remarks]


ENTRY = OfficerEntry(
    county_code="790121",
    name="林甲",
    certificate="0801000001",
    certificate_expires=date(2027, 3, 31),
    establishment=Establishment.PUBLIC_INSTITUTION,
    on_post=PostStatus.ON_POST,
    unit="青岚县执法大队",
)


# ── identity numbers and masks ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [ID, OTHER_ID])
def test_the_examples_of_the_standard_check_out(number: str) -> None:
    assert identity.checks_out(number)


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_a_single_wrong_digit_never_checks_out(first: str, at: int, more: int) -> None:
    number = first + identity.check_character(first)
    wrong = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
    assert identity.checks_out(number)
    assert not identity.checks_out(wrong)


def test_birthday_and_gender_stand_in_the_number() -> None:
    assert identity.born_on(ID) == date(1949, 12, 31)
    assert identity.gender_of(ID) is Gender.FEMALE
    assert identity.gender_of(OTHER_ID) is Gender.MALE
    assert identity.born_on("790102199013450013") is None


@pytest.mark.parametrize(
    ("mask", "number", "masked"),
    [
        (masked_id, ID, "1101**********002X"),
        (masked_id, "790102900101001", "7901*******1001"),
        (masked_id, "12345678901", "12*******01"),
        (masked_id, "", ""),
        (masked_phone, "19900005678", "199****5678"),
        (masked_phone, "07990000000", "079****0000"),
        (masked_phone, "1234567890", "12******90"),
        (masked_phone, "123", "***"),
    ],
)
def test_masks_show_the_ends_alone(mask: Any, number: str, masked: str) -> None:
    assert mask(number) == masked


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (f"证号{ID}，手机19900005678", "证号1101**********002X，手机199****5678"),
        ("１９９ ００００ ５６７８", "199****5678"),
        ("199-0000-5678", "199****5678"),
        ("1101 0519 4912 31002x", "1101**********002x"),
        (1.1010519491231e17, "1.10E+17"),
        (110105194912310000, "1.10E+17"),
        ("08010000012", "08010000012"),
        (None, "（空）"),
        ("长" * 60, "长" * 39 + "…"),
    ],
)
def test_no_cell_is_shown_with_a_private_number_in_it(value: CellValue, text: str) -> None:
    assert shown(value) == text


def test_the_private_columns_are_masked_whatever_stands_in_them() -> None:
    assert shown_private("1990000567") == "19******67"
    assert shown_private("19900001234/19900005678") == "1990***************5678"
    assert shown_private("7.9010219900101E+17") == "7.90E+17"


# ── cells ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("　林　　知 远 ", "林知远"),
        ("０８０１０００Ｘ", "0801000X"),
        ("\u202d0801000001\u202c\u200b", "0801000001"),
        ("大队_x000D_\n二中队", "大队二中队"),
        ("A b", "A b"),
        ("迪丽娜•巴依", "迪丽娜·巴依"),
        (801000001.0, "801000001"),
        (True, "是"),
        (datetime(2027, 3, 31, tzinfo=UTC), "2027-03-31"),
        (None, ""),
    ],
)
def test_stray_spaces_and_full_width_are_mended(value: CellValue, text: str) -> None:
    assert tidy(value) == text


@pytest.mark.parametrize(
    ("value", "lost"),
    [
        (999_999_999_999_999, False),
        (10**15, True),
        (4.40101199001011e17, True),
        (440101199001011000, True),
        ("4.4E+17", True),
        ("４．４ｅ＋１７", True),
        ("440101199001011234", False),
        (float("nan"), True),
        (True, False),
        (None, False),
    ],
)
def test_excel_loses_digits_from_the_sixteenth_on(value: CellValue, lost: bool) -> None:
    assert digits_lost(value) is lost


END = date(2027, 3, 31)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (datetime(2027, 3, 31, 8, 30, tzinfo=UTC), END),
        (END, END),
        ("2027-03-31", END),
        ("2027-3-31 00:00:00", END),
        ("2027/3/31", END),
        ("2027.3.31", END),
        ("2027年3月31日", END),
        ("２０２７年３月３１日", END),
        ("20270331", END),
        (20270331, END),
        ("46477", END),
        (46477, END),
        (46477.5, END),
        ("2027年3月", END),
        ("2027.03", END),
        ("2028年2月", date(2028, 2, 29)),
        ("有效期至2027年3月31日", END),
        ("2027年3月31日止", END),
        ("2022.4.1-2027.3.31", END),
        ("2022-04-01-2027-03-31", END),
        ("2022年4月1日至2027年3月31日", END),
        ("20220401～20270331", END),
        ("2022.4.1至长期", LONG_TERM),
        ("长期", LONG_TERM),
        (" 长 期 有 效 ", LONG_TERM),
        ("9999-12-31", LONG_TERM),
        ("1920-01-01", date(1920, 1, 1)),
        ("2100-12-31", date(2100, 12, 31)),
    ],
)
def test_dates_are_read_in_the_shapes_that_people_write(value: CellValue, day: date) -> None:
    assert read_date(value, what="证件有效期", whole_month=True) == day


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, ProblemKind.DATE_MISSING),
        ("—", ProblemKind.DATE_MISSING),
        ("2027-02-29", ProblemKind.DATE_IMPOSSIBLE),
        ("2027年2月31日", ProblemKind.DATE_IMPOSSIBLE),
        ("2027年13月", ProblemKind.DATE_IMPOSSIBLE),
        ("20270001", ProblemKind.DATE_IMPOSSIBLE),
        ("0000-00-00", ProblemKind.DATE_IMPOSSIBLE),
        ("1919-12-31", ProblemKind.DATE_IMPOSSIBLE),
        ("2101-01-01", ProblemKind.DATE_IMPOSSIBLE),
        ("27.3.31", ProblemKind.DATE_UNREADABLE),
        ("31/3/2027", ProblemKind.DATE_UNREADABLE),
        (2027.1, ProblemKind.DATE_UNREADABLE),  # October, or January: Excel ate the zero
        (2027, ProblemKind.DATE_UNREADABLE),
        (time(0, 0), ProblemKind.DATE_UNREADABLE),
        (float("inf"), ProblemKind.DATE_UNREADABLE),
        ("有效", ProblemKind.DATE_UNREADABLE),
    ],
)
def test_a_date_that_is_none_is_said_to_be_none(value: CellValue, kind: ProblemKind) -> None:
    flaw = read_date(value, what="证件有效期", whole_month=True)
    assert isinstance(flaw, Flaw)
    assert flaw.kind is kind
    assert flaw.remedy


@given(st.dates(date(1920, 1, 1), date(2100, 12, 31)))
def test_every_shape_of_a_day_is_that_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    shapes: list[CellValue] = [day, day.isoformat(), f"{day.year}/{day.month}/{day.day}"]
    shapes += [f"{day.year}.{day.month}.{day.day}", f"{day.year}年{day.month}月{day.day}日"]
    shapes.append(day.strftime("%Y%m%d"))
    if serial >= 10_000:
        shapes += [serial, str(serial)]
    assert {read_date(shape, what="出生日期") for shape in shapes} == {day}


# ── counties ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", ["青岚县", " 青 岚 县", "云岭市青岚县", "青岚县\n"])
def test_a_county_is_known_by_its_full_name(value: str) -> None:
    assert find_county(value, COUNTIES) == "青岚县"


@pytest.mark.parametrize(
    ("value", "proposal"),
    [
        ("青兰县", "青岚县"),
        ("青岚", "青岚县"),
        ("青岚区", "青岚县"),
        ("石斓区", "石澜区"),
        ("青兰县生态环境分局", "青岚县"),
        ("城郊石斓区", "石澜区"),
        ("高新区", ""),
        ("县", ""),
    ],
)
def test_a_wrong_county_is_told_the_nearest_right_one(value: str, proposal: str) -> None:
    flaw = find_county(value, COUNTIES)
    assert isinstance(flaw, Flaw)
    assert (flaw.kind, flaw.proposal) == (ProblemKind.COUNTY_UNKNOWN, proposal)
    assert (proposal or "青岚县、石澜区、白鹭县") in flaw.remedy


# ── headers ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("heads", "column"),
    [
        (("姓名",), Column.NAME),
        (("执法人员\n姓名",), Column.NAME),
        (("姓　名（必填）",), Column.NAME),
        (("县（市、区）",), Column.COUNTY),
        (("单位所在县区",), Column.COUNTY),
        (("执法证件号",), Column.CERTIFICATE),
        (("证件编号",), Column.CERTIFICATE),
        (("执法证", "编号"), Column.CERTIFICATE),
        (("执法证", "有效期"), Column.CERTIFICATE_EXPIRES),
        (("行政执法证", "有效期至（年月日）"), Column.CERTIFICATE_EXPIRES),
        (("身份证", "号码"), Column.ID_NUMBER),
        (("身份证", "有效期"), None),
        (("基本情况", "姓名"), Column.NAME),
        (("编制性质",), Column.ESTABLISHMENT),
        (("人员状态",), Column.POST_STATUS),
        (("在编在岗",), Column.ESTABLISHED_ON_POST),
        (("编号",), None),
        (("备注",), None),
        (("张三",), None),
        ((), None),
    ],
)
def test_a_column_has_many_names(heads: tuple[str, ...], column: Column | None) -> None:
    assert column_named(*heads) is column


def test_a_merged_header_of_two_rows_under_titles_is_found() -> None:
    found = recognise(
        sheet(
            ["青岚县执法人员名单"],
            ["填报单位：青岚县", None, None, None, "2026年9月"],
            ["序号", "姓名", "执法证", None, "编制"],
            [None, None, "编号", "有效期"],
            [1, "林甲", "0801000001", "长期", "事业"],
            merges=(
                Merge(1, 1, 1, 5),
                Merge(3, 1, 4, 1),
                Merge(3, 2, 4, 2),
                Merge(3, 3, 3, 4),
                Merge(3, 5, 4, 5),
            ),
        )
    )
    assert found is not None
    assert (found.top, found.bottom) == (3, 4)
    assert found.columns == {
        Column.NAME: 2,
        Column.CERTIFICATE: 3,
        Column.CERTIFICATE_EXPIRES: 4,
        Column.ESTABLISHMENT: 5,
    }
    assert found.ignored == ((1, "序号"),)
    assert found.missing() == (Column.POST_STATUS,)


def test_a_group_head_counts_even_if_its_lower_row_would_do_alone() -> None:
    found = recognise(
        sheet(
            ["姓名", "身份证", None, "执法证", None],
            [None, "号码", "有效期", "证号", "有效期"],
            merges=(Merge(1, 1, 2, 1), Merge(1, 2, 1, 3), Merge(1, 4, 1, 5)),
        )
    )
    assert found is not None
    assert found.columns[Column.ID_NUMBER] == 2
    assert found.columns[Column.CERTIFICATE_EXPIRES] == 5


def test_the_people_below_a_header_of_one_row_stay_outside() -> None:
    found = recognise(sheet([*HEADS], row(), row(2)))
    assert found is not None
    assert (found.top, found.bottom) == (1, 1)


@pytest.mark.parametrize("lines", [[], [["填报说明"]], [["姓名"]], [["单位", "县区"]]])
def test_what_has_no_name_and_no_second_column_is_no_header(
    lines: list[Sequence[CellValue]],
) -> None:
    assert recognise(sheet(*lines)) is None


def test_the_second_column_of_one_meaning_is_ignored_and_said() -> None:
    plan = plan_of(sheet([*HEADS, "联系电话", "手机"], [*row(), "19900001234", "19900005678"]))
    assert plan.rows[0].phone == "19900001234"
    assert [remark.text for remark in plan.remarks] == ["没有用到的列：手机（共 1 列）"]


# ── words of people ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "establishment"),
    [
        ("行政编", Establishment.ADMINISTRATIVE),
        ("事业编(全额)", Establishment.PUBLIC_INSTITUTION),
        ("参公", Establishment.CIVIL_SERVANT_LIKE),
        ("在编", Establishment.UNSPECIFIED),
        ("劳务派遣", Establishment.CONTRACT),
        ("工勤", Establishment.OTHER),
        ("地方粮", None),
    ],
)
def test_establishment_is_read_by_its_words(word: str, establishment: Establishment | None) -> None:
    assert establishment_of(word) is establishment


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("是", PostStatus.ON_POST),
        ("产假", PostStatus.LEAVE),
        ("借调(市局)", PostStatus.SECONDED),
        ("借调(?)", None),
        ("脱产", PostStatus.STUDY),
        ("退居二线", PostStatus.RETIRED),
        ("否", None),
    ],
)
def test_post_status_is_read_by_its_words(word: str, status: PostStatus | None) -> None:
    assert post_status_of(word) is status


@pytest.mark.parametrize("each", [*Establishment])
def test_every_label_of_establishment_is_read_back(each: Establishment) -> None:
    plan = planned(row(establishment=each.label))
    assert [entry.establishment for entry in plan.rows] == [each]


@pytest.mark.parametrize("each", [*PostStatus])
def test_every_label_of_post_status_is_read_back(each: PostStatus) -> None:
    assert [entry.on_post for entry in planned(row(on_post=each.label)).rows] == [each]


# ── the check ────────────────────────────────────────────────────────────────────────────────


def test_a_plain_row_becomes_an_officer() -> None:
    plan = planned(row(name="林甲"))
    assert plan.rows == (ENTRY,)
    assert (plan.read, plan.added, plan.updated, plan.unchanged) == (1, 1, 0, 0)
    assert plan.writable
    assert plan.problems == ()
    assert plan.remarks == ()


def test_the_same_sheet_twice_adds_nothing() -> None:
    first = planned(row(1), row(2, id_number=ID))
    second = planned(row(1), row(2, id_number=ID), a=first.rows[0], b=first.rows[1])
    assert (second.added, second.updated, second.unchanged) == (0, 0, 2)
    assert second.changes == ()


def test_a_changed_cell_is_an_update_and_keeps_what_the_sheet_leaves_blank() -> None:
    before = replace(ENTRY, phone="19900001234", id_number=ID, born=date(1949, 12, 31), post="队长")
    plan = planned(row(name="林甲", expires="长期"), a=before)
    assert (plan.added, plan.updated) == (0, 1)
    assert plan.rows == (replace(before, certificate_expires=None),)
    assert plan.changes[0].before == before


def test_another_name_under_a_known_certificate_is_remarked() -> None:
    plan = planned(row(name="林乙"), a=ENTRY)
    assert remarked(plan) == [("B2", "name_changed")]
    assert plan.updated == 1


def test_an_id_number_known_under_another_certificate_is_a_problem() -> None:
    known = replace(ENTRY, certificate="0899999999", id_number=ID)
    assert told(planned(row(id_number=ID), a=known)) == [("C2", "id_known")]


CELLS: list[tuple[dict[str, Any], str, ProblemKind]] = [
    ({"county": "青兰县"}, "A2", ProblemKind.COUNTY_UNKNOWN),
    ({"county": None}, "A2", ProblemKind.COUNTY_MISSING),
    ({"name": None}, "B2", ProblemKind.NAME_MISSING),
    ({"name": "林"}, "B2", ProblemKind.NAME_UNREADABLE),
    ({"name": "林2"}, "B2", ProblemKind.NAME_UNREADABLE),
    ({"name": "林" * 31}, "B2", ProblemKind.NAME_UNREADABLE),
    ({"id_number": 1.1010519491231e17}, "C2", ProblemKind.DIGITS_LOST),
    ({"id_number": 110105194912310000}, "C2", ProblemKind.DIGITS_LOST),
    ({"id_number": "1.1E+17"}, "C2", ProblemKind.DIGITS_LOST),
    ({"id_number": ID[:17]}, "C2", ProblemKind.ID_LENGTH),
    ({"id_number": "X" * 18}, "C2", ProblemKind.ID_LENGTH),
    ({"id_number": ID[:17] + "1"}, "C2", ProblemKind.ID_CHECKSUM),
    ({"id_number": "110105194913310024"}, "C2", ProblemKind.ID_BIRTHDAY),
    ({"id_number": OTHER_ID}, "C2", ProblemKind.ID_BIRTHDAY),
    ({"id_number": "110105202612310024"}, "C2", ProblemKind.ID_BIRTHDAY),
    ({"unit": "长" * 129}, "D2", ProblemKind.TOO_LONG),
    ({"certificate": None}, "E2", ProblemKind.CERTIFICATE_MISSING),
    ({"certificate": "无"}, "E2", ProblemKind.CERTIFICATE_MISSING),
    ({"certificate": "123"}, "E2", ProblemKind.CERTIFICATE_UNREADABLE),
    ({"certificate": "1" * 33}, "E2", ProblemKind.CERTIFICATE_UNREADABLE),
    ({"certificate": "正在办理中"}, "E2", ProblemKind.CERTIFICATE_UNREADABLE),
    ({"certificate": ID}, "E2", ProblemKind.CERTIFICATE_IS_ID_NUMBER),
    ({"certificate": 8.01e16}, "E2", ProblemKind.DIGITS_LOST),
    ({"certificate": "#N/A"}, "E2", ProblemKind.ERROR_VALUE),
    ({"expires": "2027-02-31"}, "F2", ProblemKind.DATE_IMPOSSIBLE),
    ({"expires": "很久"}, "F2", ProblemKind.DATE_UNREADABLE),
    ({"expires": None}, "F2", ProblemKind.DATE_MISSING),
    ({"establishment": None}, "G2", ProblemKind.ESTABLISHMENT_MISSING),
    ({"establishment": "地方粮"}, "G2", ProblemKind.ESTABLISHMENT_UNREADABLE),
    ({"on_post": None}, "H2", ProblemKind.POST_STATUS_MISSING),
    ({"on_post": "否"}, "H2", ProblemKind.POST_STATUS_UNREADABLE),
]


@pytest.mark.parametrize(("changed", "cell", "kind"), CELLS)
def test_a_wrong_cell_is_named_with_reason_and_remedy(
    changed: dict[str, Any], cell: str, kind: ProblemKind
) -> None:
    plan = planned(row(**changed))
    assert told(plan) == [(cell, kind.value)]
    problem = plan.problems[0]
    assert problem.sheet == "花名册"
    assert problem.value
    assert problem.reason
    assert problem.remedy
    assert not plan.writable
    assert plan.rows == ()
    assert plan.read == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "欧阳"},
        {"name": "林" * 30},
        {"certificate": "云执法〔2024〕0017号"},
        {"certificate": "27-0041-0317"},
        {"certificate": "1234"},
        {"certificate": "1" * 32},
        {"id_number": ID.lower()},
        {"id_number": "—"},
        {"unit": "长" * 128},
    ],
)
def test_an_unusual_cell_is_no_wrong_one(changed: dict[str, Any]) -> None:
    assert planned(row(**changed)).problems == ()


def test_birthday_and_gender_must_agree_with_the_id_number() -> None:
    heads = [*HEADS, "出生年月", "性别"]
    wrong = plan_of(sheet(heads, [*row(id_number=ID), "1949-12-30", "男"]))
    assert told(wrong) == [("I2", "born_differs"), ("J2", "gender_differs")]
    for born in ("1949-12-31", "1949.12", None):
        right = plan_of(sheet(heads, [*row(id_number=ID), born, "女"]))
        assert (right.rows[0].born, right.rows[0].gender) == (date(1949, 12, 31), Gender.FEMALE)
    alone = plan_of(sheet(heads, [*row(), "1990-01-02", "男"]))
    assert (alone.rows[0].born, alone.rows[0].gender) == (date(1990, 1, 2), Gender.MALE)
    assert told(plan_of(sheet(heads, [*row(), "2026-09-21", "？"]))) == [
        ("I2", "date_impossible"),
        ("J2", "gender_unreadable"),
    ]


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        (19900001234, "19900001234"),
        (19900001234.0, "19900001234"),
        ("199 0000 1234", "19900001234"),
        ("+86-199-0000-1234", "19900001234"),
        ("0799-1234567", "07991234567"),
        (None, None),
    ],
)
def test_phone_numbers_are_kept_as_digits(value: CellValue, phone: str | None) -> None:
    plan = plan_of(sheet([*HEADS, "联系电话"], [*row(), value]))
    assert [entry.phone for entry in plan.rows] == [phone]


@pytest.mark.parametrize("value", ["1990000123", 12900001234, "19900001234、19900005678"])
def test_a_phone_number_that_is_none_is_named_and_masked(value: CellValue) -> None:
    plan = plan_of(sheet([*HEADS, "联系电话"], [*row(), value]))
    assert told(plan) == [("I2", "phone_unreadable")]
    assert "0000" not in plan.problems[0].value


def test_the_same_certificate_twice_is_named_with_both_cells() -> None:
    plan = planned(row(1), row(2), row(3, certificate="０８０１０００００１"))
    assert told(plan) == [("E4", "same_certificate")]
    assert "“花名册”表 E2 的林乙（青岚县）" in plan.problems[0].reason


def test_the_same_id_number_twice_is_named_with_both_cells() -> None:
    plan = planned(row(1, id_number=ID), row(2, id_number=ID.lower()))
    assert told(plan) == [("C3", "same_id_number")]
    assert "C2" in plan.problems[0].reason
    assert ID not in repr(plan.problems)


def test_one_name_twice_in_a_unit_is_a_problem_unless_the_id_numbers_differ() -> None:
    assert told(planned(row(1), row(11))) == [("B3", "same_person")]
    assert told(planned(row(1, id_number=ID), row(11))) == [("B3", "same_person")]
    other = "11010519491231" + "0038"
    other = other[:17] + identity.check_character(other[:17])
    two = planned(row(1, id_number=ID), row(11, id_number=other))
    assert two.problems == ()
    assert remarked(two) == [("B3", "same_name")]
    assert planned(row(1), row(11, unit="二中队")).problems == ()
    assert planned(row(1), row(11, county="白鹭县")).problems == ()


def test_duplicates_are_found_across_sheets() -> None:
    plan = plan_of(
        sheet([*HEADS], row(1), title="甲"), sheet([*HEADS], row(2, certificate="0801000001"))
    )
    assert [(p.sheet, p.cell) for p in plan.problems] == [("花名册", "E2")]
    assert "“甲”表 E2" in plan.problems[0].reason


def test_a_number_that_lost_its_leading_zero_is_a_problem() -> None:
    plan = planned(row(1), row(2), row(3, certificate=801000003))
    assert told(plan) == [("E4", "leading_zero_lost")]
    assert remarked(plan) == [("E1", "certificates_as_numbers")]
    numbers = planned(row(1, certificate=1801000001), row(2, certificate=1801000002.0))
    assert numbers.problems == ()
    assert [entry.certificate for entry in numbers.rows] == ["1801000001", "1801000002"]


def test_a_county_merged_down_the_column_is_carried_and_blamed_once() -> None:
    merges = (Merge(2, 1, 4, 1),)
    lines = [row(1), row(2, county=None), row(3, county=None)]
    carried = plan_of(sheet([*HEADS], *lines, merges=merges))
    assert [entry.county_code for entry in carried.rows] == ["790121"] * 3
    lines[0] = row(1, county="青兰县")
    assert told(plan_of(sheet([*HEADS], *lines, merges=merges))) == [("A2", "county_unknown")]
    assert told(plan_of(sheet([*HEADS], row(1), row(2, county=None)))) == [("A3", "county_missing")]


def test_names_and_certificates_are_not_carried_down() -> None:
    merges = (Merge(2, 2, 3, 2), Merge(2, 5, 3, 5))
    plan = plan_of(sheet([*HEADS], row(1), row(2, name=None, certificate=None), merges=merges))
    assert told(plan) == [("B3", "name_missing"), ("E3", "certificate_missing")]


def without_county(number: int = 1) -> list[CellValue]:
    return row(number)[1:]


@pytest.mark.parametrize(
    "one",
    [
        sheet([*HEADS[1:]], without_county(), title="白鹭县"),
        sheet(["云岭市白鹭县执法人员名单"], [], [*HEADS[1:]], without_county()),
        sheet(
            ["执法人员"], ["填报单位：白鹭县分局"], [*HEADS[1:]], without_county(), title="Sheet1"
        ),
        sheet([*HEADS[1:]], ["白鹭县（1人）"], without_county(), merges=(Merge(2, 1, 2, 7),)),
    ],
)
def test_a_county_that_stands_only_in_a_title_counts(one: Sheet) -> None:
    plan = plan_of(one)
    assert plan.problems == ()
    assert [entry.county_code for entry in plan.rows] == ["790122"]


def test_a_sheet_without_any_county_is_blamed_once() -> None:
    plan = plan_of(sheet([*HEADS[1:]], without_county(1), without_county(2), title="白路县"))
    assert told(plan) == [("A1", "county_missing")]
    assert plan.problems[0].proposal == "白鹭县"
    assert plan.read == 2


def test_one_column_for_both_facts_is_understood_when_it_says_yes() -> None:
    heads = [*HEADS[:6], "在编在岗"]
    plan = plan_of(sheet(heads, [*row()[:6], "是"]))
    assert plan.rows[0].establishment is Establishment.UNSPECIFIED
    assert plan.rows[0].on_post is PostStatus.ON_POST
    assert told(plan_of(sheet(heads, [*row()[:6], "否"]))) == [("G2", "post_status_unreadable")]


def test_missing_columns_are_named_once_each() -> None:
    plan = plan_of(sheet(["县区", "姓名", "执法证号"], ["青岚县", "林甲", "0801000001"]))
    assert told(plan) == [("A1", "missing_column")] * 3
    assert "证件有效期" in plan.problems[0].reason


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        (["合计", "24人"], "skipped_row"),
        (["总　计", None, None, None, 24], "skipped_row"),
        (["填表人：张示例", None, None, None, "审核人：李四", "2026年9月1日"], "skipped_row"),
        (["注：以上人员均在编。"], "skipped_row"),
        (["示例", "张示例", None, None, "0801000000", "2027-03-31"], "skipped_row"),
        ([*HEADS], "repeated_header"),
    ],
)
def test_rows_that_are_not_people_are_skipped_with_a_remark(
    line: list[CellValue], remark: str
) -> None:
    plan = planned(row(1), line, row(2))
    assert plan.problems == ()
    assert plan.read == 2
    assert remarked(plan) == [("A3", remark)]


def test_blank_rows_are_skipped_also_when_they_are_numbered_beforehand() -> None:
    heads = ["序号", *HEADS]
    plan = plan_of(sheet(heads, [1, *row(1)], [2], [], [4, *row(2)], [5], [6]))
    assert plan.read == 2
    assert remarked(plan) == [("A1", "ignored_columns"), ("A4", "blank_rows")]


def test_hidden_rows_and_sheets_are_read_and_said() -> None:
    plan = plan_of(sheet([*HEADS], row(1), row(2), hidden=True, hidden_rows=frozenset({3, 9})))
    assert plan.read == 2
    assert remarked(plan) == [("", "hidden_sheet"), ("A3", "hidden_rows")]


def test_sheets_without_a_header_are_remarks_and_none_with_one_is_a_problem() -> None:
    notes = sheet(["填报说明"], title="说明")
    lists = sheet(["青岚县"], title="选项", hidden=True)
    plan = plan_of(sheet([*HEADS], row()), notes, lists, sheet(title="Sheet3"))
    assert [(r.sheet, r.kind.value) for r in plan.remarks] == [
        ("说明", "sheet_without_header"),
        ("Sheet3", "sheet_without_header"),
    ]
    assert told(plan_of(notes)) == [("A1", "no_header")]
    assert told(plan_of()) == [("A1", "no_header")]


def test_a_formula_that_was_never_computed_is_a_problem_only_where_it_matters() -> None:
    one = sheet(
        ["序号", *HEADS], [None, *row(expires=None)], uncomputed=frozenset({(2, 1), (2, 7)})
    )
    assert told(plan_of(one)) == [("G2", "formula_uncomputed")]


def test_text_that_looks_like_a_formula_is_kept_as_text() -> None:
    plan = planned(row(unit='=HYPERLINK("http://x","大队")'))
    assert plan.rows[0].unit == '=HYPERLINK("http://x","大队")'
    assert remarked(plan) == [("D2", "kept_as_text")]


def test_the_problem_carries_the_person_and_the_proposal() -> None:
    problem = planned(row(county="青兰县", name="林甲")).problems[0]
    assert problem == Problem(
        kind=ProblemKind.COUNTY_UNKNOWN,
        sheet="花名册",
        cell="A2",
        value="青兰县",
        reason="名录中没有“青兰县”，最接近的是“青岚县”",
        remedy="如果就是它，请改为“青岚县”",
        person="林甲",
        proposal="青岚县",
    )


WORDS = st.sampled_from(
    [
        *HEADS,
        "执法证",
        "编号",
        "有效期",
        "合计",
        "青岚县",
        "是",
        "事业编",
        "长期",
        ID,
        "#REF!",
        "示例",
    ]
)
VALUES = st.one_of(
    st.none(),
    WORDS,
    WORDS,
    st.text(max_size=12),
    st.text(string.digits + "-./年月日E+X ", max_size=20),
    st.integers(),
    st.integers(10_000, 80_000),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
)
SPOTS = st.integers(1, 12)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    cells = draw(st.dictionaries(st.tuples(SPOTS, SPOTS), VALUES, max_size=60))
    if draw(st.booleans()):
        cells |= {(1, at): head for at, head in enumerate(HEADS, 1)}
    corners = draw(st.lists(st.tuples(SPOTS, SPOTS, SPOTS, SPOTS), max_size=4))
    merges = tuple(Merge(a, b, a + c, b + d) for a, b, c, d in corners)
    places = st.frozensets(st.tuples(SPOTS, SPOTS), max_size=4)
    one = Sheet(draw(st.text(max_size=6)), cells, merges, frozenset({2}), False, draw(places))
    return Grid((one, one) if draw(st.booleans()) else (one,))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(grids())
@example(Grid((Sheet("", {(1, 1): float("nan"), (2, 2): 10**400}),)))
def test_no_grid_crashes_the_check(grid: Grid) -> None:
    plan = check(grid, counties=COUNTIES, existing={}, today=TODAY)
    assert plan.added + plan.updated + plan.unchanged == len(plan.rows) <= plan.read
    assert all(problem.reason and problem.remedy and problem.cell for problem in plan.problems)
    again = check(grid, counties=COUNTIES, existing=_as_roster(plan), today=TODAY)
    assert again.added == again.updated == 0


def _as_roster(plan: ImportPlan) -> dict[str, OfficerEntry]:
    return {entry.certificate: entry for entry in plan.rows}


@settings(max_examples=60)
@given(
    st.sampled_from(range(8)),
    st.sampled_from(["{}", " {}", "证号{}", "{}（本人）", "{}/{}", "林{}"]),
    st.sampled_from(
        [ID, ID.lower(), "19900005678", "１９９００００５６７８", "110105194912310021"]
    ),
)
def test_no_problem_and_no_remark_shows_a_private_number(at: int, around: str, number: str) -> None:
    line = row(county=None)
    line[at] = around.format(number, number)
    plan = planned(line, line)
    text = repr((plan.problems, plan.remarks))
    assert plan.problems
    assert ID[4:14] not in text
    assert "9900005" not in text


# ── eligibility and freezing ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, ()),
        ({"certificate_expires": date(2026, 12, 1)}, ()),
        (
            {"certificate_expires": date(2026, 11, 30)},
            ("执法证已于 2026年11月30日 到期，抽取日 2026年12月1日 时无效",),
        ),
        ({"certificate_expires": None}, ()),
        ({"establishment": Establishment.UNSPECIFIED}, ()),
        ({"establishment": Establishment.CONTRACT}, ("不在编：编制类型为“聘用（编外）”",)),
        ({"establishment": Establishment.OTHER}, ("不在编：编制类型为“其他”",)),
        ({"on_post": PostStatus.LEAVE}, ("不在岗：休假（病假、产假）",)),
        ({"on_post": PostStatus.SECONDED}, ("不在岗：借调",)),
        ({"on_post": PostStatus.STUDY}, ("不在岗：脱产学习",)),
        ({"on_post": PostStatus.RETIRED}, ("不在岗：退休/退居",)),
        (
            {"establishment": Establishment.CONTRACT, "on_post": PostStatus.RETIRED},
            ("不在编：编制类型为“聘用（编外）”", "不在岗：退休/退居"),
        ),
    ],
)
def test_eligibility_gives_every_reason(changed: dict[str, Any], reasons: tuple[str, ...]) -> None:
    standing = eligibility(replace(ENTRY, **changed), date(2026, 12, 1))
    assert standing.reasons == reasons
    assert standing.eligible is (not reasons)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 30)))
def test_the_last_day_of_a_certificate_is_valid_and_the_next_is_not(day: date) -> None:
    officer = replace(ENTRY, certificate_expires=day)
    assert eligibility(officer, day).eligible
    assert not eligibility(officer, day + timedelta(days=1)).eligible


ROSTER = [
    replace(ENTRY, id_number=ID, phone="19900001234"),
    replace(ENTRY, name="林乙", certificate="0801000002", on_post=PostStatus.LEAVE),
    replace(ENTRY, name="苏丙", county_code="790102", certificate="0802000001"),
]


def freeze(officers: list[OfficerEntry], version: int = 1) -> dict[str, Any]:
    return frozen(officers, version=version, draw_date=date(2026, 12, 1), counties=COUNTIES)


def test_a_frozen_roster_is_the_same_in_whatever_order_it_was_typed() -> None:
    roster = freeze(ROSTER)
    assert roster == freeze(ROSTER[::-1])
    assert [line["certificate"] for line in roster["officers"]] == [
        "0802000001",
        "0801000001",
        "0801000002",
    ]
    assert roster["counties"] == [
        {"code": "790102", "name": "石澜区"},
        {"code": "790121", "name": "青岚县"},
    ]
    assert (counted(roster).officers, counted(roster).eligible) == (3, 2)
    assert roster["officers"][2]["reasons"] == ["不在岗：休假（病假、产假）"]


def test_a_frozen_roster_holds_no_private_number() -> None:
    text = canonical_json(freeze(ROSTER))
    assert ID not in text
    assert "19900001234" not in text


def test_the_hash_of_a_frozen_roster_is_the_published_one() -> None:
    # golden: any change here changes what draws were committed to
    golden = "72055deca121d3aca96a89bf299e2e96aa4ad98ec31f74bcf390e3ecd106ce50"
    assert roster_hash(freeze(ROSTER)) == golden
    assert roster_hash(freeze(ROSTER, version=2)) != golden
    changed = [replace(ROSTER[0], post="队长"), *ROSTER[1:]]
    assert roster_hash(freeze(changed)) != golden
    private = [replace(ROSTER[0], phone=None, id_number=None), *ROSTER[1:]]
    assert roster_hash(freeze(private)) == golden


def test_an_empty_roster_is_not_frozen() -> None:
    with pytest.raises(RosterEmpty):
        freeze([])


@pytest.mark.parametrize(
    ("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_columns_are_named_as_excel_names_them(column: int, name: str) -> None:
    assert column_name(column) == name
    assert cell_name(7, column) == f"{name}7"


def test_every_kind_of_problem_is_reached_by_some_test_above_or_by_the_messy_sample() -> None:
    from samples.build import PLANTED

    reached = {plant.kind for plant in PLANTED} | {kind.value for _, _, kind in CELLS}
    reached |= {"no_header", "id_known", "name_changed"}
    assert reached == {kind.value for kind in (*ProblemKind, *RemarkKind)}
