"""法律依据的检查: whether what a question rests on exists, and is law on the days that matter."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from app.bank.rules.drafts import CARRYING, Basis, BasisRole, basis_of
from app.bank.rules.laws import Confidence, LawBook, LawEntry, is_day
from app.bank.rules.problems import Problem, shown

_ARTICLE = re.compile(r"([1-9][0-9]*)(-[1-9][0-9]*)?")
_SURENESS = {Confidence.OPEN: 0, Confidence.STANDING: 1, Confidence.FIRM: 2}


def check_bases(
    question: Mapping[str, Any], code: str, laws: LawBook, today: date
) -> Iterable[Problem]:
    """Every finding about `basis`: shape, law table, repeal, dates, sureness."""
    rows = question.get("basis")
    if not isinstance(rows, list) or not rows:
        yield Problem(code, "basis", "没有法律依据", "写明法律、版本、条、款、项")
        return
    known: list[tuple[str, Basis, LawEntry]] = []
    for number, row in enumerate(rows, 1):
        field = f"basis[{number}]"
        problems = list(_shape(row, code, field))
        yield from problems
        if problems:
            continue
        basis = basis_of(row)
        law = laws.get((basis.law, basis.version))
        if law is None:
            yield _unknown(basis, code, field, laws)
            continue
        yield from _against_table(basis, law, code, field)
        known.append((field, basis, law))
    roles = {basis.role for _, basis, _ in known}
    transition = question.get("transition") is True
    if known and BasisRole.KEY not in roles and not (transition and BasisRole.CHOICE in roles):
        yield Problem(code, "basis", "没有一条是答案所据（role = key）", "标出答案依据哪一条")
    yield from _in_time(question, code, known, today)
    yield from _sureness(question, code, known)


def _shape(row: Any, code: str, field: str) -> Iterator[Problem]:
    if not isinstance(row, dict):
        yield Problem(code, field, "依据应当是一张表", "对照样题的写法")
        return
    if not isinstance(row.get("law"), str) or not is_day(row.get("version")):
        yield Problem(code, field, "依据要有法律短名和版本日期", "版本写该版本的施行日，不加引号")
    article = row.get("article")
    if not isinstance(article, str) or not _ARTICLE.fullmatch(article):
        yield Problem(code, field, "条号应当是数字文字", 'article = "44"', shown(article))
    for name, what in (("paragraph", "款"), ("item", "项")):
        value = row.get(name)
        if value is not None and (type(value) is not int or value < 1):
            yield Problem(code, field, f"{what}应当从 1 数", f"改正 {name}", shown(value))
    if row.get("role") not in tuple(BasisRole):
        roles = "、".join(BasisRole)
        yield Problem(code, field, f"role 应当是 {roles} 之一", "改正 role", shown(row.get("role")))
    if row.get("confidence") not in tuple(Confidence):
        yield Problem(code, field, "confidence 应当是 firm、standing、open 之一", "改正 confidence")


def _unknown(basis: Basis, code: str, field: str, laws: LawBook) -> Problem:
    versions = sorted(str(version) for name, version in laws if name == basis.law)
    if versions:
        reason = f"依据表里的“{basis.law}”没有 {basis.version} 这个版本"
        return Problem(code, field, reason, f"改用 {'、'.join(versions)}", str(basis.version))
    reason = f"依据表里没有“{basis.law}”"
    return Problem(code, field, reason, "核对短名，或者先把它写进 laws.toml", basis.law)


def _against_table(basis: Basis, law: LawEntry, code: str, field: str) -> Iterator[Problem]:
    if int(basis.article.partition("-")[0]) > law.articles:
        reason = f"{law.name}只有 {law.articles} 条，没有第 {basis.article} 条"
        yield Problem(code, field, reason, "核对条号", basis.article)
    if _SURENESS[Confidence(basis.confidence)] > _SURENESS[law.confidence]:
        reason = f"写的把握（{basis.confidence}）高于依据表对{law.name}的把握（{law.confidence}）"
        yield Problem(code, field, reason, f"改成 {law.confidence}", basis.confidence)


def _in_time(
    question: Mapping[str, Any],
    code: str,
    known: Iterable[tuple[str, Basis, LawEntry]],
    today: date,
) -> Iterator[Problem]:
    start, end = question.get("valid_from"), question.get("valid_to")
    transition = question.get("transition") is True
    act_end, decided = question.get("act_end"), question.get("decision_date")
    for field, basis, law in known:
        if basis.role is BasisRole.OLD:
            if not transition:
                yield Problem(
                    code, field, "只有衔接题可以引用旧法", "写 transition = true，或者删去"
                )
            elif is_day(act_end) and not law.in_force(act_end):
                reason = f"行为终了日 {act_end} 时{law.name}并不施行"
                yield Problem(code, field, reason, "核对行为终了日和旧法版本")
            continue
        gone = law.repealed
        if gone is not None and gone <= today and not (is_day(end) and end < gone):
            reason = f"{law.name}自 {gone} 起废止"
            instead = f"改引{law.successor}" if law.successor else "改引现行法律"
            remedy = f"{instead}；旧题写 valid_to；衔接题写 role = old"
            yield Problem(code, field, reason, remedy, law.name)
        if basis.role in CARRYING and is_day(start) and start < law.effective:
            reason = f"适用起日 {start} 早于{law.name}的施行日 {law.effective}"
            yield Problem(code, "valid_from", reason, f"改成 {law.effective} 或者更晚", str(start))
        if transition and is_day(decided) and not law.in_force(decided):
            reason = f"决定日 {decided} 时{law.name}并不施行"
            yield Problem(code, field, reason, "核对决定日", str(decided))


def _sureness(
    question: Mapping[str, Any], code: str, known: Iterable[tuple[str, Basis, LawEntry]]
) -> Iterator[Problem]:
    """Open law carries no answer; standing law alone is for the legal office to look at."""
    if question.get("hold"):
        return
    keys = [(field, law) for field, basis, law in known if basis.role is BasisRole.KEY]
    for field, law in keys:
        if law.confidence is Confidence.OPEN:
            reason = f"{law.name}的现状尚未确认，不能作答案依据"
            yield Problem(code, field, reason, "换成上位法，或者写 hold", law.name)
    if keys and all(law.confidence is Confidence.STANDING for _, law in keys):
        names = "、".join(sorted({law.name for _, law in keys}))
        yield Problem(
            code, "basis", f"答案只靠{names}", "请法制机构确认它现行有效；没有把握的写 hold",
            names, remark=True,
        )  # fmt: skip
