import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.worksheet import Worksheet

from app.circulars.rules.county_ranking import county_ranking
from app.circulars.rules.widths import text_width
from app.circulars.workbook.paint import paint
from app.results.rules.entries import Entry
from tests.circulars.samples import META, made, person

GOLDEN = Path(__file__).parent.parent / "golden" / "circular.tsv"
RELEASE = made()
FILE = paint(county_ranking(RELEASE, META))
BOOK = openpyxl.load_workbook(io.BytesIO(FILE))
SHEETS = [sheet for sheet in BOOK.worksheets if isinstance(sheet, Worksheet)]


def painted(entries: list[Entry]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(paint(county_ranking(made(entries), META))))


def dumped(book: openpyxl.Workbook) -> str:
    """All sheets as text, a line for each row that holds anything. The hash has its own test."""
    lines = []
    for sheet in book.worksheets:
        lines.append(f"== {sheet.title} {sheet.dimensions}")
        for row in sheet.iter_rows():
            cells = ["" if c.value is None else str(c.value) for c in row]
            if any(cells):
                lines.append(f"{row[0].row}\t" + "\t".join(cells).rstrip("\t"))
    return "\n".join(lines).replace(RELEASE["hash"], "<hash>") + "\n"


def head_row(sheet: Worksheet) -> int:
    """The first row of the head, from the print titles."""
    assert sheet.print_title_rows is not None
    return int(sheet.print_title_rows.replace("$", "").split(":")[0])


def cells(sheet: Worksheet, head: str) -> list[Any]:
    """The cells under a head, down to the first row without a border."""
    top = head_row(sheet)
    rows = list(sheet.iter_rows(min_row=top))
    column = next(i for row in rows[:2] for i, c in enumerate(row) if c.value == head)
    found = [row[column] for row in rows if row[0].border.left.style]
    return found[2 if _deep(sheet) else 1 :]


def _deep(sheet: Worksheet) -> bool:
    assert sheet.print_title_rows is not None
    first, last = sheet.print_title_rows.replace("$", "").split(":")
    return first != last


def test_the_workbook_reads_as_the_golden_text() -> None:
    """Changed on purpose? Write `dumped(BOOK)` to the golden file and read the difference."""
    assert dumped(BOOK) == GOLDEN.read_text()


def test_the_sheets_are_exactly_five() -> None:
    assert BOOK.sheetnames == ["县区成绩", "个人成绩", "省赛选派", "抽取与替补及缺考", "计分规则"]


def test_the_first_sheet_begins_like_an_official_document() -> None:
    first = SHEETS[0]
    assert [first.cell(row, 1).value for row in range(1, 5)] == [
        "云岭市生态环境局办公室文件",
        "云环办〔2026〕18号",
        "云岭市生态环境保护执法比武（2026年第2期）成绩通报",
        "各县（市、区）生态环境分局，市局机关各科室、直属各单位：",
    ]
    assert first.cell(1, 1).font.color.rgb == "00C00000"
    assert first.cell(2, 1).border.bottom.color.rgb == "00C00000"
    column = [row[0].value for row in first.iter_rows(max_col=1)]
    assert "　　特此通报。" in column
    signature = [c.value for row in first.iter_rows(min_col=2) for c in row if c.value]
    assert signature[:2] == ["云岭市生态环境局办公室", "2026年11月24日"]


def test_the_table_begins_on_a_page_of_its_own() -> None:
    first = SHEETS[0]
    breaks = [each.id for each in first.row_breaks.brk]
    assert first.cell(breaks[-1] + 1, 1).value == "附件1"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)
def test_every_sheet_prints_on_a4_across_one_page_wide_with_its_heads_repeated(
    sheet: Worksheet,
) -> None:
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.freeze_panes is not None
    top = head_row(sheet)
    assert sheet.cell(top, 1).value in ("名次", "序号", "类别")
    assert sheet.cell(top - 3, 1).value == f"附件{BOOK.sheetnames.index(sheet.title) + 1}"
    assert sheet.print_area.endswith(f"${sheet.max_row}")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)
def test_every_footer_names_the_release_and_its_whole_hash(sheet: Worksheet) -> None:
    footer = sheet.oddFooter
    assert isinstance(footer, HeaderFooterItem)
    assert footer.left.text == f"成绩发布 {RELEASE['release']}"
    assert footer.center.text == "第 &P 页 共 &N 页"
    assert footer.right.text == f"SHA-256 {RELEASE['hash']}"


def test_heads_are_merged_over_their_groups_and_down_through_both_rows() -> None:
    top = head_row(SHEETS[1])
    merged = {str(each) for each in SHEETS[1].merged_cells.ranges}
    assert {f"A{top}:A{top + 1}", f"G{top}:I{top}"} <= merged
    assert SHEETS[1].cell(top, 7).value == "科目成绩"
    assert SHEETS[1].freeze_panes == f"D{top + 2}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)
