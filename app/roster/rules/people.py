"""Officers (执法人员) as the roster knows them, and the words in which sheets describe them."""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.roster.rules.identity import Gender


class Establishment(StrEnum):
    """编制类型: whether someone is on the establishment, and on which."""

    ADMINISTRATIVE = "administrative"
    PUBLIC_INSTITUTION = "public_institution"
    CIVIL_SERVANT_LIKE = "civil_servant_like"
    UNSPECIFIED = "unspecified"
    CONTRACT = "contract"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on the sheet."""
        return _ESTABLISHMENT_LABELS[self]

    @property
    def established(self) -> bool:
        """在编. A sheet that only says 在编 without the kind is believed."""
        return self not in (Establishment.CONTRACT, Establishment.OTHER)


class PostStatus(StrEnum):
    """在岗情况: whether someone is at the post, and if not, why."""

    ON_POST = "on_post"
    LEAVE = "leave"
    SECONDED = "seconded"
    STUDY = "study"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        """The word on the sheet."""
        return _POST_STATUS_LABELS[self]


_ESTABLISHMENT_LABELS = {
    Establishment.ADMINISTRATIVE: "行政编制",
    Establishment.PUBLIC_INSTITUTION: "事业编制",
    Establishment.CIVIL_SERVANT_LIKE: "参公编制",
    Establishment.UNSPECIFIED: "在编（未注明类型）",
    Establishment.CONTRACT: "聘用（编外）",
    Establishment.OTHER: "其他",
}
_POST_STATUS_LABELS = {
    PostStatus.ON_POST: "在岗",
    PostStatus.LEAVE: "休假（病假、产假）",
    PostStatus.SECONDED: "借调",
    PostStatus.STUDY: "脱产学习",
    PostStatus.RETIRED: "退休/退居",
}
_ESTABLISHMENT_WORDS = {
    Establishment.ADMINISTRATIVE: "行政编制 行政编 行政 公务员 公务员编制 行政执法专项编制",
    Establishment.PUBLIC_INSTITUTION: (
        "事业编制 事业编 事业 全额事业 全额事业编 全额事业编制 全额拨款事业编制 财政全额事业编制"
        " 差额事业编制 事业单位编制 事业人员"
    ),
    Establishment.CIVIL_SERVANT_LIKE: (
        "参公编制 参公编 参公 参公事业 参公事业编 参公事业编制 参公管理 参照公务员"
        " 参照公务员管理 参照公务员法管理 参公管理事业编制"
    ),
    Establishment.UNSPECIFIED: "在编 在编人员 是 编内 正式 正式编制 在编(未注明类型)",
    Establishment.CONTRACT: (
        "聘用 聘用制 聘用(编外) 编外 编外聘用 编外人员 聘用人员 合同制 合同工 劳务派遣 派遣 临聘"
        " 临时工 临时人员 购买服务 政府购买服务 辅助人员 公益性岗位 否 非在编 不在编"
    ),
    Establishment.OTHER: "其他 其它 工勤 工勤编 工勤编制 机关工勤 机关工勤编制",
}
_POST_STATUS_WORDS = {
    PostStatus.ON_POST: "在岗 是 在职 在职在岗 在岗在位 在位 正常 在岗人员",
    PostStatus.LEAVE: (
        "休假 休假(病假、产假) 病假 长期病假 产假 病休 事假 育儿假 哺乳假 长休 病假中 产假中"
    ),
    PostStatus.SECONDED: (
        "借调 借调中 借出 外借 抽调 挂职 挂职锻炼 跟班学习 跟岗 驻村 借调在外 借用"
    ),
    PostStatus.STUDY: "脱产学习 脱产 学习 脱产培训 在外学习 进修",
    PostStatus.RETIRED: (
        "退休/退居 退休 退居 退居二线 退二线 二线 离岗待退 内退 提前离岗 离岗 已退休"
    ),
}
_ESTABLISHMENTS = {word: e for e, words in _ESTABLISHMENT_WORDS.items() for word in words.split()}
_POST_STATUSES = {word: s for s, words in _POST_STATUS_WORDS.items() for word in words.split()}
_GENDERS = {"男": Gender.MALE, "女": Gender.FEMALE, "男性": Gender.MALE, "女性": Gender.FEMALE}
_BOTH = {"是", "在编在岗", "在岗在编", "在编且在岗", "√", "Y", "YES"}
_BRACKETS = re.compile(r"\([^()?]*\)$")


@dataclass(frozen=True, slots=True)
class OfficerEntry:
    """One officer as a sheet states it and the roster keeps it.

    Known by the certificate number (执法证号). `certificate_expires` None means 长期. `born` and
    `gender` come from the ID number when there is one.
    """

    county_code: str
    name: str
    certificate: str
    certificate_expires: date | None
    establishment: Establishment
    on_post: PostStatus
    unit: str = ""
    post: str = ""
    gender: Gender | None = None
    born: date | None = None
    id_number: str | None = None
    phone: str | None = None


def completed(entry: OfficerEntry, before: OfficerEntry | None) -> OfficerEntry:
    """What stands in the roster after the import: a cell that the sheet leaves blank, or a column
    that it does not have, takes nothing away from what is known."""
    if before is None:
        return entry
    return replace(
        entry,
        unit=entry.unit or before.unit,
        post=entry.post or before.post,
        gender=entry.gender or before.gender,
        born=entry.born or before.born,
        id_number=entry.id_number or before.id_number,
        phone=entry.phone or before.phone,
    )


def establishment_of(word: str) -> Establishment | None:
    """编制类型 by the words that bureaus use; a remark in brackets at the end is passed over."""
    return _ESTABLISHMENTS.get(word) or _ESTABLISHMENTS.get(_BRACKETS.sub("", word))


def post_status_of(word: str) -> PostStatus | None:
    """在岗情况, likewise. 借调（市局） is 借调; 借调（？） is a question, and not answered."""
    return _POST_STATUSES.get(word) or _POST_STATUSES.get(_BRACKETS.sub("", word))


def gender_named(word: str) -> Gender | None:
    """男 or 女."""
    return _GENDERS.get(word)


def says_both(word: str) -> bool:
    """Whether a single column 在编在岗 says yes."""
    return word in _BOTH
