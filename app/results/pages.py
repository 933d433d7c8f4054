"""The results' pages: the organizer's desk, the release, and everybody's own marks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app.results import actions, forms, queries
from app.results.rules.evidence import verify_evidence
from app.results.rules.own import own_items
from app.results.rules.verification import verify_release
from app.web.access import Examinee, Organizer
from app.web.deps import Now, ReadDb, WriteDb
from app.web.downloads import JSON, download
from app.web.templating import render

router = APIRouter()


async def _listing(
    sort: str = "", by: str = "", county: str = "", entered: str = "", name: str = ""
) -> forms.Listing:
    return forms.parse(sort=sort, by=by, county=county, entered=entered, name=name)


Listing = Annotated[forms.Listing, Depends(_listing)]


@router.get("/contests/{contest_id}/results")
def results(
    request: Request, db: ReadDb, now: Now, _actor: Organizer, contest_id: int, listing: Listing
) -> Response:
    """成绩: before the release what would be released, afterwards what was."""
    desk = queries.desk(db, contest_id, now=now)
    # Circulars are made upstairs; whether one is out, `main` hands down as it does for contests.
    issued = request.app.state.issued(db, contest_id)
    return render(request, "results/results.html", desk=desk, listing=listing, issued=issued)


@router.get("/contests/{contest_id}/release")
def confirm(request: Request, db: ReadDb, now: Now, _actor: Organizer, contest_id: int) -> Response:
    """确认发布: what follows, said before it cannot be taken back."""
    desk = queries.desk(db, contest_id, now=now)
    return render(request, "results/confirm.html", desk=desk)


@router.post("/contests/{contest_id}/release")
def release(db: WriteDb, now: Now, actor: Organizer, contest_id: int) -> Response:
    """发布成绩."""
    made = actions.release(db, contest_id=contest_id, actor=actor, now=now)
    return RedirectResponse(f"/releases/{made.id}", 303)


@router.get("/releases/{release_id}.json")
def file(db: ReadDb, _actor: Organizer, release_id: int) -> Response:
    """The file for `python -m app release verify`."""
    row = queries.release(db, release_id)
    return download(queries.file(row), name=f"release-{release_id}.json", media_type=JSON)


@router.get("/releases/{release_id}")
def released(
    request: Request, db: ReadDb, _actor: Organizer, release_id: int, listing: Listing
) -> Response:
    """一次发布, computed again from its raw answers while you look."""
    row = queries.release(db, release_id)
    shown = queries.content(row)
    return render(
        request,
        "results/release.html",
        row=row,
        shown=shown,
        contest=queries.contest(db, row.contest_id),
        newest=queries.newest(db, row.contest_id),
        found=[*verify_release(shown), *verify_evidence(shown)],
        listing=listing,
    )


@router.get("/results/mine")
def mine(request: Request, db: ReadDb, actor: Examinee) -> Response:
    """我的成绩, the newest first."""
    return render(request, "results/mine.html", releases=queries.own_releases(db, actor))


@router.get("/results/mine/{release_id}")
def my_marks(
    request: Request,
    db: ReadDb,
    actor: Examinee,
    release_id: int,
    exam: str = "",
    show: str = "lost",
) -> Response:
    """本人成绩: every item with the right answer, the own one, and the reason."""
    mine = queries.own_release(db, release_id, actor)
    sat = [part.exam for part in mine.own.parts if part.score is not None]
    chosen = exam if exam in sat else next(iter(sat), "")
    items = own_items(mine.content, mine.own.candidate, chosen)
    return render(
        request, "results/own.html", mine=mine, chosen=chosen, items=items, lost_only=show != "all"
    )
