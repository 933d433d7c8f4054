"""The personnel sheet as a file: samples, containers that are no workbooks, sheets written."""

import io
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from app.kernel.errors import DomainError, Kind
from app.roster.rules import refusals
from app.roster.rules.check import check
from app.roster.rules.eligibility import eligibility
from app.roster.rules.grid import Grid, Merge
from app.roster.rules.identity import checks_out
from app.roster.rules.people import Establishment, OfficerEntry, PostStatus
from app.roster.rules.plan import ImportPlan, ProblemKind
from app.roster.workbook.containers import PARTS_LIMIT, XML_LIMIT
from app.roster.workbook.reading import MERGES_LIMIT, ROWS_LIMIT, read
from app.roster.workbook.writing import problems_sheet, roster_sheet, template
from app.seed.counties import COUNTIES
from samples import build
from samples.build import DRAW_DATE, PLANTED

SAMPLES = Path(__file__).parents[2] / "samples"
TODAY = date(2026, 9, 20)


def plan_of(data: bytes, existing: Sequence[OfficerEntry] = ()) -> ImportPlan:
    known = {entry.certificate: entry for entry in existing}
    return check(read(data), counties=COUNTIES, existing=known, today=TODAY)


@pytest.fixture(scope="module")
def clean() -> ImportPlan:
    return plan_of((SAMPLES / "roster.xlsx").read_bytes())


@pytest.fixture(scope="module")
def messy() -> ImportPlan:
    return plan_of((SAMPLES / "roster-messy.xlsx").read_bytes())


