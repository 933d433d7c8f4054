"""What the forms of contests read, and what they say of a slip."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.contests.forms import declared, opening, planning
from app.contests.rules.contest_rules import ContestRules, CountyMethod
from app.contests.rules.presets import PRESETS, Preset
from tests.fakes import NINE

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_comes_back_from_the_form_as_it_was_shown(preset: Preset) -> None:
    shown = declared.shown(preset.rules)
    assert shown.problems == ()
    assert declared.parse(shown.values).rules == preset.rules


def changed(**values: str) -> declared.RulesForm:
    given = declared.shown(ContestRules()).values
    names = {name.replace("__", ".").replace("_at_", "-"): value for name, value in values.items()}
    assert names.keys() <= given.keys()
    return declared.parse(given | names)


def test_what_is_typed_is_what_is_declared() -> None:
    form = changed(
        county__method="groups", county__drawn_weight="55", county__nominated_weight="45"
    )
    assert form.rules is not None
    assert form.rules.county.method is CountyMethod.WEIGHTED_GROUPS
    assert form.rules.county.drawn_weight == Decimal("0.55")
    assert form.problems == ()


def test_an_unchecked_box_and_an_empty_field_are_choices_too() -> None:
    form = changed(county__full="", pick__lowest="70", county__attendance="1")
    assert form.rules is not None
    assert (form.rules.county.full, form.rules.pick.lowest) == (None, Decimal(70))
    assert form.rules.county.attendance


@pytest.mark.parametrize(
    ("values", "section", "says"),
    [
        ({"pass_line": "六十"}, "pass_line", "请填写数字"),
        ({"pass_line": "NaN"}, "pass_line", "请填写数字"),
        ({"numbers__drawn": "2.5"}, "numbers", "请填写整数"),
        ({"numbers__drawn": "-1"}, "numbers", "请填写整数"),
        ({"county__method": "median"}, "county", "请选择县区成绩算法"),
        ({"policy__multiple_choice": ""}, "policy", "请选择多选题计分"),
        ({"exams_at_weight_at_1": "30"}, "exams", "还差 10%"),
        ({"exams_at_weight_at_1": ""}, "exams", "第 1 科权重请填写数字"),
        ({"tie_break_at_1": "exam:Z"}, "tie_break", "没有这个科目"),
        ({"tie_break_at_1": "height"}, "tie_break", "从列表中选择"),
    ],
)
def test_a_slip_is_told_in_its_part_of_the_form_and_the_rest_stays_typed(
    values: dict[str, str], section: str, says: str
) -> None:
    form = changed(**values)
    assert any(says in message for message in form.of(section))
    assert form.values["excellent_line"] == "85"


def test_a_row_without_code_and_title_is_no_exam() -> None:
    given = declared.shown(ContestRules()).values
    for name in ("exams-code-2", "exams-title-2"):
        given[name] = ""
    given |= {"exams-weight-1": "60", "tie_break-2": "exam:A", "tie_break-3": ""}
    form = declared.parse(given)
    assert form.rules is not None
    assert [exam.code for exam in form.rules.exams] == ["A", "C"]
    assert form.problems == ()


def test_a_form_of_nonsense_is_answered_and_never_crashes() -> None:
    assert declared.parse({}).rules is None
    assert declared.parse({"exams-code-1": "A", "exams-full-1": "1e999"}).rules is None


# ---- opening


def test_the_next_contest_is_proposed_with_the_usual_title() -> None:
    form = opening.proposed(year=2026, number=2)
    assert (form.year, form.number, form.title) == (
        "2026",
        "2",
        "2026年第二期生态环境保护执法比武",
    )
    assert opening.usual_title(2026, 12) == "2026年第12期生态环境保护执法比武"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", "26"),
        ("year", "２０２６"),
        ("number", "0"),
        ("number", "第一"),
        ("title", " "),
        ("title", "长" * 129),
        ("preset", "none"),
    ],
)
def test_a_contest_needs_a_year_a_number_a_title_and_rules(field: str, value: str) -> None:
    good = {"year": "2026", "number": "1", "title": "第一期", "preset": "default"}
    assert opening.parse(**good).problems == {}
    assert set(opening.parse(**(good | {field: value})).problems) == {field}


# ---- planning


def exam_form(**values: object) -> planning.ExamForm:
    good: dict[str, object] = {
        "exam_id": "3",
        "paper": "7",
        "opens": "2026-10-17T09:00",
        "closes": "2026-10-17T11:00",
        "opens_at": NINE + 168 * HOUR,
        "closes_at": NINE + 170 * HOUR,
        "minutes": "90",
        "grace": "5",
        "now": NINE,
    }
    return planning.parse_exam(**(good | values))  # type: ignore[arg-type]  # one field each


def test_an_exam_form_reads_its_fields() -> None:
    form = exam_form()
    assert form.problems == {}
    assert (form.exam_id, form.paper_id) == (3, 7)
    assert (form.length, form.grace_time) == (timedelta(minutes=90), timedelta(minutes=5))
    unset = exam_form(opens="", closes="", opens_at=None, closes_at=None, paper="")
    assert (unset.problems, unset.paper_id, unset.opens_at) == ({}, None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minutes": "x"}, "length"),
        ({"minutes": "121"}, "length"),
        ({"minutes": "4"}, "length"),
        ({"grace": ""}, "grace"),
        ({"grace": "31"}, "grace"),
        ({"grace": "0"}, "grace"),
        ({"closes": "", "closes_at": None}, "closes_at"),
        ({"opens": "morgen", "opens_at": None}, "opens_at"),
        ({"closes_at": NINE + 167 * HOUR}, "closes_at"),
        ({"opens_at": NINE - HOUR, "closes_at": NINE + HOUR}, "opens_at"),
        ({"paper": "abc"}, "paper"),
    ],
)
def test_the_linter_speaks_at_the_field(values: dict[str, object], field: str) -> None:
    assert field in exam_form(**values).problems


def test_a_draw_is_announced_for_a_later_moment_from_a_frozen_roster() -> None:
    def parsed(version: str, hours: float | None, *, draws: bool = True) -> set[str]:
        at = None if hours is None else NINE + hours * HOUR
        form = planning.parse_draw(
            version=version, scheduled="x", scheduled_at=at, now=NINE, draws=draws
        )
        return set(form.problems)

    assert parsed("1", 1) == set()
    assert parsed("1", 0) == {"scheduled"}
    assert parsed("1", None) == {"scheduled"}
    assert parsed("", 1) == {"version"}
    assert parsed("1", None, draws=False) == set()


@pytest.mark.parametrize(("reason", "fine"), [("", False), (" 病 ", False), ("病假", True)])
def test_leave_and_substitution_say_why(reason: str, fine: bool) -> None:
    assert (planning.parse_reason(1, reason).problems == {}) == fine
