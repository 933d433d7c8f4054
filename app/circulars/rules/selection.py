"""The sheets about people's selection: 省赛选派 and 抽取与替补及缺考."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.circulars.rules.columns import CERTIFICATE, COUNTY, ENTERED, NAME, NUMBER, UNIT, score
from app.circulars.rules.document import CellKind, Column, Table, Value, masked
from app.contests.rules.people import CandidateState, Entered


def picks_sheet(release: Mapping[str, Any], name: str) -> Table:
    """省赛选派: who goes, who must play, who stands by, who was passed over and why."""
    columns = (
        Column(("类别",), CellKind.WORD),
        Column(("顺位",), CellKind.WHOLE),
        Column(("个人名次",), CellKind.WHOLE),
        NUMBER,
        NAME,
        COUNTY,
        UNIT,
        ENTERED,
        Column(("总分",), CellKind.SCORE, strong=True),
        Column(("依据",), CellKind.TEXT, widest=46),
    )
    picks = release["picks"]
    by_number = {line["candidate"]: line for line in release["candidates"]}
    undecided = [
        {"candidate": candidate, "why": play_off["why"]}
        for play_off in picks["play_offs"]
        for candidate in play_off["candidates"]
    ]
    rows = tuple(
        _pick_row(word, line, by_number[line["candidate"]])
        for word, lines in (
            ("选派", picks["picked"]),
            ("待加赛", undecided),
            ("替补", picks["substitutes"]),
            ("顺延", picks["skipped"]),
        )
        for line in lines
    )
    rule = next(each for each in release["rules"]["words"] if each["heading"] == "省赛选派")
    notes = [f"选派规则：{rule['text']}"]
    if not rows:
        notes.insert(0, "本期没有符合选派条件的人员。")
    return Table(name, "省赛选派人员", columns, rows, tuple(notes), frozen=0)


def _pick_row(word: str, line: Mapping[str, Any], who: Mapping[str, Any]) -> tuple[Value, ...]:
    return (
        word,
        line.get("order"),
        who["place"],
        who["candidate"],
        who["name"],
        who["county"],
        who["unit"],
        Entered(who["entered"]).label,
        score(who["total"]),
        line["why"],
    )


def calls_sheet(release: Mapping[str, Any], name: str) -> Table:
    """抽取与替补及缺考: everyone who was drawn or nominated, and what became of them."""
    columns = (
        Column(("序号",), CellKind.WHOLE),
        COUNTY,
        NAME,
        CERTIFICATE,
        ENTERED,
        Column(("抽取顺位",), CellKind.WHOLE),
        NUMBER,
        Column(("情况",), CellKind.WORD),
        Column(("说明",), CellKind.TEXT, widest=44),
    )
    by_number = {line["candidate"]: line for line in release["candidates"]}
    rows = tuple(
        (
            number,
            call["county"],
            call["name"],
            masked(call["certificate"]),
            Entered(call["entered"]).label,
            call["order"],
            call["candidate"] or None,
            *_outcome(call, by_number.get(call["candidate"])),
        )
        for number, call in enumerate(release["calls"] or _calls_of(release["candidates"]), 1)
    )
    return Table(name, "抽取与替补及缺考情况", columns, rows, tuple(_draw_notes(release)), frozen=3)


def _calls_of(candidates: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Without a call-up list, the candidates themselves, county by county."""
    return [
        {**line, "state": CandidateState.CALLED, "order": None, "replaces": "", "reason": ""}
        for line in sorted(candidates, key=lambda line: (line["county_code"], line["candidate"]))
    ]


def _outcome(call: Mapping[str, Any], line: Mapping[str, Any] | None) -> tuple[str, str]:
    said = [f"递补{call['replaces']}"] if call["replaces"] else []
    said += [call["reason"]] if call["reason"] else []
    match CandidateState(call["state"]), line["absent"] if line else None:
        case (CandidateState.ON_LEAVE, _) | (_, "leave"):
            state = "经批准请假"
            said.append("不计入县区成绩")
        case (_, "without_leave"):
            state = "无故缺考"
            said.append("按0分计入县区成绩")
        case CandidateState.REPLACED, _:
            state = "已由替补递补"
        case CandidateState.RESERVE, _ if not call["candidate"]:
            state = "替补，未递补"
        case CandidateState.RESERVE, _:
            state = "替补递补参赛"
        case _:
            state = "递补参赛" if call["replaces"] else "参赛"
    return state, "；".join(said)


def _draw_notes(release: Mapping[str, Any]) -> Iterable[str]:
    yield "替补按本县区抽取顺位依次递补，不重新抽取。"
    draw = release["draw"]
    if draw:
        if draw["witnesses"]:
            yield f"抽取见证：{'、'.join(draw['witnesses'])}。"
        yield f"花名册哈希：{draw['roster_hash']}"
        yield f"抽取承诺值：{draw['commitment']}"
        yield f"抽取种子：{draw['seed']}"
