"""The accounts' pages: `doors` and `entering` for everybody, `administration` for those who keep
accounts."""

from fastapi import APIRouter

from app.accounts.pages import administration, entering
from app.accounts.pages import doors as signing

__all__ = ["doors", "router"]

doors = entering.doors
router = APIRouter()
router.include_router(signing.router)
router.include_router(administration.router)
