"""The raw answers behind a release (原始答卷), and their check without the database."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.kernel.canonical import digest
from app.marking.rules import mark_sitting
from app.papers.rules.orders import candidate_order
from app.results.rules.verification import Discrepancy
from app.sitting.rules.receipts import receipt

# No score of this house is longer; a number like 1E+999999999 would fill the memory when spelled.
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,12})?")


def verify_evidence(release: Mapping[str, Any]) -> list[Discrepancy]:
    """Computes everything anew from the raw answers: the hashes of paper and key, each
    candidate's own order, every mark, every exam score, the used time, and the receipt that the
    candidate took home. An empty list means that it holds.

    Total: a file that is no release gives a discrepancy, never an exception.
    """
    try:
        return list(_found(release))
    except Exception as error:  # what a stranger's file can raise has no list
        reason = f"原始答卷不完整或格式不对：{type(error).__name__} {error}"
        return [Discrepancy("evidence", reason[:300])]


def _found(release: Mapping[str, Any]) -> Iterator[Discrepancy]:
    exams = release["evidence"]["exams"]
    given = [exam["exam"] for exam in exams]
    declared = [exam["code"] for exam in release["rules"]["exams"]]
    if sorted(given) != sorted(declared):
        yield Discrepancy(
            "evidence", f"应有科目{'、'.join(declared)}的答卷，文件里是{'、'.join(given)}"
        )
        return
    used: Counter[str] = Counter()
    for exam in exams:
        yield from _exam(exam, release["candidates"], used)
    for line in release["candidates"]:
        if used[line["candidate"]] != line["used_seconds"]:
            yield Discrepancy(
                f"evidence/{line['candidate']}/used_seconds",
                f"发布的是 {line['used_seconds']} 秒，"
                f"按开始和交卷时间计算是 {used[line['candidate']]} 秒",
            )


def _exam(
    exam: Mapping[str, Any], lines: list[Mapping[str, Any]], used: Counter[str]
) -> Iterator[Discrepancy]:
    where = f"evidence/{exam['exam']}"
    published = {
        line["candidate"]: each["score"]
        for line in lines
        for each in line["exams"]
        if each["exam"] == exam["exam"] and each["sat"]
    }
    sat = Counter(sitting["candidate"] for sitting in exam["sittings"])
    for candidate in sorted(set(published) | set(sat)):
        if (sat[candidate], candidate in published) != (1, True):
            reason = f"有 {sat[candidate]} 份答卷，发布的成绩有 {int(candidate in published)} 项"
            yield Discrepancy(f"{where}/{candidate}", reason)
    if exam["paper"] is None:
        if exam["sittings"]:
            yield Discrepancy(where, "有答卷，却没有试卷")
        return
    yield from _hashes(exam, where)
    for item in exam["paper"]["items"]:
        _number(item["points"])
    for sitting in exam["sittings"]:
        yield from _sitting(exam, sitting, published.get(sitting["candidate"]), used)


def _hashes(exam: Mapping[str, Any], where: str) -> Iterator[Discrepancy]:
    for part, label in (("paper", "试卷"), ("key", "标准答案")):
        if digest(exam[part]) != exam[f"{part}_hash"]:
            yield Discrepancy(f"{where}/{part}_hash", f"{label}的内容与公布的哈希不符")
    if exam["key"]["paper_hash"] != exam["paper_hash"]:
        yield Discrepancy(f"{where}/key", "标准答案不是这份试卷的")


def _sitting(
    exam: Mapping[str, Any],
    sitting: Mapping[str, Any],
    published: str | None,
    used: Counter[str],
) -> Iterator[Discrepancy]:
    where = f"evidence/{exam['exam']}/{sitting['candidate']}"
    answers = {int(number): raw for number, raw in sitting["responses"].items()}
    order = candidate_order(exam["seed"], sitting["order_key"], exam["paper"])
    marked = mark_sitting(exam["paper"], exam["key"], order, answers)
    for label, given in (("答卷上记的", sitting["score"]), ("发布的", published)):
        if given is not None and _number(given) != marked.score:
            yield Discrepancy(
                f"{where}/score", f"{label}成绩是 {given}，按原始答案重新评阅是 {marked.score}"
            )
    started, ended = (
        datetime.fromisoformat(sitting[key]) for key in ("started_at", "handed_in_at")
    )
    used[sitting["candidate"]] += int((ended - started).total_seconds())
    if receipt(sitting["sitting"], answers, ended) != sitting["receipt"]:
        yield Discrepancy(f"{where}/receipt", "按答案和交卷时间算出的回执码与考生的回执码不符")


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"“{text[:40]}”不是分数")
    return Decimal(text)
