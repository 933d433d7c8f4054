"""Pages, still to come."""

from fastapi import APIRouter

import app.roster.tables  # noqa: F401

router = APIRouter()
