"""The house on a database that a test has prepared, as `python -m app serve` runs it, without the
demo world."""

import uvicorn

from app.main import create_app
from app.settings import Settings


def serve(database_url: str, port: int) -> None:
    """Serves until it is ended, or killed."""
    app = create_app(Settings(database_url=database_url))
    uvicorn.run(app, port=port, access_log=False, log_level="warning")
