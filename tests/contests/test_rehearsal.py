"""A dress rehearsal: planned like an exam, sat by the same people, and never one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from app.accounts import queries as accounts
from app.audit import queries as audit
from app.contests import actions, queries
from app.contests.actions import exams as exam_actions
from app.contests.rules.checklist import StepState, checklist
from app.contests.rules.checks import Problem
from app.contests.rules.contest_rules import ContestRules
from app.contests.rules.people import CandidateState
from app.contests.rules.refusals import (
    ExamPublished,
    NotARehearsal,
    PaperPointsDiffer,
    QuestionsShown,
    ReplacementTooLate,
    TimingWrong,
    TooManyRehearsals,
)
from app.contests.rules.simulated import simulated
from app.contests.tables import Contest, Exam
from app.db.session import Session, reading, transaction
from app.kernel.actor import SYSTEM
from tests.conftest import ClientOf
from tests.contests import worlds
from tests.contests.worlds import DRAW_AT, HOUR, ONE_EXAM, OPENS
from tests.factories import Cast
from tests.fakes import NINE, FixedClock, FixedEntropy

DAY = timedelta(days=1)
BEFORE = OPENS - DAY


def added(db: Session, contest: Contest) -> Exam:
    return actions.add_rehearsal(db, contest_id=contest.id or 0, actor=SYSTEM, now=NINE)


def planned(db: Session, contest: Contest, *questions: str) -> Exam:
    """A rehearsal the day before, with its paper."""
    paper = worlds.paper(db, points="20", questions=questions)
    return worlds.scheduled(db, added(db, contest), opens_at=BEFORE, paper_id=paper.id)


def publish(db: Session, exam: Exam) -> Exam:
    return actions.publish_exam(db, exam_id=exam.id or 0, actor=SYSTEM, now=NINE)


def only_exam(db: Session, contest: Contest) -> Exam:
    return queries.exams(db, contest.id or 0)[0]


def test_a_rehearsal_is_added_beside_the_exams_and_is_none_of_them(db: Session) -> None:
    contest = worlds.confirmed(db)
    exam = added(db, contest)
    assert (exam.code, exam.title, exam.rehearsal, exam.length_seconds) == (
        "演练",
        "全流程演练",
        True,
        1200,
    )
    entry = audit.latest(db, limit=1)[0]
    assert (entry.act, entry.subject) == ("add_rehearsal", "2026年第1期执法比武 全流程演练")
    contest_id = contest.id or 0
    assert [each.code for each in queries.exams(db, contest_id)] == ["A"]
    assert [each.code for each in queries.all_exams(db, contest_id)] == ["A", "演练"]
    assert [added(db, contest).code for _ in range(4)] == ["演练2", "演练3", "演练4", "演练5"]
    with pytest.raises(TooManyRehearsals):
        added(db, contest)


def test_a_rehearsal_is_removed_until_it_is_published(db: Session) -> None:
    contest = worlds.confirmed(db)
    first = added(db, contest)
    kept = planned(db, contest)

    def remove(exam: Exam) -> None:
        actions.remove_rehearsal(db, exam_id=exam.id or 0, actor=SYSTEM, now=NINE)

    remove(first)
    assert audit.latest(db, limit=1)[0].act == "remove_rehearsal"
    assert [each.code for each in queries.all_exams(db, contest.id or 0)] == ["A", "演练2"]
    assert added(db, contest).code == "演练", "the number is free again"
    with pytest.raises(NotARehearsal):
        remove(only_exam(db, contest))
    publish(db, kept)
    with pytest.raises(ExamPublished):
        remove(kept)


def test_changing_the_rules_leaves_a_rehearsal_alone(db: Session) -> None:
    contest = worlds.opened(db, rules=ContestRules())
    added(db, contest)
    actions.change_rules(db, contest_id=contest.id or 0, rules=ONE_EXAM, actor=SYSTEM, now=NINE)
    assert [each.code for each in queries.all_exams(db, contest.id or 0)] == ["A", "演练"]


def test_a_rehearsal_asks_no_question_of_an_exam_that_is_to_come(db: Session) -> None:
    contest, other = worlds.confirmed(db), worlds.confirmed(db, number=2)
    for each, questions in ((contest, ("Q1", "Q2")), (other, ("Q3",))):
        paper = worlds.paper(db, questions=questions)
        worlds.scheduled(db, only_exam(db, each), paper_id=paper.id)
    for questions, count in ((("Q2", "Q9"), 1), (("Q1", "Q2"), 2), (("Q3", "Q9"), 1)):
        with pytest.raises(QuestionsShown, match=f"有 {count} 道"):
            planned(db, contest, *questions)
    planned(db, contest, "Q9")


def test_a_rehearsal_may_ask_what_was_asked_in_an_exam_that_is_over(db: Session) -> None:
    contest, other = worlds.confirmed(db), worlds.confirmed(db, number=2)
    over = only_exam(db, other)
    over.paper_id = worlds.paper(db, questions=("Q1",)).id
    over.opens_at, over.closes_at = NINE - 2 * HOUR, NINE + timedelta(microseconds=1)
    db.add(over)
    with pytest.raises(QuestionsShown):
        planned(db, contest, "Q1")
    over.closes_at = NINE
    db.add(over)
    worlds.scheduled(
        db, added(db, contest), opens_at=None, paper_id=worlds.paper(db, questions=("Q1",)).id
    )


def test_an_exam_asks_no_question_that_a_rehearsal_has_shown(db: Session) -> None:
    contest = worlds.confirmed(db)
    publish(db, planned(db, contest, "Q1"))
    exam = only_exam(db, contest)
    with pytest.raises(QuestionsShown, match="有 1 道"):
        worlds.scheduled(db, exam, paper_id=worlds.paper(db, questions=("Q1", "Q2")).id)
    worlds.scheduled(db, exam, paper_id=worlds.paper(db, questions=("Q2",)).id)
    publish(db, exam)


def test_what_was_chosen_behind_the_rules_back_is_not_published(db: Session) -> None:
    contest = worlds.confirmed(db)
    exam, rehearsal = only_exam(db, contest), planned(db, contest, "Q1")
    worlds.scheduled(db, exam, paper_id=worlds.paper(db, questions=("Q2",)).id)
    exam.paper_id = worlds.paper(db, questions=("Q1",)).id
    db.add(exam)
    for each in (exam, rehearsal):
        with pytest.raises(QuestionsShown):
            publish(db, each)


def test_only_an_exam_is_worth_what_was_declared(db: Session) -> None:
    contest = worlds.confirmed(db)
    planned(db, contest)
    with pytest.raises(PaperPointsDiffer):
        worlds.scheduled(db, only_exam(db, contest), paper_id=worlds.paper(db, points="20").id)


def test_a_rehearsal_comes_before_the_exams_and_beside_none(db: Session) -> None:
    contest = worlds.confirmed(db)
    rehearsal, exam = added(db, contest), only_exam(db, contest)
    worlds.scheduled(db, exam)
    with pytest.raises(TimingWrong, match="“全流程演练”应在正式考试之前"):
        worlds.scheduled(db, rehearsal, opens_at=OPENS + DAY)
    with pytest.raises(TimingWrong, match="重叠"):
        worlds.scheduled(db, rehearsal, opens_at=OPENS - HOUR)
    worlds.scheduled(db, rehearsal, opens_at=BEFORE)
    with pytest.raises(TimingWrong, match="“全流程演练”应在正式考试之前"):
        worlds.scheduled(db, exam, opens_at=BEFORE - DAY)
    exam.opens_at, exam.closes_at = BEFORE - DAY, BEFORE - DAY + 2 * HOUR
    exam.paper_id = worlds.paper(db).id
    db.add(exam)
    with pytest.raises(TimingWrong, match="“全流程演练”应在正式考试之前"):
        publish(db, exam)


def test_the_checklist_counts_a_rehearsal_for_nothing_but_its_own_step(db: Session) -> None:
    contest = worlds.ready(db)
    contest_id = contest.id or 0

    def rehearsed(outcome: queries.Outcome | None = None) -> tuple[StepState, str]:
        facts = queries.facts(db, contest, now=DRAW_AT, outcome=outcome)
        assert (facts.exams, facts.papers_chosen, facts.windows_set, facts.published) == (
            1,
            1,
            1,
            0,
        )
        step = next(each for each in checklist(facts) if each.code == "rehearsed")
        return step.state, step.hint

    assert rehearsed()[0] is StepState.SUGGESTED
    publish(db, planned(db, contest))
    assert rehearsed() == (StepState.SUGGESTED, "演练已安排，还没有人交卷。")
    assert rehearsed(queries.Outcome(rehearsed=1))[0] is StepState.DONE
    assert "exams_published" not in queries.moments(db, contest)
    [line] = queries.contest_lines(db)
    assert (line.opens_at, line.contest.id) == (OPENS, contest_id)


def test_a_substitute_steps_in_after_the_rehearsal_until_the_exam_begins(db: Session) -> None:
    contest = worlds.ready(db)
    publish(db, planned(db, contest))
    leaving = [
        row.id
        for row in queries.candidates(db, contest.id or 0)
        if row.state is CandidateState.CALLED
    ]

    def substitute(candidate_id: int, hours: float) -> None:
        actions.substitute(
            db,
            contest_id=contest.id or 0,
            candidate_id=candidate_id,
            reason="病假",
            actor=SYSTEM,
            now=OPENS + hours * HOUR,
        )

    substitute(leaving[0], -1)
    with pytest.raises(ReplacementTooLate):
        substitute(leaving[1], 0)


def test_nobody_is_drawn_anew_once_a_rehearsal_is_published(db: Session) -> None:
    """Its sittings name the candidates."""
    contest = worlds.confirmed(db)
    version = worlds.frozen(db)
    publish(db, planned(db, contest))
    with pytest.raises(ExamPublished):
        worlds.announced_again(db, contest, version=version)


def test_the_slip_names_the_rehearsal_and_opens_it(db: Session) -> None:
    contest = worlds.ready(db)
    planned(db, contest)
    slips = actions.issue_tickets(
        db, contest_id=contest.id or 0, entropy=FixedEntropy(), actor=SYSTEM, now=DRAW_AT
    )
    assert [exam.title for exam in slips[0].exams] == ["生态环境法律法规", "全流程演练"]
    ticket = accounts.ticket(db, slips[0].code)
    assert ticket is not None
    assert ticket.valid_until == OPENS + 2 * HOUR + DAY


@pytest.mark.parametrize("broken", ["linter", "walk"])
def test_nothing_is_published_that_a_simulated_candidate_does_not_survive(
    db: Session, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    contest = worlds.confirmed(db)
    exam = worlds.scheduled(db, only_exam(db, contest), paper_id=worlds.paper(db).id)
    if broken == "linter":
        exam.length_seconds = 7201  # somebody was in the database
        db.add(exam)
    else:
        found = (Problem("form", "推演“准时开考”：没有人能用满。"),)
        monkeypatch.setattr(
            exam_actions, "simulated", lambda window: replace(simulated(window), problems=found)
        )
    with pytest.raises(TimingWrong, match="没有人能用满"):
        publish(db, exam)
    assert exam.published_at is None


def test_the_database_keeps_a_rehearsal_a_rehearsal(engine: Engine) -> None:
    with transaction(engine) as db:
        contest = worlds.confirmed(db)
        ids = {True: added(db, contest).id, False: only_exam(db, contest).id}
    for rehearsal, exam_id in ids.items():
        change = text("UPDATE exam SET rehearsal = :other WHERE id = :id")
        with pytest.raises(DatabaseError, match="stays"), engine.begin() as connection:
            connection.execute(change, {"other": not rehearsal, "id": exam_id})
        with engine.begin() as connection:
            connection.execute(change, {"other": rehearsal, "id": exam_id})
            connection.execute(text("UPDATE exam SET title = 'x' WHERE id = :id"), {"id": exam_id})


# ---- pages


def page_of(app: FastAPI, *, paper: bool = True) -> tuple[int, int]:
    with transaction(app.state.engine) as db:
        contest = worlds.confirmed(db)
        exam = only_exam(db, contest)
        worlds.scheduled(db, exam, paper_id=worlds.paper(db).id if paper else None)
        return contest.id or 0, exam.id or 0


def test_the_five_are_shown_before_the_button(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    contest_id, exam_id = page_of(app)
    organizer = client_of(people.organizer)
    page = organizer.get(f"/contests/{contest_id}/exams").text
    walks, button = page.index(f'id="walks-{exam_id}"'), page.index(f"exams/{exam_id}/publish")
    assert walks < button
    shown = page[walks:button]
    for words in (
        "准时开考", "最后一秒才开始", "延长 30 分钟", "到时前断网", "一直不交卷",
        "最迟 2026-10-17 09:30 开始", "10:59:59", "10:30:00", "10:35:00", "11:05:00", "服务器",
    ):  # fmt: skip
        assert words in shown, words
    assert "请核对" in page, "the seventeenth is a Saturday"
    assert "10月17日是星期六，不是工作日。" in page
    assert organizer.post(f"/contests/{contest_id}/exams/{exam_id}/publish").status_code == 303
    page = organizer.get(f"/contests/{contest_id}/exams").text
    assert "发布前推演" not in page
    assert "请核对" not in page


def test_a_window_that_cannot_be_has_no_walk_and_no_button(
    app: FastAPI, client_of: ClientOf, people: Cast
) -> None:
    contest_id, exam_id = page_of(app)
    with transaction(app.state.engine) as db:
        exam = queries.exam(db, exam_id)
        exam.length_seconds = 7201
        db.add(exam)
    organizer = client_of(people.organizer)
    page = organizer.get(f"/contests/{contest_id}/exams").text
    assert "没有人能用满" in page
    assert "改好时间" in page
    assert "发布前推演" not in page
    assert f"exams/{exam_id}/publish" not in page
    refused = organizer.post(f"/contests/{contest_id}/exams/{exam_id}/publish")
    assert (refused.status_code, "没有人能用满" in refused.text) == (422, True)


def test_a_rehearsal_is_planned_published_and_badged_in_the_browser(
    app: FastAPI, client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    contest_id, exam_id = page_of(app)
    with transaction(app.state.engine) as db:
        paper_id = worlds.paper(db, points="20", questions=("Q9",)).id
        other_id = worlds.confirmed(db, number=2).id
    organizer, where = client_of(people.organizer), f"/contests/{contest_id}"
    assert "演练，不计成绩" not in organizer.get(f"{where}/exams").text
    rehearsals = []
    for _ in range(2):
        made = organizer.post(f"{where}/rehearsals")
        assert made.status_code == 303
        rehearsals.append(int(made.headers["location"].rsplit("-", 1)[1]))
    first, second = rehearsals
    foreign = organizer.post(f"/contests/{other_id}/rehearsals/{second}/remove")
    assert foreign.status_code == 404
    assert organizer.post(f"{where}/rehearsals/{exam_id}/remove").status_code == 404
    assert organizer.post(f"{where}/rehearsals/{second}/remove").status_code == 303
    page = organizer.get(f"{where}/exams").text
    assert page.count("演练，不计成绩") == 1
    form = {
        "exam_id": str(first),
        "paper": str(paper_id),
        "opens_at": "2026-10-16T09:00",
        "closes_at": "2026-10-16T09:40",
        "minutes": "20",
        "grace": "5",
    }
    assert organizer.post(f"{where}/exams", data=form).status_code == 303
    assert organizer.post(f"{where}/exams/{first}/publish").status_code == 303
    assert f"rehearsals/{first}/remove" not in organizer.get(f"{where}/exams").text
    home = organizer.get(where).text
    assert '<li class="suggested">' in home
    assert "演练已安排，还没有人交卷。" in home
    assert home.count("全流程演练") == 1, "in the checklist, not among the exams"
    with reading(app.state.engine) as db:
        assert [exam.id for exam in queries.exams(db, contest_id)] == [exam_id]


def test_the_countys_page_badges_a_rehearsal(
    app: FastAPI, client_of: ClientOf, people: Cast, clock: FixedClock
) -> None:
    with transaction(app.state.engine) as db:
        contest = worlds.called(db)
        publish(db, planned(db, contest))
        worlds.scheduled(db, only_exam(db, contest), paper_id=worlds.paper(db).id)
        publish(db, only_exam(db, contest))
    page = client_of(people.clerk).get("/county").text
    assert page.count("演练，不计成绩") == 1


def test_the_exams_page_costs_the_same_with_one_rehearsal_and_with_three(
    app: FastAPI, client_of: ClientOf, people: Cast, statements: list[str]
) -> None:
    contest_id, _ = page_of(app)
    organizer, counts = client_of(people.organizer), []
    for more in (1, 2):
        with transaction(app.state.engine) as db:
            for _ in range(more):
                added(db, queries.contest(db, contest_id))
        statements.clear()
        assert organizer.get(f"/contests/{contest_id}/exams").status_code == 200
        counts.append(len(statements))
    assert counts == [4, 4]
