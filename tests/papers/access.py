"""Who may enter the papers' pages: nobody else sees a question before its time."""

ORGANIZER = frozenset({"organizer"})
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/papers"): ORGANIZER,
    ("GET", "/papers/new"): ORGANIZER,
    ("POST", "/papers/new"): ORGANIZER,
    ("GET", "/papers/blueprints/{blueprint_id}"): ORGANIZER,
    ("POST", "/papers/blueprints/{blueprint_id}"): ORGANIZER,
    ("POST", "/papers/blueprints/{blueprint_id}/freeze"): ORGANIZER,
    ("GET", "/papers/{paper_id}"): ORGANIZER,
    ("GET", "/papers/{paper_id}/preview"): ORGANIZER,
    ("GET", "/papers/{paper_id}/print"): ORGANIZER,
}
ARGUMENTS: dict[str, str] = {}
