"""Contests as they are read: lists, figures, and what a county sees of them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

from app.contests import actions, queries
from app.contests.queries import county
from app.contests.rules.checklist import checklist, next_step
from app.contests.rules.refusals import CandidateMissing, ContestMissing, ExamMissing
from app.db.session import Session, reading, transaction
from app.draw import actions as drawing
from app.kernel.actor import SYSTEM, Actor, Role
from app.roster import queries as roster
from app.roster.tables import Officer
from tests import factories
from tests.contests import worlds
from tests.contests.worlds import DRAW_AT, OPENS
from tests.fakes import NINE, FixedEntropy


def next_code(db: Session, contest_id: int, outcome: queries.Outcome | None = None) -> str | None:
    contest = queries.contest(db, contest_id)
    late = OPENS + timedelta(days=1)
    now = late if outcome else DRAW_AT
    step = next_step(checklist(queries.facts(db, contest, now=now, outcome=outcome)))
    return step.code if step else None


def test_the_checklist_follows_what_is_really_there(db: Session) -> None:
    contest = worlds.opened(db)
    contest_id = contest.id or 0
    assert next_code(db, contest_id) == "roster_imported"
    version = worlds.frozen(db)
    assert next_code(db, contest_id) == "bank_ready"
    facts = queries.facts(db, contest, now=NINE)
    assert (facts.officers, facts.roster_frozen, facts.contest) == (14, True, True)
    assert (facts.drawn_wanted, facts.nominated_wanted) == (4, 2)

    actions.confirm_rules(db, contest_id=contest_id, actor=SYSTEM, now=NINE)
    worlds.announced_again(db, contest, version=version)
    facts = queries.facts(db, contest, now=NINE)
    assert (facts.rules_confirmed, facts.draw_announced, facts.draw_held) == (True, True, False)


def test_a_contest_that_is_ready_counts_its_people_papers_and_tickets(db: Session) -> None:
    contest = worlds.ready(db)
    contest_id = contest.id or 0
    facts = queries.facts(db, contest, now=DRAW_AT)
    assert (facts.candidates, facts.drawn_called, facts.nominated) == (6, 4, 2)
    assert (facts.exams, facts.papers_chosen, facts.windows_set, facts.published) == (1, 1, 1, 0)
    assert facts.tickets == 0
    actions.issue_tickets(
        db, contest_id=contest_id, entropy=FixedEntropy(), actor=SYSTEM, now=DRAW_AT
    )
    exam = queries.exams(db, contest_id)[0]
    actions.publish_exam(db, exam_id=exam.id or 0, actor=SYSTEM, now=DRAW_AT)
    closing = OPENS + timedelta(hours=2, minutes=5)
    for now, closed in ((closing - timedelta(seconds=1), 0), (closing, 1)):
        facts = queries.facts(db, contest, now=now)
        assert (facts.tickets, facts.published, facts.closed) == (6, 1, closed)
    done = queries.Outcome(marked=1, released=True, circular_published=True)
    assert next_code(db, contest_id, done) == "bank_ready"  # this world has no bank
    found = queries.moments(db, contest)
    assert found["draw_held"] == DRAW_AT
    assert found["exams_published"] == DRAW_AT


def test_tiles_count_the_days_that_are_left(db: Session) -> None:
    facts = queries.facts(db, worlds.opened(db), now=NINE)
    assert queries.progress_tiles(facts, opens_at=None, now=NINE)[0] == ("距开考", "—", "")
    assert queries.progress_tiles(facts, opens_at=OPENS, now=NINE)[0] == ("距开考", "7", "天")
    soon, last = NINE + timedelta(hours=23), NINE + timedelta(seconds=1)
    assert queries.progress_tiles(facts, opens_at=soon, now=NINE)[0] == ("距开考", "24", "小时内")
    assert queries.progress_tiles(facts, opens_at=last, now=NINE)[0] == ("距开考", "1", "小时内")
    assert queries.progress_tiles(facts, opens_at=NINE, now=NINE)[0] == ("首科", "已开考", "")


def test_what_is_not_there_is_missing(db: Session) -> None:
    exam = queries.exams(db, worlds.opened(db).id or 0)[0]
    other = worlds.opened(db, number=2)
    with pytest.raises(ContestMissing):
        queries.contest(db, 99)
    with pytest.raises(ExamMissing):
        queries.exam(db, 99)
    with pytest.raises(ExamMissing):
        queries.exam(db, exam.id or 0, contest_id=other.id)
    with pytest.raises(CandidateMissing):
        queries.candidate(db, contest_id=other.id or 0, candidate_id=1)
    assert queries.last_number(db, 2026) == 2
    assert queries.last_number(db, 2025) == 0


def test_the_list_tells_people_and_times(db: Session) -> None:
    contest = worlds.ready(db)
    worlds.opened(db, number=2)
    lines = queries.contest_lines(db)
    assert [(line.contest.number, line.candidates, line.opens_at) for line in lines] == [
        (2, 0, None),
        (1, 6, OPENS),
    ]
    assert lines[1].contest.id == contest.id


def test_a_ticket_and_an_account_find_their_candidate_and_nobody_elses(db: Session) -> None:
    contest = worlds.called(db)
    row = queries.candidates(db, contest.id or 0)[0]
    ticket = Actor(0, row.officer.name, frozenset({Role.CANDIDATE}), "01", row.id)
    assert queries.candidate_of(db, ticket).id == row.id
    assert queries.candidate_of(db, ticket, contest_id=contest.id).id == row.id
    with pytest.raises(CandidateMissing):
        queries.candidate_of(db, ticket, contest_id=99)
    account = factories.account(db, "officer", Role.OFFICER, county="01", now=NINE)
    with pytest.raises(CandidateMissing):
        queries.candidate_of(db, account)
    officer = db.get(Officer, row.officer.id)
    assert officer is not None
    officer.account_id = account.account_id
    db.flush()
    assert queries.candidate_of(db, account).id == row.id
    nobody = Actor(0, "无", frozenset({Role.OFFICER}))
    with pytest.raises(CandidateMissing):
        queries.candidate_of(db, nobody)


def test_a_county_sees_its_own_people_and_what_it_may_do(db: Session) -> None:
    contest = worlds.announced(db)
    before = county.own_contests(db, "01")[0]
    assert (before.may_nominate, before.rows) == (False, ())
    assert "抽取" in before.why_not
    drawing.hold(
        db, draw_id=contest.draw_id or 0, contributions=worlds.SPOKEN, actor=SYSTEM, now=DRAW_AT
    )
    actions.call_up(db, contest_id=contest.id or 0, actor=SYSTEM, now=DRAW_AT)
    own = county.own_contests(db, "01")[0]
    assert own.may_nominate
    assert {row.county.code for row in own.rows} == {"01"}
    assert own.quota is not None
    assert (own.quota.left, len(own.quota.nominees)) == (1, 3)
    assert {each.certificate[4:6] for each in own.quota.nominees} == {"01"}
    worlds.nominated(db, contest, "01")
    after = county.own_contests(db, "01")[0]
    assert (after.may_nominate, after.quota and after.quota.left) == (False, 0)


def test_the_countys_figures_give_every_reason(db: Session) -> None:
    worlds.officers(db)
    figures = county.figures(roster.officers(db, county="01"), on=date(2026, 10, 10))
    assert (figures.officers, figures.eligible) == (7, 6)
    assert figures.not_eligible == (("青7", "不在岗：休假（病假、产假）"),)


def test_a_county_costs_the_same_with_one_contest_and_with_three(engine: Engine) -> None:
    with transaction(engine) as db:
        worlds.called(db)
    counts = []
    for more in (0, 2):
        with transaction(engine) as db:
            for number in range(2, 2 + more):
                worlds.opened(db, number=number)
        sent: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_rest: object, sent=sent) -> None:  # type: ignore[no-untyped-def]
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        with reading(engine) as db:
            county.own_contests(db, "01")
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len([each for each in sent if each.startswith("SELECT")]))
    assert counts == [5, 5]
