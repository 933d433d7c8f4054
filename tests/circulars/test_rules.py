import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.circulars.rules.county_ranking import county_ranking
from app.circulars.rules.document import (
    CellKind,
    Circular,
    Column,
    IdentityShown,
    Table,
    chinese_date,
    document_number,
    masked,
    shown,
)
from app.circulars.rules.notice import held
from app.circulars.rules.widths import PAGE, column_widths, line_count, text_width
from app.contests.rules.contest_rules import PickRule
from app.contests.rules.people import CandidateState, Entered
from app.results.rules.entries import Absence, Entry
from app.results.rules.facts import Called
from tests.circulars.samples import CONTEST, META, RULES, made, person

RELEASE = made()
CIRCULAR = county_ranking(RELEASE, META)


def of(entries: list[Entry], **more: Any) -> Circular:
    return county_ranking(made(entries, **more), META)


def column(table: Table, name: str) -> list[Any]:
    at = [column.head[-1] for column in table.columns].index(name)
    return [row[at] for row in table.rows]


def sheet(circular: Circular, name: str) -> Table:
    return next(table for table in circular.tables if table.name == name)


def text(circular: Circular, heading: str) -> str:
    return next(p.text for p in circular.paragraphs if p.heading.endswith(heading))


def test_the_document_has_the_parts_of_an_official_circular() -> None:
    assert CIRCULAR.title == "云岭市生态环境保护执法比武（2026年第2期）成绩通报"
    assert CIRCULAR.number == "云环办〔2026〕18号"
    assert CIRCULAR.issued_on == "2026年11月24日"
    assert CIRCULAR.attachments == (
        "1．县区成绩",
        "2．个人成绩",
        "3．省赛选派人员",
        "4．抽取与替补及缺考情况",
        "5．计分规则",
    )
    assert [p.heading for p in CIRCULAR.paragraphs] == [
        "一、参赛情况",
        "二、县区成绩",
        "三、个人成绩",
        "四、省赛选派",
        "五、有关事项",
    ]
    assert (CIRCULAR.release, CIRCULAR.hash) == (RELEASE["release"], RELEASE["hash"])


def test_the_sheets_have_exactly_the_names_that_were_agreed() -> None:
    assert [table.name for table in CIRCULAR.tables] == [
        "县区成绩",
        "个人成绩",
        "省赛选派",
        "抽取与替补及缺考",
        "计分规则",
    ]


def test_every_number_is_the_number_of_the_release() -> None:
    counties = sheet(CIRCULAR, "县区成绩")
    assert column(counties, "名次") == [c["place"] for c in RELEASE["counties"]]
    for head, key in (
        ("县区成绩", "county_score"),
        ("折算得分", "converted"),
        ("随机抽取", "mean_drawn"),
        ("县区推荐", "mean_nominated"),
    ):
        assert column(counties, head) == [Decimal(c[key]) for c in RELEASE["counties"]]
    people = sheet(CIRCULAR, "个人成绩")
    assert column(people, "名次") == [c["place"] for c in RELEASE["candidates"]]
    assert column(people, "总分") == [
        None if c["total"] is None else Decimal(c["total"]) for c in RELEASE["candidates"]
    ]
    for index, title in enumerate(("法律法规", "案例分析", "案卷评查")):
        assert column(people, title) == [
            Decimal(c["exams"][index]["score"]) if c["exams"] else None
            for c in RELEASE["candidates"]
        ]


def test_the_text_says_who_came_and_who_did_not() -> None:
    assert text(CIRCULAR, "参赛情况") == (
        "全市13个县（市、区）共52名在编在岗、持有效执法证件的执法人员列入参赛名单，"
        "其中随机抽取39人、县区推荐13人。实际参赛50人，经批准请假1人、无故缺考1人。"
        "比武科目为法律法规（权重40%）、案例分析（权重20%）、案卷评查（权重40%）。"
    )


