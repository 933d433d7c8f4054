"""Who may enter the circulars' pages: the office writes them, everybody reads them."""

from tests.accounts.access import EVERYONE

ORGANIZER = frozenset({"organizer"})
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/releases/{release_id}/circular"): ORGANIZER,
    ("POST", "/releases/{release_id}/circular"): ORGANIZER,
    ("GET", "/circulars/{circular_id}.xlsx"): ORGANIZER,
    ("GET", "/column/circulars"): EVERYONE,
    ("GET", "/column/circulars/{circular_id}"): EVERYONE,
    ("GET", "/column/circulars/{circular_id}.xlsx"): EVERYONE,
}
