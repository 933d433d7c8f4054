"""Marking an exam (阅卷)."""

from datetime import datetime

from app.audit import actions as audit
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json
from app.marking import queries
from app.marking.rules import MarkedSitting, NobodySat, StillSitting, mark_sitting
from app.marking.tables import ItemMark, MarkRun, SittingScore
from app.papers.rules.orders import candidate_order
from app.sitting import queries as sitting
from app.sitting.tables import Sitting


def mark_exam(db: Session, *, exam_id: int, actor: Actor, now: datetime) -> MarkRun:
    """自动阅卷: marks every sitting that was handed in, as a new run; earlier runs stay as they
    were. Refused while somebody is still sitting. Running it again gives the same marks."""
    exam = queries.exam_for_update(db, exam_id)
    frozen = queries.frozen(db, exam.paper_id)
    if count := queries.running(db, exam_id):
        raise StillSitting(count=count)
    sat = sitting.handed_in(db, exam_id)
    if not sat:
        raise NobodySat
    responses = sitting.responses(db, exam_id)
    marked = [
        (
            row,
            mark_sitting(
                frozen.content,
                frozen.key,
                candidate_order(frozen.seed, row.order_key, frozen.content),
                responses.get(row.id or 0, {}),
            ),
        )
        for row in sat
    ]
    earlier = queries.newest_run(db, exam_id)
    run = MarkRun(
        exam_id=exam_id,
        number=earlier.number + 1 if earlier else 1,
        key_hash=frozen.key_hash,
        policy=canonical_json(frozen.content["policy"]),
        sittings=len(marked),
        at=now,
        by=actor.name,
    )
    db.add(run)
    db.flush()  # the marks point at the run
    for row, result in marked:
        _keep(db, run.id or 0, row, result)
    audit.record(
        db,
        actor=actor,
        act="mark_exam",
        subject=f"{exam.code} {exam.title}",
        now=now,
        run=run.number,
        sittings=len(marked),
        key_hash=frozen.key_hash,
    )
    return run


def _keep(db: Session, run_id: int, row: Sitting, result: MarkedSitting) -> None:
    assert row.started_at is not None
    assert row.handed_in_at is not None
    used = row.handed_in_at - row.started_at
    db.add(
        SittingScore(
            run_id=run_id,
            sitting_id=row.id or 0,
            score=result.score,
            used_seconds=int(used.total_seconds()),
        )
    )
    for item in result.items:
        reasons = [
            {"part": each.part, "points": format(each.points, "f"), "text": each.text}
            for each in item.mark.reasons
        ]
        db.add(
            ItemMark(
                run_id=run_id,
                sitting_id=row.id or 0,
                item=item.position,
                response=item.response,
                points=item.mark.points,
                maximum=item.mark.maximum,
                reasons=canonical_json(reasons),
            )
        )