def test_the_text_names_the_first_three_with_the_scores_of_the_release() -> None:
    first = RELEASE["counties"][0]
    assert f"{first['county']}（{first['county_score']}分）" in text(CIRCULAR, "县区成绩")
    best = RELEASE["candidates"][0]
    assert f"{best['county']}{best['name']}（{best['total']}分）" in text(CIRCULAR, "个人成绩")
    assert "随机抽取人员均分" in text(CIRCULAR, "个人成绩")


def test_lines_and_deadline_are_those_that_were_declared() -> None:
    rules = dataclasses.replace(RULES, pass_line=Decimal("89.50"), appeal_days=5)
    circular = of([person(0, seat) for seat in range(4)], rules=rules)
    assert "及格（89.5分及以上）2人、优秀（85分及以上）4人" in text(circular, "个人成绩")
    assert "之日起5个工作日内" in text(circular, "有关事项")


def test_only_a_clear_weakness_is_called_one() -> None:
    assert "案例分析相对薄弱" in text(CIRCULAR, "个人成绩")
    level = [person(0, 0, scores=dict.fromkeys("ABC", Decimal(80)))]
    assert "薄弱" not in text(of(level), "个人成绩")
    near = [person(0, 0, scores={"A": Decimal(80), "B": Decimal("78.01"), "C": Decimal(80)})]
    assert "薄弱" not in text(of(near), "个人成绩")
    far = [person(0, 0, scores={"A": Decimal(80), "B": Decimal(78), "C": Decimal(80)})]
    assert "案例分析相对薄弱" in text(of(far), "个人成绩")


def test_the_team_is_named_with_its_substitutes() -> None:
    said = text(CIRCULAR, "省赛选派")
    assert "等4人代表我市参加省级比武。" in said
    assert said.endswith("依次为替补。")
    assert column(sheet(CIRCULAR, "省赛选派"), "类别") == [
        *["选派"] * 4,
        *["替补"] * 2,
        *["顺延"] * 3,
    ]


def test_a_crowd_on_the_first_place_is_counted_and_not_recited() -> None:
    same = dict.fromkeys("ABC", Decimal(80))
    crowd = [person(county, 0, scores=same, used_seconds=60) for county in range(7)]
    assert text(of(crowd), "个人成绩").endswith("龙潭县杨建国（80.00分）等7人。")
    assert "龙潭县（80.00分）等7个县（市、区）。" in text(of(crowd), "县区成绩")
    assert "黄建国" in text(of(crowd[1:]), "个人成绩")


def test_an_open_tie_is_announced_and_nobody_is_chosen() -> None:
    same = dict.fromkeys("ABC", Decimal(80))
    level = [person(county, 0, scores=same, used_seconds=60) for county in range(3)]
    rules = dataclasses.replace(RULES, pick=PickRule(seats=2, substitutes=0))
    circular = of(level, rules=rules)
    assert text(circular, "省赛选派") == (
        "王建国、李建国、张建国并列第1名，各项同分排序依据均相同，须加赛确定选派2人，加赛安排另行通知。"
    )
    assert column(sheet(circular, "省赛选派"), "类别") == ["待加赛"] * 3


def test_leave_and_absence_are_told_apart() -> None:
    remarks = dict(
        zip(
            column(sheet(CIRCULAR, "个人成绩"), "参赛号"),
            column(sheet(CIRCULAR, "个人成绩"), "备注"),
            strict=True,
        )
    )
    assert remarks["014"] == "经批准请假，不计入县区成绩"
    assert remarks["031"] == "无故缺考，按0分计入县区成绩"
    assert remarks["037"] == "案例分析缺考，该科按0分计"


CALL = Called("5301", "青岚县", "王建国", "云A**7", Entered.DRAW, CandidateState.CALLED, 1, "001")
OUTCOMES = [
    ({}, {}, ("参赛", "")),
    ({"replaces": "王敏"}, {}, ("递补参赛", "递补王敏")),
    (
        {"state": CandidateState.REPLACED, "candidate": "", "reason": "因公出差"},
        {},
        ("已由替补递补", "因公出差"),
    ),
    ({"state": CandidateState.RESERVE, "candidate": ""}, {}, ("替补，未递补", "")),
    ({"state": CandidateState.RESERVE, "replaces": "王敏"}, {}, ("替补递补参赛", "递补王敏")),
    ({"state": CandidateState.ON_LEAVE, "candidate": ""}, {}, ("经批准请假", "不计入县区成绩")),
    ({}, {"absent": Absence.LEAVE}, ("经批准请假", "不计入县区成绩")),
    ({}, {"absent": Absence.WITHOUT_LEAVE}, ("无故缺考", "按0分计入县区成绩")),
]


