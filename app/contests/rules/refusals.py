"""What a contest refuses, in the words that the organizer or the clerk reads."""

from app.kernel.errors import DomainError, Kind


class ContestMissing(DomainError):
    code, kind, message = "contest_missing", Kind.MISSING, "没有这期比武。"


class ExamMissing(DomainError):
    code, kind, message = "exam_missing", Kind.MISSING, "没有这个科目。"


class CandidateMissing(DomainError):
    code, kind, message = "candidate_missing", Kind.MISSING, "没有这名参赛人员。"


class ContestNumberTaken(DomainError):
    code, kind = "contest_number_taken", Kind.CONFLICT
    message = "{year} 年第 {number} 期比武已经存在。"


class PresetMissing(DomainError):
    code, kind, message = "preset_missing", Kind.MISSING, "没有这个规则预设。"


class RulesUnreadable(DomainError):
    code, kind, message = (
        "rules_unreadable",
        Kind.INVALID,
        "计分规则的数据不完整或不是本版本的格式。",
    )


class RulesInvalid(DomainError):
    code, kind, message = "rules_invalid", Kind.INVALID, "计分规则有误：{problems}"


class RulesNotConfirmed(DomainError):
    code, kind = "rules_not_confirmed", Kind.CONFLICT
    message = "计分规则还没有确认公布，请先确认规则。"


class RulesConfirmed(DomainError):
    code, kind = "rules_confirmed", Kind.CONFLICT
    message = "计分规则已于 {at} 确认公布，不能再改。"


class RosterNotFrozen(DomainError):
    code, kind, message = "roster_not_frozen", Kind.CONFLICT, "花名册还没有冻结，不能公布抽取。"


class DrawNotAnnounced(DomainError):
    code, kind = "draw_not_announced", Kind.MISSING
    message = "本期比武还没有公布随机抽取。"


class DrawAnnounced(DomainError):
    code, kind, message = (
        "draw_announced",
        Kind.CONFLICT,
        "本期比武的随机抽取已经公布，不能再公布。",
    )


class DrawNotHeld(DomainError):
    code, kind = "draw_not_held", Kind.CONFLICT
    message = "本期比武的随机抽取还没有进行，名单尚未产生。"


class CalledUpAlready(DomainError):
    code, kind, message = "called_up_already", Kind.CONFLICT, "抽取结果已经列入参赛名单。"


class EnteredTwice(DomainError):
    code, kind = "entered_twice", Kind.CONFLICT
    message = "{name}已经由{entered}列入本期参赛名单，一个人不能列入两次。"


class NominationsFull(DomainError):
    code, kind, message = (
        "nominations_full",
        Kind.CONFLICT,
        "{county}的推荐名额是 {quota} 人，已满。",
    )


class NotEligible(DomainError):
    code, kind, message = "not_eligible", Kind.INVALID, "{name}不符合参赛资格：{reason}"


class NotOnFrozenRoster(DomainError):
    code, kind = "not_on_frozen_roster", Kind.INVALID
    message = "{name}不在本期冻结的花名册里，不能参赛。"


class ForeignCounty(DomainError):
    """Told as if there were no such person: a stranger learns nothing of other counties."""

    code, kind, message = "foreign_county", Kind.MISSING, "本县区没有这名人员。"


class NotReplaceable(DomainError):
    code, kind = "not_replaceable", Kind.CONFLICT
    message = "{name}现在的状态是“{state}”，不能替换或请假。"


class ReplacementReasonNeeded(DomainError):
    code, kind = "replacement_reason_needed", Kind.INVALID
    message = "替换、请假必须写明理由。"


class ReplacementTooLate(DomainError):
    code, kind = "replacement_too_late", Kind.CONFLICT
    message = "考试已经开始，不能再替换参赛人员。"


class CandidateTwiceInNumbering(DomainError):
    code, kind = "candidate_twice_in_numbering", Kind.INVALID
    message = "执法证件号 {certificate} 出现了两次，不能编考号。"


class NobodyToNumber(DomainError):
    code, kind, message = "nobody_to_number", Kind.INVALID, "还没有参赛人员，不能编考号。"


class TimingWrong(DomainError):
    code, kind, message = "timing_wrong", Kind.INVALID, "考试时间安排有误：{problems}"


class TimingMissing(DomainError):
    code, kind, message = "timing_missing", Kind.CONFLICT, "还没有安排考试时间。"


class ExamPublished(DomainError):
    code, kind = "exam_published", Kind.CONFLICT
    message = "本科目已于 {at} 发布，不能再改试卷和时间。"


class ExamNotPublished(DomainError):
    code, kind, message = "exam_not_published", Kind.CONFLICT, "本科目还没有发布。"


class QuestionsShown(DomainError):
    """A question that people saw in a rehearsal is worth nothing in an exam."""

    code, kind = "questions_shown", Kind.INVALID
    message = (
        "演练的试卷和正式试卷有 {count} 道相同的题，请换一份；"
        "组卷时可以勾选“不用这些试卷里用过的题”。"
    )


class TooManyRehearsals(DomainError):
    code, kind = "too_many_rehearsals", Kind.CONFLICT
    message = "一期比武最多加 {most} 场演练。"


class NotARehearsal(DomainError):
    code, kind, message = "not_a_rehearsal", Kind.MISSING, "没有这场演练。"


class PaperNotChosen(DomainError):
    code, kind, message = "paper_not_chosen", Kind.CONFLICT, "本科目还没有选定试卷。"


class PaperPolicyDiffers(DomainError):
    code, kind = "paper_policy_differs", Kind.INVALID
    message = "试卷的计分办法（{paper}）与公布的计分规则（{declared}）不一致，请换卷或重新组卷。"


class PaperPointsDiffer(DomainError):
    code, kind = "paper_points_differ", Kind.INVALID
    message = "试卷满分 {points} 分，与公布的科目满分 {full} 分不一致，请换卷或重新组卷。"
