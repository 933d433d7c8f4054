"""Declaring a draw void (作废): with a reason that stays public, and by two persons."""

from app.kernel.errors import DomainError, Kind


class AlreadyVoid(DomainError):
    code, kind, message = "already_void", Kind.CONFLICT, "这次抽取已经作废，不能再办理。"


class VoidReasonNeeded(DomainError):
    code, kind, message = "void_reason_needed", Kind.INVALID, "作废必须写明理由。"


class VoidNotAsked(DomainError):
    code, kind, message = "void_not_asked", Kind.CONFLICT, "还没有人提出作废。"


class VoidBySamePerson(DomainError):
    code, kind = "void_by_same_person", Kind.FORBIDDEN
    message = "作废须由两个人办理：提出的人不能自己确认。"


def checked_reason(reason: str) -> str:
    """The reason without the spaces around it; refuses an empty one."""
    if not reason.strip():
        raise VoidReasonNeeded
    return reason.strip()


def may_confirm(*, asked_by: str | None, by: str) -> None:
    """Refuses a confirmation that nobody asked for, or by the one who asked."""
    if asked_by is None:
        raise VoidNotAsked
    if asked_by == by:
        raise VoidBySamePerson
