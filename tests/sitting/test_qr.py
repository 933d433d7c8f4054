import re

from app.web import qr


def test_a_code_is_an_svg_without_style_that_the_page_may_show() -> None:
    drawn = qr.svg("https://biwu.example/t/ABCD-EFGH-JKMN?a=1&b=<i>")
    assert re.fullmatch(r'<svg viewBox="[\d ]+" class="qr">.*</svg>', drawn, re.DOTALL)
    assert not re.search(r"style|<i>|script|on\w+=", drawn)
    assert drawn.__html__() == drawn


def test_another_text_is_another_code() -> None:
    assert qr.svg("A") == qr.svg("A") != qr.svg("B")
