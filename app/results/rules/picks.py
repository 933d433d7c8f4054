"""Picks for the province (省赛选派): by rank, under the cap, never by silence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.contests.rules.contest_rules import PickRule
from app.kernel.errors import DomainError, Kind
from app.results.rules.places import Placed


class PlayOffUnknown(DomainError):
    code, kind = "play_off_unknown", Kind.INVALID
    message = "加赛顺序里的参赛号 {candidate} 没有名次，或者出现了两次。"


@dataclass(frozen=True, slots=True)
class Picked:
    """A candidate that the rule takes; `order` counts 1, 2, … and is shared by the level."""

    candidate: str
    name: str
    county: str
    order: int
    why: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A candidate whose rank would have done, and the reason why the seat went on."""

    candidate: str
    name: str
    county: str
    why: str


@dataclass(frozen=True, slots=True)
class PlayOff:
    """A tie that the chain does not resolve: `seats` picks and `substitutes` among these
    candidates are decided by a play-off (加赛). Until then none of them is chosen."""

    candidates: tuple[str, ...]
    seats: int
    substitutes: int
    why: str


@dataclass(frozen=True, slots=True)
class Picks:
    """选派结果: who goes, who stands by, who was passed over and why, what is still open."""

    picked: tuple[Picked, ...]
    substitutes: tuple[Picked, ...]
    skipped: tuple[Skipped, ...]
    play_offs: tuple[PlayOff, ...] = ()

    def state(self, candidate: str) -> str | None:
        """`picked`, `substitute`, `play_off` or None: the word in the release."""
        for word, those in (("picked", self.picked), ("substitute", self.substitutes)):
            if any(each.candidate == candidate for each in those):
                return word
        open_ = any(candidate in play_off.candidates for play_off in self.play_offs)
        return "play_off" if open_ else None


def pick(placed: Iterable[Placed], rule: PickRule, *, play_off: Sequence[str] = ()) -> Picks:
    """选派: the first `seats` by rank, then `substitutes`, at most `per_county` of a county in
    both together (whoever steps in, the cap holds). Absent people have no rank and are never
    taken; where nobody is picked, nobody stands by. `play_off` is the order of a play-off that
    was held, best first; it decides among those who share a place and nothing else.
    Raises PlayOffUnknown.
    """
    placed = list(placed)
    ranked = [each for each in placed if each.place is not None]
    known = [each.entry.candidate for each in ranked]
    for candidate in play_off:
        if candidate not in known or list(play_off).count(candidate) > 1:
            raise PlayOffUnknown(candidate=candidate)
    walk = _Walk(rule, list(play_off))
    for _, sharing in groupby(ranked, key=lambda each: each.place):
        walk.level(list(sharing))
    return Picks(
        tuple(walk.picked), tuple(walk.substitutes), tuple(walk.skipped), tuple(walk.play_offs)
    )


class _Walk:
    """One walk down the ranking, place by place, with the seats that are left."""

    def __init__(self, rule: PickRule, play_off: list[str]) -> None:
        self.rule = rule
        self.play_off = play_off
        self.seats = rule.seats
        self.reserve = rule.substitutes if rule.seats else 0
        self.of_county: Counter[str] = Counter()
        self.picked: list[Picked] = []
        self.substitutes: list[Picked] = []
        self.skipped: list[Skipped] = []
        self.play_offs: list[PlayOff] = []

    def level(self, sharing: list[Placed]) -> None:
        """Those who share one place. Whom the place itself puts through is taken first; a play-off
        that was held puts the others in a row, if everyone who had to play did."""
        certain = f"{'并列' if len(sharing) > 1 else ''}第{sharing[0].place}名"
        contested = self._contested(sharing, certain)
        if not contested or not contested <= set(self.play_off):
            self._take(sharing, certain)
            return
        rest = [each for each in sharing if each.entry.candidate not in contested]
        if rest:
            self._take(rest, certain)
        row = sorted(
            (each for each in sharing if each.entry.candidate in contested),
            key=lambda each: self.play_off.index(each.entry.candidate),
        )
        for number, each in enumerate(row, 1):
            self._take([each], f"{certain}，加赛列第{number}")

    def _contested(self, sharing: list[Placed], why: str) -> set[str]:
        """Who would have to play for a seat if this place were settled now."""
        trial = _Walk(self.rule, [])
        trial.seats, trial.reserve = self.seats, self.reserve
        trial.of_county = Counter(self.of_county)
        trial._take(sharing, why)
        return {candidate for tie in trial.play_offs for candidate in tie.candidates}

    def _take(self, sharing: list[Placed], why: str) -> None:
        if not self.seats + self.reserve or self._too_low(sharing[0]):
            return
        eligible = [each for each in sharing if self._room(each)]
        self.skipped += [
            Skipped(**_who(each), why=f"{why}，但{each.entry.county}{self._full}")
            for each in sharing
            if each not in eligible
        ]
        of_county = Counter(each.entry.county_code for each in eligible)
        takes = {
            county: min(people, self.rule.per_county - self.of_county[county])
            for county, people in of_county.items()
        }
        wanted = sum(takes.values())
        if not wanted:
            return
        self.of_county.update(takes)
        if wanted <= self.seats:
            self._seat(eligible, takes, self.picked, why)
            self.seats -= wanted
        elif not self.seats and wanted <= self.reserve:
            self._seat(eligible, takes, self.substitutes, why)
            self.reserve -= wanted
        else:
            substitutes = min(self.reserve, wanted - self.seats)
            self._play_off(eligible, self.seats, substitutes, why)
            self.seats, self.reserve = 0, self.reserve - substitutes

    def _seat(
        self, eligible: list[Placed], takes: dict[str, int], into: list[Picked], why: str
    ) -> None:
        """Everyone for whom there is room; where a county's room is contested, its people play."""
        order = len(into) + 1
        as_pick = into is self.picked
        for county, room in takes.items():
            people = [each for each in eligible if each.entry.county_code == county]
            if len(people) > room:
                seats = (room, 0) if as_pick else (0, room)
                self._play_off(people, *seats, f"{why}，{people[0].entry.county}名额有限")
        contested = {c for play_off in self.play_offs for c in play_off.candidates}
        into += [
            Picked(**_who(each), order=order, why=why)
            for each in eligible
            if each.entry.candidate not in contested
        ]

    def _play_off(self, people: list[Placed], seats: int, substitutes: int, why: str) -> None:
        names = "、".join(each.entry.name for each in people)
        parts = [f"选派{seats}人"] * bool(seats) + [f"替补{substitutes}人"] * bool(substitutes)
        self.play_offs.append(
            PlayOff(
                tuple(each.entry.candidate for each in people),
                seats,
                substitutes,
                f"{names}{why}，各项同分排序依据均相同，须加赛确定{'、'.join(parts)}",
            )
        )

    def _too_low(self, each: Placed) -> bool:
        return self.rule.lowest is not None and (each.total or 0) < self.rule.lowest

    def _room(self, each: Placed) -> bool:
        return self.of_county[each.entry.county_code] < self.rule.per_county

    @property
    def _full(self) -> str:
        return f"入选和替补已满{self.rule.per_county}人（每县区上限）"


def _who(each: Placed) -> dict[str, str]:
    entry = each.entry
    return {"candidate": entry.candidate, "name": entry.name, "county": entry.county}
