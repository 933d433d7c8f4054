"""Pages, still to come."""

from fastapi import APIRouter

import app.papers.tables  # noqa: F401

router = APIRouter()
