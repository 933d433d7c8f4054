"""The raw answers in a release: everything follows from them, and a lie in any of them shows."""

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.db.engine import make_engine
from app.db.session import transaction
from app.results import queries
from app.results.rules.evidence import verify_evidence
from app.results.rules.own import own_items, own_result
from tests import factories
from tests.databases import SqliteFiles
from tests.fakes import NINE
from tests.results import worlds

Release = dict[str, Any]


@pytest.fixture(scope="module")
def made(sqlite: SqliteFiles) -> Release:
    """One release for the whole file: nothing here touches a database again."""
    engine: Engine = make_engine(sqlite.fresh())
    with transaction(engine) as db:
        factories.cast(db, NINE)
        _, row = worlds.released(db)
        found = queries.content(row)
    engine.dispose()
    return found


def sheet(release: Release, candidate: str, exam: int = 0) -> dict[str, Any]:
    sittings = release["evidence"]["exams"][exam]["sittings"]
    found: dict[str, Any] = next(each for each in sittings if each["candidate"] == candidate)
    return found


def line(release: Release, candidate: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in release["candidates"] if each["candidate"] == candidate
    )
    return found


def test_what_was_released_holds_and_survives_a_journey_through_a_file(made: Release) -> None:
    assert verify_evidence(made) == []
    assert verify_evidence(json.loads(json.dumps(made))) == []


def _better_answer(release: Release) -> None:
    sheet(release, "BW003")["responses"] = sheet(release, "BW002")["responses"]


def _better_score(release: Release) -> None:
    line(release, "BW001")["exams"][0]["score"] = "12.50"


def _better_sheet(release: Release) -> None:
    sheet(release, "BW001")["score"] = "12.50"


def _other_key(release: Release) -> None:
    release["evidence"]["exams"][0]["key"]["items"][0]["key"]["letters"] = ["A"]


def _other_paper(release: Release) -> None:
    release["evidence"]["exams"][0]["paper"]["items"][0]["points"] = "9"


def _foreign_key(release: Release) -> None:
    first, second = release["evidence"]["exams"]
    first["key"], first["key_hash"] = second["key"], second["key_hash"]


def _other_seed(release: Release) -> None:
    release["evidence"]["exams"][0]["seed"] = "00" * 32


def _other_order(release: Release) -> None:
    sheet(release, "BW002")["order_key"] = "x"


def _quicker(release: Release) -> None:
    sheet(release, "BW002")["started_at"] = sheet(release, "BW002")["handed_in_at"]


def _quicker_line(release: Release) -> None:
    line(release, "BW002")["used_seconds"] -= 60


def _later(release: Release) -> None:
    sheet(release, "BW002")["handed_in_at"] = "2026-10-10T01:50:07.250001+00:00"


def _other_receipt(release: Release) -> None:
    sheet(release, "BW002")["receipt"] = "0000-0000-0000"


def _lost_sheet(release: Release) -> None:
    release["evidence"]["exams"][0]["sittings"].pop()


def _doubled_sheet(release: Release) -> None:
    sittings = release["evidence"]["exams"][0]["sittings"]
    sittings.append(copy.deepcopy(sittings[0]))


def _sheet_of_nobody(release: Release) -> None:
    sheet(release, "BW002")["candidate"] = "BW099"


def _lost_exam(release: Release) -> None:
    release["evidence"]["exams"].pop()


def _lost_paper(release: Release) -> None:
    release["evidence"]["exams"][0]["paper"] = None


def _lost_evidence(release: Release) -> None:
    del release["evidence"]


def _number_that_fills_the_memory(release: Release) -> None:
    release["evidence"]["exams"][0]["paper"]["items"][0]["points"] = "1E+999999999"


LIES: tuple[tuple[Callable[[Release], None], str], ...] = (
    (_better_answer, "evidence/A/BW003"),
    (_better_score, "evidence/A/BW001/score"),
    (_better_sheet, "evidence/A/BW001/score"),
    (_other_key, "evidence/A/key_hash"),
    (_other_paper, "evidence/A/paper_hash"),
    (_foreign_key, "evidence/A/key"),
    (_other_seed, "evidence/A/BW001/score"),
    (_other_order, "evidence/A/BW002/score"),
    (_quicker, "evidence/BW002/used_seconds"),
    (_quicker_line, "evidence/BW002/used_seconds"),
    (_later, "evidence/A/BW002/receipt"),
    (_other_receipt, "evidence/A/BW002/receipt"),
    (_lost_sheet, "evidence/A/BW007"),
    (_doubled_sheet, "evidence/A/BW001"),
    (_sheet_of_nobody, "evidence/A/BW099"),
    (_lost_exam, "evidence"),
    (_lost_paper, "evidence/A"),
    (_lost_evidence, "evidence"),
    (_number_that_fills_the_memory, "evidence"),
)


@pytest.mark.parametrize(("lie", "where"), LIES, ids=lambda each: getattr(each, "__name__", ""))
def test_a_lie_shows_where_it_is(made: Release, lie: Callable[[Release], None], where: str) -> None:
    release = copy.deepcopy(made)
    lie(release)
    found = verify_evidence(release)
    assert any(each.where.startswith(where) for each in found), found
    assert all(each.reason for each in found)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["evidence", "exams", "candidates", "rules", "code", "exam"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
@example({"evidence": {"exams": []}, "rules": {"exams": []}, "candidates": []})
@settings(max_examples=200)
def test_no_nonsense_stops_the_check(nonsense: Any) -> None:
    assert isinstance(verify_evidence(nonsense), list)


@given(st.data())
@settings(max_examples=150)
def test_no_part_that_is_put_wrong_stops_the_check(made: Release, data: st.DataObject) -> None:
    release = copy.deepcopy(made)
    node: Any = release["evidence"]
    for _ in range(data.draw(st.integers(1, 6))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or not node[key]:
            break
        node = node[key]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = data.draw(st.sampled_from(keys))
    node[key] = data.draw(st.sampled_from([None, -1, True, "", "1E+999999999", [], {}, [None]]))
    assert isinstance(verify_evidence(release), list)


def test_ones_own_line_is_worked_out_and_every_item_explained(made: Release) -> None:
    own = own_result(made, "BW002")
    assert own is not None
    assert (own.place, own.ranked, own.total, own.pick) == (1, 4, "12.50", "picked")
    assert own.worked == "12.50×60%＋12.50×40%＝12.50"
    assert [(part.exam, part.score, part.place) for part in own.parts] == [
        ("A", "12.50", 1),
        ("B", "12.50", 1),
    ]
    items = own_items(made, "BW002", "A")
    assert [item.number for item in items] == list(range(1, 8))
    assert all(item.full and item.response == item.right for item in items)
    half = own_items(made, "BW001", "A")
    lost = [item for item in half if not item.full]
    assert lost
    assert sum(item.mark.points for item in half) == Decimal(sheet(made, "BW001")["score"])


def test_who_missed_an_exam_reads_no_items_of_it_and_a_stranger_reads_nothing(
    made: Release,
) -> None:
    own = own_result(made, "BW003")
    assert own is not None
    assert [(part.score, part.place) for part in own.parts] == [("0.00", 4), (None, None)]
    assert own_items(made, "BW003", "B") == own_items(made, "BW003", "Z") == ()
    assert own_result(made, "BW999") is None
    absent = own_result(made, "BW004")
    assert absent is not None
    assert (absent.absent, absent.worked, absent.place) == ("无故缺考", "", None)
