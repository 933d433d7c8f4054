"""Numbers and units as people write them: １，２００元, 一千二百元, 0.12万元, 百分之三, 两年.

Chinese numerals are read by the library `cn2an`; this room adds what stands around them: widths,
separators, 万 and 亿 after digits, and the unit.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache

import cn2an

EXACT = Context(prec=80)
"""Wide enough for every product of two numbers that are read here: nothing is ever rounded."""

UNITS = (
    "个工作日", "工作日", "个月", "小时", "分钟", "万元", "亿元", "万吨", "千克", "公斤", "公里",
    "平方米", "立方米", "年", "月", "日", "天", "元", "吨", "倍", "人", "次", "名", "件", "份",
    "米", "周", "章", "条", "款", "项", "%", "‰",
)  # fmt: skip
"""Units that a blank's stem may carry, the longer ones first."""

_SAME = {
    "天": "日",
    "个月": "月",
    "个工作日": "工作日",
    "个小时": "小时",
    "圆": "元",
    "公斤": "千克",
}
_SCALES = {"万亿": Decimal(10**12), "亿": Decimal(10**8), "万": Decimal(10**4)}
_FRACTIONS = {"百分之": "%", "千分之": "‰"}
_MINUS = str.maketrans("−–—", "---")
_NUMERALS = "零〇一二三四五六七八九十百千万亿两廿壹贰叁肆伍陆柒捌玖拾佰仟萬億兩貳參陸點点负負"
_ARABIC = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,18}|(?=\.\d))(?:\.(\d{0,12}))?(万亿|亿|万)?")
_MIXED = re.compile(rf"[0-9.{_NUMERALS}]{{1,24}}")
_AT_START = re.compile(rf"[+-]?[0-9.,]+(?:万亿|亿|万)?|[0-9.{_NUMERALS}]+")
_INSIDE = re.compile(rf"[0-9][0-9.,]*[0-9{_NUMERALS}]*|[{_NUMERALS}][0-9{_NUMERALS}]*")
_QUOTES = str.maketrans("", "", "《》〈〉“”‘’\"'「」")
_SIMPLE = str.maketrans("點.負萬億", "点点负万亿")
_STOPS = "。.,;、"
_SIGNS = frozenset("%‰°℃$¥")
_DIGITS = 15
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from text; `scaled` when it carries 万 or 亿, which belong to it then."""

    value: Decimal
    scaled: bool


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a unit without 万 or 亿; `written` says whether a unit was given at all."""

    value: Decimal
    unit: str
    written: bool


@lru_cache(maxsize=8192)
def tidy(text: str) -> str:
    """One width (NFKC), no spaces, one minus sign, lower case, no full stop at the end."""
    text = unicodedata.normalize("NFKC", text).translate(_MINUS).casefold()
    return "".join(text.split()).rstrip(_STOPS)


@lru_cache(maxsize=8192)
def number(text: str) -> Number | None:
    """The number that the tidied text is, whole: 1,200 · 216万 · 二百一十六 · 七点二万 · 负三.

    None when the text is anything else. Never raises.
    """
    if found := _ARABIC.fullmatch(text):
        sign, whole, fraction, scale = found.groups()
        value = Decimal(f"{sign}{whole.replace(',', '') or '0'}.{fraction or '0'}")
        return Number(EXACT.multiply(value, _SCALES.get(scale, Decimal(1))), scale is not None)
    if not _MIXED.fullmatch(text) or text.isdecimal():
        return None
    return _chinese(text.translate(_SIMPLE))


def _chinese(text: str) -> Number | None:
    # The sign is taken off here: the library reads 负216 as 216.
    size = text.removeprefix("负")
    whole, point, fraction = size.partition("点")
    scale = Decimal(1)
    if point and fraction[-1:] in ("万", "亿"):
        scale, fraction = _SCALES[fraction[-1]], fraction[:-1]
    value = _whole(f"一{whole}" if whole[:1] in ("百", "千") else whole)
    if value is not None and point:
        part = _fraction(fraction)
        value = None if part is None else value + part
    if value is None:
        return None
    value = EXACT.multiply(value, scale if size == text else -scale)
    return Number(value, "万" in text or "亿" in text)


def _whole(text: str) -> Decimal | None:
    if text.isdecimal():
        return Decimal(text) if len(text) <= _DIGITS else None
    if not text or re.search(rf"[负点]|[0-9]{{{_DIGITS + 1}}}", text):
        return None
    return _library(text)


def _library(text: str) -> Decimal | None:
    try:
        value = cn2an.cn2an(text, "smart")
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
        return None
    return Decimal(str(value))


def _fraction(text: str) -> Decimal | None:
    """The digits after 点, at most twelve, so that the library's float is exact."""
    if not 0 < len(text) <= 12 or re.search("[^0-9零〇一二三四五六七八九]", text):
        return None
    part = _library(f"零点{text}")
    return part if part is not None and 0 <= part < 1 else None


@lru_cache(maxsize=1024)
def split_unit(unit: str) -> tuple[str, Decimal]:
    """万元 is 10000 of 元; 天 is 日."""
    unit = tidy(unit)
    for prefix, scale in _SCALES.items():
        if unit.startswith(prefix):
            return _SAME.get(unit[len(prefix) :], unit[len(prefix) :]), scale
    return _SAME.get(unit, unit), Decimal(1)


@lru_cache(maxsize=8192)
def quantity(
    text: str, *, chosen: str = "", asked: str = "", known: tuple[str, ...] = ()
) -> Quantity | None:
    """What was measured. `chosen` is the unit picked beside the number, `asked` the key's unit.

    A number without any unit counts in the asked one. 216万 beside 万元 is 216 万元, for nobody
    means 万万元. None when it is no number, or when two different units are given.
    """
    text = tidy(text[:_LONGEST])
    body, written = _split(text, asked, known)
    read = number(body)
    if read is None:
        return None
    unit, scale = split_unit(chosen or asked)
    if not written:
        value = read.value if read.scaled else EXACT.multiply(read.value, scale)
        return Quantity(value, unit, bool(chosen))
    own, own_scale = split_unit(written)
    if chosen and (own != unit or (scale != own_scale and not read.scaled)):
        return None
    return Quantity(EXACT.multiply(read.value, own_scale), own, True)


def _split(text: str, asked: str, known: tuple[str, ...]) -> tuple[str, str]:
    text = text.removeprefix("第")
    for words, unit in _FRACTIONS.items():
        if text.startswith(words):
            return text.removeprefix(words), unit
    units = {unit for name in (asked, *known) for unit in (split_unit(name)[0],) if unit}
    for unit in sorted(units, key=lambda name: (-len(name), name)):
        if text.endswith(unit) and number(text.removesuffix(unit)) is not None:
            return text.removesuffix(unit), unit
    start = _AT_START.match(text)
    body, rest = (text[: start.end()], text[start.end() :]) if start else (text, "")
    # 18×12 is no 18 in the unit ×12: what does not begin like a unit stays with the number.
    return (body, rest) if rest[:1].isalpha() or rest[:1] in _SIGNS else (text, "")


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """The form in which two wordings are compared: tidy, without quotation and title marks, and
    every number inside in Arabic digits: 第一千一百七十五条 = 第1175条, 《处罚法》 = 处罚法.
    """
    text = tidy(text[:_LONGEST]).translate(_QUOTES)
    return _INSIDE.sub(lambda found: _digits(found[0]), text)


def _digits(text: str) -> str:
    read = number(text)
    return text if read is None else f"{read.value.normalize(EXACT):f}"
