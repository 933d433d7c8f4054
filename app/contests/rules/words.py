"""The declared rules in words (计分规则), for pages, notices and the circular's sheet."""

from decimal import Decimal

from app.contests.rules.contest_rules import (
    LEAVING_IS_FREE_FOR,
    ContestRules,
    CountyMethod,
    CountyRule,
    CountyTie,
    ExamRule,
    Measure,
    Numbers,
    PickRule,
    SwitchAway,
    TieStep,
)
from app.question_types.marks import plain
from app.question_types.policy import MultiplePolicy, sentence

COUNTY_TIES = {
    CountyTie.MEAN_OF_DRAWN: "随机抽取人员均分高者列前",
    CountyTie.BEST_PERSON: "个人最高总分高者列前",
    CountyTie.LOWER_SPREAD: "个人总分最高与最低之差小者列前",
}


def in_words(rules: ContestRules) -> tuple[tuple[str, str], ...]:
    """Pairs of heading and sentence, in the order in which they are read."""
    said = [
        ("科目与权重", _exams(rules)),
        ("多选题计分", sentence(rules.policy.multiple_choice, rules.policy)),
        ("不定项选择题计分", sentence(rules.policy.indefinite_choice, rules.policy)),
        (
            "个人总分",
            "总分为各科成绩乘以权重之和，按未舍入的成绩计算，最后一步四舍五入到两位小数。",
        ),
        (
            "及格与优秀",
            f"总分{plain(rules.pass_line)}分以上（含）为及格，"
            f"{plain(rules.excellent_line)}分以上（含）为优秀。",
        ),
        ("个人名次", _order(rules)),
        ("参赛名额", _numbers(rules.numbers)),
        ("县区成绩", _county(rules.county)),
        (
            "缺考与请假",
            "无故缺考的，按0分计入县区成绩，不排个人名次；经批准请假的，不计入县区成绩。"
            "缺一科的，该科按0分计。",
        ),
        ("县区名次", _county_order(rules.county)),
    ]
    if rules.county.full is not None:
        full = plain(rules.county.full)
        said.append(("折算得分", f"折算得分＝县区成绩÷最高县区成绩×{full}，计入年度大练兵评比。"))
    return (
        *said,
        ("省赛选派", _pick(rules.pick)),
        ("离开作答页面", _switch_away(rules)),
        (
            "成绩复核",
            f"对成绩有异议的，可自成绩公布之日起{rules.appeal_days}个工作日内申请复核，"
            f"自收到申请之日起{rules.answer_days}个工作日内答复；"
            "标准答案有误的，所有答卷按更正后的答案重新计分。",
        ),
    )


def percent(share: Decimal) -> str:
    """A share in per cent.

    >>> percent(Decimal("0.4")), percent(Decimal("0.3333"))
    ('40%', '33.33%')
    """
    return f"{plain(share * 100)}%"


def step_in_words(step: TieStep, rules: ContestRules) -> str:
    """One step of the chain. An exam that the contest has not is named by its code, so that a
    form with a mistake in it can still be shown."""
    match step.measure:
        case Measure.TOTAL:
            return "总分高者列前"
        case Measure.EXAM:
            titles = {exam.code: exam.title for exam in rules.exams}
            return f"{titles.get(step.exam, step.exam)}成绩高者列前"
        case Measure.SHORTER_TIME:
            return "用时短者列前"
        case Measure.FEWER_VIOLATIONS:
            return "违规记录少者列前"


def policy_choices(rules: ContestRules) -> tuple[tuple[MultiplePolicy, str, str], ...]:
    """Every way to score several options: the choice, its name, its sentence, for the form."""
    return tuple((each, each.label, sentence(each, rules.policy)) for each in MultiplePolicy)


def _exams(rules: ContestRules) -> str:
    return "、".join(_exam(exam) for exam in rules.exams) + "。"


def _exam(exam: ExamRule) -> str:
    return f"{exam.title}（满分{plain(exam.full)}分，权重{percent(exam.weight)}）"


def _order(rules: ContestRules) -> str:
    steps = [
        step_in_words(step, rules) for step in rules.tie_break if step.measure is not Measure.TOTAL
    ]
    tie = f"总分相同的，依次比较：{'；'.join(steps)}；仍相同的" if steps else "总分相同的，"
    return f"按总分由高到低排列。{tie}名次并列，下一名次空出。"


def _numbers(numbers: Numbers) -> str:
    parts = []
    if numbers.drawn:
        parts.append(f"从冻结的花名册中随机抽取{numbers.drawn}人")
    if numbers.nominated:
        parts.append(f"推荐{numbers.nominated}人")
    reserves = (
        f"另按抽取顺序列替补{numbers.reserves}人，有人请假或者不能参赛的，由替补依次递补，"
        "不重新抽取。"
        if numbers.reserves
        else ""
    )
    both = "同一人不能既被抽取又被推荐。" if numbers.drawn and numbers.nominated else ""
    return f"每个县（市、区）{'、'.join(parts)}，共{numbers.team}人参赛。{both}{reserves}"


def _county(rule: CountyRule) -> str:
    attendance = "，再乘以出勤率" if rule.attendance else ""
    match rule.method:
        case CountyMethod.MEAN_OF_ALL:
            how = "计入人员（随机抽取和推荐合并）个人总分的平均数"
        case CountyMethod.WEIGHTED_GROUPS:
            how = (
                f"随机抽取人员均分×{percent(rule.drawn_weight)}"
                f"＋推荐人员均分×{percent(rule.nominated_weight)}"
                "（一组无人计入的，取另一组均分）"
            )
        case CountyMethod.BEST_N:
            how = f"计入人员中个人总分最高的{rule.best}人的平均数（不足{rule.best}人的按实有人数）"
        case CountyMethod.SUM:
            how = "计入人员个人总分之和"
    return (
        f"县区成绩为{how}{attendance}，按公布的个人总分计算，最后一步四舍五入到两位小数。"
        "随机抽取和推荐人员的均分另行列出。"
    )


def _county_order(rule: CountyRule) -> str:
    steps = "；".join(COUNTY_TIES[tie] for tie in rule.tie_break)
    tie = f"成绩相同的，依次比较：{steps}；仍相同的" if steps else "成绩相同的，"
    return f"{tie}名次并列，下一名次空出。"


def _pick(rule: PickRule) -> str:
    if rule.seats == 0:
        return "本期不选派省赛人员。"
    lowest = "" if rule.lowest is None else f"从总分不低于{plain(rule.lowest)}分的人员中"
    return (
        f"{lowest}按个人名次选派{rule.seats}人，替补{rule.substitutes}人依次递补；"
        f"每县区选派与替补合计不超过{rule.per_county}人，超出的由下一名次顺延并说明理由；"
        "名额边界上名次并列的，以加赛确定；缺考人员不选派。"
    )


def _switch_away(rules: ContestRules) -> str:
    free = f"离开作答页面不超过{LEAVING_IS_FREE_FOR}秒的不计；超过的记录次数和时长，本人可以看到"
    match rules.switch_away:
        case SwitchAway.RECORD:
            return f"{free}。只作记录，不影响作答和成绩。"
        case SwitchAway.TELL:
            return f"{free}，并提示监考员。系统不自动收卷，是否违规由监考员认定。"
        case SwitchAway.ASK:
            return (
                f"{free}；超过{rules.switch_away_limit}次的，提请监考员决定是否收卷。"
                "系统不自动收卷，来电等原因可以申诉。"
            )
