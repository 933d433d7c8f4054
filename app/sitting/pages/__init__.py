"""The candidate's pages, the hall, the hot routes, and what runs without a browser."""

from fastapi import APIRouter

from app.sitting.pages import candidate, hall, hot
from app.sitting.pages.fragments import FragmentStore
from app.sitting.pages.pulse import Pulse, keep_pulse
from app.sitting.pages.sweeper import beat_once, sweep

__all__ = ["FragmentStore", "Pulse", "beat_once", "doors", "keep_pulse", "router", "sweep"]

doors = [*hot.doors, *candidate.doors]
router = APIRouter()
router.include_router(hall.router)
