"""The short JSON text of a response: what the browser saves and the journal keeps.

Reading is strict about the shape and total: whatever is not a response is `Unreadable`.
"""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Unreadable(ValueError):
    """The text is no response of this kind (答案无法识别)."""


def read(raw: str, decoder: msgspec.json.Decoder[T]) -> T:
    """The decoded value. Raises Unreadable for all else: no JSON, another shape, too deep."""
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Unreadable from error


def spell(value: Any) -> str:
    """One spelling per value: compact, real characters."""
    return msgspec.json.encode(value).decode()


def typed(text: str) -> str:
    """A form field's text, without what cannot be written in UTF-8 and without outer spaces."""
    return text.encode("utf-8", "replace").decode().strip()
