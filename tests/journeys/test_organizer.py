"""An organizer takes a personnel sheet to a circular, using nothing but the pages."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from app.db.session import reading, transaction
from app.kernel.actor import Role
from app.main import ROOT
from app.seed.counties import COUNTIES
from app.seed.laws import load_law_table
from app.seed.world import question_files
from app.sitting.tables import Sitting
from app.web.templating import LOCAL
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.complaints import UNFINISHED, Complaints, dom_faults
from tests.journeys.conftest import DESK, PHONE, OpenContext
from tests.journeys.live import Live
from tests.journeys.people import sign_in, simulate

pytestmark = pytest.mark.browser
MONDAY = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # nine in the morning in Shanghai
OPENS = MONDAY + timedelta(days=10)
BY_HAND, AWAY = 2, 1


def typed(at: datetime) -> str:
    """As a datetime-local field wants it, on Shanghai's clock."""
    return at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M")


class Organizer:
    """The organizer at the desk; every method is an errand of the checklist."""

    def __init__(self, live: Live, page: Page) -> None:
        self.live, self.page, self.contest = live, page, ""

    def come_back(self, at: datetime) -> None:
        """Another day: the session is over, and the door leads back to the contest."""
        self.live.clock.at = at
        self.page.goto(self.contest)
        sign_in(self.page, "organizer", PASSWORD)
        expect(self.page).to_have_url(re.compile(f"{self.contest}$"))

    def next_is(self, title: str) -> None:
        """What the contest's home names as the next step, in its box and in its list."""
        self.page.goto(self.contest)
        expect(self.page.locator("#next h2")).to_have_text(title)
        if title != "本期比武已经办完":
            expect(self.page.locator("#checklist [aria-current=step] b")).to_have_text(title)

    def go(self, title: str) -> None:
        """Checks the next step, and follows its button."""
        self.next_is(title)
        self.page.locator("#next a.btn").click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def open_contest(self) -> None:
        self.page.goto("/")
        self.page.get_by_role("link", name="登录").click()
        sign_in(self.page, "organizer", PASSWORD)
        self.page.get_by_role("link", name="新建比武").click()
        self.page.get_by_label("第几期").fill("2")
        self.page.get_by_label("名称").fill("2026年第二期生态环境保护执法比武")
        self.page.get_by_role("radio", name="只考理论").check()
        self.press("新建")
        expect(self.page.get_by_role("heading", name="办赛清单")).to_be_visible()
        self.contest = self.page.url.removeprefix(self.live.url)

    def import_roster(self) -> None:
        self.page.get_by_role("link", name="建立县区名录").click()
        self.page.get_by_label("代码和名称").fill(
            "\n".join(f"{c} {n}" for n, c in COUNTIES.items())
        )
        self.press("加入名录")
        expect(self.page.get_by_role("rowheader")).to_have_count(len(COUNTIES))
        self.go("导入花名册")
        self.page.get_by_label("人员表").set_input_files(ROOT / "samples" / "roster-messy.xlsx")
        self.press("先检查")
        expect(self.page.get_by_role("heading", name="要改的单元格")).to_be_visible()
        self.page.get_by_label("人员表").set_input_files(ROOT / "samples" / "roster.xlsx")
        self.press("先检查")
        expect(self.page.get_by_role("heading", name="检查通过，可以写入")).to_be_visible()
        self.next_is("导入花名册")  # looking has written nothing
        self.page.locator("#next a.btn").click()
        self.page.get_by_label("人员表").set_input_files(ROOT / "samples" / "roster.xlsx")
        self.press("先检查")
        self.press("写入花名册")
        expect(self.page.get_by_role("heading", name="花名册", exact=True)).to_be_visible()

    def freeze_roster(self, draw_day: datetime) -> None:
        self.page.get_by_label("抽取日").fill(draw_day.astimezone(LOCAL).date().isoformat())
        self.press("按所选日期重新计算")
        self.press("冻结这份名单")
        expect(self.page.get_by_role("heading", name="花名册第 1 版（已冻结）")).to_be_visible()

    def import_bank(self) -> None:
        self.page.get_by_role("link", name="导入试题").first.click()
        for place, file in enumerate(question_files()):
            self.page.goto("/bank/import")
            for button in ("先检查", "入库") if place == 0 else ("入库",):
                self.page.get_by_label("题库文件").set_input_files(file)
                self.page.get_by_label("命题人", exact=True).fill("钱命题")
                self.page.get_by_label("审题人", exact=True).fill("孙审题")
                self.press(button)
                if button == "先检查":
                    expect(self.page.get_by_text("检查通过，可以入库")).to_be_visible()
            expect(self.page.get_by_role("heading", name="题库", exact=True)).to_be_visible()

    def announce(self, at: datetime) -> None:
        self.page.get_by_label("公开抽取的时间").fill(typed(at))
        self.press("公布抽取承诺")
        expect(self.page.get_by_text("承诺已公布，待抽取")).to_be_visible()

    def draw(self) -> None:
        spoken = (("冯纪检", "市局机关纪委", "480317"), ("蒋工会", "市局工会", "905226"))
        for row, (name, duty, value) in enumerate(spoken):
            self.page.get_by_label("姓名").nth(row).fill(name)
            self.page.get_by_label("单位或职务").nth(row).fill(duty)
            self.page.get_by_label("本人报出的数字").nth(row).fill(value)
        self.press("生成种子并抽取")
        expect(self.page.locator(".lot-county")).to_have_count(len(COUNTIES))

    def call_up(self) -> None:
        self.press("把抽取结果列入参赛名单")
        for left in range(len(COUNTIES), 0, -1):
            buttons = self.page.locator("#nominations").get_by_role("button", name="推荐")
            expect(buttons).to_have_count(left)
            buttons.first.click()
        expect(self.page.locator("#nominations button")).to_have_count(0)

    def freeze_paper(self) -> None:
        self.page.get_by_role("link", name="去组卷").click()
        self.page.locator("section.preset").first.get_by_role("button").click()
        expect(self.page.get_by_text("题库够用")).to_be_visible()
        self.page.get_by_label("试卷名称").fill("第二期 A 卷")
        self.page.get_by_label("适用日期").fill(OPENS.astimezone(LOCAL).date().isoformat())
        self.press("抽题并封存")
        expect(self.page.get_by_role("heading", name="第二期 A 卷")).to_be_visible()

    def plan_exam(self) -> None:
        self.page.get_by_label("试卷", exact=True).select_option(index=1)
        self.page.get_by_label("开始", exact=True).fill(typed(OPENS))
        self.page.get_by_label("结束", exact=True).fill(typed(OPENS + timedelta(hours=2)))
        self.page.get_by_role("button", name="保存").click()

    def print_tickets(self) -> list[tuple[str, str]]:
        """Name and code of every slip, as they come out of the printer."""
        self.press("印发准考证（没有的人）")
        slips = self.page.locator(".slip")
        expect(slips).to_have_count(3 * len(COUNTIES))
        names = slips.locator(".name").all_inner_texts()
        codes = slips.locator(".code").all_inner_texts()
        assert slips.locator("svg").count() == len(codes) == len(set(codes))
        return list(zip(names, codes, strict=True))

    def saved(self, link: str, folder: Path) -> Path:
        """Downloads the file behind a link."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=link).first.click()
        file = folder / waiting.value.suggested_filename
        waiting.value.save_as(file)
        return file


def sits(page: Page, name: str, code: str) -> str:
    """A candidate by hand: a few answers, and in; returns the receipt code."""
    page.goto(f"/t/{code}")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("button", name="是本人，进入").click()
    page.get_by_role("link", name="核对身份，进入考试").click()
    page.get_by_role("checkbox", name="我已阅读").check()
    page.get_by_role("button", name="是本人，进入考试").click()
    page.get_by_role("button", name="开始作答").click()
    for kind in ("single_choice", "multiple_choice", "true_false"):
        page.locator(f"article[data-kind={kind}] .option").first.click()
    expect(page.locator("#saved")).to_have_text(re.compile(r"^已保存 "))
    expect(page.locator(".map .is-done")).to_have_count(3)
    page.locator("button[name=go]").evaluate("(button) => button.click()")
    page.get_by_role("checkbox", name="仍要交卷").check()
    page.get_by_role("button", name="交卷").click()
    return page.locator(".receipt-code b").inner_text()


def exactly(value: Any) -> Decimal | None:
    """70 and 70.00 are one number."""
    return None if value is None else Decimal(str(value))


@pytest.mark.parametrize("live", ["sqlite", "postgresql"], indirect=True)
def test_from_a_personnel_sheet_to_a_circular_using_only_pages(
    live: Live, desk: Page, open_context: OpenContext, complaints: Complaints, tmp_path: Path
) -> None:
    complaints.expect(UNFINISHED)  # the messy sheet is looked at first
    live.clock.at = MONDAY
    with transaction(live.engine) as db:
        factories.account(db, "organizer", Role.ORGANIZER, now=MONDAY)
    load_law_table(live.engine, now=MONDAY)
    office = Organizer(live, desk)

    office.open_contest()
    office.go("导入花名册")
    office.import_roster()
    office.go("冻结花名册")
    office.freeze_roster(MONDAY + timedelta(days=3))
    office.go("准备题库")
    office.import_bank()
    office.go("确认计分规则")
    office.press("保存并确认公布")
    office.go("公布随机抽取")
    office.announce(MONDAY + timedelta(days=3))

    office.come_back(MONDAY + timedelta(days=3, minutes=1))
    office.go("进行随机抽取")
    office.draw()
    office.go("列入名单与县区推荐")
    office.call_up()
    office.go("组卷并选定试卷")
    office.freeze_paper()
    office.go("组卷并选定试卷")
    office.plan_exam()
    office.go("发布考试")
    desk.get_by_role("button", name="发布").click()
    expect(desk.get_by_text("已发布", exact=True)).to_be_visible()
    office.go("印发准考证")
    slips = office.print_tickets()
    live.sweep()  # everybody called up has a seat
    office.next_is("考试")

    live.clock.at = OPENS
    receipts = [
        sits(open_context(live, size).new_page(), name, code)
        for size, (name, code) in zip((PHONE, DESK), slips, strict=False)
    ]
    with reading(live.engine) as db:
        sitting = db.get(Sitting, 1)
        assert sitting is not None
        exam_id = sitting.exam_id
    sat = simulate(live.engine, exam_id, at=OPENS, away=AWAY)
    assert sat == len(slips) - BY_HAND - AWAY

    office.come_back(OPENS + timedelta(hours=4))
    live.sweep()
    office.go("阅卷")
    office.press("阅卷")
    shown = desk.content()
    assert all(receipt in shown for receipt in receipts)
    office.go("发布成绩")
    assert dom_faults(desk) == []
    desk.get_by_role("link", name="发布成绩").click()
    office.press("确认发布")
    expect(desk.get_by_text("核验通过")).to_be_visible()
    release = json.loads(office.saved("发布文件", tmp_path).read_bytes())
    office.go("印发通报")
    desk.get_by_role("link", name="印发通报").click()
    office.press("印发并公开")
    office.next_is("本期比武已经办完")
    desk.get_by_role("link", name="看通报").click()
    desk.get_by_role("link", name="成绩通报").click()
    workbook = office.saved("下载 Excel", tmp_path)

    assert len(release["candidates"]) == len(slips)
    assert sum(each["absent"] is not None for each in release["candidates"]) == AWAY
    compare(workbook, release)
    public = open_context(live, PHONE).new_page()
    public.goto("/column")
    public.get_by_role("link", name="成绩通报").first.click()
    expect(public.locator("article.gongwen h1")).to_contain_text("成绩通报")
    expect(public.get_by_role("link", name="登录")).to_be_visible()
    assert release["hash"] in public.content()
    best = min(release["counties"], key=lambda county: int(county["place"]))
    assert best["county"] in public.locator("article.gongwen").inner_text()
    assert dom_faults(public) == []


def compare(workbook: Path, release: dict[str, Any]) -> None:
    """The county scores of the sheet that was downloaded are those of the release."""
    sheet = openpyxl.load_workbook(workbook)["县区成绩"]
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
    assert len(release["counties"]) == len(COUNTIES)
    for county in release["counties"]:
        row = rows[county["county"]]
        assert row[0] == county["place"]
        assert exactly(row[7]) == exactly(county["county_score"])
        assert row[9] == county["worked"]
