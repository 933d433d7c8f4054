"""The roster's pages: the list, one officer, the import, the directory, the frozen versions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from app.db.sealing import Vault
from app.kernel.actor import Actor, Role
from app.kernel.entropy import Entropy
from app.kernel.errors import DomainError
from app.roster import actions, forms, queries
from app.roster.rules.directory import CertificateTaken, CountyTaken, IdNumberTaken
from app.roster.rules.eligibility import eligibility
from app.roster.workbook import writing
from app.web.access import Organizer, OrganizerOrClerk
from app.web.deps import Chance, Now, ReadDb, Seals, Session, WriteDb
from app.web.downloads import JSON, XLSX, download
from app.web.paging import pager
from app.web.templating import local_date, render

router = APIRouter()


async def _fields(request: Request) -> FormData:
    """The fields of a form. Stands after the actor: nobody uploads who may not."""
    return await request.form(max_files=1, max_fields=40)


async def _uploaded(fields: Annotated[FormData, Depends(_fields)]) -> forms.UploadForm:
    file = fields.get("file")
    if not isinstance(file, UploadFile):
        return forms.parse_upload(b"", file_name="")
    too_large = (file.size or 0) > forms.SIZE_LIMIT
    data = None if too_large else await file.read()
    return forms.parse_upload(data, file_name=file.filename or "")


Fields = Annotated[FormData, Depends(_fields)]
Uploaded = Annotated[forms.UploadForm, Depends(_uploaded)]


def _scope(actor: Actor) -> str | None:
    """The code of the only county that the actor may see; None is the whole city."""
    return None if actor.has(Role.ORGANIZER) else actor.county or ""


def _directory(db: Session, actor: Actor) -> dict[str, str]:
    """Names and codes of the counties that the actor may see, in official order."""
    own = _scope(actor)
    return {each.name: each.code for each in queries.counties(db) if own in (None, each.code)}


def _register(db: Session, actor: Actor, form: forms.FilterForm) -> queries.Register:
    own = _scope(actor)
    return queries.register(
        db,
        on=form.day.on,
        county=own if own is not None else form.county or None,
        eligible=form.eligible,
        search=form.search,
        sort=form.sort,
    )


@router.get("/roster")
def officers(
    request: Request,
    db: ReadDb,
    now: Now,
    actor: OrganizerOrClerk,
    page: int = 1,
    imported: int = 0,
) -> Response:
    """花名册: who may be drawn on a day, and the reasons against those who may not."""
    form = forms.parse_filter(request.query_params, today=local_date(now))
    found = _register(db, actor, form)
    pages = pager(page, len(found.listed), **form.address)
    listed = found.listed[pages.offset : pages.offset + pages.size]
    record = queries.roster_import(db, imported) if imported else None
    counties = _directory(db, actor)
    shown = {"form": form, "register": found, "listed": listed, "pager": pages}
    return render(request, "roster/officers.html", **shown, counties=counties, record=record)


@router.get("/roster.xlsx")
def workbook(request: Request, db: ReadDb, now: Now, actor: OrganizerOrClerk) -> Response:
    """下载名单: what the list shows, as a sheet, without ID and phone numbers."""
    form = forms.parse_filter(request.query_params, today=local_date(now))
    shown = queries.entries(each.officer for each in _register(db, actor, form).listed)
    content = writing.roster_sheet(shown, counties=_directory(db, actor))
    return download(content, name="花名册.xlsx", media_type=XLSX)


@router.get("/roster/template.xlsx")
def template(request: Request, db: ReadDb, actor: OrganizerOrClerk) -> Response:
    """空白模板."""
    content = writing.template(counties=list(_directory(db, actor)))
    return download(content, name="花名册模板.xlsx", media_type=XLSX)


def _import(
    db: Session,
    form: forms.UploadForm,
    vault: Vault,
    entropy: Entropy,
    request: Request,
    actor: Actor,
    *,
    dry_run: bool,
) -> Response:
    """A file that cannot be read is the form's problem, said above the same form."""
    now, outcome = request.app.state.clock.now(), None
    try:
        if not form.problem:
            outcome = actions.import_roster(
                db,
                data=form.data,
                file_name=form.file_name,
                dry_run=dry_run,
                vault=vault,
                entropy=entropy,
                today=local_date(now),
                actor=actor,
                now=now,
            )
    except DomainError as refusal:
        form = form.refused(str(refusal))
    if outcome is not None and outcome.record is not None:
        return RedirectResponse(f"/roster?imported={outcome.record.id}", 303)
    return _import_page(request, db, form, outcome)


def _import_page(
    request: Request,
    db: Session,
    form: forms.UploadForm,
    outcome: actions.ImportOutcome | None = None,
) -> Response:
    plan = None if outcome is None else outcome.plan
    return render(
        request,
        "roster/import.html",
        fragment="roster/_import_summary.html",
        status=422 if form.problem or (plan and plan.problems) else 200,
        form=form,
        plan=plan,
        carried=forms.carried(plan) if plan else "",
        imports=queries.imports(db),
        counties=queries.counties(db),
    )


@router.get("/roster/import")
def import_page(request: Request, db: ReadDb, _actor: Organizer) -> Response:
    """导入花名册."""
    return _import_page(request, db, forms.UploadForm())
