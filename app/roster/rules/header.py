"""Finding the header of a personnel sheet: which column is which, under how many title rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.roster.rules.cells import matched, tidy
from app.roster.rules.grid import LAST_COLUMN, Sheet, spread

SEARCHED_ROWS = 30
DEEPEST = 3


class Column(StrEnum):
    """What a column of the sheet can be about; the value is how the office calls it."""

    COUNTY = "县区"
    NAME = "姓名"
    GENDER = "性别"
    BORN = "出生日期"
    ID_NUMBER = "身份证号"
    UNIT = "单位"
    POST = "职务"
    CERTIFICATE = "执法证号"
    CERTIFICATE_EXPIRES = "证件有效期"
    ESTABLISHMENT = "编制类型"
    POST_STATUS = "在岗情况"
    ESTABLISHED_ON_POST = "在编在岗"
    PHONE = "手机号码"


_SYNONYMS = {
    Column.COUNTY: (
        "县区 县市区 市县区 区县 县 区 所属县区 所属县市区 单位所在县区 所在县区 所在县市区"
        " 所属区县 所在区县 县区名称 县市区名称 所属地区 地区 属地 行政区划 辖区"
        " 县市区分局 所在县 所属县"
    ),
    Column.NAME: "姓名 执法人员姓名 人员姓名 执法人员 姓名全称 持证人姓名 持证人 人员名称 名字",
    Column.GENDER: "性别 男女 人员性别",
    Column.BORN: "出生日期 出生年月 出生年月日 生日 出生时间",
    Column.ID_NUMBER: (
        "身份证号 身份证号码 身份证 公民身份号码 公民身份证号 公民身份证号码 居民身份证号"
        " 居民身份证号码 居民身份证 身份号码 身份证编号 个人身份证号"
    ),
    Column.UNIT: (
        "单位 工作单位 所在单位 单位名称 所属单位 执法单位 执法机构 所在机构 工作单位名称 单位全称"
        " 工作单位全称 执法单位名称 所在单位名称 执法主体 部门 所在部门"
    ),
    Column.POST: ("职务 岗位 职务岗位 岗位职务 职务职级 职务职称 职级 职位 现任职务 工作岗位"),
    Column.CERTIFICATE: (
        "执法证号 执法证号码 执法证件号 执法证件号码 执法证编号 执法证件编号 行政执法证号"
        " 行政执法证号码 行政执法证编号 行政执法证件号 行政执法证件号码 行政执法证件编号 证件编号"
        " 证件号 证件号码 证号 执法证 行政执法证 执法证件 生态环境执法证号 环境执法证号"
        " 环境监察执法证号 执法资格证号 执法人员证号"
    ),
    Column.CERTIFICATE_EXPIRES: (
        "证件有效期 证件有效期至 有效期 有效期至 有效期限 有效期截止 有效期截止日期 有效期到期日"
        " 到期日期 到期日 到期时间 截止日期 有效日期 执法证有效期 执法证有效期至 执法证到期日期"
        " 执法证件有效期 执法证件有效期至 执法证到期时间 执法证件到期日期 行政执法证有效期"
        " 行政执法证有效期至 行政执法证件有效期 证件到期日期 证件到期时间 有效期止 执法证截止日期"
    ),
    Column.ESTABLISHMENT: (
        "编制 编制类型 编制性质 编制类别 编制情况 人员编制 人员性质 身份性质 编制身份 人员身份"
        " 是否在编 在编情况 用工性质"
    ),
    Column.POST_STATUS: (
        "在岗 是否在岗 在岗情况 人员状态 在岗状态 是否在岗在位 在职状态 在职情况 岗位状态 工作状态"
        " 是否在职 状态"
    ),
    Column.ESTABLISHED_ON_POST: "在编在岗 是否在编在岗 在编在岗情况 是否在岗在编 在岗在编",
    Column.PHONE: (
        "手机 手机号 手机号码 联系电话 联系方式 电话 电话号码 移动电话 联系手机 本人手机"
    ),
}
_COLUMNS = {word: column for column, words in _SYNONYMS.items() for word in words.split()}
_REQUIRED = (
    Column.NAME,
    Column.CERTIFICATE,
    Column.CERTIFICATE_EXPIRES,
    Column.ESTABLISHMENT,
    Column.POST_STATUS,
)
_UNDER_CERTIFICATE = {
    "编号": Column.CERTIFICATE,
    "号码": Column.CERTIFICATE,
    "号": Column.CERTIFICATE,
}
_UNDER_ID = {"编号": Column.ID_NUMBER, "号码": Column.ID_NUMBER, "号": Column.ID_NUMBER}
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_PUNCTUATION = re.compile(r"[^\w]|_")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what its columns are. `ignored` lists the columns that were
    not taken, with their heads; a second column of the same meaning is among them."""

    top: int
    bottom: int
    columns: Mapping[Column, int]
    ignored: tuple[tuple[int, str], ...]

    def missing(self) -> tuple[Column, ...]:
        """Columns without which nothing can be imported."""
        both = Column.ESTABLISHED_ON_POST in self.columns
        waived = (Column.ESTABLISHMENT, Column.POST_STATUS) if both else ()
        return tuple(
            column for column in _REQUIRED if column not in self.columns and column not in waived
        )


