"""Who may enter the marking pages: the organizer alone; marks are nobody's before the release."""

ORGANIZER = frozenset({"organizer"})
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/contests/{contest_id}/marking"): ORGANIZER,
    ("POST", "/contests/{contest_id}/marking"): ORGANIZER,
    ("GET", "/marking/sittings/{sitting_id}"): ORGANIZER,
}
