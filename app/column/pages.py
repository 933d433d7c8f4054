"""Pages, still to come."""

from fastapi import APIRouter

import app.column.tables  # noqa: F401

router = APIRouter()
