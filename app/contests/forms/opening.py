"""The form for a new contest."""

from dataclasses import dataclass, field

from app.contests.rules.presets import DEFAULT, PRESETS, Preset

_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class OpeningForm:
    """What was typed; `year` and `number` are text until they are right."""

    year: str = ""
    number: str = ""
    title: str = ""
    preset: str = DEFAULT
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> Preset:
        """The preset that was chosen; ask only when nothing is wrong."""
        return next(each for each in PRESETS if each.name == self.preset)


def proposed(*, year: int, number: int) -> OpeningForm:
    """The next contest of the year, with the title that bureaus use."""
    return OpeningForm(str(year), str(number), usual_title(year, number))


def usual_title(year: int, number: int) -> str:
    """
    >>> usual_title(2026, 2)
    '2026年第二期生态环境保护执法比武'
    """
    ordinal = _DIGITS[number] if number < len(_DIGITS) else str(number)
    return f"{year}年第{ordinal}期生态环境保护执法比武"


def parse(*, year: str, number: str, title: str, preset: str) -> OpeningForm:
    """新建比武: year and number are whole and plausible, the title is given, the preset exists."""
    year, number, title = year.strip(), number.strip(), title.strip()
    problems = {}
    if not (_short(year) and 2000 <= int(year) <= 2100):
        problems["year"] = "请填写四位年份，例如 2026。"
    if not (_short(number) and 1 <= int(number) <= 99):
        problems["number"] = "请填写期数，1 到 99 的整数。"
    if not title:
        problems["title"] = "请填写比武名称。"
    elif len(title) > 128:
        problems["title"] = "比武名称不能超过 128 个字。"
    if preset not in {each.name for each in PRESETS}:
        problems["preset"] = "请选择一套计分规则，以后还可以改。"
    return OpeningForm(year, number, title, preset, problems)


def _short(text: str) -> bool:
    """Whether these are a few digits; int() refuses thousands of them."""
    return text.isascii() and text.isdigit() and len(text) < 10
