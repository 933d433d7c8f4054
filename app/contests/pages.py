"""Pages, still to come."""

from fastapi import APIRouter

import app.contests.tables  # noqa: F401

router = APIRouter()
