"""The organizer's pages of papers: blueprints that say at once what the bank lacks, and papers."""

from fastapi import APIRouter

from app.papers.pages import blueprints, papers

__all__ = ["router"]

router = APIRouter()
router.include_router(blueprints.router)
router.include_router(papers.router)
