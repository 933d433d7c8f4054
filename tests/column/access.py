"""Who may enter the column: everybody."""

from tests.accounts.access import EVERYONE

ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/column"): EVERYONE,
    ("GET", "/feedback"): EVERYONE,
    ("POST", "/feedback"): EVERYONE,
}
