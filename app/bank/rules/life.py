"""The life of a question: versions, status, and whether it may stand in a paper of a given day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.bank.rules.drafts import CARRYING, Basis
from app.bank.rules.laws import LawBook
from app.bank.rules.refusals import SamePersonReviews, SignerMissing

APART = "不同卷："
"""The tag that keeps two questions out of one paper; the other's code follows."""


class Status(StrEnum):
    """状态 of one version of a question. A changed question is a new version; the old one rests."""

    ACTIVE = "active"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        return "启用" if self is Status.ACTIVE else "停用"


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """A question that may be taken for a paper, without its key. `fixed_order`: its options keep
    their order on every candidate's paper."""

    id: int
    code: str
    version: int
    kind: str
    topic: str
    difficulty: int
    content: dict[str, Any]
    fixed_order: bool
    tags: tuple[str, ...]
    sha256: str

    @property
    def apart_from(self) -> frozenset[str]:
        """The codes of questions that must not stand in the same paper: one stem gives away the
        other's answer, or both ask the same point (题间泄露, guide.md chapter 三). A tag
        `不同卷：<code>` on either of the two says so."""
        return frozenset(tag.removeprefix(APART) for tag in self.tags if tag.startswith(APART))


def check_signers(author: str, reviewer: str) -> None:
    """两人签名: an author and a reviewer, and not the same person (guide.md chapter 二).

    Raises SignerMissing, SamePersonReviews."""
    for name, who in ((author, "命题人"), (reviewer, "审题人")):
        if not name.strip():
            raise SignerMissing(who=who)
    if "".join(author.split()).casefold() == "".join(reviewer.split()).casefold():
        raise SamePersonReviews(name=author.strip())


def why_not(
    *,
    status: str,
    hold: str | None,
    valid_from: date,
    valid_to: date | None,
    transition: bool,
    bases: Iterable[Basis],
    laws: LawBook,
    on: date,
) -> str | None:
    """Why a question cannot stand in a paper of that day; None when it can.

    It can when it is active, not on hold, `valid_from` ≤ day ≤ `valid_to`, and every provision
    that carries its answer is law on that day; a transition question may rest on its old law.
    """
    if status != Status.ACTIVE:
        return "已停用"
    if hold:
        return f"暂缓使用：{hold}"
    if on < valid_from:
        return f"自 {valid_from} 起才成立"
    if valid_to is not None and on > valid_to:
        return f"{valid_to} 以后不再成立"
    if transition:
        return None
    for basis in bases:
        if basis.role not in CARRYING:
            continue
        law = laws.get((basis.law, basis.version))
        if law is None:
            return f"依据表里没有{basis.law}（{basis.version}）"
        if not law.in_force(on):
            if law.repealed is not None and on >= law.repealed:
                return f"依据的{law.name}自 {law.repealed} 起废止"
            return f"依据的{law.name}自 {law.effective} 起施行"
    return None
