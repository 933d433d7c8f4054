"""Pages, still to come."""

from fastapi import APIRouter

import app.marking.tables  # noqa: F401

router = APIRouter()
