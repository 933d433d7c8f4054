"""Who may enter the results' pages: the desk is the organizer's, one's own marks are one's own."""

ORGANIZER = frozenset({"organizer"})
OFFICERS = frozenset({"owner", "colleague", "stranger"})
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/contests/{contest_id}/results"): ORGANIZER,
    ("GET", "/contests/{contest_id}/release"): ORGANIZER,
    ("POST", "/contests/{contest_id}/release"): ORGANIZER,
    ("GET", "/releases/{release_id}"): ORGANIZER,
    ("GET", "/releases/{release_id}.json"): ORGANIZER,
    ("GET", "/results/mine"): OFFICERS,
    ("GET", "/results/mine/{release_id}"): OFFICERS,
}
