"""The circulars' pages: the office completes one, everybody reads it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.circulars import actions, forms, queries
from app.circulars.rules.refusals import DocumentNumberTaken
from app.circulars.workbook.paint import paint
from app.web.access import Organizer, Public
from app.web.deps import Now, ReadDb, WriteDb
from app.web.downloads import XLSX, download
from app.web.paging import pager
from app.web.templating import local_date, render

router = APIRouter()


async def _typed(
    document_number: Annotated[str, Form()] = "",
    addressees: Annotated[str, Form()] = "",
    signed_by: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
) -> forms.CircularForm:
    return forms.parse(
        document_number=document_number,
        addressees=addressees,
        signed_by=signed_by,
        contact=contact,
        on=on,
    )


Typed = Annotated[forms.CircularForm, Depends(_typed)]


@router.get("/releases/{release_id}/circular")
def propose(request: Request, db: ReadDb, now: Now, _actor: Organizer, release_id: int) -> Response:
    """印发通报: number, addressees, signature, date."""
    today, state = local_date(now), request.app.state
    number = queries.proposed_number(db, prefix=f"{state.city[:1]}环办", year=today.year)
    form = forms.proposed(number=number, signed_by=f"{state.bureau}办公室", on=today)
    return _form(request, db, release_id, form)


def _form(request: Request, db: ReadDb, release_id: int, form: forms.CircularForm) -> Response:
    release, contest = queries.contest_of(db, release_id)
    return render(
        request,
        "circulars/publish.html",
        status=422 if form.problems else 200,
        release=release,
        contest=contest,
        form=form,
        issued=queries.circulars(db, release_id=release_id),
    )


@router.post("/releases/{release_id}/circular")
def publish(
    request: Request, db: WriteDb, now: Now, actor: Organizer, release_id: int, form: Typed
) -> Response:
    """印发通报; it is public from here on."""
    if form.problems or form.day is None:
        return _form(request, db, release_id, form)
    try:
        row = actions.publish(
            db,
            release_id=release_id,
            document_number=form.document_number,
            addressees=form.addressees,
            signed_by=form.signed_by,
            contact=form.contact,
            on=form.day,
            actor=actor,
            now=now,
        )
    except DocumentNumberTaken as refusal:  # before anything was written
        form.problems["document_number"] = str(refusal)
        return _form(request, db, release_id, form)
    return RedirectResponse(f"/column/circulars/{row.id}", 303)


def _workbook(db: ReadDb, circular_id: int) -> Response:
    row = queries.circular(db, circular_id)
    name = f"{row.document_number} {row.title}.xlsx"
    return download(paint(queries.document(db, row)), name=name, media_type=XLSX)


@router.get("/circulars/{circular_id}.xlsx")
def workbook(db: ReadDb, _actor: Organizer, circular_id: int) -> Response:
    """The circular as a workbook, for the office."""
    return _workbook(db, circular_id)


@router.get("/column/circulars")
def listed(request: Request, db: ReadDb, _: Public, page: int = 1) -> Response:
    """通报, newest first."""
    shown = pager(page, queries.count(db))
    found = queries.circulars(db, limit=shown.size, offset=shown.offset)
    return render(request, "circulars/list.html", circulars=found, pager=shown)


@router.get("/column/circulars/{circular_id}.xlsx")
def public_workbook(db: ReadDb, _: Public, circular_id: int) -> Response:
    """The same workbook, for everybody."""
    return _workbook(db, circular_id)


@router.get("/column/circulars/{circular_id}")
def read(request: Request, db: ReadDb, _: Public, circular_id: int) -> Response:
    """一件通报 as a document: what is read here is what the workbook holds."""
    row = queries.circular(db, circular_id)
    document = queries.document(db, row)
    return render(request, "circulars/circular.html", row=row, document=document)
