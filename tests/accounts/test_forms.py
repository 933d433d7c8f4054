"""What is typed at the door and in the administrators' pages."""

import pytest

from app.accounts import forms
from app.kernel.actor import Role


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("/roster?page=2", "/roster?page=2"),
        ("", ""),
        ("https://elsewhere.example", ""),
        ("//elsewhere.example", ""),
        ("/\\elsewhere.example", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_after_the_door_one_stays_with_us(wanted: str, kept: str) -> None:
    assert forms.parse(name="a", password="b", next=wanted).next == kept


def test_spaces_around_a_name_are_the_keyboards_and_those_of_a_password_are_not() -> None:
    form = forms.parse(name=" 许青禾 ", password=" x ", next="")
    assert (form.name, form.password, form.problems) == ("许青禾", " x ", {})
    assert set(forms.parse(name=" ", password="", next="").problems) == {"name", "password"}
    assert form.refused("不对").password == ""


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, set()),
        ({"name": " xu.qinghe@city "}, set()),
        ({"name": "许"}, {"name"}),
        ({"name": "xu qinghe"}, {"name"}),
        ({"name": "x" * 65}, {"name"}),
        ({"display_name": " "}, {"display_name"}),
        ({"display_name": "x" * 65}, {"display_name"}),
        ({"county": "青岚县"}, {"county"}),
        ({"county": "7901211234567"}, {"county"}),
        ({"county": "790121"}, set()),
    ],
)
def test_an_account_is_taken_or_its_fields_are_named(
    change: dict[str, str], wrong: set[str]
) -> None:
    typed = {"name": "xuqinghe", "display_name": "许青禾", "county": ""} | change
    assert set(forms.parse_account(**typed).problems) == wrong


@pytest.mark.parametrize(
    ("given", "county", "roles", "says"),
    [
        (["organizer", "marker"], None, {Role.ORGANIZER, Role.MARKER}, ""),
        (["county_clerk"], "790121", {Role.COUNTY_CLERK}, ""),
        (["county_clerk"], None, {Role.COUNTY_CLERK}, "开户时没有填县区"),
        ([], None, set(), "至少选一个角色"),
        (["candidate", "king"], None, set(), "至少选一个角色"),
        (["auditor"], None, {Role.AUDITOR}, ""),
        (["auditor", "author"], None, {Role.AUDITOR, Role.AUTHOR}, "必须分开"),
        (["auditor", "system_admin"], None, {Role.AUDITOR, Role.SYSTEM_ADMIN}, "必须分开"),
    ],
)
def test_roles_go_together_or_the_form_says_why_not(
    given: list[str], county: str | None, roles: set[Role], says: str
) -> None:
    form = forms.parse_roles(given, county=county)
    assert form.roles == roles
    assert says in form.problem
    assert bool(says) == bool(form.problem)


@pytest.mark.parametrize(("reason", "taken"), [("离岗", True), (" ", False), ("x" * 201, False)])
def test_a_reason_is_written(reason: str, taken: bool) -> None:
    assert bool(forms.parse_reason(reason).problem) is not taken
