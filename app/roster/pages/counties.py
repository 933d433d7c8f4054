"""The directory of counties."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.roster import actions, forms, queries
from app.roster.rules.directory import CountyTaken
from app.web.access import Organizer
from app.web.deps import Now, ReadDb, WriteDb
from app.web.templating import render

router = APIRouter()


@router.get("/counties")
def counties(request: Request, db: ReadDb, _actor: Organizer) -> Response:
    """县区名录, in official order."""
    return _counties_page(request, db, forms.CountiesForm())


@router.post("/counties")
def open_counties(
    request: Request, db: WriteDb, now: Now, actor: Organizer, lines: Annotated[str, Form()] = ""
) -> Response:
    """加入县区: all lines or none."""
    form = forms.parse_counties(lines)
    if not form.problem:
        try:
            actions.open_counties(db, lines=form.lines, actor=actor, now=now)
            return RedirectResponse("/counties", 303)
        except CountyTaken as refusal:
            form = form.refused(str(refusal))
    return _counties_page(request, db, form)


def _counties_page(request: Request, db: ReadDb, form: forms.CountiesForm) -> Response:
    return render(
        request,
        "roster/counties.html",
        status=422 if form.problem else 200,
        form=form,
        counties=queries.counties(db),
        sizes=queries.county_sizes(db),
    )
