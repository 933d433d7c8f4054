"""Checking a batch of questions (`bank check`, import): every finding, not only the first.

The fields are those of the bank's TOML files; the rules are the office's guide for authors.
Errors keep the whole batch out; remarks are for the authors' own judgement.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.bank.rules.grounds import check_bases
from app.bank.rules.laws import LawEntry, book, is_day
from app.bank.rules.problems import Problem, shown
from app.bank.rules.remarks import remarks
from app.question_types import registry
from app.question_types.malformed import QuestionMalformed

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = {"id": 96, "topic": 64}


def check(
    questions: Sequence[Mapping[str, Any]], laws: Iterable[LawEntry], today: date
) -> list[Problem]:
    """Everything that is wrong with these questions, in their order, errors and remarks.

    Looked at: id, difficulty and texts; content and key by the kind's own schema; dates; the law
    table for every basis; then the form of the whole batch (letters, lengths, near-duplicates).
    """
    laws_by = book(laws)
    found: list[Problem] = []
    seen: Counter[str] = Counter()
    for number, question in enumerate(questions, 1):
        name = question.get("id")
        code = name if isinstance(name, str) and name else f"第 {number} 题"
        found += _head(question, code)
        seen[code] += 1
        if seen[code] == 2:
            found.append(
                Problem(code, "id", "有两道题用了同一个编号", "编号不能重复，换一个", code)
            )
        found += _schema(question, code)
        found += _dates(question, code)
        found += check_bases(question, code, laws_by, today)
    return found + remarks(questions)


def _head(question: Mapping[str, Any], code: str) -> Iterable[Problem]:
    name = question.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        yield Problem(
            code, "id", "编号应当是小写英文、数字和连字符", "例：single-pl-hearing", shown(name)
        )
    for field, what in (
        ("topic", "主题"),
        ("difficulty_reason", "难度理由"),
        ("explanation", "解析"),
    ):
        value = question.get(field)
        if not isinstance(value, str) or not value.strip():
            yield Problem(code, field, f"缺少{what}", f"补写 {field}", shown(value))
    for field, longest in _LONGEST.items():
        value = question.get(field)
        if isinstance(value, str) and len(value) > longest:
            yield Problem(code, field, f"超过 {longest} 个字符", "改短", shown(value))
    level = question.get("difficulty")
    if level not in (1, 2, 3, 4, 5) or isinstance(level, bool):
        yield Problem(code, "difficulty", "难度应当是 1 到 5", "改成 1—5 的整数", shown(level))
    tags = question.get("tags")
    if not isinstance(tags, list) or not tags or not all(isinstance(tag, str) for tag in tags):
        yield Problem(code, "tags", "缺少标签，或者标签不是文字的列表", '例：tags = ["听证"]')
    hold = question.get("hold")
    if hold is not None and (not isinstance(hold, str) or not hold.strip()):
        yield Problem(code, "hold", "暂缓使用要写明放行前确认什么", "补写一句，或者删去 hold")


def _schema(question: Mapping[str, Any], code: str) -> Iterable[Problem]:
    try:
        registry.from_bank(question)
    except QuestionMalformed as refusal:
        for problem in refusal.problems:
            field, _, reason = problem.partition("：")
            yield Problem(code, field, reason, "对照题型的写法改正")


def _dates(question: Mapping[str, Any], code: str) -> Iterable[Problem]:
    start, end = question.get("valid_from"), question.get("valid_to")
    if not is_day(start):
        yield Problem(code, "valid_from", "缺少适用起日", "写成不加引号的日期", shown(start))
    if end is not None and not is_day(end):
        yield Problem(code, "valid_to", "适用止日应当是日期", "写成不加引号的日期", shown(end))
    elif end is not None and is_day(start) and end < start:
        yield Problem(code, "valid_to", "适用止日早于适用起日", "核对两个日期", shown(end))
    transition = question.get("transition", False)
    if not isinstance(transition, bool):
        yield Problem(code, "transition", "应当是 true 或者 false", "去掉引号", shown(transition))
    elif transition:
        for field, what in (("act_end", "行为终了日"), ("decision_date", "决定日")):
            if not is_day(question.get(field)):
                yield Problem(code, field, f"衔接题缺少{what}", "写成不加引号的日期")