@pytest.mark.parametrize(("call", "who", "outcome"), OUTCOMES)
def test_each_call_ends_in_words(
    call: dict[str, Any], who: dict[str, Any], outcome: tuple[str, str]
) -> None:
    calls = [dataclasses.replace(CALL, **call)]
    table = sheet(of([person(0, 0, **who)], calls=calls), "抽取与替补及缺考")
    assert (column(table, "情况")[0], column(table, "说明")[0]) == outcome


def test_without_a_call_up_list_the_candidates_stand_county_by_county() -> None:
    table = sheet(of([person(1, 0), person(0, 3)]), "抽取与替补及缺考")
    assert column(table, "县（市、区）") == ["青岚县", "白水县"]


def test_the_draw_can_be_found_again_from_the_circular() -> None:
    notes = sheet(CIRCULAR, "抽取与替补及缺考").notes
    assert notes[1:] == (
        "抽取见证：局纪检组、工会。",
        f"花名册哈希：{'a1' * 32}",
        f"抽取承诺值：{'b2' * 32}",
        f"抽取种子：{'c3' * 32}",
    )
    assert len(sheet(of([person(0, 0)], draw=None), "抽取与替补及缺考").notes) == 1


def test_the_rules_are_printed_as_they_were_declared() -> None:
    table = sheet(CIRCULAR, "计分规则")
    assert column(table, "规则") == [each["text"] for each in RELEASE["rules"]["words"]]
    assert RELEASE["hash"] in table.notes[-1]


def test_scores_with_more_decimals_than_shown_are_explained() -> None:
    third = [person(0, 0, scores=dict.fromkeys("ABC", Decimal("33.3333")))]
    assert "未舍入" in "".join(sheet(of(third), "个人成绩").notes)
    assert "未舍入" not in "".join(sheet(CIRCULAR, "个人成绩").notes)


def test_a_contest_without_conversion_has_no_such_column() -> None:
    rules = dataclasses.replace(RULES, county=dataclasses.replace(RULES.county, full=None))
    heads = [c.head[-1] for c in sheet(of([person(0, 0)], rules=rules), "县区成绩").columns]
    assert "折算得分" not in heads


def test_a_contest_that_nobody_came_to_still_gives_a_document() -> None:
    circular = of([person(0, 0, absent=Absence.LEAVE)])
    assert text(circular, "县区成绩") == "本期没有形成县区成绩。"
    assert text(circular, "个人成绩") == "本期没有人员参赛。"
    assert text(circular, "省赛选派") == "本期没有符合选派条件的人员。"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "王建国530102199003078812"),
        ("unit", "执法大队 13800138000"),
        ("name", "53010219900307881X"),
        ("candidate", "13912345678"),
    ],
)
def test_nothing_that_looks_like_an_identity_or_phone_number_gets_out(
    field: str, value: str
) -> None:
    with pytest.raises(IdentityShown):
        of([person(0, 0, **{field: value})])


def test_an_office_phone_a_hash_and_a_candidate_number_are_no_identities() -> None:
    meta = dataclasses.replace(META, contact="0870—2230001")
    hash_like_a_phone = "a13800138000" + "0" * 52
    release = {**RELEASE, "hash": hash_like_a_phone}
    assert county_ranking(release, meta).hash == hash_like_a_phone


def test_a_certificate_is_masked_even_if_nobody_did_it_before() -> None:
    table = sheet(
        of([person(0, 0)], calls=[dataclasses.replace(CALL, certificate="云A0012347")]),
        "抽取与替补及缺考",
    )
    assert column(table, "执法证件号") == ["云A0***347"]


