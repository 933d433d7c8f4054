"""What one candidate reads of a release (本人成绩): the score as it is worked out, every item."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.contests.rules.people import Entered
from app.contests.rules.words import percent
from app.kernel.score import rounded
from app.marking.rules import ExplainedItem, explained
from app.papers.rules.orders import candidate_order
from app.question_types.marks import Kind, Mark
from app.results.rules.entries import Absence


@dataclass(frozen=True, slots=True)
class Part:
    """One exam of one's own: the score, the place among those who sat it, its weight. Nothing
    but the title for an exam that was not sat."""

    exam: str
    title: str
    weight: str
    full: str
    score: str | None
    place: int | None


@dataclass(frozen=True, slots=True)
class OwnResult:
    """本人成绩: `worked` is the sum as it is done by hand, `pick_why` why one goes to the
    province, stands by, or was passed over."""

    name: str
    county: str
    entered: str
    candidate: str
    total: str | None
    place: int | None
    ranked: int
    absent: str
    why: str
    worked: str
    parts: tuple[Part, ...]
    pick: str | None
    pick_why: str


@dataclass(frozen=True, slots=True)
class OwnItem:
    """One item as its candidate reads it after the release, in the letters of the own screen.
    `question` is what the question templates show."""

    number: int
    label: str
    question: dict[str, Any]
    mark: Mark
    response: str
    right: str
    explanation: str

    @property
    def full(self) -> bool:
        """Whether nothing was lost here."""
        return self.mark.points == self.mark.maximum


def own_result(release: Mapping[str, Any], candidate: str) -> OwnResult | None:
    """The line of this candidate number, in words; None if the release does not hold it."""
    lines = [line for line in release["candidates"] if line["candidate"] == candidate]
    if not lines:
        return None
    line = lines[0]
    return OwnResult(
        name=line["name"],
        county=line["county"],
        entered=Entered(line["entered"]).label,
        candidate=candidate,
        total=line["total"],
        place=line["place"],
        ranked=sum(each["place"] is not None for each in release["candidates"]),
        absent=Absence(line["absent"]).label if line["absent"] else "",
        why=line["why"],
        worked=_worked(release, line),
        parts=tuple(_part(release, line, exam) for exam in release["rules"]["exams"]),
        pick=line["pick"],
        pick_why=_pick_why(release, candidate),
    )


def own_items(release: Mapping[str, Any], candidate: str, exam: str) -> tuple[OwnItem, ...]:
    """Every item of one exam as this candidate saw it, with the right answer and the reasons;
    empty if this candidate did not sit it. Read from the release and from nowhere else."""
    for sat in release["evidence"]["exams"]:
        if sat["exam"] == exam:
            for sitting in sat["sittings"]:
                if sitting["candidate"] == candidate:
                    order = candidate_order(sat["seed"], sitting["order_key"], sat["paper"])
                    answers = {int(number): raw for number, raw in sitting["responses"].items()}
                    told = explained(sat["paper"], sat["key"], order, answers)
                    return tuple(_item(each) for each in told)
    return ()


def _item(told: ExplainedItem) -> OwnItem:
    label = Kind(told.item["kind"]).label
    return OwnItem(
        number=told.number,
        label=label,
        question={**told.item, "label": label, "flagged": False, "saved_at": None},
        mark=told.mark,
        response=told.response,
        right=told.right,
        explanation=told.explanation,
    )


def _worked(release: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    scores = {each["exam"]: each["score"] for each in line["exams"]}
    if not scores or line["total"] is None:
        return ""
    terms = [(scores[exam["code"]], Decimal(exam["weight"])) for exam in release["rules"]["exams"]]
    exact = sum((Decimal(score) * weight for score, weight in terms), Decimal(0))
    sign = "＝" if rounded(exact) == exact else "≈"
    said = "＋".join(f"{score}×{percent(weight)}" for score, weight in terms)
    return f"{said}{sign}{line['total']}"


def _part(release: Mapping[str, Any], line: Mapping[str, Any], exam: Mapping[str, Any]) -> Part:
    everybody = [
        Decimal(each["score"])
        for other in release["candidates"]
        for each in other["exams"]
        if each["exam"] == exam["code"] and each["sat"]
    ]
    mine = next((e for e in line["exams"] if e["exam"] == exam["code"] and e["sat"]), None)
    score = None if mine is None else Decimal(mine["score"])
    return Part(
        exam=exam["code"],
        title=exam["title"],
        weight=percent(Decimal(exam["weight"])),
        full=exam["full"],
        score=None if score is None else str(rounded(score)),
        place=None if score is None else 1 + sum(other > score for other in everybody),
    )


def _pick_why(release: Mapping[str, Any], candidate: str) -> str:
    picks = release["picks"]
    for line in (*picks["picked"], *picks["substitutes"], *picks["skipped"]):
        if line["candidate"] == candidate:
            why: str = line["why"]
            return why
    return "；".join(each["why"] for each in picks["play_offs"] if candidate in each["candidates"])
