"""对照条文核依据: the statute texts stay outside the project and are only looked into.

`texts` is the reviewers' index: {short name: {"effective": "2026-08-15", "articles": {"1": "…"}}};
paragraphs (款) are lines, lines that begin with （一）（二） are items (项) of the one before.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.bank.rules.problems import Problem

_ITEM = re.compile(r"\s*[（(][一二三四五六七八九十百]+[）)]")


def check_texts(
    questions: Sequence[Mapping[str, Any]], texts: Mapping[str, Mapping[str, Any]]
) -> list[Problem]:
    """Whether every article, paragraph and item that is cited exists in the texts at hand."""
    found: list[Problem] = []
    for question in questions:
        code = str(question.get("id", ""))
        rows = question.get("basis", [])
        for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
            if isinstance(row, dict):
                found += _cited(row, code, f"basis[{number}]", texts)
    return found


def _cited(
    row: Mapping[str, Any], code: str, field: str, texts: Mapping[str, Mapping[str, Any]]
) -> Iterable[Problem]:
    name, article = str(row.get("law")), str(row.get("article"))
    law = texts.get(name)
    if law is None:
        yield Problem(code, field, f"手头没有“{name}”的条文", "核对短名", name)
        return
    if str(row.get("version")) != str(law.get("effective")):
        reason = f"手头的{name}是 {law.get('effective')} 施行的版本"
        yield Problem(code, field, reason, "核对版本", str(row.get("version")))
        return
    text = law.get("articles", {}).get(article)
    if text is None:
        reason = f"手头的{name}没有第 {article} 条"
        # of a partial text a missing number says nothing
        yield Problem(code, field, reason, "核对条号", article, remark=bool(law.get("partial")))
        return
    yield from _within(row, code, field, f"{name}第 {article} 条", paragraphs(text))


def _within(
    row: Mapping[str, Any], code: str, field: str, where: str, items: list[int]
) -> Iterable[Problem]:
    paragraph, item = row.get("paragraph"), row.get("item")
    if paragraph is None and item is None:
        return
    number = paragraph if isinstance(paragraph, int) else 1
    if not 1 <= number <= len(items):
        yield Problem(code, field, f"{where}只有 {len(items)} 款", "核对款号", str(paragraph))
    elif isinstance(item, int) and not 1 <= item <= items[number - 1]:
        how_many = items[number - 1]
        what = f"只有 {how_many} 项" if how_many else "没有分项"
        yield Problem(code, field, f"{where}第 {number} 款{what}", "核对项号", str(item))


def paragraphs(text: str) -> list[int]:
    """How many items each paragraph of an article has.

    >>> paragraphs("有下列情形的：\\n（一）甲；\\n（二）乙。\\n前款规定的……")
    [2, 0]
    """
    counts: list[int] = []
    for line in text.split("\n"):
        if _ITEM.match(line) and counts:
            counts[-1] += 1
        elif line.strip():
            counts.append(0)
    return counts
