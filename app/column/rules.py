"""What the public may write to the office (意见与投诉), required by 国办函〔2026〕12号."""

from datetime import timedelta
from enum import StrEnum

from app.kernel.errors import DomainError, Kind

LONGEST = 2000
LONGEST_CONTACT = 64
# The whole house together: no address of anybody is kept to tell one writer from another.
MOST = 10
WITHIN = timedelta(minutes=1)


class TooManyLetters(DomainError):
    code, kind = "too_many_letters", Kind.UNAVAILABLE
    message = "刚才提交的意见较多，请过一分钟再提交，您写的内容还在下面。"


class About(StrEnum):
    """What a letter is about (意见类别)."""

    CONTEST = "contest"
    RESULT = "result"
    COLUMN = "column"
    SOFTWARE = "software"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As the form says it."""
        return _LABELS[self]


_LABELS = {
    About.CONTEST: "比武的组织",
    About.RESULT: "成绩与通报",
    About.COLUMN: "专栏内容",
    About.SOFTWARE: "软件使用",
    About.OTHER: "其他",
}
