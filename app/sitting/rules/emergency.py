"""The emergency answer file (应急答案文件): what a page that could not send wrote down, sealed for
one sitting, so that an invigilator may carry it over.

    {"biwu": "answers", "version": 1, "sitting": 7,
     "nonce": 32 hex digits, "sealed": base64, "tag": 64 hex digits}

With K the key of the sitting: enc = HMAC-SHA256(K, "encrypt"), mac = HMAC-SHA256(K, "sign").
Block i of the key stream, 32 bytes, is HMAC-SHA256(enc, nonce ‖ i as four bytes, the most
significant first); sealed is the text XOR the stream; and
tag = HMAC-SHA256(mac, "biwu-answers-1\\n7\\nnonce\\nsealed"). The text is
{"sitting": 7, "made_at": …, "answers": [{"item", "seq", "answer", "typed_at"}]}.
A browser without HTTPS has no cipher of its own; it has this hash, for it checks
acknowledgements with it.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.kernel.errors import DomainError, Kind

LARGEST_FILE = 2 * 1024 * 1024  # bytes
MOST_ANSWERS = 5000
MOST_ITEMS = 1000
LONGEST_ANSWER = 8000
LAST_SEQ = 2**31 - 1
BLOCK = 32


class NotAnAnswerFile(DomainError):
    code, kind = "not_an_answer_file", Kind.INVALID
    message = "这不是应急答案文件，或者内容不完整。没有收下任何答案。"


class FileOfAnother(DomainError):
    code, kind = "file_of_another", Kind.INVALID
    message = "这是另一位考生或另一场考试的应急答案文件。没有收下任何答案。"


class FileAltered(DomainError):
    code, kind = "file_altered", Kind.INVALID
    message = "文件损坏或被改动过。没有收下任何答案。"


class FileTooLarge(DomainError):
    code, kind = "file_too_large", Kind.INVALID
    message = "文件超过 2 MB，不是应急答案文件。没有收下任何答案。"


@dataclass(frozen=True, slots=True)
class Filed:
    """One answer out of a file, as the page would have sent it."""

    item: int
    seq: int
    answer: str
    typed_at: datetime


class Fate(StrEnum):
    """What became of an answer in a file."""

    COUNTED = "counted"  # stored in the log
    THERE = "there"  # the server had it, or a later one, already
    KEPT = "kept"  # too late to count
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """As the result page says it."""
        return _LABELS[self][0]

    @property
    def tone(self) -> str:
        """The pill's colour."""
        return _LABELS[self][1]


_LABELS = {
    Fate.COUNTED: ("计入", "ok"),
    Fate.THERE: ("已有", ""),
    Fate.KEPT: ("留存，不计入", "warn"),
    Fate.REFUSED: ("没有收下", "danger"),
}


def in_words(counts: Mapping[Fate, int]) -> str:
    """The course of a sitting says: 计入 3 个，已有 2 个."""
    told = [f"{fate.label} {counts[fate]} 个" for fate in Fate if counts.get(fate)]
    return "；".join(told) or "里面没有答案"


def file_key(secret: str, sitting_id: int) -> bytes:
    """The key of one sitting's files: 32 bytes that only the server and that paper's page know."""
    return _mac(secret.encode(), f"answer-file:{sitting_id}".encode())


def open_file(text: str, key: bytes, sitting_id: int) -> list[Filed]:
    """The answers in a file of this sitting, in the order in which they were numbered. Raises
    FileTooLarge, NotAnAnswerFile, FileOfAnother, FileAltered; one changed byte is enough."""
    if len(text.encode("utf-8", "replace")) > LARGEST_FILE:
        raise FileTooLarge
    outer = _object(text.removeprefix("\ufeff").strip())
    whose, nonce, sealed, tag = (outer.get(name) for name in ("sitting", "nonce", "sealed", "tag"))
    ours = (
        set(outer) == {"biwu", "version", "sitting", "nonce", "sealed", "tag"}
        and outer["biwu"] == "answers"
        and type(outer["version"]) is int
        and outer["version"] == 1
        and type(whose) is int
        and _is_hex(nonce, 32)
        and _is_hex(tag, 64)
        and isinstance(sealed, str)
        and sealed.isascii()
    )
    if not ours:
        raise NotAnAnswerFile
    if whose != sitting_id:
        raise FileOfAnother
    assert isinstance(sealed, str)
    signed = f"biwu-answers-1\n{sitting_id}\n{nonce}\n{sealed}".encode()
    if not hmac.compare_digest(_mac(_mac(key, b"sign"), signed).hex(), str(tag)):
        raise FileAltered
    try:
        plain = _xor(base64.b64decode(sealed, validate=True), key, bytes.fromhex(str(nonce)))
        inner = _object(plain.decode())
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotAnAnswerFile from error
    return _answers(inner, sitting_id)


def _object(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAnAnswerFile from error
    if not isinstance(read, dict):
        raise NotAnAnswerFile
    return read


def _answers(inner: dict[str, Any], sitting_id: int) -> list[Filed]:
    """Signed by our own page, and still looked at: what is in it goes into the database."""
    listed = inner.get("answers")
    if inner.get("sitting") != sitting_id or not isinstance(listed, list):
        raise NotAnAnswerFile
    if len(listed) > MOST_ANSWERS:
        raise NotAnAnswerFile
    return sorted((_answer(each) for each in listed), key=lambda each: (each.seq, each.item))


def _answer(read: Any) -> Filed:
    if not isinstance(read, dict):
        raise NotAnAnswerFile
    item, seq, answer, typed = (read.get(name) for name in ("item", "seq", "answer", "typed_at"))
    if not isinstance(item, int) or not isinstance(seq, int):
        raise NotAnAnswerFile
    if not 0 <= item <= MOST_ITEMS or not 1 <= seq <= LAST_SEQ:
        raise NotAnAnswerFile
    if not isinstance(answer, str) or len(answer) > LONGEST_ANSWER or "\0" in answer:
        raise NotAnAnswerFile
    try:
        at = datetime.fromisoformat(typed) if isinstance(typed, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise NotAnAnswerFile
    return Filed(item, seq, answer, at)


def _is_hex(given: Any, length: int) -> bool:
    return isinstance(given, str) and re.fullmatch(f"[0-9a-f]{{{length}}}", given) is not None


def _xor(sealed: bytes, key: bytes, nonce: bytes) -> bytes:
    enc = _mac(key, b"encrypt")
    blocks = range(-(-len(sealed) // BLOCK))
    stream = b"".join(_mac(enc, nonce + number.to_bytes(4, "big")) for number in blocks)
    length = len(sealed)
    mixed = int.from_bytes(sealed, "big") ^ int.from_bytes(stream[:length], "big")
    return mixed.to_bytes(length, "big")


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
