"""Who may enter the draw's pages: the ceremony is the organizer's, the board everybody's."""

from tests.accounts.access import EVERYONE

ORGANIZER = frozenset({"organizer"})
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/draws"): ORGANIZER,
    ("GET", "/draws/{draw_id}"): ORGANIZER,
    ("POST", "/draws/{draw_id}/hold"): ORGANIZER,
    ("POST", "/draws/{draw_id}/void"): ORGANIZER,
    ("POST", "/draws/{draw_id}/void/confirm"): ORGANIZER,
    ("GET", "/column/draws"): EVERYONE,
    ("GET", "/column/draws/{draw_id}"): EVERYONE,
    ("GET", "/column/draws/{draw_id}.json"): EVERYONE,
}
