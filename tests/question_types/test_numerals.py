from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.question_types.numerals import normal, number, quantity, split_unit, tidy

NUMERALS = "0123456789.,+-零〇一二三四五六七八九十百千万亿两廿壹贰点负負第分之元年%"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("216", "216"),
        ("２１６", "216"),
        (" 2 1 6 ", "216"),
        ("2,160,000", "2160000"),
        ("２，１６０，０００", "2160000"),
        ("-3.50", "-3.5"),
        ("−3", "-3"),
        ("+3", "3"),
        (".5", "0.5"),
        ("216。", "216"),
        ("216万", "2160000"),
        ("7.2万", "72000"),
        ("1万亿", "1000000000000"),
        ("1亿2000万", "120000000"),
        ("二百一十六", "216"),
        ("十五", "15"),
        ("百二十", "120"),
        ("两百", "200"),
        ("壹佰贰拾", "120"),
        ("二〇二六", "2026"),
        ("一亿二千万", "120000000"),
        ("七点二万", "72000"),
        ("七.二万", "72000"),
        ("三点零五", "3.05"),
        ("负三", "-3"),
        ("负216", "-216"),
        ("〇", "0"),
    ],
)
def test_a_number_is_read_in_every_usual_writing(text: str, value: str) -> None:
    read = number(tidy(text))
    assert read is not None
    assert read.value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "约216",
        "1,20",
        "1.2.3",
        "18×12=216",
        "216或者72",
        "NaN",
        "Infinity",
        "1e5",
        "9" * 19,
        "万",
        "点",
        "负",
        "点五",
        "一点",
        "-",
        "半",
        "1.0000000000001",
    ],
)
def test_what_is_no_number_is_not_guessed_at(text: str) -> None:
    assert number(tidy(text)) is None


@given(st.text(NUMERALS, max_size=30) | st.text(max_size=30))
@example("负" * 24)
@example("9" * 24)
def test_reading_never_raises_and_is_finite(text: str) -> None:
    read = number(tidy(text))
    assert read is None or read.value.is_finite()
    normal(text)
    quantity(text, chosen="万元", asked="元", known=("元", "千克"))


@given(st.integers(0, 10**15 - 1))
def test_every_whole_number_is_read_back(value: int) -> None:
    for text in (str(value), f"{value:,}"):
        read = number(text)
        assert read is not None
        assert read.value == value


@pytest.mark.parametrize(
    ("text", "chosen", "asked", "value", "unit"),
    [
        ("216", "", "万元", "2160000", "元"),
        ("216", "万元", "万元", "2160000", "元"),
        ("216", "元", "万元", "216", "元"),
        ("216万", "", "万元", "2160000", "元"),
        ("216万", "万元", "万元", "2160000", "元"),
        ("216万", "元", "万元", "2160000", "元"),
        ("216万元", "", "元", "2160000", "元"),
        ("216万元", "万元", "元", "2160000", "元"),
        ("二百一十六万元", "", "万元", "2160000", "元"),
        ("一亿二千万元", "", "万元", "120000000", "元"),
        ("216千克", "", "千克", "216", "千克"),
        ("五十千克", "", "千克", "50", "千克"),
        ("3千元", "", "元", "3000", "元"),
        ("15天", "", "日", "15", "日"),
        ("3个月", "", "个月", "3", "月"),
        ("15个工作日", "", "日", "15", "工作日"),
        ("百分之三", "", "%", "3", "%"),
        ("3％", "", "%", "3", "%"),
        ("第1175条", "", "条", "1175", "条"),
        ("5", "", "", "5", ""),
    ],
)
def test_a_quantity_is_read_in_its_base_unit(
    text: str, chosen: str, asked: str, value: str, unit: str
) -> None:
    read = quantity(text, chosen=chosen, asked=asked)
    assert read is not None
    assert (read.value, read.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "chosen"), [("216元", "万元"), ("216吨", "元"), ("216万元", "吨"), ("一堆", "元")]
)
def test_two_different_units_are_no_quantity(text: str, chosen: str) -> None:
    assert quantity(text, chosen=chosen, asked="元", known=("万元", "吨")) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第一千一百七十五条", "第１１７５条"),
        ("《行政处罚法》", "行政处罚法"),
        ("五 年", "5年"),
        ("二百万元", "2000000元"),
        ("MG/L", "mg/l"),
        ("罚款的数额。", "罚款的数额"),
        ("5.0", "五"),
    ],
)
def test_one_wording_in_two_writings_is_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"), [("5年", "5月"), ("15日", "15个工作日"), ("-3", "3"), ("1.5", "15")]
)
def test_what_differs_in_meaning_stays_different(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_wan_and_yi_are_numbers_and_not_units() -> None:
    assert split_unit("万元") == ("元", Decimal(10_000))
    assert split_unit("亿元") == ("元", Decimal(100_000_000))
    assert split_unit("天") == ("日", Decimal(1))
