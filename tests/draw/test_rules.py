import copy
import hashlib
import hmac
import itertools
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.draw.rules.figures import figures
from app.draw.rules.lots import (
    Contribution,
    ContributionBlank,
    TooFewWitnesses,
    WitnessTwice,
    chance,
    lot,
    rank,
    seed,
)
from app.draw.rules.plan import (
    AnnouncedTooLate,
    DrawPlanEmpty,
    HashUnfit,
    HeldTooEarly,
    NonceUnfit,
    QuotaInfeasible,
    QuotaInvalid,
    Stratum,
    StratumTwice,
    UnitTwice,
    commitment,
    may_hold,
    moment,
    plan,
    remarks,
)
from app.draw.rules.record import (
    NonceNotPromised,
    NoReserveLeft,
    StratumUnknown,
    Void,
    VoidsIncomplete,
    drawn,
    next_reserve,
    transcript,
)
from app.draw.rules.verify import verify

NONCE = "0f" * 32
ANNOUNCED = datetime(2026, 11, 18, 1, tzinfo=UTC)
SCHEDULED = datetime(2026, 11, 20, 1, tzinfo=UTC)
STRATA = (
    Stratum("青岚县", 2, 1, ["61010001", "61010002", "61010003", "61010004"]),
    Stratum("石澜区", 2, 1, ["61020005", "61020006", "61020007"]),
)
SPOKEN = [Contribution("赵秉衡", "纪检", "480317"), Contribution("钱若溪", "工会", "春江水暖")]


def planned(strata: Any = STRATA, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": "第二期比武随机抽取",
        "contest": "2026-2",
        "roster_version": 3,
        "roster_hash": "ab" * 32,
        "strata": strata,
        "office_nonce": NONCE,
        "announced_at": ANNOUNCED,
        "scheduled_at": SCHEDULED,
    }
    return plan(**values | changes)


PLAN = planned()
EARLIER = "cd" * 32
VOID = Void(EARLIER, "2026-11-17T03:00:00Z", "花名册漏列一人，重新冻结")
HELD = transcript(planned(earlier=[EARLIER]), NONCE, SPOKEN, [VOID])
unit_lists = st.lists(st.text(min_size=1, max_size=6), unique=True, min_size=1, max_size=20)


def naive(record: Any) -> dict[str, list[str]]:
    """A second implementation, from the docstrings: the standard library and nothing of ours."""

    def sha(value: Any) -> str:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def mac(key: bytes, text: str) -> bytes:
        return hmac.new(key, text.encode(), "sha256").digest()

    seed = sha({"commitment": sha(record["commitment"]), "chance": record["chance"]})
    assert seed == record["seed"]
    orders = {}
    for line in record["commitment"]["strata"]:
        key = mac(bytes.fromhex(seed), line["stratum"])
        orders[line["stratum"]] = sorted(line["unit_ids"], key=lambda unit: mac(key, unit))
    return orders


def test_a_known_draw_gives_a_known_answer() -> None:
    """The vector for other implementations; it may never change within biwu-draw/1."""
    held = transcript(PLAN, NONCE, SPOKEN)
    assert (
        held["commitment_hash"]
        == "cf780919a64d8a3a7961365a2b2a029e8d8f6b594355766ff0d42923b2302a70"
    )
    assert held["seed"] == "f3aa4c257922aca4922b48d6a759fe52e2558028507cc85d5bbb20daabe97a74"
    assert drawn(held) == {"石澜区": ["61020005", "61020006"], "青岚县": ["61010002", "61010003"]}
    assert held["hash"] == "dce7ef4aea89ef2ccb9b65e9874dffc3118e6b2e848550040784357c8b43f81e"


def test_the_record_has_the_published_shape() -> None:
    assert {"version", "commitment", "chance", "seed", "strata", "voids"} <= HELD.keys()
    assert {"roster_hash", "algorithm", "strata", "sources"} <= HELD["commitment"].keys()
    assert HELD["commitment"]["strata"][0].keys() == {"stratum", "quota", "reserves", "unit_ids"}
    assert HELD["strata"][0].keys() == {"stratum", "ranking", "drawn", "reserves"}
    assert json.loads(json.dumps(HELD)) == HELD


