"""The import of a personnel sheet: template, dry run, writing, the list of problems to take."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.kernel.errors import DomainError
from app.roster import actions, forms, queries
from app.roster.pages.asked import Uploaded, directory
from app.roster.workbook import writing
from app.web.access import Organizer, OrganizerOrClerk
from app.web.deps import Chance, Now, ReadDb, Seals, WriteDb
from app.web.downloads import XLSX, download
from app.web.templating import local_date, render

router = APIRouter()


@router.get("/roster/template.xlsx")
def template(request: Request, db: ReadDb, actor: OrganizerOrClerk) -> Response:
    """空白模板."""
    content = writing.template(counties=list(directory(db, actor)))
    return download(content, name="花名册模板.xlsx", media_type=XLSX)


@router.get("/roster/import")
def import_page(request: Request, db: ReadDb, _actor: Organizer) -> Response:
    """导入花名册."""
    return _import_page(request, db, forms.UploadForm(), None)


@router.post("/roster/import")
def check_sheet(
    request: Request,
    db: ReadDb,
    vault: Seals,
    entropy: Chance,
    now: Now,
    actor: Organizer,
    form: Uploaded,
) -> Response:
    """先检查 (试运行): which cells are wrong, and what would be written. Writes nothing, and has
    a session that could not."""
    form, outcome = _tried(db, vault, entropy, now, actor, form, dry_run=True)
    return _import_page(request, db, form, outcome)


@router.post("/roster/import/confirm")
def import_roster(
    request: Request,
    db: WriteDb,
    vault: Seals,
    entropy: Chance,
    now: Now,
    actor: Organizer,
    form: Uploaded,
) -> Response:
    """写入花名册: everything, or, with a single problem, nothing."""
    form, outcome = _tried(db, vault, entropy, now, actor, form, dry_run=False)
    if outcome is not None and outcome.record is not None:
        return RedirectResponse(f"/roster?imported={outcome.record.id}", 303)
    return _import_page(request, db, form, outcome)


@router.post("/roster/problems.xlsx")
def problems(request: Request, _actor: Organizer, plan: Annotated[str, Form()] = "") -> Response:
    """要改的单元格, to take along. The page carries the list, for no upload is kept."""
    content = writing.problems_sheet(forms.parse_carried(plan))
    return download(content, name="花名册要改的单元格.xlsx", media_type=XLSX)


def _tried(
    db: ReadDb,
    vault: Seals,
    entropy: Chance,
    now: Now,
    actor: Organizer,
    form: forms.UploadForm,
    *,
    dry_run: bool,
) -> tuple[forms.UploadForm, actions.ImportOutcome | None]:
    """A file that cannot be read is a mistake in the form, and is said above the same form."""
    if form.problem:
        return form, None
    try:
        return form, actions.import_roster(
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
        return form.refused(str(refusal)), None


def _import_page(
    request: Request,
    db: ReadDb,
    form: forms.UploadForm,
    outcome: actions.ImportOutcome | None,
) -> Response:
    plan = None if outcome is None else outcome.plan
    return render(
        request,
        "roster/import.html",
        fragment="roster/_import_summary.html",
        status=422 if form.problem or (plan and plan.problems) else 200,
        form=form,
        plan=plan,
        carried="" if plan is None else forms.carried(plan),
        imports=queries.imports(db),
        counties=queries.counties(db),
    )
