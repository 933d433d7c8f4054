"""Each candidate's own order of questions and options (题目和选项次序), by lot from the seed.

The recipe, for any language (H is HMAC-SHA-256, ⏎ a line feed, text in UTF-8):

1. K = H(key: the paper's seed as 32 bytes, message: the sitting's key as text).
2. Neighbouring items of one kind are a section; sections keep their order. Within a section the
   items stand by H(K, `item⏎<position>`), smallest first, position in decimal digits.
3. The options of an item stand by H(K, `option⏎<position>⏎<the bank's letter>`), smallest first,
   and are shown as A, B, C … in this order. 判断 keeps A and B; so does an item whose content says
   `fixed_order`, whose options are all numbers, amounts or dates, or that has an option which
   speaks of other options (以上都对).

Stored answers, statistics and appeals speak the bank's letters.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.question_types.marks import Kind

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = r"[0-9０-９〇零一二三四五六七八九十百千万亿两半.,．，%％/\-年月日时分:： 第约元]"
_NUMBER = re.compile(rf"{_DIGITS}*[0-9０-９〇零一二三四五六七八九十百千万亿两半]{_DIGITS}*"
                     r"(个?(工作日|自然日|月|周|小时|分钟|天|日|年|条|款|项|人|倍|次|份|吨|千克|公斤"
                     r"|米|公里|分贝|个))?([内前后]|以[内上下])?")  # fmt: skip
_ABOUT_OTHERS = re.compile(
    r"(以上|上述|前述)(都|均|各项|选项|说法|答案|全部|三|两)|[A-H](项?)([、和与及或])[A-H]|"
    r"(都|均)(对|正确|不对|不正确)$"
)


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """One item as one candidate sees it: `number` on the screen (1 …), `position` on the frozen
    paper, and `bank_letters`, the bank's letters in the order shown (empty without options)."""

    number: int
    position: int
    bank_letters: tuple[str, ...] = ()

    @property
    def to_bank(self) -> dict[str, str]:
        """Displayed letter → the bank's letter."""
        return dict(zip(LETTERS, self.bank_letters, strict=False))

    @property
    def to_displayed(self) -> dict[str, str]:
        """The bank's letter → displayed letter."""
        return {bank: shown for shown, bank in self.to_bank.items()}


@dataclass(frozen=True, slots=True)
class CandidateOrder:
    """A candidate's whole paper in order; numbers run 1 … without a gap."""

    items: tuple[OrderedItem, ...]

    def item(self, number: int) -> OrderedItem:
        """The item with this number on the candidate's screen, or KeyError."""
        if not 1 <= number <= len(self.items):
            raise KeyError(number)
        return self.items[number - 1]

    def number_of(self, position: int) -> int:
        """Where the candidate saw the item of this position, or KeyError."""
        return {item.position: item.number for item in self.items}[position]


def candidate_order(paper_seed: str, sitting_key: str, paper: Mapping[str, Any]) -> CandidateOrder:
    """The order of a frozen paper for one sitting; see the recipe above. Pure: the same three
    values give the same order for ever, on every device."""
    key = hmac.new(bytes.fromhex(paper_seed), sitting_key.encode(), hashlib.sha256).digest()
    ordered: list[OrderedItem] = []
    for _, section in groupby(paper["items"], key=lambda item: item["kind"]):
        for item in sorted(section, key=lambda item: _lot(key, f"item\n{item['position']}")):
            letters = _options(key, item["position"], item["kind"], item["content"])
            ordered.append(OrderedItem(len(ordered) + 1, item["position"], letters))
    return CandidateOrder(tuple(ordered))


def keeps_order(kind: Kind | str, content: Mapping[str, Any]) -> bool:
    """Whether the options of an item stand as the author wrote them (选项次序固定)."""
    options = list((content.get("options") or {}).values())
    return (
        Kind(kind) is Kind.TRUE_FALSE
        or bool(content.get("fixed_order"))
        or all(_NUMBER.fullmatch(text) for text in options)
        or any(_ABOUT_OTHERS.search(text) for text in options)
    )


def _options(key: bytes, position: int, kind: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    letters = sorted(content.get("options") or ())
    if not keeps_order(kind, content):
        letters.sort(key=lambda letter: _lot(key, f"option\n{position}\n{letter}"))
    return tuple(letters)


def _lot(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()
