"""Freezing the roster, and the versions that are frozen."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.roster import actions, forms, queries
from app.web.access import Organizer
from app.web.deps import Now, ReadDb, WriteDb
from app.web.downloads import JSON, download
from app.web.paging import pager
from app.web.templating import local_date, render

router = APIRouter()


@router.get("/roster/freeze")
def freeze_page(
    request: Request, db: ReadDb, now: Now, _actor: Organizer, on: str = ""
) -> Response:
    """冻结花名册: who could be drawn on the day that is chosen, and who could not, and why."""
    return _freeze_page(request, db, forms.parse_day(on, today=local_date(now)))


@router.post("/roster/freeze")
def freeze(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Organizer,
    on: Annotated[str, Form()] = "",
    shown: Annotated[str, Form()] = "",
) -> Response:
    """冻结: keeps the list with its hash, when the day is the one that was looked at."""
    form = forms.parse_day(on, today=local_date(now), draw=True, shown=shown)
    if form.problem:
        return _freeze_page(request, db, form)
    version = actions.freeze(db, draw_date=form.on, actor=actor, now=now)
    return RedirectResponse(f"/roster/versions/{version.number}", 303)


def _freeze_page(request: Request, db: ReadDb, form: forms.DayForm) -> Response:
    return render(
        request,
        "roster/freeze.html",
        status=422 if form.problem else 200,
        form=form,
        register=queries.register(db, on=form.on),
        counties=queries.counties(db),
        versions=queries.versions(db),
    )


@router.get("/roster/versions/{number:int}")
def version(
    request: Request,
    db: ReadDb,
    _actor: Organizer,
    number: int,
    standing: str = "",
    page: int = 1,
) -> Response:
    """花名册冻结版: the hash, and the list as it was frozen."""
    row = queries.version_numbered(db, number)
    content = queries.frozen(db, row.id or 0)
    wanted = {"yes": True, "no": False}.get(standing)
    listed: list[dict[str, Any]] = [
        officer for officer in content["officers"] if wanted in (None, officer["eligible"])
    ]
    pages = pager(page, len(listed), standing=standing)
    return render(
        request,
        "roster/version.html",
        version=row,
        not_eligible=row.officer_count - row.eligible_count,
        listed=listed[pages.offset : pages.offset + pages.size],
        counties={county["code"]: county["name"] for county in content["counties"]},
        standing=standing,
        pager=pages,
    )


@router.get("/roster/versions/{number:int}.json")
def version_file(request: Request, db: ReadDb, _actor: Organizer, number: int) -> Response:
    """冻结版文件: the very bytes that were hashed."""
    row = queries.version_numbered(db, number)
    return download(row.content.encode(), name=f"roster-{number}.json", media_type=JSON)
