"""The forms of the bank: what a list is filtered by, and an uploaded file of questions."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.bank.rules.drafts import read_questions
from app.bank.rules.life import check_signers
from app.bank.rules.refusals import NotBankFile
from app.kernel.errors import DomainError
from app.question_types.marks import Kind

LARGEST = 4 * 1024 * 1024
STATUSES = (("active", "启用"), ("hold", "暂缓使用"), ("retired", "停用"))


@dataclass(frozen=True, slots=True)
class SoughtForm:
    """The filters of the list. What is not one of the choices filters nothing."""

    kind: str = ""
    topic: str = ""
    difficulty: str = ""
    status: str = "active"
    text: str = ""

    @property
    def level(self) -> int | None:
        return int(self.difficulty) if self.difficulty else None


def parse_sought(*, kind: str, topic: str, difficulty: str, status: str, text: str) -> SoughtForm:
    """Filters as typed into the address; "all" shows every status."""
    return SoughtForm(
        kind=kind if kind in tuple(Kind) else "",
        topic=topic.strip()[:64],
        difficulty=difficulty if difficulty in ("1", "2", "3", "4", "5") else "",
        status=status if status in ("active", "hold", "retired") else "",
        text=text.strip()[:64],
    )


def parse_day(text: str, *, default: date) -> date:
    """The day of a date field; the default for an empty or misspelt one."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return default


@dataclass(frozen=True, slots=True)
class ImportForm:
    """An upload: the questions that were read, who signs them, what is wrong by field."""

    author: str = ""
    reviewer: str = ""
    file_name: str = ""
    questions: tuple[dict[str, Any], ...] = ()
    problems: dict[str, str] = field(default_factory=dict)


def parse_import(*, data: bytes, file_name: str, author: str, reviewer: str) -> ImportForm:
    """Reads the file and looks at the two signatures; the questions themselves are checked by
    the action, against the law table."""
    problems: dict[str, str] = {}
    questions: tuple[dict[str, Any], ...] = ()
    try:
        questions = tuple(read_questions(_text(data)))
    except NotBankFile as refusal:
        problems["file"] = str(refusal)
    if not author.strip():
        problems["author"] = "请填写命题人的姓名。"
    if not reviewer.strip():
        problems["reviewer"] = "请填写审题人的姓名。"
    elif author.strip():
        try:
            check_signers(author, reviewer)
        except DomainError as refusal:
            problems["reviewer"] = str(refusal)
    return ImportForm(author.strip()[:64], reviewer.strip()[:64], file_name, questions, problems)


def _text(data: bytes) -> str:
    if not data:
        raise NotBankFile(why="没有选择文件，或者文件是空的")
    if len(data) > LARGEST:
        raise NotBankFile(why=f"文件超过 {LARGEST // 1024 // 1024} MB，请拆成几个文件分别导入")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotBankFile(why=f"第 {error.start + 1} 个字节起不是 UTF-8") from error
