"""The list of candidates: draw, call-up, nominations, leave, substitution, tickets."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.contests import actions, queries
from app.contests.forms import planning
from app.contests.rules.people import Entered
from app.contests.tables import Contest
from app.db.session import Session
from app.draw import queries as draws
from app.kernel.actor import Role
from app.roster import queries as roster
from app.web import addresses, qr
from app.web.access import Organizer, OrganizerOrClerk
from app.web.deps import Chance, Now, ReadDb, WriteDb
from app.web.templating import from_local, render

router = APIRouter()


@router.get("/contests/{contest_id}/candidates")
def candidates(
    request: Request, db: ReadDb, now: Now, _actor: Organizer, contest_id: int
) -> Response:
    """名单与抽取."""
    return _list_page(request, db, contest_id, now=now)


def _list_page(
    request: Request,
    db: Session,
    contest_id: int,
    *,
    now: Now,
    draw_form: planning.DrawForm | None = None,
    reason: planning.ReasonForm | None = None,
) -> Response:
    contest, rows = queries.contest(db, contest_id), queries.candidates(db, contest_id)
    draw = None if contest.draw_id is None else draws.draw(db, contest.draw_id)
    bad = bool(draw_form or reason)
    return render(
        request,
        "contests/candidates.html",
        status=422 if bad else 200,
        contest=contest,
        rules=queries.rules(contest),
        rows=rows,
        names={row.id: row.officer.name for row in rows},
        draw=draw,
        drawn=any(row.entered is Entered.DRAW for row in rows),
        versions=roster.versions(db),
        quotas=_quotas(db, contest, rows),
        ticketed=queries.ticketed(db, contest_id),
        called=sum(row.state.sits for row in rows),
        tomorrow=now + timedelta(days=1),
        draw_form=draw_form or planning.DrawForm(),
        reason=reason or planning.ReasonForm(),
    )


def _quotas(db: Session, contest: Contest, rows: list[queries.CandidateRow]) -> list[queries.Quota]:
    if contest.roster_version_id is None:
        return []
    frozen = roster.frozen(db, contest.roster_version_id)
    nominees = queries.nominees(queries.all_officers(db), frozen=frozen, rows=rows)
    numbers = queries.rules(contest).numbers
    return queries.quotas(rows, numbers=numbers, frozen=frozen, nominees=nominees)


@router.post("/contests/{contest_id}/draw")
def announce_draw(
    request: Request,
    db: WriteDb,
    now: Now,
    entropy: Chance,
    actor: Organizer,
    contest_id: int,
    version: Annotated[str, Form()] = "",
    scheduled_at: Annotated[str, Form()] = "",
) -> Response:
    """公布随机抽取: the promise is public from this moment."""
    draws_people = queries.rules(queries.contest(db, contest_id)).numbers.drawn > 0
    at = from_local(scheduled_at)
    form = planning.parse_draw(
        version=version, scheduled=scheduled_at, scheduled_at=at, now=now, draws=draws_people
    )
    if form.problems:
        return _list_page(request, db, contest_id, now=now, draw_form=form)
    _announce(db, contest_id, form, entropy=entropy, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/candidates", 303)


def _announce(db: Session, contest_id: int, form: planning.DrawForm, **who: Any) -> None:
    at = form.scheduled_at
    assert at is not None
    actions.announce_draw(
        db, contest_id=contest_id, roster_version_id=form.version_id, scheduled_at=at, **who
    )


@router.post("/contests/{contest_id}/call-up")
def call_up(db: WriteDb, now: Now, actor: Organizer, contest_id: int) -> Response:
    """列入参赛名单."""
    actions.call_up(db, contest_id=contest_id, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/candidates", 303)


@router.post("/contests/{contest_id}/nominations")
def nominate(
    db: WriteDb,
    now: Now,
    actor: OrganizerOrClerk,
    contest_id: int,
    officer_id: Annotated[int, Form(ge=0, le=999_999_999)] = 0,
) -> Response:
    """推荐, by the organizer or by the county's clerk."""
    actions.nominate(db, contest_id=contest_id, officer_id=officer_id, actor=actor, now=now)
    own = f"/contests/{contest_id}/candidates#nominations"
    return RedirectResponse(own if actor.has(Role.ORGANIZER) else "/county", 303)


@router.post("/contests/{contest_id}/candidates/{candidate_id}/leave")
def grant_leave(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Organizer,
    contest_id: int,
    candidate_id: int,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """准假."""
    form = planning.parse_reason(candidate_id, reason)
    if form.problems:
        return _list_page(request, db, contest_id, now=now, reason=form)
    who: dict[str, Any] = {"contest_id": contest_id, "candidate_id": candidate_id}
    actions.grant_leave(db, **who, reason=form.reason, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/candidates#c-{candidate_id}", 303)


@router.post("/contests/{contest_id}/candidates/{candidate_id}/substitute")
def substitute(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Organizer,
    contest_id: int,
    candidate_id: int,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """递补, by the next of the county's order."""
    form = planning.parse_reason(candidate_id, reason)
    if form.problems:
        return _list_page(request, db, contest_id, now=now, reason=form)
    who: dict[str, Any] = {"contest_id": contest_id, "candidate_id": candidate_id}
    actions.substitute(db, **who, reason=form.reason, actor=actor, now=now)
    return RedirectResponse(f"/contests/{contest_id}/candidates#c-{candidate_id}", 303)


@router.post("/contests/{contest_id}/tickets")
def issue_tickets(
    request: Request,
    db: WriteDb,
    now: Now,
    entropy: Chance,
    actor: Organizer,
    contest_id: int,
    again: Annotated[str, Form()] = "",
) -> Response:
    """准考证: the sheet is the answer itself, for its codes can be read only now."""
    contest = queries.contest(db, contest_id)
    who: dict[str, Any] = {"entropy": entropy, "actor": actor, "now": now}
    slips = actions.issue_tickets(db, contest_id=contest_id, again=bool(again), **who)
    base = addresses.base(request)
    codes = {slip.candidate: qr.svg(f"{base}/t/{slip.code}") for slip in slips}
    context: dict[str, Any] = {"contest": contest, "slips": slips, "codes": codes}
    return render(request, "contests/tickets.html", **context, base=base)
