"""Choosing, editing and freezing a blueprint (组卷方案)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.bank import queries as bank
from app.papers import actions, queries
from app.papers.forms import blueprint as forms
from app.papers.forms.freeze import FreezeForm, parse_day, parse_freeze
from app.papers.pages import views
from app.papers.rules.blueprint import PRESETS, BlueprintMissing, BlueprintUnsatisfiable
from app.web.access import Organizer
from app.web.deps import Chance, Now, ReadDb, WriteDb
from app.web.templating import local_date, render

router = APIRouter()
PAGE = "papers/blueprint.html"


async def _fields(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.get("/papers/new")
def new_page(request: Request, _: Organizer) -> Response:
    """新建组卷方案: the presets, in words."""
    presets = [(name, views.summary(blueprint)) for name, blueprint in PRESETS.items()]
    return render(request, "papers/new.html", presets=presets)


@router.post("/papers/new")
def new(db: WriteDb, now: Now, actor: Organizer, preset: Annotated[str, Form()] = "") -> Response:
    """A blueprint from a preset; everything can be changed afterwards."""
    if preset not in PRESETS:
        raise BlueprintMissing
    chosen = PRESETS[preset]
    row = actions.save_blueprint(db, title=chosen.title, spec=chosen, actor=actor, now=now)
    return RedirectResponse(f"/papers/blueprints/{row.id}", 303)


@router.get("/papers/blueprints/{blueprint_id}")
def blueprint_page(
    request: Request, db: ReadDb, now: Now, _: Organizer, blueprint_id: int, as_of: str = ""
) -> Response:
    """细目表: what every cell needs and what the bank has on that day."""
    draft = queries.draft(db, blueprint_id)
    day = parse_day(as_of, default=local_date(now))
    form = forms.from_blueprint(draft.blueprint, bank.topics(db))
    freeze = FreezeForm(title=draft.row.title, as_of=day)
    return render(request, PAGE, **views.editor(db, draft, form, freeze))


@router.post("/papers/blueprints/{blueprint_id}")
def save(
    request: Request, db: WriteDb, now: Now, actor: Organizer, blueprint_id: int, fields: Fields
) -> Response:
    """保存; 加一列 shows the form again with one more column and keeps what was typed."""
    draft = queries.draft(db, blueprint_id)
    form = forms.parse(fields)
    freeze = FreezeForm(form.title, parse_day(fields.get("as_of", ""), default=local_date(now)))
    if form.problems or fields.get("go") == "add":
        status = 422 if form.problems else 200
        return render(request, PAGE, status=status, **views.editor(db, draft, form, freeze))
    actions.save_blueprint(
        db,
        title=form.title,
        spec=form.blueprint(),
        actor=actor,
        now=now,
        blueprint_id=blueprint_id,
    )
    return RedirectResponse(f"/papers/blueprints/{blueprint_id}?as_of={freeze.as_of}", 303)


@router.post("/papers/blueprints/{blueprint_id}/freeze")
def freeze(
    request: Request,
    db: WriteDb,
    now: Now,
    entropy: Chance,
    actor: Organizer,
    blueprint_id: int,
    title: Annotated[str, Form()] = "",
    as_of: Annotated[str, Form()] = "",
    avoid: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """抽题封存."""
    draft = queries.draft(db, blueprint_id)
    asked = parse_freeze(title=title, as_of=as_of, avoid=avoid or [], today=local_date(now))
    try:
        if not asked.problems:
            paper = actions.freeze_paper(
                db, title=asked.title, blueprint=draft.blueprint, as_of=asked.as_of,
                avoid=asked.avoid, entropy=entropy, actor=actor, now=now,
            )  # fmt: skip
            return RedirectResponse(f"/papers/{paper.id}", 303)
    except BlueprintUnsatisfiable as refusal:
        asked = asked.refused(str(refusal))
    form = forms.from_blueprint(draft.blueprint, bank.topics(db))
    return render(request, PAGE, status=422, **views.editor(db, draft, form, asked))
