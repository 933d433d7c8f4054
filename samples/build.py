"""Builds the two sample rosters: one that is merely human, one with every trouble in it.

    python -m samples.build            writes samples/roster.xlsx and samples/roster-messy.xlsx

Everything is invented. 云岭市 and its thirteen counties do not exist; ID numbers have valid check
characters but begin with 79, which GB/T 2260 gives to no province; phone numbers are of the form
199 0000 xxxx; certificate numbers are 08, two digits of the county, six digits of the person.
Nothing is left to chance: every choice comes from a hash, so each build is the same.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.roster.rules.identity import check_character
from app.seed.counties import COUNTIES

CITY = "云岭市"
DRAW_DATE = date(2026, 12, 1)
FILES = {"roster.xlsx", "roster-messy.xlsx"}

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "慕容")
_GIVEN_MALE = "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆旭宁志远文博建国海峰立新思源少康景行"
_GIVEN_FEMALE = "芳娜敏静丽艳娟霞秀玲燕红梅琳洁云雪婷慧莹欣怡佳颖思语晓晴若溪雅清月秋桂兰宛如子衿"
_COMMON = (("张伟", "男"), ("王丽", "女"), ("李强", "男"), ("刘洋", "女"), ("陈静", "女"))
_POSTS = ("执法人员",) * 9 + ("中队长", "副中队长", "大队长", "副大队长", "法制员", "四级主任科员")
_ESTABLISHED = ("行政编", "事业编", "事业编制", "参公", "参公编制", "行政编制", "事业")
_NOT_ESTABLISHED = ("聘用", "劳务派遣", "聘用（编外）", "工勤", "编外")
_ABSENT = ("产假", "病假", "借调（市局）", "脱产学习", "退居二线", "借调")


@dataclass(frozen=True, slots=True)
class Person:
    """One invented officer, in clear."""

    county: str
    name: str
    gender: str
    born: date
    id_number: str
    unit: str
    post: str
    certificate: str
    expires: date | None
    establishment: str
    status: str
    phone: str


@dataclass(frozen=True, slots=True)
class Plant:
    """A trouble that was put into the messy workbook on purpose; `kind` is the value of a
    ProblemKind or RemarkKind."""

    sheet: str
    cell: str
    kind: str


def chosen(*key: object, of: int) -> int:
    """A number from 0 to of-1, the same on every machine."""
    text = "/".join(str(part) for part in key)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % of


def people() -> list[Person]:
    """All officers of the city, county by county: 24 to 30 in each. 8 % of them are not on the
    establishment, 6 % not at their posts, and 5 % have certificates that expire too early."""
    everyone = [
        _person(place, county, number)
        for place, county in enumerate(COUNTIES, 1)
        for number in range(1, 25 + chosen("size", county, of=7))
    ]
    order = sorted(range(len(everyone)), key=lambda at: chosen("standing", at, of=1 << 60))
    outside, absent, expired = (round(len(everyone) * share / 100) for share in (8, 6, 5))
    for rank, at in enumerate(order[: outside + absent + expired]):
        person = everyone[at]
        if rank < outside:
            word = _NOT_ESTABLISHED[rank % len(_NOT_ESTABLISHED)]
            everyone[at] = replace(person, establishment=word)
        elif rank < outside + absent:
            everyone[at] = replace(person, status=_ABSENT[rank % len(_ABSENT)])
        else:
            days = 1 + chosen("expired", at, of=300)
            everyone[at] = replace(person, expires=DRAW_DATE - timedelta(days=days))
    return everyone


def _person(place: int, county: str, number: int) -> Person:
    key = (county, number)
    name, gender = _name(key)
    born = date(1966, 1, 1) + timedelta(days=chosen("born", *key, of=12775))
    sequence = 2 * chosen("sequence", *key, of=499) + (1 if gender == "男" else 2)
    first_17 = f"{COUNTIES[county]}{born:%Y%m%d}{sequence:03}"
    expires: date | None = DRAW_DATE + timedelta(days=chosen("expires", *key, of=1500))
    if chosen("long", *key, of=25) == 0:
        expires = None
    elif expires is not None and chosen("month", *key, of=8) == 0:
        expires = expires.replace(day=1) + timedelta(days=32)
        expires = expires.replace(day=1) - timedelta(days=1)
    team = ("执法大队", "执法大队", "执法大队直属中队", "执法大队城区中队")
    return Person(
        county=county,
        name=name,
        gender=gender,
        born=born,
        id_number=first_17 + check_character(first_17),
        unit=f"{county}生态环境保护综合行政{team[chosen('unit', *key, of=4)]}",
        post=_POSTS[chosen("post", *key, of=len(_POSTS))],
        certificate=f"08{place:02}{number * 37 + chosen('gap', *key, of=37):06}",
        expires=expires,
        establishment=_ESTABLISHED[chosen("establishment", *key, of=len(_ESTABLISHED))],
        status="在岗" if chosen("word", *key, of=3) else "是",
        phone=f"1990000{place * 100 + number:04}",
    )


def _name(key: tuple[str, int]) -> tuple[str, str]:
    if key[1] == 7:
        return _COMMON[chosen("common", key[0], of=len(_COMMON))]
    if key == ("霁山县", 3):
        return "迪丽娜·示例巴依汗努尔", "女"
    gender = "女" if chosen("gender", *key, of=10) < 3 else "男"
    given = _GIVEN_FEMALE if gender == "女" else _GIVEN_MALE
    surname = _SURNAMES[chosen("surname", *key, of=len(_SURNAMES))]
    if chosen("compound", *key, of=50) == 0:
        surname = _COMPOUND[chosen("which", *key, of=len(_COMPOUND))]
    at = chosen("given", *key, of=len(given))
    second = given[chosen("second", *key, of=len(given))]
    return surname + given[at] + ("" if chosen("short", *key, of=4) == 0 else second), gender


# ── roster.xlsx ──────────────────────────────────────────────────────────────────────────────


def roster() -> bytes:
    """The sheet that a tidy bureau has: titles, a merged header of two rows, counties merged down
    the column, dates in every readable shape, some digits in full width, a total at the end."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "执法人员花名册"
    _title(sheet, f"{CITY}生态环境保护综合行政执法人员花名册", 13)
    sheet["A2"] = f"填报单位：{CITY}生态环境局（章）　　　　　　填报日期：2026年9月15日"
    sheet.merge_cells("A2:M2")
    heads = ("序号", "单位所在县区", "姓名", "性别", "出生年月", "公民身份号码", "工作单位", "职务")
    _two_row_header(sheet, 3, heads, ("编号", "有效期至"), ("编制性质", "是否在岗", "联系电话"))
    computed: dict[str, str] = {}
    row = top = 5
    for number, person in enumerate(people(), 1):
        if row > top and person.county != sheet.cell(top, 2).value:
            _merge_county(sheet, top, row - 1)
            top = row
        _clean_row(sheet, row, number, person)
        if row == top:
            sheet.cell(row, 2).value = person.county
        sheet.cell(row, 1).value = "=ROW()-4"
        computed[f"A{row}"] = str(number)
        if number % 40 == 1:
            sheet.cell(row, 4).value = f'=IF(MOD(MID(F{row},17,1),2)=1,"男","女")'
            computed[f"D{row}"] = person.gender
        row += 1
    _merge_county(sheet, top, row - 1)
    sheet.cell(row, 1).value = "合计"
    sheet.cell(row, 3).value = f"{row - 5}人"
    sheet.cell(row + 1, 1).value = "填表人：张示例　　审核人：李示例　　联系电话：0000-0000000"
    sheet.merge_cells(start_row=row + 1, start_column=1, end_row=row + 1, end_column=13)
    _dress(sheet, row, 13)
    notes = book.create_sheet("填报说明")
    notes["A1"] = "1．编制性质填行政编、事业编、参公或聘用；2．不在岗的写明原因。"
    return settled(_bytes(book), {"xl/worksheets/sheet1.xml": computed})


