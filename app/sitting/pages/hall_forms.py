"""The small forms of the hall as dependencies of its routes."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Form

from app.sitting.forms import hall as forms
from app.sitting.forms.hall import HallForm


def _reasoned(act: str) -> Callable[..., Awaitable[HallForm]]:
    async def read(
        reason: Annotated[str, Form()] = "", county: Annotated[str, Form()] = ""
    ) -> HallForm:
        return forms.parse_hall(act=act, reason=reason, county=county)

    return read


def _timed(act: str, *, least: int = 1) -> Callable[..., Awaitable[HallForm]]:
    async def read(
        minutes: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        county: Annotated[str, Form()] = "",
    ) -> HallForm:
        return forms.parse_hall(act=act, reason=reason, minutes=minutes, county=county, least=least)

    return read


async def _message(text: Annotated[str, Form()] = "") -> HallForm:
    return forms.parse_message(text)


Extension = Annotated[HallForm, Depends(_timed("extend"))]
Shift = Annotated[HallForm, Depends(_timed("shift"))]
Reopening = Annotated[HallForm, Depends(_timed("reopen", least=0))]
Pause = Annotated[HallForm, Depends(_reasoned("pause"))]
Resumption = Annotated[HallForm, Depends(_reasoned("resume"))]
Force = Annotated[HallForm, Depends(_reasoned("force"))]
Reissue = Annotated[HallForm, Depends(_reasoned("ticket"))]
Message = Annotated[HallForm, Depends(_message)]
