"""The declared rules in words (计分规则), as the circular prints them."""

from app.contests.rules.contest_rules import ContestRules, CountyMethod, CountyRule, PickRule
from app.question_types.marks import plain
from app.results.rules.counties import TIE_RULES
from app.results.rules.entries import percent
from app.results.rules.places import chain, step_rule


def words(rules: ContestRules) -> list[tuple[str, str]]:
    """Pairs of heading and sentence: total, order, county score, its order, picks, rounding."""
    said = [
        ("科目与权重", _exams(rules)),
        (
            "个人总分",
            "总分为各科成绩乘以权重之和，按未舍入的成绩计算，最后一步四舍五入到两位小数。",
        ),
        ("个人名次", _order(rules)),
        ("县区成绩", _county(rules.county)),
        (
            "缺考与请假",
            "无故缺考的，按0分计入县区成绩，不排个人名次；经批准请假的，不计入县区成绩。"
            "缺一科的，该科按0分计。",
        ),
        (
            "县区名次",
            "成绩相同的，依次比较："
            + "；".join(TIE_RULES[tie] for tie in rules.county.tie_break)
            + "；仍相同的名次并列，下一名次空出。",
        ),
    ]
    if rules.county.full is not None:
        full = plain(rules.county.full)
        said.append(("折算得分", f"折算得分＝县区成绩÷最高县区成绩×{full}，计入年度大练兵评比。"))
    return [*said, ("省赛选派", _pick(rules.pick))]


def _exams(rules: ContestRules) -> str:
    each = (f"{e.title}（满分{plain(e.full)}分，权重{percent(e.weight)}）" for e in rules.exams)
    return "、".join(each) + "。"


def _order(rules: ContestRules) -> str:
    steps = "；".join(step_rule(step, rules) for step in chain(rules))
    tie = f"总分相同的，依次比较：{steps}" if steps else "总分相同的，不再比较"
    return f"按总分由高到低排列。{tie}；仍相同的名次并列，下一名次空出。"


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


def _pick(rule: PickRule) -> str:
    lowest = "" if rule.lowest is None else f"从总分不低于{plain(rule.lowest)}分的人员中"
    return (
        f"{lowest}按个人名次选派{rule.seats}人，替补{rule.substitutes}人依次递补；"
        f"每县区选派与替补合计不超过{rule.per_county}人，超出的由下一名次顺延并说明理由；"
        "名额边界上名次并列的，以加赛确定；缺考人员不选派。"
    )
