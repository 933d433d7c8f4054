"""The accounts' pages: `doors` for everybody, `administration` for those who keep accounts."""

from fastapi import APIRouter

from app.accounts.pages import administration, doors

router = APIRouter()
router.include_router(doors.router)
router.include_router(administration.router)
