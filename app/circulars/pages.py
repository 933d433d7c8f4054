"""Pages, still to come."""

from fastapi import APIRouter

import app.circulars.tables  # noqa: F401

router = APIRouter()