def _clean_row(sheet: Worksheet, row: int, number: int, person: Person) -> None:
    name = person.name
    if len(name) == 2 and number % 2:
        name = f"{name[0]}　{name[1]}"
    born: Any = person.born if number % 5 else person.born.strftime("%Y.%m.%d")
    certificate = _wide(person.certificate) if number % 29 == 4 else person.certificate
    phone: Any = person.phone
    if number % 7 == 3:
        phone = int(person.phone)
    elif number % 7 == 5:
        phone = f"{person.phone[:3]} {person.phone[3:7]} {person.phone[7:]}"
    id_number = person.id_number
    if number % 41 == 6:
        id_number = _wide(id_number)
    elif number % 41 == 9:
        id_number = f" {id_number.lower()} "
    values = (name, person.gender, born, id_number, person.unit, person.post, certificate)
    for column, value in enumerate(values, 3):
        sheet.cell(row, column).value = value
    sheet.cell(row, 10).value = _expiry(person.expires, number)
    for column, value in enumerate((person.establishment, person.status, phone), 11):
        sheet.cell(row, column).value = value
    for column in (6, 9):
        sheet.cell(row, column).number_format = "@"
    for column, shape in ((5, "yyyy.mm"), (10, "yyyy/m/d")):
        cell = sheet.cell(row, column)
        if isinstance(cell.value, date):
            cell.number_format = shape


