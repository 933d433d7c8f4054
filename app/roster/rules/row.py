"""Reading one row of a personnel sheet: an officer, or the cells that are wrong."""

import re
from collections.abc import Mapping
from datetime import date

from app.roster.rules.cells import digits_lost, is_nothing, matched, shown, tidy
from app.roster.rules.counties import find_county
from app.roster.rules.dates import LONG_TERM, read_date
from app.roster.rules.draft import AS_TEXT, Draft
from app.roster.rules.header import Column
from app.roster.rules.people import (
    Establishment,
    OfficerEntry,
    PostStatus,
    establishment_of,
    post_status_of,
    says_both,
)
from app.roster.rules.personal import read_identity, read_phone
from app.roster.rules.plan import Flaw, ProblemKind

_CERTIFICATE = re.compile(r"[\w\-()/·〔〕\[\]]{4,32}")
_LIKE_AN_ID = re.compile(r"\d{6}(?:19|20)\d{8,9}[\dX]?", re.ASCII)
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[· ]){0,28}[^\W\d_]")
_LONGEST = {Column.UNIT: 128, Column.POST: 64}


def read_row(
    draft: Draft, *, county: str | Flaw | None, counties: Mapping[str, str], today: date
) -> None:
    """Fills in the draft; `entry` stays None if any cell is wrong. `county` is the one that the
    sheet's title or a row above names, for sheets without that column."""
    _county(draft, county, counties)
    _name(draft)
    _certificate(draft)
    expires = _expires(draft)
    establishment, on_post = _standing(draft)
    born, gender = read_identity(draft, today)
    phone = read_phone(draft)
    draft.unit, post = _plain(draft, Column.UNIT), _plain(draft, Column.POST)
    if (
        draft.flaws
        or not draft.county
        or expires is None
        or establishment is None
        or on_post is None
    ):
        return
    draft.entry = OfficerEntry(
        county_code=counties[draft.county],
        name=draft.name,
        certificate=draft.certificate,
        certificate_expires=None if expires == LONG_TERM else expires,
        establishment=establishment,
        on_post=on_post,
        unit=draft.unit,
        post=post,
        gender=gender,
        born=born,
        id_number=draft.id_number or None,
        phone=phone,
    )


def is_certificate(number: str) -> bool:
    """Bureaus number their certificates in many ways; four digits are in every one of them."""
    return bool(_CERTIFICATE.fullmatch(number)) and sum(map(str.isdigit, number)) >= 4


def _county(draft: Draft, given: str | Flaw | None, counties: Mapping[str, str]) -> None:
    if Column.COUNTY in draft.places:
        value = draft.value(Column.COUNTY)
        if draft.faulty(Column.COUNTY):
            return
        given = find_county(value, counties)
    if isinstance(given, Flaw):
        draft.flaw(Column.COUNTY, given)
    elif given is not None:
        draft.county = given


def _name(draft: Draft) -> None:
    value = draft.value(Column.NAME)
    if draft.faulty(Column.NAME):
        return
    name = tidy(value)
    if is_nothing(value):
        remedy = "请填写姓名；如果这一行不是人员，请整行删除"
        draft.flaw(Column.NAME, Flaw(ProblemKind.NAME_MISSING, "姓名为空", remedy))
    elif not _NAME.fullmatch(name):
        reason = f"“{shown(value)}”不像姓名"
        remedy = "姓名为 2 至 30 个字，不能有数字或符号（少数民族姓名中的“·”可以）"
        draft.flaw(Column.NAME, Flaw(ProblemKind.NAME_UNREADABLE, reason, remedy))
    else:
        draft.name = name


