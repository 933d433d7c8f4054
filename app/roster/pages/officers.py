"""The list of officers, its download, and one officer."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import queries as accounts
from app.kernel.actor import Role
from app.roster import actions, forms, queries
from app.roster.pages.asked import Fields, directory, register, scope
from app.roster.rules.directory import CertificateTaken, IdNumberTaken
from app.roster.rules.eligibility import eligibility
from app.roster.workbook import writing
from app.web.access import Organizer, OrganizerOrClerk
from app.web.deps import Chance, Now, ReadDb, Seals, WriteDb
from app.web.downloads import XLSX, download
from app.web.paging import pager
from app.web.templating import local_date, render

router = APIRouter()
NO_SUCH_ACCOUNT = "没有这个账号，或者它没有“执法人员”角色。请先让管理员开户、授权。"


@router.get("/roster")
def officers(
    request: Request,
    db: ReadDb,
    now: Now,
    actor: OrganizerOrClerk,
    page: int = 1,
    imported: Annotated[int, Query(ge=0, le=999_999_999)] = 0,
) -> Response:
    """花名册: who may be drawn on a day, and the reasons against those who may not."""
    form = forms.parse_filter(request.query_params, today=local_date(now))
    found = register(db, actor, form)
    pages = pager(
        page,
        len(found.listed),
        on=form.day.on.isoformat(),
        county=form.county,
        standing=form.standing,
        search=form.search,
        sort=form.sort,
    )
    return render(
        request,
        "roster/officers.html",
        form=form,
        register=found,
        listed=found.listed[pages.offset : pages.offset + pages.size],
        pager=pages,
        counties=directory(db, actor),
        record=queries.roster_import(db, imported) if imported else None,
    )


@router.get("/roster.xlsx")
def workbook(request: Request, db: ReadDb, now: Now, actor: OrganizerOrClerk) -> Response:
    """下载名单: what the list shows, as a sheet, without ID and phone numbers."""
    form = forms.parse_filter(request.query_params, today=local_date(now))
    shown = queries.entries(each.officer for each in register(db, actor, form).listed)
    content = writing.roster_sheet(shown, counties=directory(db, actor))
    return download(content, name="花名册.xlsx", media_type=XLSX)


@router.get("/roster/{officer_id:int}")
def officer_page(
    request: Request,
    db: ReadDb,
    now: Now,
    actor: OrganizerOrClerk,
    officer_id: int,
    saved: str = "",
) -> Response:
    """一名执法人员; another county's is missing."""
    officer = queries.officer(db, officer_id, county=scope(actor))
    form = forms.officer_form(officer)
    return _officer_page(request, db, now, actor, officer=officer, form=form, saved=bool(saved))


@router.post("/roster/{officer_id:int}")
def edit_officer(
    request: Request,
    db: WriteDb,
    vault: Seals,
    entropy: Chance,
    now: Now,
    actor: OrganizerOrClerk,
    officer_id: int,
    fields: Fields,
) -> Response:
    """修改一名执法人员."""
    officer, today = queries.officer(db, officer_id, county=scope(actor)), local_date(now)
    form = forms.parse_officer(fields, counties=directory(db, actor), today=today)
    if form.entry is not None:
        try:
            actions.edit_officer(
                db,
                officer_id=officer_id,
                county=scope(actor),
                entry=form.entry,
                vault=vault,
                entropy=entropy,
                actor=actor,
                now=now,
            )
            return RedirectResponse(f"/roster/{officer_id}?saved=1", 303)
        except CertificateTaken as refusal:
            form = form.refused("certificate", str(refusal))
        except IdNumberTaken as refusal:
            form = form.refused("id_number", str(refusal))
    return _officer_page(request, db, now, actor, officer=officer, form=form)


@router.post("/roster/{officer_id:int}/account")
def tie_account(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Organizer,
    officer_id: int,
    account: Annotated[str, Form()] = "",
) -> Response:
    """绑定账号: an officer with an account signs in with a password, and sees results later."""
    officer = queries.officer(db, officer_id, county=None)
    found = accounts.account_named(db, account.strip())
    form = forms.officer_form(officer)
    if found is None or found.id is None or Role.OFFICER not in accounts.roles_of(db, found.id):
        form = form.refused("account", NO_SUCH_ACCOUNT)
        return _officer_page(request, db, now, actor, officer=officer, form=form)
    actions.tie_account(
        db, certificate=officer.certificate, account_id=found.id, actor=actor, now=now
    )
    return RedirectResponse(f"/roster/{officer_id}?saved=1", 303)


def _officer_page(
    request: Request,
    db: ReadDb,
    now: Now,
    actor: OrganizerOrClerk,
    *,
    officer: queries.OfficerRow,
    form: forms.OfficerForm,
    saved: bool = False,
) -> Response:
    return render(
        request,
        "roster/officer.html",
        status=422 if form.problems else 200,
        officer=officer,
        form=form,
        saved=saved,
        today=local_date(now),
        standing=eligibility(officer, local_date(now)),
        choices=forms.CHOICES | {"county": list(directory(db, actor))},
    )