def _expiry(day: date | None, number: int) -> Any:
    """The same day in one of the shapes in which people write it."""
    if day is None:
        return "长期"
    if (day + timedelta(days=1)).day == 1:
        return f"{day.year}年{day.month}月"
    serial = (day - date(1899, 12, 30)).days
    shapes = (
        day,
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y%m%d"),
        str(serial),
        serial,
        _wide(day.isoformat()),
        f"{day.year - 5}.{day.month}.1-{day.year}.{day.month}.{day.day}",
    )
    return shapes[number % len(shapes)]


# ── roster-messy.xlsx ────────────────────────────────────────────────────────────────────────

_MAIN, _OWN, _WRONG, _SHORT, _OLD = "执法人员", "枫渡县", "青兰县执法队", "临时人员", "旧表"
_FIRST = 6
"""The main sheet's first row of people."""

_TOO_LONG = "云岭市生态环境保护综合行政执法支队" * 8
_NUMBER = "79010219900101"


def _troubles(everyone: Sequence[Person]) -> list[tuple[int, str, Any, str]]:
    """Row, column, what is written there, and which trouble that is."""
    return [
        # county (its cells are not merged from row 30 on)
        (31, "B", "青兰县", "county_unknown"),
        (32, "B", "高新技术产业园", "county_unknown"),
        (33, "B", "青岚", "county_unknown"),
        (34, "B", None, "county_missing"),
        (22, "B", "百鹭县", "county_unknown"),  # merged over rows 22 to 29: said once
        # name
        (7, "C", None, "name_missing"),
        (8, "C", "王2", "name_unreadable"),
        (9, "C", 20260915, "name_unreadable"),
        # gender
        (10, "D", "不详", "gender_unreadable"),
        (11, "D", "女" if everyone[5].gender == "男" else "男", "gender_differs"),
        # ID number
        (12, "E", float(_NUMBER + "1000"), "digits_lost"),
        (13, "E", int(_NUMBER + "2000"), "digits_lost"),
        (14, "E", "7.9E+17", "digits_lost"),
        (15, "E", _wrong_check(everyone[9].id_number), "id_checksum"),
        (16, "E", everyone[10].id_number[:17], "id_length"),
        (17, "E", "790102900101001", "id_length"),
        (18, "E", "790102199013450013", "id_birthday"),
        (19, "E", everyone[0].id_number, "same_id_number"),
        # unit and post
        (20, "F", "#REF!", "error_value"),
        (21, "F", _TOO_LONG, "too_long"),
        (36, "G", "=1+1", "kept_as_text"),
        (37, "G", "+中队长", "kept_as_text"),
        (38, "G", "@法制员", "kept_as_text"),
        (39, "G", "-内勤组长", "kept_as_text"),
        # certificate
        (40, "H", None, "certificate_missing"),
        (41, "H", "办理中", "certificate_unreadable"),
        (42, "H", everyone[36].id_number, "certificate_is_id_number"),
        (43, "H", float("8.0102000017E+16"), "digits_lost"),
        (44, "H", "8.01E+09", "digits_lost"),
        (45, "H", int(everyone[39].certificate), "leading_zero_lost"),
        (46, "H", everyone[1 - 1].certificate, "same_certificate"),
        # expiry
        (47, "I", "2027年2月31日", "date_impossible"),
        (48, "I", "2027-02-29", "date_impossible"),
        (49, "I", "20271301", "date_impossible"),
        (50, "I", "27.3.31", "date_unreadable"),
        (51, "I", 2027.1, "date_unreadable"),
        (52, "I", None, "date_missing"),
        (53, "I", "=EDATE(TODAY(),36)", "formula_uncomputed"),
        (54, "I", date(1901, 5, 6), "date_impossible"),
        # establishment, post status
        (55, "J", "地方粮", "establishment_unreadable"),
        (56, "J", None, "establishment_missing"),
        (57, "K", "借调（？）", "post_status_unreadable"),
        (58, "K", "已调出", "post_status_unreadable"),
        (59, "K", None, "post_status_missing"),
        # phone
        (60, "L", "1990000123", "phone_unreadable"),
        (61, "L", "19900001234/19900005678", "phone_unreadable"),
        (62, "L", 1.9900001234e17, "digits_lost"),
    ]


