"""The person who acts, as a value that every action takes."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do (角色). The last is no account's: a ticket carries it."""

    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    ORGANIZER = "organizer"
    COUNTY_CLERK = "county_clerk"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    INVIGILATOR = "invigilator"
    MARKER = "marker"
    WITNESS = "witness"
    OFFICER = "officer"
    CANDIDATE = "candidate"

    @property
    def label(self) -> str:
        """The Chinese name of the role."""
        return _LABELS[self]


_LABELS = {
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计管理员",
    Role.ORGANIZER: "市级组织者",
    Role.COUNTY_CLERK: "县区管理员",
    Role.AUTHOR: "命题人",
    Role.REVIEWER: "审题人",
    Role.INVIGILATOR: "监考员",
    Role.MARKER: "评卷人",
    Role.WITNESS: "见证人",
    Role.OFFICER: "执法人员",
    Role.CANDIDATE: "考生（准考证）",
}

# 三员分立 (GB/T 22239): no account holds two of these, nor any other role beside one of them.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts (操作人): an account with its roles, or the bearer of a ticket.

    `county` is the code of the only county whose data a clerk or officer may see. `candidate_id`
    is set for the bearer of an admission ticket, who may reach that candidate's exams and
    nothing else; such an actor has `account_id` 0.
    """

    account_id: int
    name: str
    roles: frozenset[Role]
    county: str | None = None
    candidate_id: int | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of these roles."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(account_id=0, name="system", roles=frozenset({Role.ORGANIZER}))
