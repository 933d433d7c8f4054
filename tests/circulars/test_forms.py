"""What an office types into the form of a circular."""

from datetime import date

import pytest

from app.circulars import forms

GOOD = {
    "document_number": "云环办〔2026〕18号",
    "addressees": "各县（市、区）分局",
    "signed_by": "办公室",
    "contact": "0870-2120000",
    "on": "2026-10-12",
}


def test_a_complete_form_has_no_problems() -> None:
    form = forms.parse(**GOOD)
    assert form.problems == {}
    assert form.day == date(2026, 10, 12)


@pytest.mark.parametrize(
    "typed",
    [
        "云环办[2026]18号",
        "云环办（2026）18号",
        "云环办【２０２６】１８号",
        " 云环办〔2026〕 18 号 ",
    ],
)
def test_a_number_in_other_brackets_is_the_same_number(typed: str) -> None:
    assert forms.parse(**GOOD | {"document_number": typed}).document_number == "云环办〔2026〕18号"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("document_number", ""),
        ("document_number", "云环办2026年18号"),
        ("document_number", "云环办〔2026〕018号"),
        ("document_number", "云环办〔2026〕第18号"),
        ("addressees", " ： "),
        ("addressees", "县" * 121),
        ("signed_by", ""),
        ("contact", "请打13800138000"),
        ("on", ""),
        ("on", "2026年10月12日"),
        ("on", "2026-02-30"),
    ],
)
def test_a_slip_is_told_beside_its_field(field: str, typed: str) -> None:
    form = forms.parse(**GOOD | {field: typed})
    assert list(form.problems) == [field]


def test_a_colon_after_the_addressees_is_the_documents_own() -> None:
    assert forms.parse(**GOOD | {"addressees": "各县分局："}).addressees == "各县分局"


def test_what_no_keyboard_types_is_dropped() -> None:
    form = forms.parse(**GOOD | {"signed_by": "办公\x00\r\n室", "contact": "\x00"})
    assert (form.signed_by, form.contact, form.problems) == ("办公室", "", {})
