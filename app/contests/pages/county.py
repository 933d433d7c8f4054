"""The county clerk's home: the own officers in figures, the own candidates, nominations."""

from fastapi import APIRouter, Request, Response

from app.contests import queries
from app.contests.queries import county as own
from app.roster import queries as roster
from app.web.access import CountyClerk
from app.web.deps import Now, ReadDb
from app.web.templating import local_date, render

router = APIRouter()


@router.get("/county")
def county(request: Request, db: ReadDb, now: Now, actor: CountyClerk) -> Response:
    """本县区. Nothing of another county is read."""
    code = actor.county or ""
    return render(
        request,
        "contests/county.html",
        county=next((each for each in queries.counties(db) if each.code == code), None),
        figures=own.figures(roster.officers(db, county=code), on=local_date(now)),
        contests=own.own_contests(db, code),
    )