def messy() -> tuple[bytes, tuple[Plant, ...]]:
    """Every trouble at a known cell, and the list of them."""
    everyone = people()
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = _MAIN
    plants: list[Plant] = []

    def plant(where: str, cell: str, kind: str) -> None:
        plants.append(Plant(where, cell, kind))

    _main_sheet(sheet, everyone, plant)
    _own_sheet(book.create_sheet(_OWN), everyone, plant)
    _wrong_sheet(book.create_sheet(_WRONG), everyone, plant)
    _short_sheet(book.create_sheet(_SHORT), everyone, plant)
    old = book.create_sheet(_OLD)
    _plain_sheet(old, everyone[300:302], county=True)
    old.sheet_state = "hidden"
    plant(_OLD, "", "hidden_sheet")
    book.create_sheet("说明")["A1"] = "此表由各县区填报，市局汇总。"
    plant("说明", "", "sheet_without_header")
    book.create_sheet("Sheet7")
    plant("Sheet7", "", "sheet_without_header")
    # a formula that Excel has computed is read like any value
    computed = {"xl/worksheets/sheet1.xml": {"I6": "46477"}}
    return settled(_bytes(book), computed), tuple(plants)


def _main_sheet(sheet: Worksheet, everyone: Sequence[Person], plant: Any) -> None:
    _title(sheet, f"{CITY}生态环境执法人员情况汇总表", 13)
    sheet["A2"] = "（一人一行，不得漏报）"
    sheet.merge_cells("A2:M2")
    heads = ("序号", "县（区）", "人员姓名", "性别", "身份证号码", "所在单位", "岗位")
    _two_row_header(
        sheet, 3, heads, ("证号", "有效期（年月日）"), ("编制类型", "人员状态", "手机号码")
    )
    plant(_MAIN, "A4", "ignored_columns")
    sheet["A5"], sheet["B5"], sheet["C5"] = "示例", "某某县", "张示例"
    sheet["H5"], sheet["I5"] = "0800000000", "2027-03-31"
    plant(_MAIN, "A5", "skipped_row")
    row = _FIRST
    for person in everyone[:57]:
        if row == 35:
            plant(_MAIN, "A35", "blank_rows")
            row += 1
        _messy_row(sheet, row, person)
        row += 1
    for row_at, column, value, kind in _troubles(everyone):
        cell = sheet[f"{column}{row_at}"]
        cell.value = value
        if isinstance(value, str) and kind == "error_value":
            cell.data_type = "e"
        elif isinstance(value, str) and kind != "formula_uncomputed":
            cell.data_type = "s"
        plant(_MAIN, cell.coordinate, kind)
    plant(_MAIN, "H4", "certificates_as_numbers")
    sheet["I6"] = "=DATE(2027,3,31)"
    for top, bottom in ((6, 21), (22, 29)):
        _merge_county(sheet, top, bottom)
    for hidden in (24, 25):
        sheet.row_dimensions[hidden].hidden = True
    plant(_MAIN, "A24", "hidden_rows")
    _tail(sheet, row, everyone, plant)
    _dress(sheet, row, 13)


