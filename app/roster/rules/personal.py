"""Reading the personal columns of a row: ID number, birthday, gender, phone."""

import re
from datetime import date

from app.roster.rules import identity
from app.roster.rules.cells import digits_lost, is_nothing, matched, shown
from app.roster.rules.dates import read_date
from app.roster.rules.draft import AS_TEXT, Draft
from app.roster.rules.header import Column
from app.roster.rules.identity import Gender
from app.roster.rules.people import gender_named
from app.roster.rules.plan import Flaw, ProblemKind

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}", re.ASCII)


def read_identity(draft: Draft, today: date) -> tuple[date | None, Gender | None]:
    """Birthday and gender, from the ID number when there is one; what the sheet says must agree."""
    _id_number(draft, today)
    number, born, gender = draft.id_number, _born(draft, today), _gender(draft)
    if not number:
        return born, gender
    true_born, true_gender = identity.born_on(number), identity.gender_of(number)
    if born is not None and born != true_born:
        reason = f"出生日期 {born.isoformat()} 与身份证号中的不一致"
        flaw = Flaw(ProblemKind.BORN_DIFFERS, reason, "请核对这两个单元格，改正填错的一个")
        draft.flaw(Column.BORN, flaw)
    if gender is not None and gender is not true_gender:
        reason = f"性别“{gender.label}”与身份证号第 17 位不一致"
        flaw = Flaw(ProblemKind.GENDER_DIFFERS, reason, "请核对这两个单元格，改正填错的一个")
        draft.flaw(Column.GENDER, flaw)
    return true_born, true_gender


def _id_number(draft: Draft, today: date) -> None:
    value = draft.value(Column.ID_NUMBER)
    if is_nothing(value):
        return
    number = matched(value)
    born = identity.born_on(number) if identity.is_shaped(number) else None
    if digits_lost(value):
        reason = "Excel 把身份证号变成了数字，第 15 位以后的数字已经丢失，无法恢复"
        flaw = Flaw(ProblemKind.DIGITS_LOST, reason, AS_TEXT)
    elif not identity.is_shaped(number):
        reason = f"身份证号应为 18 位（末位可为 X），现为 {len(number)} 位"
        if len(number) == 18:
            reason = "身份证号只能是 17 位数字加 1 位数字或 X"
        flaw = Flaw(ProblemKind.ID_LENGTH, reason, "请照身份证重新输入 18 位号码")
    elif born is None or not date(1920, 1, 1) <= born <= today:
        reason = "身份证号第 7 至 14 位不是可能的出生日期"
        flaw = Flaw(ProblemKind.ID_BIRTHDAY, reason, "请照身份证逐位核对")
    elif not identity.checks_out(number):
        reason = "身份证号末位校验码不对（GB 11643），至少有一位填错"
        flaw = Flaw(ProblemKind.ID_CHECKSUM, reason, "请照身份证逐位核对")
    else:
        draft.id_number = number
        return
    draft.flaw(Column.ID_NUMBER, flaw)


def _born(draft: Draft, today: date) -> date | None:
    value = draft.value(Column.BORN)
    if is_nothing(value):
        return None
    born = read_date(value, what="出生日期")
    if isinstance(born, date) and born > today:
        reason = f"出生日期 {born.isoformat()} 在今天之后"
        born = Flaw(ProblemKind.DATE_IMPOSSIBLE, reason, "请照身份证改正")
    if isinstance(born, Flaw):
        # 1990年5月 is no birthday, but it is no mistake either: with an ID number it is not needed
        if draft.id_number and born.kind is ProblemKind.DATE_UNREADABLE:
            return None
        draft.flaw(Column.BORN, born)
        return None
    return born


def _gender(draft: Draft) -> Gender | None:
    value = draft.value(Column.GENDER)
    if is_nothing(value):
        return None
    gender = gender_named(matched(value))
    if gender is None:
        reason = f"性别“{shown(value)}”不能识别"
        draft.flaw(Column.GENDER, Flaw(ProblemKind.GENDER_UNREADABLE, reason, "请填“男”或“女”"))
    return gender


def read_phone(draft: Draft) -> str | None:
    """A mobile number, with or without +86, or a fixed one with its area code: the digits."""
    value = draft.value(Column.PHONE)
    if is_nothing(value):
        return None
    number = re.sub(r"[\-()—]", "", matched(value))
    if mobile := _MOBILE.fullmatch(number):
        return mobile[1]
    if _LANDLINE.fullmatch(number):
        return number
    lost = digits_lost(value)
    kind = ProblemKind.DIGITS_LOST if lost else ProblemKind.PHONE_UNREADABLE
    reason = (
        "Excel 把号码变成了科学计数" if lost else "应为 11 位手机号，或带区号的固定电话，只填一个"
    )
    draft.flaw(Column.PHONE, Flaw(kind, reason, AS_TEXT if lost else "请重新输入号码"))
    return None
