"""The candidate's pages, the hall, the one hot route, and the sweeper that needs no browser."""

from fastapi import APIRouter

from app.sitting.pages import candidate, hall
from app.sitting.pages.hot import hot_routes
from app.sitting.pages.sweeper import sweep

__all__ = ["hot_routes", "router", "sweep"]

router = APIRouter()
router.include_router(candidate.router)
router.include_router(hall.router)