def test_the_same_release_gives_the_same_document() -> None:
    assert county_ranking(made(), META) == CIRCULAR


def test_a_page_gets_the_heads_with_their_spans_and_the_rows_as_text() -> None:
    table = sheet(CIRCULAR, "县区成绩")
    first, second = table.head_rows
    assert [(h.text, h.rows, h.columns) for h in first] == [
        ("名次", 2, 1),
        ("县（市、区）", 2, 1),
        ("参赛人数", 1, 2),
        ("科目均分", 1, 3),
        ("分组均分", 1, 2),
        ("县区成绩", 2, 1),
        ("折算得分", 2, 1),
        ("县区成绩计算过程", 2, 1),
        ("备注", 2, 1),
    ]
    assert [h.text for h in second] == [
        "应到",
        "计入",
        "法律法规",
        "案例分析",
        "案卷评查",
        "随机抽取",
        "县区推荐",
    ]
    assert table.text_rows[0][:2] == ["1", "青岚县"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((date(2026, 11, 20), date(2026, 11, 20)), "2026年11月20日"),
        ((date(2026, 11, 20), date(2026, 11, 21)), "2026年11月20日至21日"),
        ((date(2026, 11, 30), date(2026, 12, 1)), "2026年11月30日至2026年12月1日"),
    ],
)
def test_the_days_are_said_as_officials_say_them(days: tuple[date, date], said: str) -> None:
    contest = dataclasses.replace(CONTEST, held_from=days[0], held_to=days[1])
    assert held(made([person(0, 0)], contest=contest)) == said


def test_a_title_that_names_its_number_is_left_alone() -> None:
    contest = dataclasses.replace(CONTEST, title="云岭市执法比武（2026年第2期）")
    assert of([person(0, 0)], contest=contest).title == "云岭市执法比武（2026年第2期）成绩通报"


def test_small_official_spellings() -> None:
    assert document_number("云环办", 2026, 7) == "云环办〔2026〕7号"
    assert chinese_date(date(2026, 3, 5)) == "2026年3月5日"
    assert [masked(n) for n in ("", "53**01", "530102001")] == ["", "53**01", "530***001"]
    assert [shown(v) for v in (None, Decimal("1.005"), 3, "x")] == ["—", "1.01", "3", "x"]


# Widths


def table_of(*cells: str, head: tuple[str, ...] = ("备注",), widest: float = 20) -> Table:
    column = Column(head, CellKind.WORD, widest=widest)
    return Table("表", "表", (column, column), tuple((cell, cell) for cell in cells))


@pytest.mark.parametrize(("said", "width"), [("青岚县A1", 8), ("—", 2), ("（84.65）", 9), ("", 0)])
def test_full_width_characters_count_two(said: str, width: float) -> None:
    assert text_width(said) == width


@pytest.mark.parametrize(
    ("said", "lines"), [("", 1), ("四个汉字", 1), ("五个汉字呢", 2), ("一\n二", 2)]
)
def test_lines_are_counted_on_both_sides_of_the_edge(said: str, lines: int) -> None:
    assert line_count(said, 8) == lines


@pytest.mark.parametrize("table", CIRCULAR.tables, ids=lambda table: table.name)
def test_no_cell_is_wider_than_its_column_unless_it_wraps(table: Table) -> None:
    widths = column_widths(table)
    assert sum(widths) >= PAGE - 0.01
    for row in table.text_rows:
        for each, value, width in zip(table.columns, row, widths, strict=True):
            assert text_width(value) < width or each.kind is CellKind.TEXT


def test_a_merged_head_that_is_wider_than_its_columns_widens_them() -> None:
    long = "一个非常长的合并表头" * 8
    widths = column_widths(
        Table(
            "表",
            "表",
            (Column((long, "甲"), CellKind.WORD), Column((long, "乙"), CellKind.WORD)),
            (("1", "2"),),
        )
    )
    assert sum(widths) >= text_width(long)
    assert widths[0] == widths[1]


def test_a_narrow_table_fills_the_page() -> None:
    assert sum(column_widths(table_of("一"))) == pytest.approx(PAGE)
