"""The bank's forms: what cannot be read says why, filters that do not exist filter nothing."""

import pytest

from app.bank import forms

GOOD = b'schema = 1\n[[question]]\nid = "a"\n'


@pytest.mark.parametrize(
    ("data", "author", "reviewer", "problems"),
    [
        (GOOD, "顾明远", "程映雪", {}),
        (b"\xef\xbb\xbf" + GOOD, "顾明远", "程映雪", {}),
        (b"", "顾明远", "程映雪", {"file": "没有选择文件"}),
        ("题".encode("gbk"), "顾明远", "程映雪", {"file": "不是 UTF-8"}),
        (b"x" * (forms.LARGEST + 1), "顾明远", "程映雪", {"file": "超过 4 MB"}),
        (b"schema = 1", "顾明远", "程映雪", {"file": "没有 [[question]]"}),
        (GOOD, " ", "", {"author": "请填写命题人", "reviewer": "请填写审题人"}),
        (GOOD, "顾明远", "顾明远", {"reviewer": "另一个人"}),
    ],
)
def test_an_upload_is_read_or_says_what_is_wrong(
    data: bytes, author: str, reviewer: str, problems: dict[str, str]
) -> None:
    form = forms.parse_import(data=data, file_name="题.toml", author=author, reviewer=reviewer)
    assert form.problems.keys() == problems.keys()
    for name, part in problems.items():
        assert part in form.problems[name]
    assert bool(form.questions) is ("file" not in problems)


def test_filters_that_do_not_exist_filter_nothing() -> None:
    form = forms.parse_sought(
        kind="essay", topic=" 排污许可 ", difficulty="9", status="all", text=" 听证 "
    )
    assert form == forms.SoughtForm("", "排污许可", "", "", "听证")
    assert form.level is None
    kept = forms.parse_sought(
        kind="numeric", topic="", difficulty="3", status="hold", text="x" * 99
    )
    assert (kept.kind, kept.level, kept.status, len(kept.text)) == ("numeric", 3, "hold", 64)
