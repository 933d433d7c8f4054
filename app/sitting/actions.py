"""Still to come."""

from collections.abc import Sequence
from typing import Any
from app.db.journal import Connection


def save_answers(connection: Connection, saves: Sequence[Any]) -> list[Any]:
    raise NotImplementedError
