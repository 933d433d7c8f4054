"""A small contest that was sat: two exams of all six kinds, seven people, every trouble once.

林知远 knows everything, 江小川 half of it, 苏望舒 sends rubbish, 白露 never came, 顾青 is on
approved leave, 谢晚 was replaced by 韩雨 (a reserve), 周候 is a reserve who was not needed.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import select

from app.contests.rules.contest_rules import (
    ContestRules,
    CountyRule,
    ExamRule,
    Measure,
    PickRule,
    TieStep,
    to_dict,
)
from app.contests.tables import Candidate, Contest, Exam
from app.db.session import Session
from app.kernel.canonical import canonical_json, digest
from app.marking.tables import MarkRun, SittingScore
from app.papers.rules.blueprint import policy_to_dict
from app.papers.rules.freezing import key_hash, paper_hash
from app.papers.rules.orders import candidate_order
from app.papers.tables import Paper
from app.question_types import registry
from app.question_types.marks import Kind
from app.question_types.policy import Policy
from app.roster.tables import County, Officer
from app.sitting.rules.receipts import receipt
from app.sitting.tables import AnswerLog, Sitting, SittingEvent
from tests import factories
from tests.draw import worlds as draws
from tests.fakes import NINE

OPENS = NINE
LENGTH = timedelta(hours=1)
CLOSES = OPENS + timedelta(hours=2)
EVENING = OPENS + timedelta(hours=9)
RUBBISH = ("", "{", '["Z","A"]', '{"value":"1e999"}', "null", "甲", '{"1":7}')
OPTIONS = {"A": "责令改正", "B": "按日连续处罚", "C": "查封扣押", "D": "限制生产"}
QUESTIONS: tuple[tuple[Kind, str, dict[str, Any]], ...] = (
    (Kind.SINGLE_CHOICE, "2", {"options": OPTIONS, "key": ["B"]}),
    (Kind.SINGLE_CHOICE, "1", {"options": OPTIONS, "key": ["D"]}),
    (Kind.MULTIPLE_CHOICE, "3", {"options": OPTIONS, "key": ["A", "C", "D"]}),
    (Kind.TRUE_FALSE, "1", {"options": {"A": "正确", "B": "错误"}, "key": ["A"]}),
    (Kind.INDEFINITE_CHOICE, "2", {"options": OPTIONS, "key": ["A", "B"]}),
    (
        Kind.FILL_IN,
        "2",
        {"stem": "听证应当在【1】日内提出，由【2】组织。", "blank": [
            {"n": 1, "key": "5"}, {"n": 2, "key": "行政机关"}]},
    ),
    (Kind.NUMERIC, "1.5", {"numeric": {"key": 216, "unit": "万元"}}),
)  # fmt: skip
RULES = ContestRules(
    exams=(
        ExamRule("A", "法律法规", Decimal("0.6"), Decimal("12.5")),
        ExamRule("B", "案例分析", Decimal("0.4"), Decimal("12.5")),
    ),
    pass_line=Decimal(6),
    excellent_line=Decimal(11),
    tie_break=(
        TieStep(Measure.TOTAL),
        TieStep(Measure.EXAM, "B"),
        TieStep(Measure.SHORTER_TIME),
        TieStep(Measure.FEWER_VIOLATIONS),
    ),
    county=CountyRule(full=Decimal(20)),
    pick=PickRule(seats=1, substitutes=1, per_county=2),
)


@dataclass(frozen=True, slots=True)
class World:
    """The ids behind the names."""

    contest: int
    exams: dict[str, int]
    candidates: dict[str, int]
    sittings: dict[tuple[str, str], int]


def paper(title: str, *, seed: str, questions: Any = QUESTIONS) -> Paper:
    """A frozen paper, made as the house makes it."""
    items, keys = [], []
    for position, (kind, points, question) in enumerate(questions, 1):
        content, key = registry.from_bank(
            {"kind": kind.value, "stem": f"{title}第{position}题", **question}
        )
        code = f"{title}-{position}"
        items.append(
            {
                "position": position,
                "kind": kind.value,
                "points": points,
                "question": code,
                "question_version": 1,
                "content": content,
                "fixed_order": kind is Kind.TRUE_FALSE,
            }
        )
        keys.append(
            {"position": position, "question": code, "key": key, "explanation": f"解析{position}"}
        )
    total = sum((Decimal(item["points"]) for item in items), Decimal(0))
    content = {
        "version": "biwu-paper/1",
        "title": title,
        "as_of": "2026-10-10",
        "minutes": 60,
        "policy": policy_to_dict(Policy()),
        "total": str(total),
        "sections": [],
        "items": items,
    }
    key = {"version": "biwu-key/1", "paper_hash": paper_hash(content), "items": keys}
    return Paper(
        title=title,
        blueprint="{}",
        as_of=NINE.date(),
        seed=seed,
        content=canonical_json(content),
        key=canonical_json(key),
        paper_hash=paper_hash(content),
        key_hash=key_hash(key),
        item_count=len(items),
        points=total,
        frozen_at=NINE - timedelta(days=2),
        frozen_by="organizer",
    )


def contest(db: Session, *, number: int = 1, confirmed: bool = True) -> World:
    """Seven people called up, papers chosen, nobody has begun. The cast must be there."""
    draw = draws.held(db, now=NINE - timedelta(days=9)) if number == 1 else None
    row = Contest(
        year=2026,
        number=number,
        title=f"2026年第{'一二三四'[number - 1]}期执法比武",
        rules=canonical_json(to_dict(RULES)),
        rules_confirmed_at=NINE - timedelta(days=10) if confirmed else None,
        roster_version_id=draw.roster_version_id if draw else None,
        draw_id=draw.id if draw else None,
        created_at=NINE - timedelta(days=12),
        created_by="organizer",
    )
    db.add(row)
    db.flush()
    exams = {}
    for position, (code, title) in enumerate((("A", "法律法规"), ("B", "案例分析")), 1):
        frozen = paper(f"{title}{number}", seed=digest([number, code]))
        db.add(frozen)
        db.flush()
        exam = Exam(
            contest_id=row.id or 0,
            code=code,
            title=title,
            position=position,
            paper_id=frozen.id,
            opens_at=OPENS + timedelta(hours=3 * (position - 1)),
            closes_at=CLOSES + timedelta(hours=3 * (position - 1)),
            length_seconds=int(LENGTH.total_seconds()),
            published_at=NINE - timedelta(days=1),
        )
        db.add(exam)
        db.flush()
        exams[code] = exam.id or 0
    called = _call_up(db, row.id or 0, _officers(db))
    return World(row.id or 0, exams, called, _prepare(db, exams, called))


def rehearsed(db: Session, world: World) -> World:
    """The day before, everybody sat a rehearsal with a paper of its own; 白露 is still at it."""
    frozen = paper("演练", seed=digest(["rehearsal", world.contest]))
    db.add(frozen)
    db.flush()
    exam = Exam(
        contest_id=world.contest,
        code="演练",
        title="全流程演练",
        position=101,
        paper_id=frozen.id,
        opens_at=OPENS - timedelta(days=1),
        closes_at=CLOSES - timedelta(days=1),
        length_seconds=int(LENGTH.total_seconds()),
        published_at=NINE - timedelta(days=2),
        rehearsal=True,
    )
    db.add(exam)
    db.flush()
    exams = {"演练": exam.id or 0}
    own = World(world.contest, exams, world.candidates, _prepare(db, exams, world.candidates))
    for name, knows in (("林知远", 50), ("江小川", 100), ("韩雨", 0), ("苏望舒", 100)):
        sit(db, own, name, "演练", knows=knows, minutes=20)
    still = sit(db, own, "白露", "演练")
    still.handed_in_at, still.receipt, still.closed_by = None, None, None
    db.add(still)
    db.flush()
    return own


def sat(db: Session, *, number: int = 1, confirmed: bool = True) -> World:
    """The same, and everybody who came has handed in; nothing is marked."""
    world = contest(db, number=number, confirmed=confirmed)
    for name, knows, minutes in (("林知远", 100, 50), ("江小川", 50, 41), ("韩雨", 50, 41)):
        for code in world.exams:
            sit(db, world, name, code, knows=knows, minutes=minutes)
    sit(db, world, "苏望舒", "A", knows=0, minutes=9)
    db.flush()
    return world


def sit(
    db: Session, world: World, name: str, code: str, *, knows: int = 100, minutes: int = 30
) -> Sitting:
    """Begins, answers (each answer first wrongly, then for good), leaves the page once, and hands
    in. Who knows nothing sends what no form would send."""
    sitting = db.get(Sitting, world.sittings[name, code])
    exam = db.get(Exam, world.exams[code])
    frozen = db.get(Paper, exam.paper_id if exam else None)
    assert sitting is not None
    assert exam is not None
    assert frozen is not None
    started = (exam.opens_at or NINE) + timedelta(seconds=7)
    answers = written(frozen, sitting.order_key, knows=knows)
    for item, text in answers.items():
        for seq, answer in ((1, '["A"]'), (2, text)):
            at = started + timedelta(seconds=10 * item + seq)
            db.add(
                AnswerLog(
                    sitting_id=sitting.id or 0,
                    item=item,
                    seq=seq,
                    answer=answer,
                    digest=digest([item, seq, answer]),
                    typed_at=at,
                    arrived_at=at,
                    late=False,
                )
            )
    # The list of doubtful items is saved beside the answers and is none of them.
    flags: dict[str, Any] = {"item": 0, "seq": 1, "answer": "[2]", "digest": "00", "late": False}
    db.add(AnswerLog(sitting_id=sitting.id or 0, typed_at=started, arrived_at=started, **flags))
    for kind in ("here", "left"):
        at = started + timedelta(minutes=3)
        db.add(SittingEvent(sitting_id=sitting.id or 0, at=at, kind=kind, detail="9", by=name))
    sitting.started_at = started
    sitting.handed_in_at = started + timedelta(minutes=minutes, microseconds=250_000)
    sitting.closed_by = "candidate"
    sitting.receipt = receipt(sitting.id or 0, answers, sitting.handed_in_at)
    db.add(sitting)
    db.flush()
    return sitting


def written(frozen: Paper, order_key: str, *, knows: int) -> dict[int, str]:
    """What somebody writes who knows this share of the paper, in the letters on the screen: the
    rest is half of the right letters, a wrong answer, or nothing."""
    content, key = json.loads(frozen.content), json.loads(frozen.key)
    items = {item["position"]: item for item in content["items"]}
    keys = {item["position"]: item["key"] for item in key["items"]}
    order = candidate_order(frozen.seed, order_key, content)
    out = {}
    for seen in order.items:
        item = items[seen.position]
        shown = registry.displayed(item["kind"], item["content"], keys[seen.position], seen.mapping)
        right = registry.right_response(item["kind"], shown[1])
        choice = item["kind"] in registry.CHOICES
        luck = int(digest([order_key, seen.number])[:8], 16)
        if knows == 0:
            out[seen.number] = RUBBISH[seen.number % len(RUBBISH)]
        elif luck % 100 < knows:
            out[seen.number] = right
        elif luck % 3 == 0:
            out[seen.number] = json.dumps(json.loads(right)[:-1]) if choice else '{"1":"5"}'
        elif luck % 3 == 1:
            out[seen.number] = '["A"]' if choice else '{"1":"7","value":"7"}'
    return out


def run_of(db: Session, exam_id: int) -> tuple[MarkRun, list[SittingScore]]:
    """The newest run of an exam with its scores."""
    runs = db.exec(select(MarkRun).where(MarkRun.exam_id == exam_id)).all()
    newest = max(runs, key=lambda run: run.number)
    scores = db.exec(select(SittingScore).where(SittingScore.run_id == newest.id))
    return newest, sorted(scores, key=lambda score: score.sitting_id)


def _officers(db: Session) -> dict[str, Officer]:
    """The cast, and five more; made once."""
    here, there = db.exec(select(County).order_by(County.code)).all()
    known = {row.name for row in db.exec(select(Officer))}
    more = (("谢晚", here, "080101000003"), ("韩雨", here, "080101000004"),
            ("周候", here, "080101000005"), ("白露", there, "080102000002"),
            ("顾青", there, "080102000003"))  # fmt: skip
    for name, home, certificate in more:
        if name not in known:
            factories.officer(db, home, name, certificate, now=NINE)
    return {row.name: row for row in db.exec(select(Officer))}


def _call_up(db: Session, contest_id: int, officers: dict[str, Officer]) -> dict[str, int]:
    lines: tuple[tuple[str, str, str, str | None, int | None], ...] = (
        ("林知远", "draw", "called", "BW002", None),
        ("谢晚", "draw", "replaced", "BW006", None),
        ("江小川", "nomination", "called", "BW001", None),
        ("周候", "draw", "reserve", None, 2),
        ("韩雨", "draw", "called", "BW007", 1),
        ("苏望舒", "draw", "called", "BW003", None),
        ("白露", "draw", "called", "BW004", None),
        ("顾青", "nomination", "on_leave", None, None),
    )
    ids: dict[str, int] = {}
    for name, entered, state, number, place in lines:
        row = Candidate(
            contest_id=contest_id,
            officer_id=officers[name].id or 0,
            county_id=officers[name].county_id,
            entered=entered,
            state=state,
            number=number,
            reserve_place=place,
            replaces_id=ids["谢晚"] if name == "韩雨" else None,
            reason="急性阑尾炎住院" if state in ("on_leave", "replaced") else None,
            entered_at=NINE - timedelta(days=8),
        )
        db.add(row)
        db.flush()
        ids[name] = row.id or 0
    return ids


def _prepare(
    db: Session, exams: dict[str, int], called: dict[str, int]
) -> dict[tuple[str, str], int]:
    ids = {}
    for code, exam_id in exams.items():
        exam = db.get(Exam, exam_id)
        assert exam is not None
        for name in ("林知远", "江小川", "韩雨", "苏望舒", "白露"):
            row = Sitting(
                exam_id=exam_id,
                candidate_id=called[name],
                item_count=len(QUESTIONS),
                opens_at=exam.opens_at or NINE,
                closes_at=exam.closes_at or NINE,
                length_seconds=exam.length_seconds,
                grace_seconds=exam.grace_seconds,
                order_key=digest(["order", exam_id, called[name]]),
                prepared_at=NINE - timedelta(hours=1),
            )
            db.add(row)
            db.flush()
            ids[name, code] = row.id or 0
    return ids
