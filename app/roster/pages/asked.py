"""Who asks, and for what: the county that an actor may see, the fields of a form, a file."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from app.kernel.actor import Actor, Role
from app.roster import forms, queries
from app.web.deps import ReadDb


def scope(actor: Actor) -> str | None:
    """The code of the only county that the actor may see; None is the whole city."""
    return None if actor.has(Role.ORGANIZER) else actor.county or ""


def directory(db: ReadDb, actor: Actor) -> dict[str, str]:
    """Names and codes of the counties that the actor may see, in official order."""
    own = scope(actor)
    return {each.name: each.code for each in queries.counties(db) if own in (None, each.code)}


def register(db: ReadDb, actor: Actor, form: forms.FilterForm) -> queries.Register:
    """The roster as the address of a list asks for it, a clerk's county at most."""
    own = scope(actor)
    return queries.register(
        db,
        on=form.day.on,
        county=(form.county or None) if own is None else own,
        eligible=form.eligible,
        search=form.search,
        sort=form.sort,
    )


async def _fields(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=40) as fields:
        yield fields


async def _uploaded(fields: Annotated[FormData, Depends(_fields)]) -> forms.UploadForm:
    file = fields.get("file")
    if not isinstance(file, UploadFile):
        return forms.parse_upload(b"", file_name="")
    too_large = (file.size or 0) > forms.SIZE_LIMIT
    return forms.parse_upload(
        None if too_large else await file.read(), file_name=file.filename or ""
    )


# Read by a dependency that stands after the actor's: nobody makes us read a file who may not.
Fields = Annotated[FormData, Depends(_fields)]
Uploaded = Annotated[forms.UploadForm, Depends(_uploaded)]
