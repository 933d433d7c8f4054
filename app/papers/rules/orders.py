"""Each candidate's own order (乱序): of questions within their section, and of options.

Recipe, for any language: K = HMAC-SHA-256(key = seed as bytes from hex, message = order key as
UTF-8). Items keep their section; inside it they stand by HMAC-SHA-256(K, "item\\n" + position),
smallest first. Options stand by HMAC-SHA-256(K, "option\\n" + position + "\\n" + letter), and are
lettered A, B, C … anew. Options with `fixed_order` (numbers and dates by size, 正确/错误) stay.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """One item on one candidate's paper: the number the candidate sees, the paper's position, and
    for each displayed letter the bank's letter."""

    number: int
    position: int
    letters: tuple[tuple[str, str], ...]

    @property
    def mapping(self) -> dict[str, str]:
        """Displayed letter → bank letter."""
        return dict(self.letters)


@dataclass(frozen=True, slots=True)
class CandidateOrder:
    """The whole order, by displayed number."""

    items: tuple[OrderedItem, ...]

    def at(self, number: int) -> OrderedItem:
        """The item a candidate sees under this number; IndexError if there is none."""
        if number < 1:
            raise IndexError(number)
        return self.items[number - 1]

    def of_position(self, position: int) -> OrderedItem:
        """The item of the paper's position, on this candidate's paper."""
        return next(item for item in self.items if item.position == position)


def candidate_order(
    seed: str, order_key: str, paper: Mapping[str, Any], *, shuffled: bool = True
) -> CandidateOrder:
    """The order that `order_key` (one for each sitting) gives on this paper. `shuffled=False` is
    the paper's own order, for printing and for the organizer."""
    shape = tuple(
        (
            item["position"],
            item["kind"],
            tuple(item["content"].get("options", {})),
            bool(item["fixed_order"]),
        )
        for item in paper["items"]
    )
    if not shuffled:
        return CandidateOrder(
            tuple(
                OrderedItem(number, position, tuple((letter, letter) for letter in options))
                for number, (position, _, options, _) in enumerate(shape, 1)
            )
        )
    return _ordered(seed, order_key, shape)


_Shape = tuple[tuple[int, str, tuple[str, ...], bool], ...]


@lru_cache(maxsize=4096)
def _ordered(seed: str, order_key: str, shape: _Shape) -> CandidateOrder:
    key = hmac.new(bytes.fromhex(seed), order_key.encode(), hashlib.sha256).digest()
    section: dict[str, int] = {}
    for _, kind, _, _ in shape:
        section.setdefault(kind, len(section))
    ordered = sorted(
        shape, key=lambda item: (section[item[1]], _lot(key, f"item\n{item[0]}"), item[0])
    )
    return CandidateOrder(
        tuple(
            OrderedItem(number, position, _letters(key, position, options, fixed=fixed))
            for number, (position, _, options, fixed) in enumerate(ordered, 1)
        )
    )


def _letters(
    key: bytes, position: int, options: tuple[str, ...], *, fixed: bool
) -> tuple[tuple[str, str], ...]:
    shown = list(options)
    if not fixed:
        shown.sort(key=lambda letter: (_lot(key, f"option\n{position}\n{letter}"), letter))
    return tuple(zip(LETTERS, shown, strict=False))


def _lot(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()
