"""Settings: read from the environment once, frozen, handed to create_app."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEMO_KEY = "demo-key-not-for-production"
MODES = ("demo", "production")


class BadSettings(ValueError):
    """The environment asks for something that must not start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What may differ between two installations. The README has the table; a test holds it true."""

    database_url: str
    secret_key: str = DEMO_KEY
    production: bool = False
    city: str = "云岭市"
    bureau: str = "云岭市生态环境局"
    registration: str = "（待填）"
    base_url: str = ""
    data_dir: Path = Path("var")

    def __post_init__(self) -> None:
        if self.production and (self.secret_key == DEMO_KEY or len(self.secret_key) < 32):
            raise BadSettings("BIWU_SECRET_KEY must be at least 32 characters in production")


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Every variable with its default; raises BadSettings for a mode that does not exist."""
    mode = environ.get("BIWU_MODE", "demo")
    if mode not in MODES:
        raise BadSettings(f"BIWU_MODE is {mode!r}; it is demo or production")
    data = Path(environ.get("BIWU_DATA_DIR", "var"))
    city = environ.get("BIWU_CITY", "云岭市")
    return Settings(
        database_url=environ.get("BIWU_DATABASE_URL") or f"sqlite:///{data / 'biwu.db'}",
        secret_key=environ.get("BIWU_SECRET_KEY", DEMO_KEY),
        production=mode == "production",
        city=city,
        bureau=environ.get("BIWU_BUREAU", f"{city}生态环境局"),
        registration=environ.get("BIWU_REGISTRATION", "（待填）"),
        base_url=environ.get("BIWU_BASE_URL", "").rstrip("/"),
        data_dir=data,
    )