def test_every_cell_of_a_table_has_its_lines(sheet: Worksheet) -> None:
    top = head_row(sheet)
    rows = [row for row in sheet.iter_rows(min_row=top) if row[0].border.left.style]
    assert len(rows) > 5
    for row in rows:
        for cell in (cell for cell in row if cell.coordinate not in sheet.merged_cells):
            sides = (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom)
            assert [side.style for side in sides] == ["thin"] * 4


def test_scores_are_numbers_with_two_decimals_and_the_numbers_of_the_release() -> None:
    totals = cells(SHEETS[1], "总分")
    expected = [c["total"] for c in RELEASE["candidates"]]
    for cell, total in zip(totals, expected, strict=True):
        if total is None:
            assert (cell.value, cell.data_type) == ("—", "s")
        else:
            assert (cell.data_type, cell.number_format) == ("n", "0.00")
            assert Decimal(str(cell.value)) == Decimal(total)
    counties = cells(SHEETS[0], "县区成绩")
    assert [Decimal(str(c.value)) for c in counties] == [
        Decimal(c["county_score"]) for c in RELEASE["counties"]
    ]


def test_candidate_numbers_and_certificates_are_text() -> None:
    for cell in (*cells(SHEETS[1], "参赛号"), *cells(SHEETS[3], "执法证件号")):
        assert cell.data_type == "s"
        assert cell.number_format == "@"
    assert cells(SHEETS[1], "参赛号")[0].value == "004"


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "=HYPERLINK(1)", "#N/A"]
)
def test_a_name_is_never_a_formula(name: str) -> None:
    cell = cells(painted([person(0, 0, name=name)]).worksheets[1], "姓名")[0]
    assert (cell.value, cell.data_type) == (name, "s")
    assert bool(cell.quotePrefix) == (name[0] in "=+-@\t")


def test_control_characters_do_not_stop_a_circular() -> None:
    cell = cells(painted([person(0, 0, name="王\x00\x1b明")]).worksheets[1], "姓名")[0]
    assert cell.value == "王明"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)
def test_nothing_is_cut_and_nothing_reads_as_number_signs(sheet: Worksheet) -> None:
    """A column holds its cells (7 pixels for a half-width character of 10.5 points, 8 for a unit
    of width) or wraps them in a row that is high enough."""
    top = head_row(sheet)
    for row in sheet.iter_rows(min_row=top):
        if not row[0].border.left.style:
            continue
        for cell in row:
            if cell.value is None or cell.coordinate in sheet.merged_cells:
                continue
            width = sheet.column_dimensions[cell.column_letter].width * 8 / 7
            said = f"{cell.value:.2f}" if cell.number_format == "0.00" else str(cell.value)
            needed = text_width(said)
            if cell.data_type == "n":
                assert needed + 1 < width
            lines = -(-needed // (width - 2))
            assert cell.alignment.wrap_text
            assert (sheet.row_dimensions[cell.row].height or 0) >= lines * 14


def test_a_text_row_is_as_high_as_its_lines() -> None:
    first = SHEETS[0]
    width = sum(d.width for d in first.column_dimensions.values()) * 8  # pixels
    for row in range(4, head_row(first) - 4):
        said = first.cell(row, 1).value
        if said:
            lines = -(-text_width(str(said)) * 14.5 * 96 / 72 / 2 // width)
            assert (first.row_dimensions[row].height or 0) >= lines * 20


def test_a_long_text_takes_its_last_section_over_to_the_page_of_the_signature() -> None:
    breaks = [each.id for each in SHEETS[0].row_breaks.brk]
    assert len(breaks) == 1
    crowd = [
        person(county, seat, scores=dict.fromkeys("ABC", Decimal(80)), used_seconds=1)
        for county in range(13)
        for seat in range(4)
    ]
    first = painted(crowd).worksheets[0]
    before, _ = (each.id for each in first.row_breaks.brk)
    assert str(first.cell(before + 1, 1).value).startswith("　　五、有关事项。")


def test_the_same_circular_gives_the_same_bytes() -> None:
    assert paint(county_ranking(made(), META)) == FILE


def test_the_file_carries_the_office_and_fixed_times_but_no_person() -> None:
    with zipfile.ZipFile(io.BytesIO(FILE)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-11-24T00:00:00Z"}
    properties = BOOK.properties
    assert properties.creator == "云岭市生态环境局办公室"
    assert properties.lastModifiedBy is None
    assert properties.title == "云岭市生态环境保护执法比武（2026年第2期）成绩通报"
