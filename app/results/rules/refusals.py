"""What the results refuse, in the words that the organizer reads."""

from app.kernel.errors import DomainError, Kind


class ReleaseMissing(DomainError):
    code, kind, message = (
        "release_missing",
        Kind.MISSING,
        "没有这次成绩发布，或者里面没有您的成绩。",
    )


class NobodyCalled(DomainError):
    code, kind, message = "nobody_called", Kind.CONFLICT, "参赛名单还是空的，没有成绩可以发布。"


class NotNumbered(DomainError):
    code, kind = "not_numbered", Kind.CONFLICT
    message = "还有 {count} 名参赛人员没有编考号，请先在“名单与抽取”里编号。"


class ExamNotHeld(DomainError):
    code, kind = "exam_not_held", Kind.CONFLICT
    message = "“{exam}”还没有发布或者还没有考完，不能发布成绩。"


class PeopleStillSitting(DomainError):
    code, kind = "people_still_sitting", Kind.CONFLICT
    message = "“{exam}”还有 {count} 人没有交卷，交卷或者到时收卷以后再发布。"


class PeopleMayStillStart(DomainError):
    code, kind = "people_may_still_start", Kind.CONFLICT
    message = "“{exam}”还在考试时间内，还有 {count} 人可以进场，现在发布会把他们算作缺考。"


class ExamNotMarked(DomainError):
    code, kind = "exam_not_marked", Kind.CONFLICT
    message = "“{exam}”还有 {count} 份答卷没有阅卷，请先阅卷。"


class NothingChanged(DomainError):
    code, kind = "nothing_changed", Kind.CONFLICT
    message = "成绩与第 {number} 次发布完全相同，不需要再发布。"


class ReleaseDoesNotVerify(DomainError):
    code, kind = "release_does_not_verify", Kind.CONFLICT
    message = "按原始答卷重新计算，{where} 对不上：{reason}。没有发布，请联系管理员。"
