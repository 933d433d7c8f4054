"""The five sheets of a result circular (附件), as tables of typed cells."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.circulars.rules.columns import COUNTY, ENTERED, NAME, NUMBER, PLACE, UNIT, score
from app.circulars.rules.document import CellKind, Column, Table, Value
from app.circulars.rules.selection import calls_sheet, picks_sheet
from app.contests.rules.people import Entered
from app.results.rules.entries import clock

Release = Mapping[str, Any]

COUNTIES, CANDIDATES, PICKS, CALLS, RULES = (
    "县区成绩",
    "个人成绩",
    "省赛选派",
    "抽取与替补及缺考",
    "计分规则",
)


def tables(release: Release) -> tuple[Table, ...]:
    """县区成绩, 个人成绩, 省赛选派, 抽取与替补及缺考, 计分规则: every number is the release's."""
    return (
        _counties(release),
        _candidates(release),
        picks_sheet(release, PICKS),
        calls_sheet(release, CALLS),
        _rules(release),
    )


def _counties(release: Release) -> Table:
    exams = [exam["title"] for exam in release["rules"]["exams"]]
    converted = release["rules"]["county"]["full"] is not None
    columns = (
        PLACE,
        COUNTY,
        Column(("参赛人数", "应到"), CellKind.WHOLE),
        Column(("参赛人数", "计入"), CellKind.WHOLE),
        *(Column(("科目均分", exam), CellKind.SCORE) for exam in exams),
        Column(("分组均分", "随机抽取"), CellKind.SCORE),
        Column(("分组均分", "县区推荐"), CellKind.SCORE),
        Column(("县区成绩",), CellKind.SCORE, strong=True),
        *[Column(("折算得分",), CellKind.SCORE)] * converted,
        Column(("县区成绩计算过程",), CellKind.TEXT, widest=46),
        Column(("备注",), CellKind.TEXT, widest=32),
    )
    rows = tuple(
        (
            line["place"],
            line["county"],
            line["called"],
            line["counted"],
            *(score(mean["score"]) for mean in line["exam_means"]),
            score(line["mean_drawn"]),
            score(line["mean_nominated"]),
            score(line["county_score"]),
            *[score(line["converted"])] * converted,
            line["worked"],
            line["remark"],
        )
        for line in release["counties"]
    )
    notes = (
        "“应到”为抽取和推荐的参赛人员；“计入”含无故缺考人员（按0分计），不含经批准请假人员。",
        "县区成绩按公布的个人总分计算，最后一步四舍五入到两位小数，“≈”表示末位经过四舍五入。",
    )
    return Table(COUNTIES, "县区成绩", columns, rows, notes, frozen=2)


def _candidates(release: Release) -> Table:
    exams = release["rules"]["exams"]
    columns = (
        PLACE,
        NUMBER,
        NAME,
        COUNTY,
        UNIT,
        ENTERED,
        *(Column(("科目成绩", exam["title"]), CellKind.SCORE) for exam in exams),
        Column(("总分",), CellKind.SCORE, strong=True),
        Column(("用时",), CellKind.WORD),
        Column(("备注",), CellKind.TEXT, widest=40),
    )
    rows = tuple(
        (
            line["place"],
            line["candidate"],
            line["name"],
            line["county"],
            line["unit"],
            Entered(line["entered"]).label,
            *_exam_scores(line, exams),
            score(line["total"]),
            None if line["absent"] else clock(line["used_seconds"]),
            _candidate_remark(line, exams),
        )
        for line in release["candidates"]
    )
    notes = [
        "名次按总分由高到低排列；总分相同的，按公布的同分排序规则比较，备注写明依据。",
    ]
    if any(_exact(e["score"]) for line in release["candidates"] for e in line["exams"]):
        notes.append("科目成绩显示两位小数，总分按未舍入的科目成绩计算，只在最后一步四舍五入。")
    return Table(CANDIDATES, "个人成绩", columns, rows, tuple(notes), frozen=3)


def _rules(release: Release) -> Table:
    columns = (
        Column(("序号",), CellKind.WHOLE),
        Column(("项目",), CellKind.WORD),
        Column(("规则",), CellKind.TEXT, widest=132),
    )
    rows = tuple(
        (number, each["heading"], each["text"])
        for number, each in enumerate(release["rules"]["words"], 1)
    )
    notes = (
        "以上规则在考试前公布，成绩发布时未作改动。",
        f"本通报全部数据出自成绩发布 {release['release']}，任何人可凭发布文件重新计算每一项成绩。",
        f"成绩发布哈希（SHA-256）：{release['hash']}",
    )
    return Table(RULES, "计分规则", columns, rows, notes, frozen=0)


def _exam_scores(line: Mapping[str, Any], exams: Iterable[Mapping[str, Any]]) -> list[Value]:
    by_exam = {each["exam"]: each["score"] for each in line["exams"]}
    return [score(by_exam.get(exam["code"])) for exam in exams]


def _candidate_remark(line: Mapping[str, Any], exams: Iterable[Mapping[str, Any]]) -> str:
    if line["absent"]:
        return {
            "leave": "经批准请假，不计入县区成绩",
            "without_leave": "无故缺考，按0分计入县区成绩",
        }[line["absent"]]
    titles = {exam["code"]: exam["title"] for exam in exams}
    missed = [titles[each["exam"]] for each in line["exams"] if not each["sat"]]
    said = [f"{'、'.join(missed)}缺考，该科按0分计"] * bool(missed)
    return "；".join([*said, *filter(None, [line["why"]])])


def _exact(score: str) -> bool:
    """Whether a score has more decimals than are shown."""
    return len(score.partition(".")[2]) > 2
