"""Pages, still to come."""

from fastapi import APIRouter

import app.results.tables  # noqa: F401

router = APIRouter()
