"""Accounts under administration: the system administrator opens and disables, the security
administrator grants; neither can do the other's part (三员分立)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import forms, queries
from app.accounts.actions import accounts, passwords
from app.accounts.rules import NameTaken, fresh_password
from app.kernel.actor import ADMINISTRATORS, Actor, Role
from app.web.access import SecurityAdmin, only
from app.web.deps import Chance, Now, ReadDb, WriteDb
from app.web.paging import pager
from app.web.templating import render

router = APIRouter()
SystemAdmin = Annotated[Actor, Depends(only(Role.SYSTEM_ADMIN))]
Administrator = Annotated[Actor, Depends(only(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN))]


@router.get("/accounts")
def accounts_page(
    request: Request, db: ReadDb, _actor: Administrator, search: str = "", page: int = 1
) -> Response:
    """账号, in order of name."""
    search = search.strip()
    pages = pager(page, queries.account_count(db, search=search), search=search)
    rows = queries.accounts(db, search=search, offset=pages.offset, limit=pages.size)
    return render(request, "accounts/accounts.html", rows=rows, pager=pages, search=search)


@router.get("/accounts/new")
def new_account(request: Request, _actor: SystemAdmin) -> Response:
    """开户."""
    return render(request, "accounts/new.html", form=forms.AccountForm())


@router.post("/accounts/new")
def open_account(
    request: Request,
    db: WriteDb,
    entropy: Chance,
    now: Now,
    actor: SystemAdmin,
    name: Annotated[str, Form()] = "",
    display_name: Annotated[str, Form()] = "",
    county: Annotated[str, Form()] = "",
) -> Response:
    """开户. Answers with the password itself, not with a redirect: this is the only moment at
    which it can be read."""
    form = forms.parse_account(name=name, display_name=display_name, county=county)
    if form.problems:
        return render(request, "accounts/new.html", status=422, form=form)
    password = fresh_password(entropy.token(16))
    password_hash = passwords.hashed(password)
    try:
        account = accounts.open_account(
            db,
            name=form.name,
            display_name=form.display_name,
            password_hash=password_hash,
            roles=(),
            county=form.county or None,
            actor=actor,
            now=now,
        )
    except NameTaken as refusal:
        return render(request, "accounts/new.html", status=422, form=form.refused(str(refusal)))
    return render(request, "accounts/password.html", account=account, password=password, new=True)


@router.get("/accounts/{account_id:int}")
def account_page(request: Request, db: ReadDb, actor: Administrator, account_id: int) -> Response:
    """一个账号."""
    return _account_page(request, db, actor, account_id)


@router.post("/accounts/{account_id:int}/roles")
def grant(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: SecurityAdmin,
    account_id: int,
    roles: Annotated[list[str], Form()] = [],  # noqa: B006  FastAPI copies it for each request
) -> Response:
    """授权."""
    form = forms.parse_roles(roles, county=queries.account(db, account_id).county)
    if form.problem:
        return _account_page(request, db, actor, account_id, roles_form=form)
    accounts.grant(db, account_id=account_id, roles=form.roles, actor=actor, now=now)
    return RedirectResponse(f"/accounts/{account_id}", 303)


@router.post("/accounts/{account_id:int}/active")
def set_active(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: SystemAdmin,
    account_id: int,
    active: Annotated[bool, Form()] = False,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """停用、启用."""
    form = forms.parse_reason(reason)
    if form.problem:
        return _account_page(request, db, actor, account_id, reason_form=form)
    accounts.set_active(
        db, account_id=account_id, active=active, reason=form.reason, actor=actor, now=now
    )
    return RedirectResponse(f"/accounts/{account_id}", 303)


@router.post("/accounts/{account_id:int}/password")
def set_password(
    request: Request, db: WriteDb, entropy: Chance, now: Now, actor: SystemAdmin, account_id: int
) -> Response:
    """重设密码: shown once, as at the opening."""
    password = fresh_password(entropy.token(16))
    password_hash = passwords.hashed(password)
    accounts.set_password(
        db, account_id=account_id, password_hash=password_hash, actor=actor, now=now
    )
    account = queries.account(db, account_id)
    return render(request, "accounts/password.html", account=account, password=password, new=False)


def _account_page(
    request: Request,
    db: ReadDb,
    actor: Actor,
    account_id: int,
    *,
    roles_form: forms.RolesForm | None = None,
    reason_form: forms.ReasonForm | None = None,
) -> Response:
    account, roles = queries.account(db, account_id), queries.roles_of(db, account_id)
    shown: dict[str, Any] = {
        "roles_form": roles_form or forms.RolesForm(roles),
        "reason_form": reason_form or forms.ReasonForm(),
    }
    return render(
        request,
        "accounts/account.html",
        status=422 if roles_form or reason_form else 200,
        account=account,
        roles=roles,
        own=account.id == actor.account_id,
        ordinary=[role for role in forms.ROLES if role not in ADMINISTRATORS],
        administrators=[role for role in forms.ROLES if role in ADMINISTRATORS],
        sessions=len(queries.open_sessions(db, account_id)),
        **shown,
    )