def _tail(sheet: Worksheet, row: int, everyone: Sequence[Person], plant: Any) -> None:
    """Namesakes, the header printed a second time, totals, signatures, notes."""
    twin, other = everyone[60], everyone[61]
    _messy_row(sheet, row, twin)
    _messy_row(sheet, row + 1, replace(other, name=twin.name, unit=twin.unit, county=twin.county))
    _fit_gender(sheet, row + 1, other)
    plant(_MAIN, f"C{row + 1}", "same_name")
    lone, again = everyone[62], everyone[63]
    _messy_row(sheet, row + 2, lone)
    _messy_row(sheet, row + 3, replace(again, name=lone.name, unit=lone.unit, county=lone.county))
    _fit_gender(sheet, row + 3, again)
    sheet[f"E{row + 3}"] = None
    plant(_MAIN, f"C{row + 3}", "same_person")
    heads = (
        "序号",
        "县（区）",
        "人员姓名",
        "性别",
        "身份证号码",
        "所在单位",
        "岗位",
        "证号",
        "有效期",
    )
    for column, head in enumerate(heads, 1):
        sheet.cell(row + 4, column).value = head
    plant(_MAIN, f"A{row + 4}", "repeated_header")
    _messy_row(sheet, row + 5, everyone[64])
    sheet.cell(row + 6, 1).value = "合计"
    sheet.cell(row + 6, 3).value = f"=COUNTA(C{_FIRST}:C{row + 5})"
    plant(_MAIN, f"A{row + 6}", "skipped_row")
    sheet.cell(row + 7, 1).value = "填表人：张示例"
    sheet.cell(row + 7, 6).value = "审核人：李示例"
    sheet.cell(row + 7, 8).value = "联系电话：0000-0000000"
    plant(_MAIN, f"A{row + 7}", "skipped_row")
    sheet.cell(row + 8, 1).value = "以上人员信息真实、完整，如有不实由填报单位负责。"
    sheet.merge_cells(start_row=row + 8, start_column=1, end_row=row + 8, end_column=13)
    plant(_MAIN, f"A{row + 8}", "skipped_row")


def _messy_row(sheet: Worksheet, row: int, person: Person) -> None:
    number = _wide(person.certificate) if row % 11 == 0 else person.certificate
    day = "长期" if person.expires is None else person.expires.isoformat()
    values = (person.name, person.gender, person.id_number, person.unit, person.post, number, day)
    sheet.cell(row, 1).value = row - _FIRST + 1
    sheet.cell(row, 2).value = person.county
    for column, value in enumerate((*values, person.establishment, person.status, person.phone), 3):
        sheet.cell(row, column).value = value


def _fit_gender(sheet: Worksheet, row: int, person: Person) -> None:
    sheet.cell(row, 4).value = person.gender


def _own_sheet(sheet: Worksheet, everyone: Sequence[Person], plant: Any) -> None:
    """A sheet for one county: the county stands only in its title; one header row, other words."""
    own = [person for person in everyone if person.county == _OWN][-3:]
    _plain_sheet(sheet, own, county=False)
    sheet["D5"] = own[1].born + timedelta(days=1)
    plant(_OWN, "D5", "born_differs")
    first = everyone[1]
    sheet["A7"], sheet["B7"], sheet["F7"] = first.name, first.gender, first.unit
    sheet["G7"], sheet["H7"] = first.certificate, "2029/12/31"
    sheet["I7"], sheet["J7"] = "参照公务员管理", "在职"
    plant(_OWN, "G7", "same_certificate")


def _wrong_sheet(sheet: Worksheet, everyone: Sequence[Person], plant: Any) -> None:
    """A sheet for one county whose name is written wrongly, and nowhere else."""
    _plain_sheet(sheet, everyone[70:72], county=False)
    plant(_WRONG, "A3", "county_missing")


