"""A contest from its rules to its tickets, on both engines, with the trace of each act."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from app.accounts import queries as accounts
from app.accounts.rules import token_hash
from app.audit import queries as audit
from app.contests import actions, queries
from app.contests.rules.contest_rules import ContestRules, ExamRule, Numbers
from app.contests.rules.people import CandidateState, Entered
from app.contests.rules.presets import tie_chain
from app.contests.rules.refusals import (
    CalledUpAlready,
    CandidateMissing,
    ContestNumberTaken,
    DrawAnnounced,
    DrawNotAnnounced,
    DrawNotHeld,
    EnteredTwice,
    ExamPublished,
    ForeignCounty,
    NobodyToNumber,
    NominationsFull,
    NotEligible,
    NotOnFrozenRoster,
    NotReplaceable,
    PaperNotChosen,
    PaperPointsDiffer,
    PaperPolicyDiffers,
    ReplacementReasonNeeded,
    ReplacementTooLate,
    RosterNotFrozen,
    RulesConfirmed,
    RulesInvalid,
    RulesNotConfirmed,
    TimingMissing,
    TimingWrong,
)
from app.contests.tables import Candidate, Contest
from app.db.session import Session, reading, transaction
from app.draw import actions as drawing
from app.draw import queries as draws
from app.draw.rules.plan import QuotaInfeasible
from app.draw.rules.record import NoReserveLeft
from app.kernel.actor import SYSTEM, Actor, Role
from app.question_types.policy import MultiplePolicy
from app.roster import queries as roster
from tests import factories
from tests.contests import worlds
from tests.contests.worlds import DRAW_AT, HOUR, ONE_EXAM, OPENS
from tests.fakes import NINE, FixedEntropy

CHANCE = FixedEntropy()
OTHER = Actor(2, "另一名组织者", frozenset({Role.ORGANIZER}))
NO_DRAW = ContestRules(
    exams=ONE_EXAM.exams,
    tie_break=ONE_EXAM.tie_break,
    numbers=Numbers(drawn=0, nominated=1, reserves=0),
)


def last_act(db: Session) -> tuple[str, dict[str, object]]:
    entry = audit.latest(db, limit=1)[0]
    return entry.act, json.loads(entry.detail)


def listed(db: Session, contest: Contest, county: str = "01") -> list[queries.CandidateRow]:
    return queries.candidates(db, contest.id or 0, county=county)


# ---- rules


def test_a_new_contest_has_an_exam_for_each_declared_subject(db: Session) -> None:
    contest = actions.open_contest(
        db,
        year=2026,
        number=1,
        title="第一期",
        rules=ContestRules(),
        exams={"A": 90, "B": 60},
        actor=SYSTEM,
        now=NINE,
    )
    exams = queries.exams(db, contest.id or 0)
    assert [(e.code, e.title, e.length_seconds) for e in exams] == [
        ("A", "生态环境法律法规", 5400),
        ("B", "案例分析", 3600),
        ("C", "案卷评查", 5400),
    ]
    assert queries.rules(contest) == ContestRules()
    assert last_act(db) == ("open_contest", {"contest": contest.id})


def test_two_contests_of_one_number_are_refused_by_rule_and_by_database(engine: Engine) -> None:
    with transaction(engine) as db:
        contest = worlds.opened(db)
        values = contest.model_dump(exclude={"id"})
        with pytest.raises(ContestNumberTaken):
            worlds.opened(db)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(Contest), values)


def test_rules_that_cannot_be_are_refused_with_every_reason(db: Session) -> None:
    rules = ContestRules(exams=(ExamRule("A", "法律", Decimal("0.9")),), tie_break=tie_chain("A"))
    with pytest.raises(RulesInvalid, match="还差 10%"):
        worlds.opened(db, rules=rules)


def test_exams_follow_the_rules_until_these_are_confirmed(db: Session) -> None:
    contest = worlds.opened(db, rules=ContestRules())
    contest_id = contest.id or 0
    first = queries.exams(db, contest_id)[0]
    worlds.scheduled(db, first)
    actions.change_rules(db, contest_id=contest_id, rules=ONE_EXAM, actor=SYSTEM, now=NINE)
    assert [(e.id, e.code, e.opens_at) for e in queries.exams(db, contest_id)] == [
        (first.id, "A", OPENS)
    ]
    actions.confirm_rules(db, contest_id=contest_id, actor=SYSTEM, now=NINE)
    assert last_act(db)[0] == "confirm_rules"
    with pytest.raises(RulesConfirmed):
        actions.change_rules(db, contest_id=contest_id, rules=ONE_EXAM, actor=SYSTEM, now=NINE)
    with pytest.raises(RulesConfirmed):
        actions.confirm_rules(db, contest_id=contest_id, actor=SYSTEM, now=NINE)


# ---- exams


def test_an_exam_is_published_once_it_is_complete_and_then_stays(db: Session) -> None:
    contest = worlds.opened(db)
    exam = queries.exams(db, contest.id or 0)[0]
    exam_id = exam.id or 0

    def publish() -> None:
        actions.publish_exam(db, exam_id=exam_id, actor=SYSTEM, now=NINE)

    with pytest.raises(RulesNotConfirmed):
        publish()
    actions.confirm_rules(db, contest_id=contest.id or 0, actor=SYSTEM, now=NINE)
    with pytest.raises(PaperNotChosen):
        publish()
    chosen = worlds.paper(db)
    worlds.scheduled(db, exam, opens_at=None, paper_id=chosen.id)
    with pytest.raises(TimingMissing):
        publish()
    worlds.scheduled(db, exam, paper_id=chosen.id)
    publish()
    assert (exam.published_at, last_act(db)[0]) == (NINE, "publish_exam")
    with pytest.raises(ExamPublished):
        publish()
    with pytest.raises(ExamPublished):
        worlds.scheduled(db, exam, paper_id=chosen.id)


def test_a_paper_must_be_worth_what_was_declared(db: Session) -> None:
    exam = queries.exams(db, worlds.opened(db).id or 0)[0]
    with pytest.raises(PaperPointsDiffer, match="98 分"):
        worlds.scheduled(db, exam, paper_id=worlds.paper(db, points="98").id)
    worlds.scheduled(db, exam, paper_id=worlds.paper(db, points="100.00").id)


def test_a_paper_must_be_scored_as_was_declared(db: Session) -> None:
    exam = queries.exams(db, worlds.opened(db).id or 0)[0]
    strict = worlds.paper(db, policy=MultiplePolicy.ALL_OR_NOTHING)
    with pytest.raises(PaperPolicyDiffers, match=r"少选不得分.*少选得一半分"):
        worlds.scheduled(db, exam, paper_id=strict.id)


def test_a_window_in_the_past_or_across_another_exam_is_refused(db: Session) -> None:
    exams = queries.exams(db, worlds.opened(db, rules=ContestRules()).id or 0)
    with pytest.raises(TimingWrong, match="已经过去"):
        worlds.scheduled(db, exams[0], opens_at=NINE - timedelta(seconds=1))
    worlds.scheduled(db, exams[0], opens_at=NINE)
    with pytest.raises(TimingWrong, match="重叠"):
        worlds.scheduled(db, exams[1], opens_at=NINE + 2 * HOUR - timedelta(seconds=1))
    with pytest.raises(TimingWrong, match="只隔 14 分 59 秒"):
        worlds.scheduled(db, exams[1], opens_at=NINE + 2 * HOUR + timedelta(seconds=899))
    worlds.scheduled(db, exams[1], opens_at=NINE + 2 * HOUR + timedelta(seconds=900))
    with pytest.raises(TimingWrong, match="没有人能用满"):
        worlds.scheduled(db, exams[2], opens_at=OPENS, hours=1)


# ---- draw and call-up


def test_the_draw_is_announced_by_the_confirmed_rules_and_only_once(db: Session) -> None:
    contest = worlds.opened(db)
    version = worlds.frozen(db)

    def announce() -> None:
        actions.announce_draw(
            db,
            contest_id=contest.id or 0,
            roster_version_id=version.id or 0,
            scheduled_at=DRAW_AT,
            entropy=FixedEntropy(),
            actor=SYSTEM,
            now=NINE,
        )

    with pytest.raises(RulesNotConfirmed):
        announce()
    actions.confirm_rules(db, contest_id=contest.id or 0, actor=SYSTEM, now=NINE)
    announce()
    plan = json.loads(draws.draw(db, contest.draw_id or 0).plan)
    assert (plan["contest"], plan["roster_hash"]) == ("2026-1", version.sha256)
    figures = [(s["quota"], s["reserves"], len(s["unit_ids"])) for s in plan["strata"]]
    assert figures == [(2, 1, 6), (2, 1, 6)]
    assert contest.roster_version_id == version.id
    with pytest.raises(DrawAnnounced):
        announce()


def test_a_county_with_too_few_people_is_refused_and_nothing_is_announced(db: Session) -> None:
    with pytest.raises(QuotaInfeasible):
        worlds.announced(db, version=worlds.frozen(db, each=1))
    assert draws.draws(db) == []


def test_the_drawn_are_called_and_the_reserves_stand_behind_them_in_order(db: Session) -> None:
    contest = worlds.drawn(db)
    actions.call_up(db, contest_id=contest.id or 0, actor=SYSTEM, now=DRAW_AT)
    assert last_act(db) == (
        "call_up",
        {"contest": contest.id, "draw": contest.draw_id, "called": 4, "reserves": 2},
    )
    record = draws.transcript(db, contest.draw_id or 0)
    for line in record["strata"]:
        code = {"青岚县": "01", "石澜区": "02"}[line["stratum"]]
        rows = listed(db, contest, code)
        states = [(row.state, row.candidate.reserve_place) for row in rows]
        assert states == [
            (CandidateState.CALLED, None),
            (CandidateState.CALLED, None),
            (CandidateState.RESERVE, 1),
        ]
        assert [r.officer.certificate for r in rows] == line["drawn"] + line["reserves"]
        assert {r.entered for r in rows} == {Entered.DRAW}


def test_nobody_is_called_up_before_the_draw_nor_twice(db: Session) -> None:
    contest = worlds.confirmed(db)
    contest_id = contest.id or 0

    def call_up(of: int) -> None:
        actions.call_up(db, contest_id=of, actor=SYSTEM, now=DRAW_AT)

    with pytest.raises(DrawNotAnnounced):
        call_up(contest_id)
    actions.announce_draw(
        db,
        contest_id=contest_id,
        roster_version_id=worlds.frozen(db).id or 0,
        scheduled_at=DRAW_AT,
        entropy=FixedEntropy(),
        actor=SYSTEM,
        now=NINE,
    )
    with pytest.raises(DrawNotHeld):
        call_up(contest_id)
    drawing.hold(
        db, draw_id=contest.draw_id or 0, contributions=worlds.SPOKEN, actor=SYSTEM, now=DRAW_AT
    )
    call_up(contest_id)
    with pytest.raises(CalledUpAlready):
        call_up(contest_id)


def test_after_a_void_the_list_begins_anew_from_a_new_draw(db: Session) -> None:
    contest = worlds.called(db)
    contest_id, first = contest.id or 0, contest.draw_id or 0
    worlds.nominated(db, contest)
    drawing.ask_to_void(db, draw_id=first, reason="漏报两人", actor=SYSTEM, now=DRAW_AT)
    drawing.void(db, draw_id=first, actor=OTHER, now=DRAW_AT)
    actions.announce_draw(
        db,
        contest_id=contest_id,
        roster_version_id=contest.roster_version_id or 0,
        scheduled_at=DRAW_AT + 24 * HOUR,
        entropy=FixedEntropy(),
        actor=SYSTEM,
        now=DRAW_AT,
    )
    assert contest.draw_id != first
    assert queries.candidates(db, contest_id) == []
    assert last_act(db)[1]["dropped"] == 7
    assert [row.id for row in draws.draws(db)] == [contest.draw_id, first]


def test_rules_without_a_draw_tie_the_contest_to_a_roster_and_draw_nobody(db: Session) -> None:
    contest = worlds.announced(db, rules=NO_DRAW)
    assert (contest.draw_id, contest.roster_version_id is not None) == (None, True)
    assert draws.draws(db) == []
    worlds.nominated(db, contest)
    with pytest.raises(DrawAnnounced):
        actions.announce_draw(
            db,
            contest_id=contest.id or 0,
            roster_version_id=contest.roster_version_id or 0,
            scheduled_at=DRAW_AT,
            entropy=FixedEntropy(),
            actor=SYSTEM,
            now=NINE,
        )


# ---- nominations


def nominate(db: Session, contest: Contest, officer_id: int, actor: Actor = SYSTEM) -> Candidate:
    return actions.nominate(
        db, contest_id=contest.id or 0, officer_id=officer_id, actor=actor, now=DRAW_AT
    )


def test_a_clerk_nominates_an_eligible_person_of_the_own_county(db: Session) -> None:
    contest = worlds.called(db)
    officer_id = worlds.nominee(db, contest, "01")
    candidate = nominate(db, contest, officer_id, worlds.clerk("01"))
    assert (candidate.entered, candidate.state) == ("nomination", "called")
    assert last_act(db)[0] == "nominate"
    with pytest.raises(NominationsFull, match="青岚县的推荐名额是 1 人"):
        worlds.nominated(db, contest, "01")


def test_a_person_of_another_county_is_not_there_for_a_clerk(db: Session) -> None:
    contest = worlds.called(db)
    foreign = worlds.nominee(db, contest, "02")
    for officer_id in (foreign, 4711):
        with pytest.raises(ForeignCounty):
            nominate(db, contest, officer_id, worlds.clerk("01"))


def test_nobody_is_both_drawn_and_nominated(db: Session) -> None:
    contest = worlds.called(db)
    for row in listed(db, contest):
        with pytest.raises(EnteredTwice, match="随机抽取"):
            nominate(db, contest, row.officer.id or 0)


def test_the_database_itself_keeps_one_row_for_a_person(engine: Engine) -> None:
    with transaction(engine) as db:
        contest = worlds.called(db)
        values = listed(db, contest)[0].candidate.model_dump(exclude={"id"})
    values |= {"entered": "nomination", "number": "x"}
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(Candidate), values)


def test_only_eligible_people_of_the_frozen_roster_are_nominated(db: Session) -> None:
    contest = worlds.called(db)
    away = next(o for o in roster.officers(db, county="01") if o.name == "青7")
    with pytest.raises(NotEligible, match="不在岗"):
        nominate(db, contest, away.id)
    late = factories.officer(db, worlds.counties(db)[0], "新人", "080901999999", now=NINE)
    with pytest.raises(NotOnFrozenRoster):
        nominate(db, contest, late.id or 0)


def test_nominations_wait_for_the_roster_and_for_the_draw(db: Session) -> None:
    contest = worlds.confirmed(db)
    with pytest.raises(RosterNotFrozen):
        nominate(db, contest, 1)
    contest = worlds.announced_again(db, contest)
    with pytest.raises(DrawNotHeld):
        nominate(db, contest, worlds.nominee(db, contest))


def test_of_eight_nominations_at_once_one_takes_the_last_place(engine: Engine) -> None:
    with transaction(engine) as db:
        contest = worlds.called(db)
        contest_id = contest.id or 0
        officer_ids = [worlds.nominee(db, contest, "01")] * 4 + [
            each.id
            for each in roster.officers(db, county="01")
            if each.name in ("青1", "青2", "青3", "青4", "青5", "青6")
        ][:4]

    def press(officer_id: int) -> bool:
        try:
            with transaction(engine) as db:
                actions.nominate(
                    db, contest_id=contest_id, officer_id=officer_id, actor=SYSTEM, now=DRAW_AT
                )
                return True
        except (NominationsFull, EnteredTwice):
            return False

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(press, officer_ids))
    with reading(engine) as db:
        rows = queries.candidates(db, contest_id, county="01")
    assert done == sum(row.entered is Entered.NOMINATION for row in rows) == 1


# ---- leave and substitution


def leave(db: Session, contest: Contest, candidate_id: int, reason: str = "产假") -> Candidate:
    return actions.grant_leave(
        db,
        contest_id=contest.id or 0,
        candidate_id=candidate_id,
        reason=reason,
        actor=SYSTEM,
        now=DRAW_AT,
    )


def substitute(
    db: Session, contest: Contest, candidate_id: int, *, reason: str = "借调", hours: int = 0
) -> Candidate:
    return actions.substitute(
        db,
        contest_id=contest.id or 0,
        candidate_id=candidate_id,
        reason=reason,
        actor=SYSTEM,
        now=DRAW_AT + hours * HOUR,
    )


def test_leave_is_granted_with_a_reason_and_is_not_an_absence(db: Session) -> None:
    contest = worlds.called(db)
    row = listed(db, contest)[0]
    with pytest.raises(ReplacementReasonNeeded):
        leave(db, contest, row.id, " ")
    assert leave(db, contest, row.id).state == "on_leave"
    assert last_act(db)[1] == {"contest": contest.id, "candidate": row.id, "reason": "产假"}
    with pytest.raises(NotReplaceable, match="经批准请假"):
        leave(db, contest, row.id)
    with pytest.raises(CandidateMissing):
        leave(db, contest, 4711)


def test_the_substitute_is_the_next_of_the_order_and_never_a_choice(db: Session) -> None:
    contest = worlds.called(db)
    record = draws.transcript(db, contest.draw_id or 0)
    ranking = next(s["ranking"] for s in record["strata"] if s["stratum"] == "青岚县")
    first, second, reserve = listed(db, contest)
    stepping = substitute(db, contest, first.id)
    assert stepping.id == reserve.id
    assert (stepping.state, stepping.replaces_id) == ("called", first.id)
    assert "第 3 位" in (stepping.reason or "")
    assert (first.candidate.state, first.candidate.reason) == ("replaced", "借调")
    with pytest.raises(NotReplaceable, match="已被替换"):
        substitute(db, contest, first.id)

    # The listed reserves are used up: the order goes on to the end of the ranking.
    further = substitute(db, contest, second.id)
    officer = roster.officer(db, further.officer_id)
    assert officer.certificate == ranking[3]
    assert (further.reserve_place, further.entered) == (None, "draw")


def test_whoever_was_nominated_meanwhile_is_passed_over(db: Session) -> None:
    contest = worlds.called(db)
    record = draws.transcript(db, contest.draw_id or 0)
    ranking = next(s["ranking"] for s in record["strata"] if s["stratum"] == "青岚县")
    fourth = roster.officer_with_certificate(db, ranking[3])
    assert fourth is not None
    nominate(db, contest, fourth.id)
    first, second, *_ = listed(db, contest)
    substitute(db, contest, first.id)
    stepping = substitute(db, contest, second.id)
    assert roster.officer(db, stepping.officer_id).certificate == ranking[4]


def test_a_reserve_on_leave_is_passed_over_and_an_empty_order_is_told(db: Session) -> None:
    contest = worlds.called(db, version=worlds.frozen(db, each=3))
    first, _, reserve = listed(db, contest)
    leave(db, contest, reserve.id)
    with pytest.raises(NoReserveLeft, match="青岚县"):
        substitute(db, contest, first.id)
    assert first.candidate.state == "called"


def test_somebody_on_leave_can_still_be_replaced_before_the_exam_begins(db: Session) -> None:
    contest = worlds.called(db)
    worlds.scheduled(db, queries.exams(db, contest.id or 0)[0])
    first, second, _ = listed(db, contest)
    leave(db, contest, first.id)
    hours = int((OPENS - DRAW_AT) / HOUR)
    assert substitute(db, contest, first.id, hours=hours - 1).replaces_id == first.id
    with pytest.raises(ReplacementTooLate):
        substitute(db, contest, second.id, hours=hours)


# ---- numbers and tickets


def issue(db: Session, contest: Contest, *, again: bool = False) -> list[actions.Slip]:
    return actions.issue_tickets(
        db,
        contest_id=contest.id or 0,
        entropy=CHANCE,
        actor=SYSTEM,
        now=DRAW_AT,
        again=again,
    )


def test_slips_carry_codes_that_open_and_numbers_that_tell_nothing(db: Session) -> None:
    contest = worlds.ready(db)
    slips = issue(db, contest)
    assert len(slips) == 6
    assert sorted(slip.number for slip in slips) == [f"2601-00{n}" for n in range(1, 7)]
    counties = [slip.county for slip in sorted(slips, key=lambda slip: slip.number)]
    assert counties not in (sorted(counties), sorted(counties, reverse=True))
    for slip in slips:
        ticket = accounts.ticket(db, slip.code)
        assert ticket is not None
        assert (ticket.candidate_id, ticket.code_hash) == (slip.candidate, token_hash(slip.code))
        assert ticket.valid_until == OPENS + 26 * HOUR
        assert [exam.title for exam in slip.exams] == ["生态环境法律法规"]
    assert last_act(db)[0] == "issue_tickets"


def test_a_second_sheet_holds_only_those_who_have_none(db: Session) -> None:
    contest = worlds.ready(db)
    first = issue(db, contest)
    assert issue(db, contest) == []
    leaving = listed(db, contest)[0]
    stepping = substitute(db, contest, leaving.id)
    assert stepping.number == "2601-007"
    more = issue(db, contest)
    assert [(slip.candidate, slip.number) for slip in more] == [(stepping.id, "2601-007")]
    again = issue(db, contest, again=True)
    assert len(again) == 6
    staying = next(slip for slip in first if slip.candidate != leaving.id)
    old = accounts.ticket(db, staying.code)
    assert old is not None
    assert old.revoked_at == DRAW_AT
    assert len(accounts.live_tickets(db, [staying.candidate])) == 1


def test_tickets_need_a_time_and_people(db: Session) -> None:
    contest = worlds.announced(db)
    with pytest.raises(TimingMissing):
        issue(db, contest)
    worlds.scheduled(db, queries.exams(db, contest.id or 0)[0])
    with pytest.raises(NobodyToNumber):
        issue(db, contest)


def test_numbers_are_given_once_and_also_to_those_on_leave(db: Session) -> None:
    contest = worlds.called(db)
    leave(db, contest, listed(db, contest)[0].id)

    def number() -> int:
        return actions.number_candidates(db, contest_id=contest.id or 0, actor=SYSTEM, now=DRAW_AT)

    assert number() == 4
    given = {row.id: row.candidate.number for row in queries.candidates(db, contest.id or 0)}
    assert sum(value is None for value in given.values()) == 2  # the waiting reserves
    late = worlds.nominated(db, contest, "02")
    assert late.number == "2601-005"
    assert number() == 0
    after = {row.id: row.candidate.number for row in queries.candidates(db, contest.id or 0)}
    assert {key: after[key] for key in given} == given
