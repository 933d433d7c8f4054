"""The address says how the tables are wanted; what it says wrongly changes nothing."""

from typing import Any

import pytest

from app.results.forms import Listing, parse
from tests.circulars.samples import made

RELEASE: dict[str, Any] = made()


def listing(**wish: str) -> Listing:
    return parse(**{"sort": "", "by": "", "county": "", "entered": "", "name": ""} | wish)


def test_without_a_wish_people_and_counties_stand_by_place() -> None:
    assert listing().candidates(RELEASE) == RELEASE["candidates"]
    assert listing().counties(RELEASE) == RELEASE["counties"]


@pytest.mark.parametrize(
    ("sort", "reverse"), [("total", False), ("-total", True), ("A", False), ("-C", True)]
)
def test_a_column_is_sorted_by_its_number_and_who_has_none_is_last(
    sort: str, reverse: bool
) -> None:
    lines = listing(sort=sort).candidates(RELEASE)
    column = sort.lstrip("-")

    def value(line: Any) -> float | None:
        if column == "total":
            return None if line["total"] is None else float(line["total"])
        return next((float(e["score"]) for e in line["exams"] if e["exam"] == column), None)

    values = [value(line) for line in lines]
    there = [each for each in values if each is not None]
    assert there == sorted(there, reverse=reverse)
    assert values == there + [None] * (len(values) - len(there))
    assert len(lines) == 52


def test_filters_go_together_and_an_unknown_one_is_no_filter() -> None:
    found = listing(county="5301", entered="draw").candidates(RELEASE)
    assert {(line["county_code"], line["entered"]) for line in found} == {("5301", "draw")}
    assert len(found) == 3
    assert len(listing(entered="x").candidates(RELEASE)) == 52
    assert [line["name"] for line in listing(name="王建国").candidates(RELEASE)] == ["王建国"]


def test_nonsense_to_sort_by_leaves_the_order_as_it_is() -> None:
    assert listing(sort="-x", by="(").candidates(RELEASE) == RELEASE["candidates"]
    assert listing(by="(").counties(RELEASE) == RELEASE["counties"]


def test_a_second_click_turns_the_order_and_keeps_the_filters() -> None:
    first = listing(county="5301", by="-converted")
    assert first.sorted_href("total") == "?sort=-total&by=-converted&county=5301#standings"
    again = listing(sort="-total")
    assert again.sorted_href("total") == "?sort=total#standings"
    assert again.direction("total") == "descending"
    assert again.direction("A") == again.direction("total", counties=True) == ""
    assert listing().sorted_href("place") == "?sort=place#standings"
    assert listing(by="converted").direction("converted", counties=True) == "ascending"


def test_counties_are_sorted_by_their_numbers() -> None:
    lines = listing(by="mean_nominated").counties(RELEASE)
    values = [float(line["mean_nominated"]) for line in lines]
    assert values == sorted(values)
    by_code = listing(by="-county").counties(RELEASE)
    assert by_code[0]["county_code"] == max(line["county_code"] for line in RELEASE["counties"])
