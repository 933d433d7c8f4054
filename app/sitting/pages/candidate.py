"""The candidate's pages: 我的考试, identity, waiting, paper, hand-in, receipt."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from app.sitting import actions, queries
from app.sitting.pages import views
from app.sitting.rules import moment
from app.sitting.rules.hall import Happened
from app.sitting.rules.moment import Phase
from app.web.access import Examinee
from app.web.deps import Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()


@router.get("/sittings")
def sittings(request: Request, db: ReadDb, now: Now, actor: Examinee) -> Response:
    """我的考试."""
    mine = [views.about(request, own, now) for own in queries.sittings_of(db, actor)]
    return render(request, "sitting/sittings.html", sittings=mine)


@router.get("/sittings/{sitting_id}")
def sitting(request: Request, db: ReadDb, now: Now, actor: Examinee, sitting_id: int) -> Response:
    """The page that the phase calls for; looking changes nothing."""
    own = queries.sitting(db, sitting_id, actor=actor)
    phase = moment.phase(queries.state_of(own.sitting), now)
    if phase is Phase.HANDED_IN:
        return RedirectResponse(f"/sittings/{sitting_id}/receipt", 303)
    shown = views.about(request, own, now)
    if phase is Phase.RUNNING:
        return render(request, "sitting/paper.html", **shown, **views.paper(db, own, now))
    early = phase in (Phase.WAITING, Phase.READY) and not queries.confirmed(db, sitting_id)
    page = "ticket" if early else phase.value
    return render(request, f"sitting/{page}.html", unread=False, **shown)


@router.post("/sittings/{sitting_id}/confirm")
def confirm(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Examinee,
    sitting_id: int,
    rules: Annotated[str, Form()] = "",
) -> Response:
    """身份核对: 是本人，已读规则."""
    if rules != "yes":
        shown = views.about(request, queries.sitting(db, sitting_id, actor=actor), now)
        return render(request, "sitting/ticket.html", status=422, unread=True, **shown)
    actions.confirm(db, sitting_id=sitting_id, actor=actor, now=now)
    return RedirectResponse(f"/sittings/{sitting_id}", 303)


@router.post("/sittings/{sitting_id}/start")
def start(db: WriteDb, now: Now, actor: Examinee, sitting_id: int) -> Response:
    """开始作答."""
    actions.start(db, sitting_id=sitting_id, actor=actor, now=now)
    return RedirectResponse(f"/sittings/{sitting_id}", 303)


@router.get("/sittings/{sitting_id}/hand-in")
def hand_in_page(
    request: Request, db: ReadDb, now: Now, actor: Examinee, sitting_id: int
) -> Response:
    """交卷前检查: what is unanswered or doubtful. Once time is up there is nothing to check."""
    own = queries.sitting(db, sitting_id, actor=actor)
    if moment.phase(queries.state_of(own.sitting), now) is not Phase.RUNNING:
        return RedirectResponse(f"/sittings/{sitting_id}", 303)
    shown = views.about(request, own, now) | views.paper(db, own, now)
    return render(request, "sitting/hand_in.html", unsure=False, **shown)


@router.post("/sittings/{sitting_id}/hand-in")
def hand_in(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Examinee,
    sitting_id: int,
    sure: Annotated[str, Form()] = "",
) -> Response:
    """交卷. With unanswered items it wants the tick that the page asks for."""
    own = queries.sitting(db, sitting_id, actor=actor)
    if sure != "yes" and moment.phase(queries.state_of(own.sitting), now) is Phase.RUNNING:
        shown = views.about(request, own, now) | views.paper(db, own, now)
        if shown["sheet"].unanswered:
            return render(request, "sitting/hand_in.html", status=422, unsure=True, **shown)
    actions.hand_in(db, sitting_id=sitting_id, actor=actor, now=now)
    return RedirectResponse(f"/sittings/{sitting_id}/receipt", 303)


@router.get("/sittings/{sitting_id}/receipt")
def receipt(request: Request, db: ReadDb, now: Now, actor: Examinee, sitting_id: int) -> Response:
    """交卷回执."""
    own = queries.sitting(db, sitting_id, actor=actor)
    if own.sitting.handed_in_at is None:
        return RedirectResponse(f"/sittings/{sitting_id}", 303)
    mine = queries.sittings_of(db, actor)
    shown = views.about(request, own, now) | views.receipt(db, own, mine, now)
    return render(request, "sitting/receipt.html", **shown)


@router.post("/sittings/{sitting_id}/events")
def events(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Examinee,
    sitting_id: int,
    kind: Annotated[str, Form()] = "",
    seconds: Annotated[int, Form()] = 0,
) -> Response:
    """A sign of life or a leave; answers with the server's clock and how things stand."""
    happened = Happened.LEFT if kind == Happened.LEFT else Happened.HERE
    actions.report(db, sitting_id=sitting_id, kind=happened, seconds=seconds, actor=actor, now=now)
    db.flush()
    own = queries.sitting(db, sitting_id, actor=actor)
    return JSONResponse(views.standing(db, own, now))