def book_of(paint: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    paint(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def dumped(data: bytes, sheet: int = 0) -> str:
    lines = openpyxl.load_workbook(io.BytesIO(data)).worksheets[sheet].iter_rows(values_only=True)
    texts = ("\t".join("" if value is None else str(value) for value in line) for line in lines)
    return "\n".join(text.rstrip("\t") for text in texts)


# ── the samples ──────────────────────────────────────────────────────────────────────────────


def test_the_samples_on_disk_are_what_the_script_builds() -> None:
    assert read((SAMPLES / "roster.xlsx").read_bytes()) == read(build.roster())
    assert read((SAMPLES / "roster-messy.xlsx").read_bytes()) == read(build.messy()[0])
    assert build.roster() == build.roster()


def test_the_clean_sample_has_no_problem_and_every_county(clean: ImportPlan) -> None:
    assert clean.problems == ()
    assert clean.read == clean.added == len(clean.rows) >= 312
    sizes = [sum(row.county_code == code for row in clean.rows) for code in COUNTIES.values()]
    assert len(sizes) == 13
    assert all(24 <= size <= 30 for size in sizes)


def test_the_clean_sample_is_read_to_the_letter(clean: ImportPlan) -> None:
    invented = build.people()
    assert [
        (row.name, row.certificate, row.certificate_expires, row.id_number, row.phone, row.born)
        for row in clean.rows
    ] == [
        (one.name, one.certificate, one.expires, one.id_number, one.phone, one.born)
        for one in invented
    ]
    assert [row.county_code for row in clean.rows] == [COUNTIES[one.county] for one in invented]
    assert [row.gender.label for row in clean.rows if row.gender] == [p.gender for p in invented]


def test_the_clean_sample_twice_adds_nothing(clean: ImportPlan) -> None:
    again = plan_of((SAMPLES / "roster.xlsx").read_bytes(), clean.rows)
    assert (again.added, again.updated, again.unchanged) == (0, 0, clean.read)


def test_the_mixture_of_the_sample_is_the_intended_one(clean: ImportPlan) -> None:
    rows, everyone = clean.rows, len(clean.rows)
    outside = sum(not row.establishment.established for row in rows)
    absent = sum(row.on_post is not PostStatus.ON_POST for row in rows)
    expired = sum((row.certificate_expires or DRAW_DATE) < DRAW_DATE for row in rows)
    assert [round(count * 100 / everyone) for count in (outside, absent, expired)] == [8, 6, 5]
    eligible = [row for row in rows if eligibility(row, DRAW_DATE).eligible]
    assert len(eligible) == everyone - outside - absent - expired
    for code in COUNTIES.values():
        assert sum(row.county_code == code for row in eligible) >= 12


def test_the_people_of_the_sample_are_invented_and_various(clean: ImportPlan) -> None:
    assert all(checks_out(row.id_number or "") for row in clean.rows)
    assert {(row.id_number or "")[:2] for row in clean.rows} == {"79"}
    assert {(row.phone or "")[:7] for row in clean.rows} == {"1990000"}
    names = [row.name for row in clean.rows]
    assert {2, 3, 4} <= {len(name) for name in names}
    homes: dict[str, set[str]] = {}
    for row in clean.rows:
        homes.setdefault(row.name, set()).add(row.county_code)
    assert sum(len(counties) > 1 for counties in homes.values()) >= 3


def test_every_planted_trouble_is_found_and_nothing_else(messy: ImportPlan) -> None:
    found = [(p.sheet, p.cell, p.kind.value) for p in messy.problems]
    found += [(r.sheet, r.cell, r.kind.value) for r in messy.remarks]
    planted = [(plant.sheet, plant.cell, plant.kind) for plant in PLANTED]
    assert sorted(found) == sorted(planted)
    assert len(messy.problems) >= 45


@pytest.mark.parametrize("plant", PLANTED, ids=[f"{p.sheet}-{p.cell}-{p.kind}" for p in PLANTED])
def test_a_planted_trouble_comes_with_reason_and_remedy(
    plant: build.Plant, messy: ImportPlan
) -> None:
    if plant.kind not in {kind.value for kind in ProblemKind}:
        assert any(r.cell == plant.cell and r.text for r in messy.remarks)
        return
    problem = next(p for p in messy.problems if (p.sheet, p.cell) == (plant.sheet, plant.cell))
    assert problem.value
    assert problem.reason
    assert problem.remedy


def test_the_messy_sample_shows_no_private_number(messy: ImportPlan) -> None:
    text = repr((messy.problems, messy.remarks))
    for person in build.people():
        assert person.id_number not in text
        assert person.phone not in text


def test_what_begins_like_a_formula_is_read_as_text() -> None:
    grid = read((SAMPLES / "roster-messy.xlsx").read_bytes())
    posts = [grid.sheets[0].cells[row, 7] for row in (36, 37, 38, 39)]
    assert posts == ["=1+1", "+中队长", "@法制员", "-内勤组长"]


# ── what a file is ───────────────────────────────────────────────────────────────────────────

OLE2 = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)
CSV = "县区,姓名,执法证号\n青岚县,林甲,0801000001\n"


def stream(name: str) -> bytes:
    return OLE2 + name.encode("utf-16-le")


def zip_of(*names: str, size: int = 10) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, bytes(size))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal", "words"),
    [
        (b"", refusals.EmptyFile, "0 字节"),
        (b"\xef\xbb\xbf \r\n", refusals.EmptyFile, "空的"),
        (stream("Workbook"), refusals.OldExcelFile, ".xls"),
        (stream("EncryptedPackage"), refusals.EncryptedWorkbook, "密码"),
        (stream("WordDocument"), refusals.OtherFileNotWorkbook, "Word"),
        (stream("PowerPoint Document"), refusals.OtherFileNotWorkbook, "PowerPoint"),
        (b"<html><table>", refusals.WebPageNotWorkbook, "HTML"),
        ("\ufeff\n<!DOCTYPE HTML>".encode(), refusals.WebPageNotWorkbook, "HTML"),
        ("<meta charset=gbk><table>县区".encode("gbk"), refusals.WebPageNotWorkbook, "HTML"),
        ("<html>县区".encode("utf-16"), refusals.WebPageNotWorkbook, "HTML"),
        (b'<?xml version="1.0"?><Workbook/>', refusals.XmlNotWorkbook, "XML"),
        (CSV.encode("gbk"), refusals.TextNotWorkbook, "CSV 逗号分隔，GBK 编码"),
        (CSV.encode(), refusals.TextNotWorkbook, "CSV 逗号分隔，UTF-8 编码"),
        (CSV.encode("utf-8-sig"), refusals.TextNotWorkbook, "UTF-8 编码"),
        (CSV.replace(",", "\t").encode("utf-16"), refusals.TextNotWorkbook, "制表符分隔，UTF-16"),
        (b"%PDF-1.7", refusals.OtherFileNotWorkbook, "PDF"),
        (b"\x89PNG\r\n", refusals.OtherFileNotWorkbook, "PNG"),
        (b"\x00\x01\x02\x03", refusals.OtherFileNotWorkbook, "无法识别"),
        (zip_of("roster.txt"), refusals.NoWorkbookInside, "压缩包"),
        (zip_of("roster.xlsx"), refusals.NoWorkbookInside, "解压"),
        (zip_of("word/document.xml"), refusals.OtherFileNotWorkbook, "Word"),
        (zip_of("xl/workbook.bin"), refusals.OtherFileNotWorkbook, ".xlsb"),
        (zip_of("content.xml"), refusals.OtherFileNotWorkbook, ".ods"),
        (zip_of("xl/workbook.xml"), refusals.DamagedWorkbook, "损坏"),
        (b"PK\x03\x04" + bytes(40), refusals.DamagedWorkbook, "损坏"),
        (zip_of("xl/workbook.xml", size=XML_LIMIT + 1), refusals.WorkbookTooLarge, "24 MB"),
        (zip_of(*map(str, range(PARTS_LIMIT + 1))), refusals.WorkbookTooLarge, "2001 个部件"),
    ],
)
def test_what_is_no_workbook_is_refused_by_its_own_name(
    data: bytes, refusal: type[DomainError], words: str
) -> None:
    with pytest.raises(refusal) as caught:
        read(data)
    assert words in str(caught.value)
    assert caught.value.kind is Kind.INVALID


