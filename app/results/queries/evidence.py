"""The raw answers behind a release, read once and carried in it."""

import json
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import col, select

from app.contests.rules.people import CandidateState
from app.contests.tables import Candidate, Exam
from app.db.session import Session
from app.marking import queries as marking
from app.papers.tables import Paper
from app.results.rules.entries import spelled
from app.sitting import queries as sitting
from app.sitting.tables import Sitting


def evidence(db: Session, contest_id: int) -> dict[str, Any]:
    """原始答卷: `{exams: [{exam, paper_hash, key_hash, seed, paper, key, sittings: [{candidate,
    sitting, order_key, started_at, handed_in_at, receipt, responses: {number: raw text},
    score}]}]}`: all that is needed to mark every paper again and to compute every receipt.

    Exams stand in the contest's order, sittings by candidate number. Without a paper (nobody
    ever sat it) the exam's values are null.
    """
    scores = {each.sitting_id: each.score for each in marking.scores(db, contest_id)}
    exams = []
    for exam, paper in db.exec(
        select(Exam, Paper)
        .join(Paper, col(Paper.id) == col(Exam.paper_id), isouter=True)
        .where(Exam.contest_id == contest_id, col(Exam.rehearsal).is_(False))
        .order_by(col(Exam.position), col(Exam.code))
    ):
        responses = sitting.responses(db, exam.id or 0)
        sat = db.execute(
            select_columns(Sitting, col(Candidate.number))
            .join(Candidate, col(Candidate.id) == col(Sitting.candidate_id))
            .where(
                col(Sitting.id).in_([*responses.keys() & scores.keys()]),
                # Who was replaced after all has no line in the release.
                col(Candidate.state) != CandidateState.REPLACED.value,
            )
        )
        exams.append(
            {
                "exam": exam.code,
                "paper_hash": paper and paper.paper_hash,
                "key_hash": paper and paper.key_hash,
                "seed": paper and paper.seed,
                "paper": paper and json.loads(paper.content),
                "key": paper and json.loads(paper.key),
                "sittings": sorted(
                    (
                        _sitting(row, number, responses[row.id], spelled(scores[row.id]))
                        for row, number in sat
                    ),
                    key=lambda each: each["candidate"],
                ),
            }
        )
    return {"exams": exams}


def _sitting(row: Sitting, number: str, answers: dict[int, str], score: str) -> dict[str, Any]:
    assert row.started_at is not None
    assert row.handed_in_at is not None
    return {
        "candidate": number,
        "sitting": row.id,
        "order_key": row.order_key,
        "started_at": row.started_at.isoformat(timespec="microseconds"),
        "handed_in_at": row.handed_in_at.isoformat(timespec="microseconds"),
        "receipt": row.receipt,
        "responses": {str(item): answers[item] for item in sorted(answers)},
        "score": score,
    }
