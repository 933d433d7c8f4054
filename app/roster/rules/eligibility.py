"""Who may be drawn (参赛资格): on the establishment, at the post, with a valid certificate."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.roster.rules.people import Establishment, PostStatus


class OfficerFacts(Protocol):
    """What the rule looks at; an OfficerEntry has it."""

    @property
    def certificate_expires(self) -> date | None: ...
    @property
    def establishment(self) -> Establishment: ...
    @property
    def on_post(self) -> PostStatus: ...


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether someone may be drawn, and every reason against it (没有理由即有资格)."""

    eligible: bool
    reasons: tuple[str, ...]


def eligibility(officer: OfficerFacts, on: date) -> Eligibility:
    """在编在岗，且执法证在抽取当日有效. The expiry date itself is still a valid day.

    The listed grounds are those of facts.md 7.5: contract staff, leave, secondment, study,
    retirement. Nobody is left out for another reason.
    """
    reasons = []
    if not officer.establishment.established:
        reasons.append(f"不在编：编制类型为“{officer.establishment.label}”")
    if officer.on_post is not PostStatus.ON_POST:
        reasons.append(f"不在岗：{officer.on_post.label}")
    expires = officer.certificate_expires
    if expires is not None and expires < on:
        reasons.append(f"执法证已于 {_chinese(expires)} 到期，抽取日 {_chinese(on)} 时无效")
    return Eligibility(not reasons, tuple(reasons))


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