def test_a_truncated_workbook_is_refused_wherever_it_was_cut() -> None:
    whole = book_of(lambda sheet: sheet.append(["姓名"]))
    for length in range(1, len(whole), 97):
        with pytest.raises(DomainError):
            read(whole[:length])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 4000))
def test_no_file_does_anything_but_be_read_or_refused(noise: bytes, at: int) -> None:
    whole = bytearray(TINY)
    at %= len(whole)
    whole[at : at + len(noise)] = noise
    for data in (noise, b"PK\x03\x04" + noise, bytes(whole)):
        with suppress(DomainError):
            assert isinstance(read(data), Grid)


TINY = book_of(lambda sheet: sheet.append(["姓名", "执法证号"]))


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name == part else text)
    return buffer.getvalue()


def with_sheet(change: Callable[[bytes], bytes]) -> bytes:
    return with_part(TINY, "xl/worksheets/sheet1.xml", change)


def test_entities_that_multiply_are_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    data = with_sheet(lambda xml: xml.replace(b"<worksheet", laughs + b"<worksheet", 1))
    with pytest.raises(refusals.DamagedWorkbook):
        read(data)


def test_one_merged_area_over_everything_costs_nothing() -> None:
    merge = b'</sheetData><mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>'
    grid = read(with_sheet(lambda xml: xml.replace(b"</sheetData>", merge)))
    assert grid.sheets[0].merges == (Merge(3, 1, 1048576, 16384),)
    assert check(grid, counties=COUNTIES, existing={}, today=TODAY).read == 0


