"""What a sitting refuses, in the words that the candidate reads."""

from app.kernel.errors import DomainError, Kind


class SittingMissing(DomainError):
    code, kind, message = "sitting_missing", Kind.MISSING, "没有这场作答。"


class HallMissing(DomainError):
    code, kind, message = "hall_missing", Kind.MISSING, "没有这场考试，或者还没有发布。"


class NotOpenYet(DomainError):
    code, kind, message = "not_open_yet", Kind.CONFLICT, "考试还没有开始，请稍候。"


class WindowClosed(DomainError):
    code, kind, message = "window_closed", Kind.CONFLICT, "考试已经结束，不能再开始作答。"


class Paused(DomainError):
    code, kind = "paused", Kind.CONFLICT
    message = "考试暂停中，请听从监考员安排；暂停的时间会补给您。"


class NotConfirmed(DomainError):
    code, kind, message = "not_confirmed", Kind.CONFLICT, "请先核对身份，并阅读考试规则。"


class NotStarted(DomainError):
    code, kind, message = "not_started", Kind.CONFLICT, "还没有开始作答，不能保存或交卷。"


class HandedIn(DomainError):
    code, kind, message = "handed_in", Kind.CONFLICT, "已经交卷，不能再改答案。"


class TooLate(DomainError):
    code, kind, message = "too_late", Kind.CONFLICT, "这个答案是到时之后写的，不能计入。"


class NoSuchItem(DomainError):
    code, kind, message = "no_such_item", Kind.INVALID, "试卷上没有第 {item} 题。"


class BadAnswer(DomainError):
    code, kind, message = "bad_answer", Kind.INVALID, "答案的格式不对，没有保存。"


class BadSequence(DomainError):
    code, kind, message = "bad_sequence", Kind.INVALID, "答案的序号不对，没有保存，请刷新本页。"


class SequenceTaken(DomainError):
    """`newest`: the highest number that this item has, typed at `typed_at`; the next free number
    is above it."""

    code, kind, message = "sequence_taken", Kind.CONFLICT, "另一个页面已用过这个序号，请刷新。"


class BadPass(DomainError):
    code, kind, message = "bad_pass", Kind.FORBIDDEN, "作答凭证无效，请重新打开试卷。"


class AnswerNotStored(DomainError):
    code, kind = "answer_not_stored", Kind.UNAVAILABLE
    message = "服务器暂时不能保存，答案仍在本机，会自动补传。"


class NotRecorded(DomainError):
    code, kind = "not_recorded", Kind.UNAVAILABLE
    message = "服务器暂时没有记下这一步，请再按一次；已显示“已保存”的答案都是安全的。"


class NoSuchPage(DomainError):
    code, kind, message = "no_such_page", Kind.INVALID, "请求的格式不对，请刷新本页。"


class NotReadyToSit(DomainError):
    code, kind = "not_ready_to_sit", Kind.CONFLICT
    message = "这场考试还没有试卷或时间，不能编场。请先在比武的“科目”里定好并发布。"


class NotHandedIn(DomainError):
    code, kind, message = "not_handed_in", Kind.CONFLICT, "还没有交卷，没有回执。"
