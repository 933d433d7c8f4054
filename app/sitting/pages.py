"""Pages, still to come."""

from fastapi import APIRouter

import app.sitting.tables  # noqa: F401
from starlette.routing import Route

router = APIRouter()
hot_routes: list[Route] = []
