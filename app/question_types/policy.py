"""How a choice of several options is scored (多项选择计分办法), and its truth table in words.

The organizer chooses one policy for 多选 and one for 不定项; the table shown to the organizer and
printed on the paper comes from the same function that marks.

Sources: facts.md, chapter 2, lists what exam tools offer. Its items 2 (each right option has its
own points) and 4 (points ÷ right options × number chosen), both with 0 for any wrong option, fall
together when all options weigh the same; 按选项 (PER_OPTION) stands for both. 按比例
(PROPORTIONAL) is the one that forgives: its item 5 (plus for a right option, minus for a wrong
one) with the share in place of the fixed 0.5 point, and 0 as the floor. Defaults: facts.md 7.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.question_types.marks import NOTHING, plain


class MultiplePolicy(StrEnum):
    """计分办法 for questions in which several options may be right."""

    ALL_OR_NOTHING = "all_or_nothing"
    HALF_FOR_INCOMPLETE = "half_for_incomplete"
    PER_OPTION = "per_option"
    PROPORTIONAL = "proportional"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    MultiplePolicy.ALL_OR_NOTHING: "少选不得分",
    MultiplePolicy.HALF_FOR_INCOMPLETE: "少选得一半分",
    MultiplePolicy.PER_OPTION: "按选项得分",
    MultiplePolicy.PROPORTIONAL: "按比例得分",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The scoring rules of one exam (计分规则): a policy per kind, and the steps of rounding.

    `half_step`: half of the points is rounded up to it. `share_step`: a share is rounded half up
    to it. `no_half_up_to`: questions of so many points or fewer give nothing for an incomplete
    answer under HALF_FOR_INCOMPLETE.
    """

    multiple_choice: MultiplePolicy = MultiplePolicy.HALF_FOR_INCOMPLETE
    indefinite_choice: MultiplePolicy = MultiplePolicy.PER_OPTION
    half_step: Decimal = Decimal("0.5")
    share_step: Decimal = Decimal("0.01")
    no_half_up_to: Decimal = Decimal(1)


DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a truth table: the case in words, an example in letters, what it earns."""

    case: str
    example: str
    points: Decimal


def award(
    policy: MultiplePolicy,
    right: int,
    wrong: int,
    of: int,
    points: Decimal,
    rounding: Policy = DEFAULT,
) -> Decimal:
    """Points for `right` right and `wrong` wrong options out of `of` right ones.

    All right and none wrong is always full; one more right option never costs, one more wrong
    option never pays.
    """
    if right == of and not wrong:
        return points
    match policy:
        case MultiplePolicy.HALF_FOR_INCOMPLETE:
            if wrong or not right or points <= rounding.no_half_up_to:
                return NOTHING
            steps = (points / 2 / rounding.half_step).to_integral_value(ROUND_CEILING)
            return min(points, steps * rounding.half_step)
        case MultiplePolicy.PER_OPTION:
            return NOTHING if wrong else _share(right, of, points, rounding)
        case MultiplePolicy.PROPORTIONAL:
            return _share(right - wrong, of, points, rounding)
    return NOTHING


def _share(net: int, of: int, points: Decimal, rounding: Policy) -> Decimal:
    if net <= 0:
        return NOTHING
    steps = (points * net / of / rounding.share_step).to_integral_value(ROUND_HALF_UP)
    return min(points, steps * rounding.share_step)


def truth_table(
    policy: MultiplePolicy,
    option_count: int,
    key: Sequence[str],
    points: Decimal,
    rounding: Policy = DEFAULT,
) -> tuple[Row, ...]:
    """Every case that earns something, best first, and one line for all the rest.

    Cases are counts of right and wrong options; the example spells one of them for this key.
    """
    right_ones = sorted(set(key))
    wrong_ones = [letter for letter in _letters(option_count) if letter not in right_ones]
    of = len(right_ones)
    cases = [
        (award(policy, right, wrong, of, points, rounding), right, wrong)
        for right in range(of, 0, -1)
        for wrong in range(len(wrong_ones) + 1)
    ]
    paying = sorted(
        (case for case in cases if case[0] > 0), key=lambda case: (-case[0], -case[1], case[2])
    )
    rows = [
        Row(_case(right, wrong, of), "".join(sorted(right_ones[:right] + wrong_ones[:wrong])), won)
        for won, right, wrong in paying
    ]
    return (*rows, Row(_rest(policy, points, of, rounding), "", NOTHING))


def _letters(count: int) -> list[str]:
    return [chr(ord("A") + number) for number in range(count)]


def _case(right: int, wrong: int, of: int) -> str:
    if right == of:
        return f"{of} 项全部选对，选错 {wrong} 项" if wrong else f"{of} 项全部选对，没有选错"
    what = f"选对 {right} 项、少选 {of - right} 项"
    return f"{what}，选错 {wrong} 项" if wrong else f"{what}，没有选错"


def _rest(policy: MultiplePolicy, points: Decimal, of: int, rounding: Policy) -> str:
    if policy is MultiplePolicy.PROPORTIONAL:
        return "选错的不少于选对的，或者未作答"
    half = policy is MultiplePolicy.HALF_FOR_INCOMPLETE
    if policy is MultiplePolicy.ALL_OR_NOTHING or (half and points <= rounding.no_half_up_to):
        return "少选、选了任何一个错项，或者未作答" if of > 1 else "选了任何一个错项，或者未作答"
    return "选了任何一个错项，或者未作答"


def sentence(policy: MultiplePolicy, rounding: Policy = DEFAULT) -> str:
    """The policy in one sentence, for the organizer, the paper and the circular."""
    full = "全部选对且没有选错得满分"
    share = f"四舍五入到 {plain(rounding.share_step)} 分"
    match policy:
        case MultiplePolicy.ALL_OR_NOTHING:
            return f"{full}；少选、选错、不选都得 0 分。"
        case MultiplePolicy.HALF_FOR_INCOMPLETE:
            step, small = plain(rounding.half_step), plain(rounding.no_half_up_to)
            return (
                f"{full}；少选且没有选错得一半分（向上取到 {step} 分的整倍数），"
                f"{small} 分以下（含）的题少选得 0 分；选了任何一个错项得 0 分。"
            )
        case MultiplePolicy.PER_OPTION:
            return (
                f"{full}；少选且没有选错，每选对一项得本题分值的“正确项数分之一”（{share}）；"
                "选了任何一个错项得 0 分。"
            )
        case MultiplePolicy.PROPORTIONAL:
            return (
                f"{full}；其余按（选对项数－选错项数）÷正确项数×本题分值计分"
                f"（{share}），最低 0 分。"
            )
