"""The only place that asks for chance."""

import hashlib
import secrets
from typing import Protocol


class Entropy(Protocol):
    """A source of secrets."""

    def token(self, size: int = 32) -> str:
        """`size` unpredictable bytes, as lower-case hex."""
        ...


class SystemEntropy:
    """The operating system's source."""

    def token(self, size: int = 32) -> str:
        return secrets.token_hex(size)


class SeededEntropy:
    """Chance that repeats: for the unattended demo contest, whose files must not differ between
    two runs of one seed. Never for a contest of real people; `cli` hands it to nothing else."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def token(self, size: int = 32) -> str:
        self._drawn += 1
        out = hashlib.shake_256(f"{self._seed}:{self._drawn}".encode())
        return out.hexdigest(size)