def test_too_many_merged_rows_are_refused() -> None:
    one = b'<mergeCell ref="A1:B20000"/>' * (MERGES_LIMIT // ROWS_LIMIT + 1)
    merges = b"</sheetData><mergeCells>" + one + b"</mergeCells>"
    with pytest.raises(refusals.WorkbookTooLarge, match="合并单元格过多"):
        read(with_sheet(lambda xml: xml.replace(b"</sheetData>", merges)))


def last_row(number: int, cell: bytes) -> bytes:
    row = b'<row r="%d">%s</row></sheetData>' % (number, cell)
    return with_sheet(lambda xml: xml.replace(b"</sheetData>", row))


def test_a_value_in_a_row_beyond_the_limit_is_refused_and_not_dropped() -> None:
    value = b'<c r="A%d"><v>1</v></c>'
    assert read(last_row(ROWS_LIMIT, value % ROWS_LIMIT)).sheets[0].cells[ROWS_LIMIT, 1] == 1
    with pytest.raises(refusals.WorkbookTooLarge) as caught:
        read(last_row(ROWS_LIMIT + 1, value % (ROWS_LIMIT + 1)))
    assert "超过 20000 行" in str(caught.value)


def test_a_format_painted_down_to_the_last_row_is_no_value() -> None:
    assert len(read(last_row(1048576, b'<c r="A1048576" s="0"/>')).sheets[0].cells) == 2


def test_a_stated_dimension_that_lies_hides_nothing() -> None:
    lying = with_sheet(lambda xml: xml.replace(b'ref="A1:B1"', b'ref="A1"'))
    assert len(read(lying).sheets[0].cells) == 2


# ── reading ──────────────────────────────────────────────────────────────────────────────────


def test_types_merges_hidden_rows_and_formulas_are_kept() -> None:
    def paint(sheet: Worksheet) -> None:
        sheet.title = "花名册"
        sheet.append(["姓名", 4.4e17, 440101199001011000, date(2027, 3, 31), True, "=1+1"])
        sheet["A3"] = "合计"
        sheet.merge_cells("A3:C4")
        sheet.row_dimensions[3].hidden = True

    (sheet,) = read(book_of(paint)).sheets
    assert sheet.title == "花名册"
    assert sheet.cells == {
        (1, 1): "姓名",
        (1, 2): 4.4e17,
        (1, 3): 4.40101199001011e17,  # openpyxl, too, writes it so
        (1, 4): datetime(2027, 3, 31),  # noqa: DTZ001 - Excel knows no zones
        (1, 5): True,
        (3, 1): "合计",
    }
    assert sheet.merges == (Merge(3, 1, 4, 3),)
    assert sheet.hidden_rows == {3}
    assert sheet.uncomputed == {(1, 6)}
    assert not sheet.hidden


def test_a_computed_formula_counts_with_its_value() -> None:
    formula = b'<c r="C1"><f>1+1</f><v>2</v></c><c><v>440101199001011000</v></c></row>'
    sheet = read(with_sheet(lambda xml: xml.replace(b"</row>", formula, 1))).sheets[0]
    assert (sheet.cells[1, 3], sheet.cells[1, 4]) == (2, 440101199001011000)
    assert sheet.uncomputed == frozenset()


def test_a_formula_that_gives_an_empty_text_has_been_computed() -> None:
    formula = b'<c r="C1" t="str"><f>IF(1,"","")</f><v></v></c></row>'
    sheet = read(with_sheet(lambda xml: xml.replace(b"</row>", formula, 1))).sheets[0]
    assert (1, 3) not in sheet.cells
    assert sheet.uncomputed == frozenset()


def test_cells_that_do_not_say_where_they_stand_follow_each_other() -> None:
    row = b'<row r="5"><c><f>1</f></c><c><v>7</v></c></row><row><c><v>8</v></c></row></sheetData>'
    sheet = read(with_sheet(lambda xml: xml.replace(b"</sheetData>", row))).sheets[0]
    assert sheet.uncomputed == {(5, 1)}
    assert (sheet.cells[5, 2], sheet.cells[6, 1]) == (7, 8)


# ── writing ──────────────────────────────────────────────────────────────────────────────────

TEMPLATE = """\
云岭市执法人员花名册
{note}
序号,县（市、区）,姓名,性别,出生日期,身份证号,工作单位,职务,执法证号,证件有效期至,编制类型,在岗情况,手机号码
示例,石澜区,张示例,男,1990-05-17,,某某县生态环境执法大队,执法人员,0801000000,2027-03-31,{rest}
"""
NOTE = (
    "填写说明：一人一行，从第 5 行起填写；证件有效期写成 2027-03-31，无期限填“长期”；"
    "身份证号、执法证号、手机号三列已设为文本，请直接输入；示例行不会导入。"
)


def test_the_template_is_an_empty_sheet_with_one_example() -> None:
    data = template(counties=list(COUNTIES), title="云岭市执法人员花名册")
    assert (
        dumped(data).rstrip("\n")
        == TEMPLATE.format(note=NOTE, rest="事业编制,在岗,13000000000").replace(",", "\t").rstrip()
    )
    plan = plan_of(data)
    assert (plan.read, plan.problems) == (0, ())
    assert [(remark.cell, remark.kind.value) for remark in plan.remarks] == [
        ("A3", "ignored_columns"),
        ("A4", "skipped_row"),
    ]


def test_the_template_offers_lists_and_keeps_digits_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(counties=list(COUNTIES))))
    sheet, lists = book.worksheets
    assert lists.sheet_state == "hidden"
    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered == {
        "B5:B504": "选项!$A$1:$A$13",
        "D5:D504": "选项!$B$1:$B$2",
        "K5:K504": "选项!$C$1:$C$6",
        "L5:L504": "选项!$D$1:$D$5",
    }
    assert [lists.cell(row, 1).value for row in range(1, 14)] == list(COUNTIES)
    assert {sheet[cell].number_format for cell in ("F5", "I5", "M504")} == {"@"}


