"""Taking a hand-in back (撤回交卷): one asks, another decides, and no answer changes."""

from datetime import datetime, timedelta

from app.kernel.errors import DomainError, Kind
from app.sitting.rules.hall import LONGEST_EXTENSION, whole_seconds
from app.sitting.rules.moment import NOTHING, State

MINUTE = timedelta(minutes=1)


class NothingToReopen(DomainError):
    code, kind, message = "nothing_to_reopen", Kind.CONFLICT, "还没有交卷，没有什么可撤回。"


class ReopeningAsked(DomainError):
    code, kind = "reopening_asked", Kind.CONFLICT
    message = "这次交卷已经有人申请撤回，请另一人先处理。"


class ReopeningMissing(DomainError):
    code, kind, message = "reopening_missing", Kind.MISSING, "没有这项撤回交卷的申请。"


class ReopeningDecided(DomainError):
    code, kind, message = "reopening_decided", Kind.CONFLICT, "这项申请已经处理过了。"


class SamePerson(DomainError):
    code, kind = "same_person", Kind.FORBIDDEN
    message = "撤回交卷要两个人：申请人自己不能处理，请另一位监考员或组织者处理。"


class ResultsReleased(DomainError):
    code, kind = "results_released", Kind.CONFLICT
    message = "成绩已经发布，交卷不能再撤回。"


class NoTimeToReopen(DomainError):
    code, kind = "no_time_to_reopen", Kind.INVALID
    message = "交卷时已经没有剩余时间，请写明补几分钟。"


class ReopeningOutOfRange(DomainError):
    code, kind = "reopening_out_of_range", Kind.INVALID
    message = "补 0 至 {most} 分钟，请写整数。"


def left_at_hand_in(state: State) -> timedelta:
    """What was left to write when this sitting was handed in (aware moments); never less than
    nothing. Raises NothingToReopen."""
    if state.handed_in_at is None:
        raise NothingToReopen
    return max(state.instants.at(state.handed_in_at).deadline - state.handed_in_at, NOTHING)


def given(state: State, minutes: int) -> timedelta:
    """How long this candidate may go on writing: what was left, and 0 to 180 minutes more. Raises
    NothingToReopen, ReopeningOutOfRange, and NoTimeToReopen when that would be nothing."""
    if not 0 <= minutes <= LONGEST_EXTENSION:
        raise ReopeningOutOfRange(most=LONGEST_EXTENSION)
    length = left_at_hand_in(state) + minutes * MINUTE
    if length <= NOTHING:
        raise NoTimeToReopen
    return length


def reopened_seconds(state: State, minutes: int, now: datetime) -> int:
    """What was added to this sitting's time once it is taken back at `now`, in whole seconds and
    rounded up: so much that its deadline lies `given` after `now`. A pause at the hand-in ends."""
    deadline = state.instants.deadline
    return whole_seconds(state.window.extra + (now + given(state, minutes) - deadline))


def two_people(asked_by_id: int, decided_by_id: int) -> None:
    """Refuses the one who asked; the database holds the same."""
    if asked_by_id == decided_by_id:
        raise SamePerson
