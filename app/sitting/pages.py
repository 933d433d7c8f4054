"""Pages, still to come."""

from fastapi import APIRouter
from starlette.routing import Route

import app.sitting.tables  # noqa: F401

router = APIRouter()
hot_routes: list[Route] = []
