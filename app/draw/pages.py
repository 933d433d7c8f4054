"""Pages, still to come."""

from fastapi import APIRouter

import app.draw.tables  # noqa: F401

router = APIRouter()
