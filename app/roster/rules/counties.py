"""Finding a county (县、市、区) of the directory in what a sheet says."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from app.roster.rules.cells import is_nothing, matched, shown
from app.roster.rules.grid import CellValue
from app.roster.rules.plan import Flaw, ProblemKind

_LIKE = 0.55
"""Two characters of three, as in 青兰县 for 青岚县; a shared 县 alone is no likeness."""


def find_county(value: CellValue, counties: Mapping[str, str]) -> str | Flaw:
    """The county's name in the directory; `counties` maps names to codes. The city's name in
    front of it is allowed; anything else is refused with the nearest right one proposed."""
    if is_nothing(value):
        remedy = "请填写县区全称；同一县区的多行可以合并单元格，不要留空"
        return Flaw(ProblemKind.COUNTY_MISSING, "县区为空", remedy)
    word = matched(value)
    if (exact := _names(counties).get(word)) is not None:
        return exact
    ends = [name for name in counties if word.endswith(matched(name))]
    if len(ends) == 1:
        return ends[0]
    return _unknown(shown(value), word, counties)


def named_county(texts: Iterable[CellValue], counties: Mapping[str, str]) -> str | None:
    """The one county that a sheet's title or title rows name, if they name exactly one."""
    words = [matched(text) for text in texts]
    found = {name for name in counties if any(matched(name) in word for word in words)}
    return found.pop() if len(found) == 1 else None


def no_county_column(title: str, counties: Mapping[str, str]) -> Flaw:
    """Neither a column nor a title says which county the sheet is about."""
    closest = _closest(matched(title), counties)
    hint = f"；与表名“{shown(title)}”最接近的是“{closest}”" if closest else ""
    return Flaw(
        ProblemKind.COUNTY_MISSING,
        f"这张表没有“县区”列，表名和标题里也没有名录中的县区{hint}",
        "请加一列“县区”，或者一个县区一张表，把表名改成县区全称",
        closest,
    )


def _unknown(value: str, word: str, counties: Mapping[str, str]) -> Flaw:
    closest = _closest(word, counties)
    if closest:
        reason = f"名录中没有“{value}”，最接近的是“{closest}”"
        return Flaw(ProblemKind.COUNTY_UNKNOWN, reason, f"如果就是它，请改为“{closest}”", closest)
    directory = "、".join(list(counties)[:20]) or "（名录为空，请先建立县区名录）"
    remedy = f"请改为名录中的县区全称：{directory}"
    return Flaw(ProblemKind.COUNTY_UNKNOWN, f"名录中没有“{value}”", remedy)


def _closest(word: str, counties: Mapping[str, str]) -> str:
    """The county that the word, or a stretch of it, resembles most; "" if none really does."""
    best, closest = _LIKE, ""
    for plain, name in sorted(_names(counties).items()):
        likeness = max((_likeness(plain, part) for part in _stretches(word[:64], plain)), default=0)
        if likeness > best:
            best, closest = likeness, name
    return closest


def _stretches(word: str, name: str) -> Iterable[str]:
    # comparing is slow, and most words have nothing in common with most names
    if 2 * len(set(word) & set(name)) > len(name):
        yield word
        yield from (word[at : at + len(name)] for at in range(len(word) - len(name) + 1))


def _likeness(name: str, part: str) -> float:
    return SequenceMatcher(None, name, part, autojunk=False).ratio()


def _names(counties: Mapping[str, str]) -> dict[str, str]:
    return {matched(name): name for name in counties}
