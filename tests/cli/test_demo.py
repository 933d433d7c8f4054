"""The unattended contest: repeatable, verifiable, and its workbook says what its release says."""

import copy
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.audit import queries as audit
from app.audit.rules import verify as verify_chain
from app.cli.demo.play import FILES, play
from app.db.engine import make_engine
from app.db.session import reading
from app.draw.rules.verify import verify as verify_draw
from app.results.rules.evidence import verify_evidence
from app.results.rules.verification import verify_release

Cells = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "seven"
    play(folder, 7, say=lambda _: None)
    return folder


def release_of(folder: Path) -> dict[str, Any]:
    release: dict[str, Any] = json.loads((folder / "release.json").read_bytes())
    return release


def cells(folder: Path) -> Cells:
    book = openpyxl.load_workbook(folder / "circular.xlsx")
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_same_seed_gives_the_same_files_and_another_seed_does_not(
    demo: Path, tmp_path: Path
) -> None:
    play(tmp_path / "again", 7, say=lambda _: None)
    play(tmp_path / "other", 8, say=lambda _: None)
    assert {file.name for file in demo.iterdir()} == set(FILES)
    for name in ("draw.json", "release.json"):
        first = (demo / name).read_bytes()
        assert (tmp_path / "again" / name).read_bytes() == first
        assert (tmp_path / "other" / name).read_bytes() != first
    assert cells(tmp_path / "again") == cells(demo)
    assert cells(tmp_path / "other") != cells(demo)


def test_every_file_stands_by_itself(demo: Path) -> None:
    assert verify_draw(json.loads((demo / "draw.json").read_bytes())) == []
    release = release_of(demo)
    assert verify_release(release) == []
    assert verify_evidence(release) == []
    engine = make_engine(f"sqlite:///{demo / 'biwu.db'}")
    with reading(engine) as db:
        chain = list(audit.chain(db))
    engine.dispose()
    assert verify_chain(chain) is None
    lines = [json.loads(line) for line in (demo / "audit.jsonl").read_text().splitlines()]
    assert [line["hash"] for line in lines] == [linked.hash for linked in chain]


def test_one_flipped_answer_names_exactly_its_candidate(demo: Path) -> None:
    forged = copy.deepcopy(release_of(demo))
    sitting = forged["evidence"]["exams"][0]["sittings"][3]
    number = next(
        number for number, raw in sitting["responses"].items() if raw in ('["A"]', '["B"]')
    )
    flipped = {'["A"]': '["B"]', '["B"]': '["A"]'}[sitting["responses"][number]]
    sitting["responses"][number] = flipped
    found = verify_evidence(forged)
    assert found
    assert all(sitting["candidate"] in each.where for each in found)


def test_every_number_of_the_workbook_equals_the_release(demo: Path) -> None:
    release, sheets = release_of(demo), cells(demo)
    assert list(sheets) == ["县区成绩", "个人成绩", "省赛选派", "抽取与替补及缺考", "计分规则"]
    counties = {row[1]: row for row in sheets["县区成绩"]}
    for county in release["counties"]:
        row = counties[county["county"]]
        assert row[0] == county["place"]
        assert (row[2], row[3]) == (county["called"], county["counted"])
        shown = [county["exam_means"][0]["score"], county["mean_drawn"], county["mean_nominated"]]
        shown += [county["county_score"], county["converted"]]
        assert [exactly(value) for value in row[4:9]] == [exactly(each) for each in shown]
        assert (row[9], row[10] or "") == (county["worked"], county["remark"])
    people = {row[1]: row for row in sheets["个人成绩"] if row[1]}
    for candidate in release["candidates"]:
        row = people[candidate["candidate"]]
        assert row[2:4] == (candidate["name"], candidate["county"])
        assert exactly(row[7]) == exactly(candidate["total"])
        if candidate["absent"] is None:
            assert row[0] == candidate["place"]
            assert exactly(row[6]) == exactly(candidate["exams"][0]["score"])
            minutes, seconds = divmod(candidate["used_seconds"], 60)
            assert row[8] == f"{minutes}分{seconds:02d}秒"
    by_number = {each["candidate"]: each for each in release["candidates"]}
    shown = [row for row in sheets["省赛选派"] if row[0] in ("选派", "替补")]
    picks = [("选派", each) for each in release["picks"]["picked"]]
    picks += [("替补", each) for each in release["picks"]["substitutes"]]
    assert len(shown) == len(picks)
    for row, (word, each) in zip(shown, picks, strict=True):
        person = by_number[each["candidate"]]
        assert row[:4] == (word, each["order"], person["place"], each["candidate"])
        assert (exactly(row[8]), row[9]) == (exactly(person["total"]), each["why"])
    calls = [row for row in sheets["抽取与替补及缺考"] if isinstance(row[0], int)]
    told = sorted((each["county"], each["name"], each["order"] or "—") for each in release["calls"])
    assert sorted((row[1], row[2], row[5]) for row in calls) == told
    assert [row[0] for row in calls] == list(range(1, len(calls) + 1))
    assert len(release["picks"]["picked"]) == 4
    rules = "".join(str(value) for row in sheets["计分规则"] for value in row if value)
    assert all(each["text"] in rules for each in release["rules"]["words"])


def exactly(value: Any) -> Decimal | None:
    """A number of a cell or of the release, for comparing: 70 and 70.00 are one."""
    return None if value is None else Decimal(str(value))


def test_no_identity_or_phone_number_is_in_any_file(demo: Path) -> None:
    for file in demo.iterdir():
        text = file.read_bytes()
        assert not re.search(rb"(?<![0-9A-Fa-f.])79\d{15}[0-9X](?![0-9A-Fa-f])", text), file.name
        assert not re.search(rb"(?<![0-9A-Fa-f.])1990000\d{4}(?![0-9A-Fa-f])", text), file.name
