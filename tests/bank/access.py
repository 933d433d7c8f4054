"""Who may enter the bank's pages."""

READERS = frozenset({"organizer", "author", "reviewer"})
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/bank"): READERS,
    ("GET", "/bank/coverage"): READERS,
    ("GET", "/bank/import"): READERS,
    ("POST", "/bank/import"): READERS,
    ("GET", "/bank/{question_id}"): READERS,
}
ARGUMENTS: dict[str, str] = {}