def _certificate(draft: Draft) -> None:
    value = draft.value(Column.CERTIFICATE)
    if draft.faulty(Column.CERTIFICATE) or Column.CERTIFICATE not in draft.places:
        return
    number = matched(value)
    kind = ProblemKind.CERTIFICATE_UNREADABLE
    if is_nothing(value):
        flaw = Flaw(ProblemKind.CERTIFICATE_MISSING, "执法证号为空", "请照执法证填写证号")
    elif digits_lost(value):
        reason = "Excel 把证号变成了科学计数，末尾的数字已经丢失"
        flaw = Flaw(ProblemKind.DIGITS_LOST, reason, AS_TEXT)
    elif _LIKE_AN_ID.fullmatch(number):
        kind = ProblemKind.CERTIFICATE_IS_ID_NUMBER
        flaw = Flaw(kind, "执法证号一列填的是身份证号", "请改填执法证上的证号")
    elif not is_certificate(number):
        remedy = "证号为 4 至 32 位，由数字、字母、汉字和连接号组成，请照执法证填写"
        flaw = Flaw(kind, f"“{shown(value)}”不是执法证号", remedy)
    else:
        draft.certificate = number
        return
    draft.flaw(Column.CERTIFICATE, flaw)


def _expires(draft: Draft) -> date | None:
    value = draft.value(Column.CERTIFICATE_EXPIRES)
    if draft.faulty(Column.CERTIFICATE_EXPIRES) or Column.CERTIFICATE_EXPIRES not in draft.places:
        return None
    expires = read_date(value, what="证件有效期", whole_month=True)
    if isinstance(expires, Flaw):
        draft.flaw(Column.CERTIFICATE_EXPIRES, expires)
        return None
    return expires


def _standing(draft: Draft) -> tuple[Establishment | None, PostStatus | None]:
    both = Column.ESTABLISHED_ON_POST
    establishment, on_post = _establishment(draft), _post_status(draft)
    alone = both in draft.places and not {Column.ESTABLISHMENT, Column.POST_STATUS} <= set(
        draft.places
    )
    if not alone:
        return establishment, on_post
    value = draft.value(both)
    if draft.faulty(both):
        return None, None
    if not says_both(matched(value)):
        reason = f"“在编在岗”为“{shown(value)}”，看不出是不在编还是不在岗"
        remedy = "请分成“编制类型”和“在岗情况”两列填写"
        draft.flaw(both, Flaw(ProblemKind.POST_STATUS_UNREADABLE, reason, remedy))
        return None, None
    return establishment or Establishment.UNSPECIFIED, on_post or PostStatus.ON_POST


def _establishment(draft: Draft) -> Establishment | None:
    column = Column.ESTABLISHMENT
    if column not in draft.places:
        return None
    value = draft.value(column)
    if draft.faulty(column):
        return None
    allowed = f"可填：{'、'.join(each.label for each in Establishment)}"
    found = establishment_of(matched(value))
    if is_nothing(value):
        draft.flaw(column, Flaw(ProblemKind.ESTABLISHMENT_MISSING, "编制类型为空", allowed))
    elif found is None:
        reason = f"编制类型“{shown(value)}”不能判断"
        draft.flaw(column, Flaw(ProblemKind.ESTABLISHMENT_UNREADABLE, reason, allowed))
    return found


def _post_status(draft: Draft) -> PostStatus | None:
    column = Column.POST_STATUS
    if column not in draft.places:
        return None
    value = draft.value(column)
    if draft.faulty(column):
        return None
    allowed = f"可填：{'、'.join(each.label for each in PostStatus)}；已调离的请删去整行"
    found = post_status_of(matched(value))
    if is_nothing(value):
        draft.flaw(column, Flaw(ProblemKind.POST_STATUS_MISSING, "在岗情况为空", allowed))
    elif found is None:
        reason = f"在岗情况“{shown(value)}”不能判断"
        draft.flaw(column, Flaw(ProblemKind.POST_STATUS_UNREADABLE, reason, allowed))
    return found


def _plain(draft: Draft, column: Column) -> str:
    value = draft.value(column)
    text = "" if is_nothing(value) else tidy(value)
    if len(text) > _LONGEST[column]:
        reason = f"{column.value}超过 {_LONGEST[column]} 个字"
        draft.flaw(column, Flaw(ProblemKind.TOO_LONG, reason, "请只写名称"))
    return text