def test_the_secret_of_the_office_is_not_in_what_is_announced() -> None:
    assert NONCE not in json.dumps(PLAN)
    assert PLAN["office_nonce_hash"] == hashlib.sha256(NONCE.encode()).hexdigest()


@settings(max_examples=60)
@given(st.dictionaries(st.text(min_size=1, max_size=4).filter(str.strip), st.integers(1, 6),
                       min_size=1, max_size=5), st.text(min_size=1).filter(str.strip))  # fmt: skip
def test_a_second_naive_implementation_gets_the_same_order(
    sizes: dict[str, int], said: str
) -> None:
    numbers = itertools.count(61010000)
    strata = [
        Stratum(name, 1, 1, [str(next(numbers)) for _ in range(size)])
        for name, size in sizes.items()
    ]
    held = transcript(planned(strata), NONCE, [*SPOKEN, Contribution("孙九", "县区代表", said)])
    assert naive(held) == {line["stratum"]: line["ranking"] for line in held["strata"]}
    assert verify(held) == []


@given(unit_lists, st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(unit_ids: list[str], shuffler: Any) -> None:
    shuffled = list(unit_ids)
    shuffler.shuffle(shuffled)
    assert rank("ab" * 32, "青岚县", shuffled) == rank("ab" * 32, "青岚县", unit_ids)


@given(unit_lists)
def test_everyone_gets_exactly_one_place(unit_ids: list[str]) -> None:
    assert sorted(rank("ab" * 32, "青岚县", unit_ids)) == sorted(unit_ids)


@given(unit_lists, st.integers(0, 19))
def test_striking_one_name_leaves_the_others_in_order(unit_ids: list[str], at: int) -> None:
    struck = unit_ids[at % len(unit_ids)]
    remaining = [unit for unit in unit_ids if unit != struck]
    full = rank("ab" * 32, "青岚县", unit_ids)
    assert rank("ab" * 32, "青岚县", remaining) == [unit for unit in full if unit != struck]


def test_the_roster_of_one_county_cannot_move_the_lots_of_another_under_one_seed() -> None:
    assert lot("ab" * 32, "青岚县", "1") != lot("ab" * 32, "石澜区", "1")
    assert rank("ab" * 32, "石澜区", "567") == rank("ab" * 32, "石澜区", "765")


def test_every_order_of_four_people_is_equally_likely() -> None:
    """χ² over the 24 permutations with 23 degrees of freedom; 49.7 is p = 0.001. The seeds are
    counted up, so the figure is the same on every run."""
    draws = 12_000
    counts = dict.fromkeys(itertools.permutations("1234"), 0)
    for number in range(draws):
        counts[tuple(rank(f"{number:064x}", "青岚县", "1234"))] += 1
    expected = draws / 24
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 49.7


@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize("field", ["name", "duty", "text"])
def test_every_witness_alone_can_change_the_seed(who: int, field: str) -> None:
    spoken = chance(NONCE, SPOKEN)
    changed = copy.deepcopy(spoken)
    changed["contributions"][who][field] += "1"
    assert seed("c", changed) != seed("c", spoken)


def test_a_county_that_cannot_fill_its_quota_is_refused_before_the_ceremony() -> None:
    with pytest.raises(QuotaInfeasible) as refusal:
        planned([STRATA[0], Stratum("石澜区", 4, 0, ["5", "6", "7"])])
    assert refusal.value.fields == {"county": "石澜区", "have": 3, "need": 4}
    assert "石澜区" in str(refusal.value)


def test_a_county_with_exactly_its_quota_is_drawn_and_the_missing_reserves_are_a_remark() -> None:
    tight = planned([Stratum("石澜区", 3, 2, ["5", "6", "7"])])
    assert remarks(tight) == [
        "石澜区符合条件的有 3 人，抽取 3 人后替补只有 0 人，不足希望的 2 人。"
    ]
    assert remarks(planned([Stratum("石澜区", 1, 2, ["5", "6", "7"])])) == []


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (timedelta(days=1) - timedelta(seconds=1), 1),
        (timedelta(days=1), 0),
        (timedelta(days=7), 0),
        (timedelta(days=7, seconds=1), 1),
    ],
)
def test_notice_shorter_than_a_day_or_longer_than_a_week_is_remarked(
    notice: timedelta, said: int
) -> None:
    assert len(remarks(planned(scheduled_at=ANNOUNCED + notice))) == said


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"strata": []}, DrawPlanEmpty),
        ({"strata": [Stratum("石澜区", 0, 0, ["5"])]}, QuotaInvalid),
        ({"strata": [Stratum("石澜区", 1, -1, ["5"])]}, QuotaInvalid),
        ({"strata": [Stratum("石澜区", 1, 0, ["5", "5"])]}, UnitTwice),
        ({"strata": [Stratum("甲", 1, 0, ["5"]), Stratum("乙", 1, 0, ["5"])]}, UnitTwice),
        ({"strata": [Stratum("甲", 1, 0, ["5"]), Stratum("甲", 1, 0, ["6"])]}, StratumTwice),
        ({"strata": [Stratum(" ", 1, 0, ["5"])]}, StratumTwice),
        ({"office_nonce": "0f" * 31}, NonceUnfit),
        ({"office_nonce": "0F" * 32}, NonceUnfit),
        ({"roster_hash": "ab"}, HashUnfit),
        ({"earlier": ["x"]}, HashUnfit),
        ({"scheduled_at": ANNOUNCED}, AnnouncedTooLate),
    ],
)
def test_a_plan_that_cannot_be_held_honestly_is_refused(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        planned(**changes)


def test_the_ceremony_may_begin_at_the_published_second_and_not_before() -> None:
    may_hold(PLAN, now=SCHEDULED)
    with pytest.raises(HeldTooEarly):
        may_hold(PLAN, now=SCHEDULED - timedelta(seconds=1))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment(datetime(2026, 11, 20))  # noqa: DTZ001 - that is what is tested


@pytest.mark.parametrize(
    ("spoken", "refusal"),
    [
        ([], TooFewWitnesses),
        (SPOKEN[:1], TooFewWitnesses),
        ([SPOKEN[0], SPOKEN[0]], WitnessTwice),
        ([SPOKEN[0], Contribution("钱若溪", "工会", " ")], ContributionBlank),
        ([SPOKEN[0], Contribution("", "工会", "7")], ContributionBlank),
        ([SPOKEN[0], Contribution("钱若溪", "", "7")], ContributionBlank),
    ],
)
def test_without_two_witnesses_who_each_say_something_there_is_no_draw(
    spoken: list[Contribution], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        transcript(PLAN, NONCE, spoken)


def test_the_office_cannot_reveal_another_secret_than_it_promised() -> None:
    with pytest.raises(NonceNotPromised):
        transcript(PLAN, "1f" * 32, SPOKEN)


def test_the_same_ceremony_gives_the_same_record_byte_for_byte() -> None:
    again = transcript(planned(tuple(reversed(STRATA))), NONCE, SPOKEN)
    assert json.dumps(again) == json.dumps(transcript(PLAN, NONCE, SPOKEN))


@pytest.mark.parametrize(
    "voids",
    [
        [],
        [Void(EARLIER, VOID.at, " ")],
        [VOID, Void("ee" * 32, VOID.at, "另一次")],
        [VOID, VOID],
    ],
)
def test_a_void_draw_cannot_vanish_from_the_record_nor_be_made_up(voids: list[Void]) -> None:
    with pytest.raises(VoidsIncomplete):
        transcript(planned(earlier=[EARLIER]), NONCE, SPOKEN, voids)


def test_a_draw_that_was_itself_declared_void_keeps_its_record_with_the_reason() -> None:
    own = Void(commitment(PLAN), "2026-11-21T01:00:00Z", "抽取现场停电，未宣读完")
    held = transcript(PLAN, NONCE, SPOKEN, [own])
    assert verify(held) == []
    assert held["voids"] == [{"commitment": own.commitment, "at": own.at, "reason": own.reason}]


def test_an_honest_record_verifies_also_after_a_journey_through_a_file() -> None:
    assert verify(HELD) == []
    assert verify(json.loads(json.dumps(HELD)), published=HELD["commitment_hash"]) == []


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return [path] * bool(path) + [
        leaf for key, each in inner for leaf in leaves(each, (*path, key))
    ]


def forged(path: tuple[Any, ...], change: Any) -> Any:
    record = copy.deepcopy(HELD)
    target: Any = record
    for key in path[:-1]:
        target = target[key]
    change(target, path[-1])
    return record


def other(value: Any) -> Any:
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value + 1 if isinstance(value, int) else []


@pytest.mark.parametrize("path", leaves(HELD), ids=lambda path: "/".join(map(str, path)))
def test_every_changed_value_and_every_deletion_is_found(path: tuple[Any, ...]) -> None:
    def change(target: Any, key: Any) -> None:
        target[key] = other(target[key])

    def delete(target: Any, key: Any) -> None:
        del target[key]

    if forged(path, change) != HELD:
        assert verify(forged(path, change)) != []
    assert verify(forged(path, delete)) != []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.sampled_from(leaves(HELD)), json_values)
def test_no_other_value_anywhere_passes_and_none_crashes(path: Any, value: Any) -> None:
    def put(target: Any, key: Any) -> None:
        target[key] = value

    record = forged(path, put)
    if json.dumps(record) != json.dumps(HELD):
        assert verify(record) != []


@pytest.mark.parametrize("path", ["", "commitment", "chance", "strata/0", "voids/0"])
def test_an_extra_entry_is_found(path: str) -> None:
    record = copy.deepcopy(HELD)
    target: Any = record
    for key in filter(None, path.split("/")):
        target = target[int(key) if key.isdigit() else key]
    target["note"] = "x"
    assert verify(record) != []


def test_two_exchanged_places_are_named_where_they_stand() -> None:
    record = copy.deepcopy(HELD)
    first, second, *_ = record["strata"][0]["ranking"]
    record["strata"][0]["ranking"][:2] = [second, first]
    assert [each.where for each in verify(record)] == ["strata/0/ranking/0", "strata/0/ranking/1"]


def test_a_whole_consistent_forgery_is_found_by_the_published_commitment() -> None:
    forgery = transcript(planned(title="另一次"), NONCE, SPOKEN)
    assert verify(forgery) == []
    found = verify(forgery, published=HELD["commitment_hash"])
    assert [each.where for each in found] == ["commitment_hash"]


@settings(max_examples=150)
@given(json_values)
def test_nonsense_is_a_discrepancy_not_a_crash(nonsense: Any) -> None:
    assert verify(nonsense) != []


def test_extreme_values_are_discrepancies_not_crashes() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for path, value in [
        (("commitment", "announced_at"), "0001-01-01T00:00:00+0100"),
        (("commitment", "title"), "\ud800"),
        (("commitment", "roster_version"), True),
        (("voids",), deep),
        (("seed",), deep),
        (("strata",), float("nan")),
    ]:
        record = forged(path, lambda target, key, value=value: target.__setitem__(key, value))
        assert verify(record) != []


def test_the_next_reserve_is_the_next_in_order_and_then_the_rest_of_the_ranking() -> None:
    line = HELD["strata"][1]
    county, ranking = line["stratum"], line["ranking"]
    first = next_reserve(HELD, stratum=county, used=())
    assert (first.unit_id, first.place, first.listed) == (ranking[2], 3, True)
    assert first.unit_id == line["reserves"][0]
    second = next_reserve(HELD, stratum=county, used={ranking[2]})
    assert (second.unit_id, second.place, second.listed) == (ranking[3], 4, False)
    assert "列明的替补已用完" in second.reason
    with pytest.raises(NoReserveLeft):
        next_reserve(HELD, stratum=county, used=set(ranking))


def test_nobody_steps_in_from_a_county_that_was_not_drawn() -> None:
    with pytest.raises(StratumUnknown):
        next_reserve(HELD, stratum="云岫县", used=())


def test_the_entropy_that_is_needed_stands_beside_what_is_supplied() -> None:
    got = figures(PLAN, office_nonce=NONCE, contributions=SPOKEN)
    # 6 ways to take 2 of 4, 3 ways to take 2 of 3: log2 18 = 4.17
    assert (got.needed, got.office, got.enough) == (Decimal("4.2"), Decimal(256), True)
    assert got.witnesses == Decimal("23.9")  # 6 digits × 3.32 and 4 characters
    assert got.supplied == 256
    assert "4.2 比特" in got.sentence


def test_a_draw_with_more_results_than_its_seed_has_values_is_told() -> None:
    units = [str(number) for number in range(1000)]
    got = figures(planned([Stratum("石澜区", 300, 0, units)]), office_nonce=NONCE)
    assert not got.enough
    assert got.needed > 256
    assert "不足" in got.sentence
