"""The course of a contest, told by the actions that people use, at the moments they would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.circulars import actions as circulars
from app.contests import actions as contests
from app.contests import queries as contests_queries
from app.contests.queries import CandidateRow
from app.contests.rules.presets import THEORY_ONLY, preset
from app.db.session import Engine, Session, transaction
from app.draw import actions as draws
from app.draw.rules.lots import Contribution
from app.kernel.actor import Actor, Role
from app.kernel.entropy import Entropy
from app.marking import actions as marking
from app.papers import actions as papers
from app.papers import queries as papers_queries
from app.papers.rules.blueprint import PRESETS
from app.papers.rules.orders import candidate_order
from app.results import actions as results
from app.roster import actions as roster
from app.roster import queries as rosters
from app.seed.simulated import Simulated
from app.sitting import actions as sitting
from app.sitting import queries as sittings
from app.sitting.rules.answers import Save

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WITNESSES = [
    Contribution("冯纪检", "市局机关纪委", "480317"),
    Contribution("蒋工会", "市局工会", "905226"),
]
NUMBERS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Story:
    """Tells contests into one database."""

    engine: Engine
    entropy: Entropy
    organizer: Actor

    def finished(self, *, year: int, number: int, sat_at: datetime) -> None:
        """A contest that is over: sat 40 days ago by simulated candidates, one of them away
        without leave and one replaced, marked, released, announced in a circular."""
        contest_id = self._opened(year, number, sat_at - 20 * DAY)
        exam_id = self._called_up(contest_id, draw_at=sat_at - 7 * DAY)
        self._replaced(contest_id, at=sat_at - 3 * DAY)
        paper_id = self._paper(f"{year}年第{NUMBERS[number - 1]}期 A 卷", sat_at - 2 * DAY)
        self._published(exam_id, paper_id, sat_at, sat_at + 2 * 60 * MINUTE, at=sat_at - DAY)
        self._sat(contest_id, exam_id, paper_id, sat_at)
        with self._at() as db:
            over = sat_at + 3 * 60 * MINUTE
            sitting.close_overdue(db, now=over)
        with self._at() as db:
            marking.mark_exam(db, exam_id=exam_id, now=sat_at + DAY, actor=self.organizer)
        with self._at() as db:
            release = results.release(
                db, contest_id=contest_id, now=sat_at + 2 * DAY, actor=self.organizer
            )
            release_id = release.id or 0
        with self._at() as db:
            circulars.publish(
                db,
                release_id=release_id,
                document_number=f"云环办〔{year}〕{number}8号",
                addressees="各县（市、区）生态环境分局，局机关各科室、直属各单位",
                signed_by="云岭市生态环境局办公室",
                on=(sat_at + 3 * DAY).date(),
                actor=self.organizer,
                now=sat_at + 3 * DAY,
            )

    def open_now(self, *, year: int, number: int, opened_at: datetime) -> int:
        """A contest whose exam can be sat right now; returns the contest's id."""
        contest_id = self._opened(year, number, opened_at - 12 * DAY)
        exam_id = self._called_up(contest_id, draw_at=opened_at - 5 * DAY)
        paper_id = self._paper(f"{year}年第{NUMBERS[number - 1]}期 A 卷", opened_at - 2 * DAY)
        closes_at = opened_at + 8 * 60 * MINUTE
        self._published(exam_id, paper_id, opened_at, closes_at, at=opened_at - DAY)
        with self._at() as db:
            contests.number_candidates(
                db, contest_id=contest_id, actor=self.organizer, now=opened_at - DAY
            )
        with self._at() as db:
            sitting.prepare(db, exam_id=exam_id, actor=self.organizer, now=opened_at - DAY)
        return contest_id

    def in_preparation(self, *, year: int, number: int, at: datetime) -> None:
        """A contest that has rules and nothing else yet."""
        self._opened(year, number, at)

    def _opened(self, year: int, number: int, at: datetime) -> int:
        chosen = preset(THEORY_ONLY)
        with self._at() as db:
            contest = contests.open_contest(
                db,
                year=year,
                number=number,
                title=f"{year}年第{NUMBERS[number - 1]}期生态环境保护执法比武",
                rules=chosen.rules,
                exams=chosen.minutes,
                actor=self.organizer,
                now=at,
            )
            contest_id = contest.id or 0
        with self._at() as db:
            contests.confirm_rules(db, contest_id=contest_id, actor=self.organizer, now=at + DAY)
        return contest_id

    def _called_up(self, contest_id: int, *, draw_at: datetime) -> int:
        announced_at = draw_at - 2 * DAY
        act: dict[str, Any] = {"actor": self.organizer}
        with self._at() as db:
            version = roster.freeze(db, draw_date=draw_at.date(), now=announced_at, **act)
            version_id = version.id or 0
        with self._at() as db:
            draw = contests.announce_draw(
                db,
                contest_id=contest_id,
                roster_version_id=version_id,
                scheduled_at=draw_at,
                entropy=self.entropy,
                now=announced_at + MINUTE,
                **act,
            )
            assert draw is not None
            draw_id = draw.id or 0
        with self._at() as db:
            draws.hold(db, draw_id=draw_id, contributions=WITNESSES, now=draw_at, **act)
        with self._at() as db:
            contests.call_up(db, contest_id=contest_id, now=draw_at + MINUTE, **act)
        with self._at() as db:
            waiting = contests_queries.nominees(
                contests_queries.all_officers(db),
                frozen=rosters.frozen(db, version_id),
                rows=contests_queries.candidates(db, contest_id),
            )
            for people in waiting.values():
                first = people[0].officer_id
                contests.nominate(
                    db, contest_id=contest_id, officer_id=first, now=draw_at + DAY, **act
                )
        with self._at() as db:
            return contests_queries.exams(db, contest_id)[0].id or 0

    def _replaced(self, contest_id: int, *, at: datetime) -> None:
        """One of the drawn falls ill: leave, and the next in rank steps in."""
        with self._at() as db:
            away = next(row for row in self._called(db, contest_id))
            contests.substitute(
                db,
                contest_id=contest_id,
                candidate_id=away.id,
                reason="病假，已附医院证明",
                actor=self.organizer,
                now=at,
            )

    def _paper(self, title: str, at: datetime) -> int:
        with self._at() as db:
            paper = papers.freeze_paper(
                db,
                title=title,
                blueprint=PRESETS["law"],
                as_of=at.date(),
                entropy=self.entropy,
                actor=self.organizer,
                now=at,
            )
            return paper.id or 0

    def _published(
        self,
        exam_id: int,
        paper_id: int,
        opens_at: datetime,
        closes_at: datetime,
        *,
        at: datetime,
    ) -> None:
        with self._at() as db:
            contests.set_exam(
                db,
                exam_id=exam_id,
                paper_id=paper_id,
                opens_at=opens_at,
                closes_at=closes_at,
                length=90 * MINUTE,
                grace=5 * MINUTE,
                actor=self.organizer,
                now=at,
            )
        with self._at() as db:
            contests.publish_exam(db, exam_id=exam_id, actor=self.organizer, now=at)

    def _sat(self, contest_id: int, exam_id: int, paper_id: int, sat_at: datetime) -> None:
        with self._at() as db:
            contests.number_candidates(
                db, contest_id=contest_id, actor=self.organizer, now=sat_at - DAY
            )
        with self._at() as db:
            sitting.prepare(db, exam_id=exam_id, actor=self.organizer, now=sat_at - DAY)
            people = {row.id: row for row in self._called(db, contest_id)}
            seats = [row for row in sittings.called(db, exam_id).values() if row is not None]
            paper, key = papers_queries.content(db, paper_id), papers_queries.key(db, paper_id)
            seed = papers_queries.paper(db, paper_id).seed
        for place, seat in enumerate(seats[:-1]):  # the last is away without leave
            who = people[seat.candidate_id]
            actor = Actor(
                0, who.officer.name, frozenset({Role.CANDIDATE}), who.county.code, seat.candidate_id
            )
            simulated = Simulated("demo", who.officer.certificate)
            order = candidate_order(seed, seat.order_key, paper)
            took = timedelta(seconds=1500 + int(simulated.chance("time") * 3300))
            begun = sat_at + timedelta(seconds=place)
            answers = simulated.answers(paper, key, order)
            with self._at() as db:
                sitting.confirm(db, sitting_id=seat.id or 0, actor=actor, now=begun)
                sitting.start(db, sitting_id=seat.id or 0, actor=actor, now=begun)
            with self._at() as db:
                step = took / (len(answers) + 1)
                saves = [
                    Save(seat.id or 0, number, 1, raw, timedelta(0), begun + step * at)
                    for at, (number, raw) in enumerate(answers.items(), 1)
                ]
                sitting.save_answers(db.connection(), saves)
            with self._at() as db:
                sitting.hand_in(db, sitting_id=seat.id or 0, actor=actor, now=begun + took)

    def _called(self, db: Session, contest_id: int) -> list[CandidateRow]:
        return [row for row in contests_queries.candidates(db, contest_id) if row.state.sits]

    @contextmanager
    def _at(self) -> Iterator[Session]:
        with transaction(self.engine) as db:
            yield db
