"""A question (试题) as the bank keeps it: read from TOML, one canonical shape, one hash."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.bank.rules.refusals import NotBankFile
from app.kernel.canonical import canonical_json, digest
from app.question_types import registry


class BasisRole(StrEnum):
    """What a provision does for the question (依据的作用)."""

    KEY = "key"
    SUPPORT = "support"
    CONTRAST = "contrast"
    CHOICE = "choice"
    OLD = "old"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    BasisRole.KEY: "答案所据",
    BasisRole.SUPPORT: "佐证",
    BasisRole.CONTRAST: "错项所据",
    BasisRole.CHOICE: "择法条款",
    BasisRole.OLD: "行为时的旧法",
}
CARRYING = frozenset({BasisRole.KEY, BasisRole.SUPPORT})
"""The roles that carry the answer: these provisions have to be law on the day of the paper."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A provision that a question rests on (法律依据): article 133-1 is 第一百三十三条之一."""

    law: str
    version: date
    article: str
    role: BasisRole
    confidence: str
    paragraph: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of a question, everything that is stored of it. `content` holds no key."""

    code: str
    kind: str
    topic: str
    difficulty: int
    content: dict[str, Any]
    key: dict[str, Any]
    explanation: str
    tags: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    transition: bool
    hold: str | None
    bases: tuple[Basis, ...]

    @property
    def sha256(self) -> str:
        """The same question has the same hash, whatever order its fields were written in."""
        return digest(
            {
                "code": self.code,
                "kind": self.kind,
                "topic": self.topic,
                "difficulty": self.difficulty,
                "content": self.content,
                "key": self.key,
                "explanation": self.explanation,
                "tags": list(self.tags),
                "valid_from": self.valid_from.isoformat(),
                "valid_to": self.valid_to.isoformat() if self.valid_to else None,
                "transition": self.transition,
                "hold": self.hold,
                "bases": sorted(canonical_json(_basis_value(one)) for one in self.bases),
            }
        )


def _basis_value(basis: Basis) -> dict[str, Any]:
    return {
        "law": basis.law,
        "version": basis.version.isoformat(),
        "article": basis.article,
        "paragraph": basis.paragraph,
        "item": basis.item,
        "role": basis.role.value,
        "confidence": basis.confidence,
    }


def read_questions(text: str) -> list[dict[str, Any]]:
    """The `[[question]]` tables of one bank file, unchecked. Raises NotBankFile."""
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise NotBankFile(why=f"不是 TOML（{error}）") from error
    except (ValueError, RecursionError) as error:  # a number of 5000 digits, a list 10,000 deep
        raise NotBankFile(why="里面有过长的数字或者过深的嵌套") from error
    if document.get("schema") != 1:
        raise NotBankFile(why="文件头应当写 schema = 1")
    questions = document.get("question", [])
    if not isinstance(questions, list) or not all(isinstance(one, dict) for one in questions):
        raise NotBankFile(why="试题应当写成 [[question]] 的若干段")
    if not questions:
        raise NotBankFile(why="里面没有 [[question]]")
    return questions


def drafted(question: Mapping[str, Any]) -> Draft:
    """The question of a checked table. Only for questions in which `check` found no error."""
    content, key = registry.from_bank(question)
    return Draft(
        code=question["id"],
        kind=question["kind"],
        topic=question["topic"],
        difficulty=question["difficulty"],
        content=content,
        key=key,
        explanation=question["explanation"].strip(),
        tags=tuple(question["tags"]),
        valid_from=question["valid_from"],
        valid_to=question.get("valid_to"),
        transition=question.get("transition", False),
        hold=question.get("hold"),
        bases=tuple(basis_of(row) for row in question["basis"]),
    )


def basis_of(row: Mapping[str, Any]) -> Basis:
    """One entry of `basis`, checked before."""
    return Basis(
        law=row["law"],
        version=row["version"],
        article=row["article"],
        role=BasisRole(row["role"]),
        confidence=row["confidence"],
        paragraph=row.get("paragraph"),
        item=row.get("item"),
    )


_NUMERAL = r"[0-9０-９〇零一二三四五六七八九十百千万亿两半.,，．]"
_UNITS = "年月日天时分秒元吨倍条款项个次人岁米克升公斤千瓦度角周星期"
_AMOUNT = re.compile(
    rf"(?:处|约|第|罚款|百分之|至|到|—|-|~|～|、|以上|以下|以内|的|（|）|\(|\)|[%％‰]|"
    rf"小时|分钟|工作日|公斤|平方米|立方米|毫克|{_NUMERAL}|[{_UNITS}])+"
)
_ANY_NUMERAL = re.compile(_NUMERAL)


def fixed_order(options: Sequence[str]) -> bool:
    """Whether options keep the bank's order on every candidate's paper: all of them are numbers,
    dates, amounts or ranges (they stand by size: guide.md chapter 三), or they are 正确 / 错误.
    """
    if list(options) == ["正确", "错误"]:
        return True
    return bool(options) and all(
        _AMOUNT.fullmatch(text.strip()) and _ANY_NUMERAL.search(text) for text in options
    )
