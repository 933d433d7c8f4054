"""The forms of the kinds: rendered alone, read back as a browser would send them."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.question_types import registry
from app.question_types.marks import Kind

TEMPLATES = Path(__file__).parents[2] / "templates"
OPTIONS = {"A": "甲 <b>", "B": "乙", "C": "丙", "D": "丁"}
QUESTIONS: dict[Kind, dict[str, Any]] = {
    Kind.SINGLE_CHOICE: {"options": OPTIONS, "key": ["B"]},
    Kind.MULTIPLE_CHOICE: {"options": OPTIONS, "key": ["A", "C"]},
    Kind.TRUE_FALSE: {"options": {"A": "正确", "B": "错误"}, "key": ["A"]},
    Kind.INDEFINITE_CHOICE: {"options": OPTIONS, "key": ["A"]},
    Kind.FILL_IN: {
        "stem": "<i>不少于【1】年，【2】日内",
        "blank": [{"n": 1, "key": "5"}, {"n": 2, "key": "60"}],
    },
    Kind.NUMERIC: {
        "numeric": {
            "key": 216,
            "unit": "万元",
            "accept_units": {"元": 2160000},
            "step": [{"n": 1, "ask": "几日？", "key": 18, "share": 0.3}],
        }
    },
}
RAW = {
    Kind.SINGLE_CHOICE: '["B"]',
    Kind.MULTIPLE_CHOICE: '["A","D"]',
    Kind.TRUE_FALSE: '["B"]',
    Kind.INDEFINITE_CHOICE: '["C"]',
    Kind.FILL_IN: '{"1":"五\\"<年>","2":"60"}',
    Kind.NUMERIC: '{"value":"216","unit":"万元","steps":{"1":"18"}}',
}


class Form(HTMLParser):
    """What a browser without JavaScript would send, and what is labelled."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.inputs = self.labels = self.unlabelled = self.disabled = 0
        self._in_label = False
        self._select = ""
        self._option: dict[str, str | None] | None = None
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = dict(attrs)
        if tag == "label":
            self.labels += 1
            self._in_label = True
        if tag in ("input", "select"):
            self.inputs += 1
            self.unlabelled += not self._in_label
            self.disabled += "disabled" in have
        if tag == "select":
            self._select = have["name"] or ""
        if tag == "option":
            self._option = have
        if tag == "input":
            tickable = have["type"] in ("radio", "checkbox")
            if (not tickable or "checked" in have) and "disabled" not in have:
                self.sent.setdefault(have["name"] or "", []).append(have["value"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._in_label = False

    def handle_data(self, data: str) -> None:
        if self._option is not None and "selected" in self._option:
            self.sent[self._select] = [data]
        self._option = None
        self.text += data


def render(kind: Kind, raw: str | None, *, readonly: bool = False, folder: str = "") -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    content, _ = registry.from_bank({"kind": kind.value, "stem": "题干 <i>", **QUESTIONS[kind]})
    item = {
        "position": 7,
        "number": 7,
        "points": "2",
        "readonly": readonly,
        "response": registry.shown(kind, raw),
        **registry.presented(kind, content),
    }
    return environment.get_template(f"question_types/{folder}{kind.value}.html").render(item=item)


@pytest.mark.parametrize("kind", Kind)
def test_the_form_sends_back_the_response_that_it_shows(kind: Kind) -> None:
    form = Form(render(kind, RAW[kind]))
    assert registry.form_response(kind, 7, form.sent) == RAW[kind]
    assert form.inputs == form.labels > 1
    assert form.unlabelled == 0


@pytest.mark.parametrize("kind", Kind)
def test_an_untouched_form_says_nothing(kind: Kind) -> None:
    form = Form(render(kind, None))
    assert registry.form_response(kind, 7, form.sent) is None


@pytest.mark.parametrize("kind", Kind)
def test_a_readonly_question_has_no_live_input(kind: Kind) -> None:
    form = Form(render(kind, RAW[kind], readonly=True))
    assert form.inputs == form.disabled > 1
    assert form.sent.keys() <= {"q7.unit"}, "a selected option of a disabled list is not sent"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("folder", ["", "print/"])
def test_texts_are_escaped_and_gaps_are_marked(kind: Kind, folder: str) -> None:
    html = render(kind, RAW[kind], folder=folder)
    assert "<i>不" not in html
    assert "<i>题" not in html
    assert "<年>" not in html
    assert "甲 <b>" not in html
    assert "&lt;i&gt;" in html
    assert ('class="blank"' in html) is (kind is Kind.FILL_IN or folder == "print/")
    assert "【" not in html


@pytest.mark.parametrize("kind", Kind)
def test_the_printed_question_has_a_line_for_the_answer_and_no_input(kind: Kind) -> None:
    html = render(kind, RAW[kind], folder="print/")
    assert "<input" not in html
    assert 'class="answer-line"' in html
    assert "答案：" in html
    assert "60" not in html, "an open paper shows no response"
    assert "216" not in html


def test_a_numeric_input_calls_the_number_keys() -> None:
    html = render(Kind.NUMERIC, None)
    assert html.count('inputmode="decimal"') == 2
    assert [unit in html for unit in ("万元", "元", "按题目所问")] == [True, True, True]
