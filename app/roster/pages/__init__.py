"""The roster's pages: `officers` list and edit · `importing` sheets · `counties` the directory ·
`freezing` versions · `asked` what these share about the one who asks."""

from fastapi import APIRouter

from app.roster.pages import counties, freezing, importing, officers

router = APIRouter()
router.include_router(officers.router)
router.include_router(importing.router)
router.include_router(counties.router)
router.include_router(freezing.router)
