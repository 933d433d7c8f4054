"""Simulated candidates (模拟考生): each has an ability, and answers accordingly, always the same
for one seed. They know the key; how much of it they use is their ability."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.papers.rules.orders import CandidateOrder
from app.question_types import registry
from app.question_types.marks import Kind

LEAST, MOST = 0.42, 0.97
LEFT_BLANK = 0.02


@dataclass(frozen=True, slots=True)
class Simulated:
    """One candidate of a simulation: who it is, and the seed of the whole simulation."""

    seed: str
    who: str

    def chance(self, about: str) -> float:
        """A number in [0, 1) that is this candidate's for this matter, and nobody else's."""
        raw = hashlib.sha256(f"{self.seed}|{self.who}|{about}".encode()).digest()
        return int.from_bytes(raw[:6], "big") / 2**48

    @property
    def ability(self) -> float:
        """The share of middling questions this candidate gets right: most are in the middle."""
        middle = sum(self.chance(f"ability {number}") for number in range(3)) / 3
        return LEAST + (MOST - LEAST) * middle

    def answers(
        self, paper: Mapping[str, Any], key: Mapping[str, Any], order: CandidateOrder
    ) -> dict[int, str]:
        """The raw responses by the number this candidate sees, in displayed letters."""
        out = {}
        keys = {item["position"]: item["key"] for item in key["items"]}
        for item in paper["items"]:
            position, kind = item["position"], item["kind"]
            seen = order.of_position(position)
            raw = self._response(kind, item["content"], keys[position], item["question"])
            if raw is not None:
                back = {own: shown for shown, own in seen.letters}
                out[seen.number] = registry.reletter(kind, raw, back) or raw
        return dict(sorted(out.items()))

    def _response(
        self, kind: str, content: Mapping[str, Any], key: Mapping[str, Any], about: str
    ) -> str | None:
        luck = self.chance(f"item {about}")
        hardness = int(hashlib.sha256(about.encode()).hexdigest()[:4], 16) / 0xFFFF
        if luck < LEFT_BLANK:
            return None
        right = registry.right_response(kind, key)
        if luck < self.ability + 0.25 * (0.5 - hardness):
            return right
        return self._mistake(kind, content, right, about)

    def _mistake(self, kind: str, content: Mapping[str, Any], right: str, about: str) -> str:
        """A wrong or incomplete answer of the sort that people give."""
        wrong = self.chance(f"mistake {about}")
        known = json.loads(right)
        match Kind(kind):
            case Kind.FILL_IN:
                return json.dumps(dict.fromkeys(known, "不清楚"), ensure_ascii=False)
            case Kind.NUMERIC:
                return json.dumps({**known, "value": "1"}, ensure_ascii=False)
            case Kind.MULTIPLE_CHOICE | Kind.INDEFINITE_CHOICE if len(known) > 1 and wrong < 0.6:
                dropped = known[int(wrong * 100) % len(known)]
                return json.dumps([letter for letter in known if letter != dropped])
            case _:
                others = [letter for letter in content["options"] if letter not in known]
                if not others:
                    return json.dumps(known[:1])
                return json.dumps([others[int(wrong * 997) % len(others)]])