def recognise(sheet: Sheet) -> Header | None:
    """The header among the first rows: that stretch of one to three rows whose heads, merged
    areas carried across, name the most columns. Without 姓名 and one more it is none."""
    values = spread(sheet, range(1, SEARCHED_ROWS + DEEPEST + 1))
    texts = {place: text for place, value in values.items() if (text := tidy(value))}
    tops = sorted({row for row, _ in texts if row <= SEARCHED_ROWS})
    tried = [_header(texts, top, top + more) for top in tops for more in range(DEEPEST)]
    best = max(tried, key=_weight, default=None)
    if best is None or Column.NAME not in best.columns or len(best.columns) < 2:
        return None
    whole = _header(texts, *_merged_rows(sheet, best))
    return whole if len(whole.columns) >= len(best.columns) else best


def column_named(*heads: str) -> Column | None:
    """The column under these heads, from the upper to the lower: 执法证 → 有效期.

    >>> column_named("执法证", "编号")
    <Column.CERTIFICATE: '执法证号'>
    """
    plain = [word for head in heads if (word := _word(head))]
    bare = [word for head in heads if (word := _word(_BRACKETED.sub("", matched(head))))]
    for words in (plain, bare):
        if not words:
            continue
        if (column := _COLUMNS.get("".join(words))) is not None:
            return column
        *groups, last = words
        column = _under(groups[-1], last) if groups else _COLUMNS.get(last)
        if column is not None:
            return column
    return None


def _under(group: str, last: str) -> Column | None:
    if "身份证" in group or "身份号" in group:
        return _UNDER_ID.get(last)
    if "执法证" in group or group == "证件":
        return _UNDER_CERTIFICATE.get(last) or _COLUMNS.get(last)
    return _COLUMNS.get(last)


def _word(head: str) -> str:
    return _PUNCTUATION.sub("", matched(head))


def _header(texts: Mapping[tuple[int, int], str], top: int, bottom: int) -> Header:
    columns: dict[Column, int] = {}
    ignored: list[tuple[int, str]] = []
    places = {place for place in texts if top <= place[0] <= bottom}
    for position in sorted({column for _, column in places if column <= LAST_COLUMN}):
        stack = [texts[row, position] for row in range(top, bottom + 1) if (row, position) in texts]
        heads = list(dict.fromkeys(stack))
        column = column_named(*heads)
        if column is None or column in columns:
            ignored.append((position, " ".join(heads)))
        else:
            columns[column] = position
    return Header(top, bottom, columns, tuple(ignored))


def _weight(header: Header) -> tuple[bool, int, int, int]:
    """The more columns named the better; of equals the shallowest, then the uppermost, so that
    a title above and the people below stay outside."""
    depth = header.bottom - header.top
    return Column.NAME in header.columns, len(header.columns), -depth, -header.top


def _merged_rows(sheet: Sheet, header: Header) -> tuple[int, int]:
    """The rows that the heads cover through merged areas: or the data would begin inside one."""
    positions = set(header.columns.values())
    reached = [
        merge
        for merge in sheet.merges
        if merge.left in positions
        and merge.bottom - merge.top < DEEPEST
        and merge.top <= header.bottom
        and merge.bottom >= header.top
    ]
    return (
        min([header.top, *(merge.top for merge in reached)]),
        max([header.bottom, *(merge.bottom for merge in reached)]),
    )
