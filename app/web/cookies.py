"""The one cookie: an opaque session token that only the server can read back."""

from fastapi import Request, Response

NAMES = ("__Host-biwu", "biwu")


def _name(request: Request) -> str:
    # __Host- needs Secure, and a demo on plain http would never see its cookie again.
    return NAMES[0] if request.app.state.production else NAMES[1]


def read(request: Request) -> str | None:
    """The token that this browser brought, if any."""
    return request.cookies.get(_name(request))


def give(request: Request, response: Response, token: str) -> None:
    """Lax, because Strict would sign an officer out of every link opened from a chat."""
    response.set_cookie(
        _name(request), token, httponly=True, samesite="lax", secure=request.app.state.production
    )


def take_back(request: Request, response: Response) -> None:
    """Signing out: the browser forgets; the server has already forgotten."""
    response.delete_cookie(
        _name(request), httponly=True, samesite="lax", secure=request.app.state.production
    )