def test_a_template_that_was_filled_in_is_imported() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(counties=list(COUNTIES))))
    sheet = book.worksheets[0]
    line: list[str | int | None] = [
        1,
        "青岚县",
        "林甲",
        "男",
        None,
        None,
        "大队",
        None,
        "0801000001",
        "长期",
    ]
    for column, value in enumerate([*line, "行政编制", "在岗"], 1):
        sheet.cell(5, column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    plan = plan_of(buffer.getvalue())
    assert plan.problems == ()
    assert [(row.name, row.certificate) for row in plan.rows] == [("林甲", "0801000001")]


def test_the_template_without_counties_is_still_one() -> None:
    assert plan_of(template(counties=[])).problems == ()


def test_officers_that_are_written_are_read_back_unchanged(clean: ImportPlan) -> None:
    odd = replace(clean.rows[0], unit="=1+1", post="@队长", establishment=Establishment.UNSPECIFIED)
    rows = (odd, *clean.rows[1:])
    again = plan_of(roster_sheet(rows, counties=COUNTIES, with_private=True))
    assert again.problems == ()
    assert again.rows == rows


def test_a_sheet_without_private_numbers_holds_none_and_changes_nothing(clean: ImportPlan) -> None:
    data = roster_sheet(clean.rows, counties=COUNTIES)
    text = dumped(data)
    assert not any(row.id_number in text or row.phone in text for row in clean.rows if row.phone)  # type: ignore[operator]  # every row of the sample has both
    again = plan_of(data, clean.rows)
    assert (again.added, again.updated, again.unchanged) == (0, 0, clean.read)


def test_what_begins_like_a_formula_is_written_as_text() -> None:
    officer = OfficerEntry(
        county_code="790121",
        name="林甲",
        certificate="0801000001",
        certificate_expires=None,
        establishment=Establishment.ADMINISTRATIVE,
        on_post=PostStatus.ON_POST,
        unit='=HYPERLINK("http://x")',
        post="#N/A",
    )
    data = roster_sheet([officer], counties=COUNTIES)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["E3"].data_type == "s"
    assert sheet["E3"].quotePrefix
    assert sheet["F3"].data_type == "s"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_the_sheet_of_problems_lists_cell_value_reason_and_remedy() -> None:
    def paint(sheet: Worksheet) -> None:
        sheet.title = "花名册"
        sheet.append(["县区", "姓名", "执法证号", "证件有效期", "编制", "在岗", "身份证号", "备注"])
        line: list[str | float] = ["青兰县", "=1+1", "0801000001", "长期", "参公", "在岗", 7.9e17]
        sheet.append(line)
        sheet["B2"].data_type = "s"

    data = problems_sheet(plan_of(book_of(paint)))
    assert dumped(data) == (
        "花名册导入：要改的单元格\n"
        "序号\t工作表\t单元格\t人员\t表中的值\t原因\t怎样改\n"
        "1\t花名册\tA2\t=1+1\t青兰县\t名录中没有“青兰县”，最接近的是“青岚县”\t如果就是它，请改为“青岚县”\n"
        "2\t花名册\tB2\t=1+1\t=1+1\t“=1+1”不像姓名\t"
        "姓名为 2 至 30 个字，不能有数字或符号（少数民族姓名中的“·”可以）\n"
        "3\t花名册\tG2\t=1+1\t7.90E+17\t"
        "Excel 把身份证号变成了数字，第 15 位以后的数字已经丢失，无法恢复\t"
        "请先把这一列的单元格格式设为“文本”，再照证件重新输入"
    )
    assert dumped(data, 1) == (
        "序号\t工作表\t单元格\t说明\n"
        "1\t花名册\tH1\t没有用到的列：备注（共 1 列）\n"
        "2\t花名册\tB2\t姓名以“=”开头，按文字读取，不会当作公式"
    )


def test_the_problems_of_the_messy_sample_fit_into_a_sheet(messy: ImportPlan) -> None:
    lines = dumped(problems_sheet(messy)).splitlines()
    assert len(lines) == len(messy.problems) + 2