def _short_sheet(sheet: Worksheet, everyone: Sequence[Person], plant: Any) -> None:
    """A sheet in which a column is lacking."""
    _plain_sheet(sheet, everyone[80:82], county=True)
    sheet.delete_cols(8)
    plant(_SHORT, "A3", "missing_column")


def _plain_sheet(sheet: Worksheet, listed: Sequence[Person], *, county: bool) -> None:
    sheet["A1"] = "执法队伍人员名单"
    heads = ["执法人员姓名", "性别", "公民身份号码", "出生日期", "岗位", "工作单位", "行政执法证号"]
    heads += ["到期日期", "编制", "在岗情况", *(["所属县区"] if county else [])]
    for column, head in enumerate(heads, 1):
        sheet.cell(3, column).value = head
    for row, person in enumerate(listed, 4):
        day = "长期" if person.expires is None else person.expires
        values = (person.name, person.gender, person.id_number, person.born, person.post)
        tail = (person.unit, person.certificate, day, person.establishment, person.status)
        for column, value in enumerate((*values, *tail, *((person.county,) if county else ())), 1):
            sheet.cell(row, column).value = value


def _wrong_check(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


# ── looks, and files that are the same on every build ────────────────────────────────────────


def _title(sheet: Worksheet, title: str, columns: int) -> None:
    sheet["A1"] = title
    sheet["A1"].font = Font(name="方正小标宋简体", size=18)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)


def _two_row_header(
    sheet: Worksheet, row: int, heads: Sequence[str], under: Sequence[str], tail: Sequence[str]
) -> None:
    certificate = len(heads) + 1
    singles = [*enumerate(heads, 1), *enumerate((*tail, "备注"), certificate + 2)]
    for column, head in singles:
        sheet.cell(row, column).value = head
        sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column)
    sheet.cell(row, certificate).value = "行政执法证"
    sheet.merge_cells(
        start_row=row, start_column=certificate, end_row=row, end_column=certificate + 1
    )
    for column, head in enumerate(under, certificate):
        sheet.cell(row + 1, column).value = head


def _merge_county(sheet: Worksheet, top: int, bottom: int) -> None:
    for row in range(top + 1, bottom + 1):
        sheet.cell(row, 2).value = None
    sheet.merge_cells(start_row=top, start_column=2, end_row=bottom, end_column=2)


def _dress(sheet: Worksheet, last: int, columns: int) -> None:
    thin = Side(style="thin")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    for row in sheet.iter_rows(min_row=3, max_row=last, max_col=columns):
        for cell in row:
            cell.border = box
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for column, width in enumerate((6, 10, 12, 6, 12, 22, 34, 14, 16, 16, 12, 12, 16), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in text)


def _bytes(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def settled(data: bytes, computed: Mapping[str, Mapping[str, str]]) -> bytes:
    """The same package with fixed dates, and with the values that Excel would have computed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "docProps/core.xml":
                text = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-09-15T08:00:00Z", text)
            for cell, value in computed.get(part.filename, {}).items():
                text = _with_value(text, cell, value)
            info = zipfile.ZipInfo(part.filename, (2026, 9, 15, 8, 0, 0))
            new.writestr(info, text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _with_value(xml: bytes, cell: str, value: str) -> bytes:
    kind = b"" if value.isdigit() else b' t="str"'
    pattern = rb'(<c r="%s"[^>]*?)>(<f>.*?</f>)<v ?(?:/>|></v>)' % cell.encode()
    written, count = re.subn(
        pattern,
        lambda found: found[1] + kind + b">" + found[2] + b"<v>" + value.encode() + b"</v>",
        xml,
    )
    if count != 1:
        raise ValueError(f"{cell} holds no formula")
    return written


PLANTED = messy()[1]
"""Every trouble of roster-messy.xlsx."""


def main() -> None:
    """Writes both files beside this script."""
    folder = Path(__file__).parent
    (folder / "roster.xlsx").write_bytes(roster())
    (folder / "roster-messy.xlsx").write_bytes(messy()[0])


if __name__ == "__main__":
    main()
