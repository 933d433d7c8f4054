"""The form in which the office completes a circular."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

ADDRESSEES = "各县（市、区）生态环境分局，市局机关各科室、直属各单位"
LONGEST = 120
_NUMBER = re.compile(r"[^\s〔〕\d]{1,20}〔20\d{2}〕[1-9]\d{0,4}号")
_BRACKETS = str.maketrans("[]()［］（）【】〈〉", "〔〕" * 6)
# What the document itself refuses is better said beside the field.
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class CircularForm:
    """What was typed, and what is wrong with it, by field."""

    document_number: str = ""
    addressees: str = ""
    signed_by: str = ""
    contact: str = ""
    on: str = ""
    day: date | None = None
    problems: dict[str, str] = field(default_factory=dict)


def proposed(*, number: str, signed_by: str, on: date) -> CircularForm:
    """The form as it is opened: everything filled in that can be guessed."""
    return CircularForm(number, ADDRESSEES, signed_by, "", on.isoformat(), on)


def parse(
    *, document_number: str, addressees: str, signed_by: str, contact: str, on: str
) -> CircularForm:
    """The typed form. A document number may be typed with any brackets and full-width digits; it
    is written with 〔〕 (GB/T 9704—2012, 7.2.5). A colon after the addressees is the document's."""
    number = _number(document_number)
    to, signer, phone = (_line(each) for each in (addressees, signed_by, contact))
    to, day = to.rstrip("：:"), _day(on)
    problems = {}
    if not _NUMBER.fullmatch(number):
        problems["document_number"] = "请按“机关代字〔年份〕序号号”填写，例如 云环办〔2026〕18号。"
    if not to:
        problems["addressees"] = "请填写主送机关。"
    if not signer:
        problems["signed_by"] = "请填写落款的机关名称。"
    if day is None:
        problems["on"] = "请填写成文日期。"
    for name, text in (("addressees", to), ("signed_by", signer), ("contact", phone)):
        if len(text) > LONGEST:
            problems[name] = f"太长了，最多 {LONGEST} 个字。"
        elif _MOBILE.search(text):
            problems[name] = "公开的通报里不能出现手机号码，请填写办公电话。"
    return CircularForm(number, to, signer, phone, on.strip(), day, problems)


def _line(text: str) -> str:
    """One line: what a browser cannot type there (line feeds, NUL) is dropped."""
    return "".join(each for each in text if each.isprintable()).strip()


def _number(text: str) -> str:
    plain = "".join(
        unicodedata.normalize("NFKC", each) if each.isdigit() else each for each in text
    )
    return "".join(plain.split()).translate(_BRACKETS)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
