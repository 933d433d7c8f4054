"""Pages, still to come."""

from fastapi import APIRouter

import app.bank.tables  # noqa: F401

router = APIRouter()
