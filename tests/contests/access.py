"""Who may enter the contests' pages. A clerk nominates and has a home; whose county it is, the
query decides (404), not the route."""

ORGANIZER = frozenset({"organizer"})
CLERKS = frozenset({"clerk", "foreign_clerk"})
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/contests"): ORGANIZER,
    ("GET", "/contests/new"): ORGANIZER,
    ("POST", "/contests/new"): ORGANIZER,
    ("GET", "/contests/{contest_id}"): ORGANIZER,
    ("GET", "/contests/{contest_id}/rules"): ORGANIZER,
    ("POST", "/contests/{contest_id}/rules"): ORGANIZER,
    ("GET", "/contests/{contest_id}/exams"): ORGANIZER,
    ("POST", "/contests/{contest_id}/exams"): ORGANIZER,
    ("POST", "/contests/{contest_id}/exams/{exam_id}/publish"): ORGANIZER,
    ("POST", "/contests/{contest_id}/rehearsals"): ORGANIZER,
    ("POST", "/contests/{contest_id}/rehearsals/{exam_id}/remove"): ORGANIZER,
    ("GET", "/contests/{contest_id}/candidates"): ORGANIZER,
    ("POST", "/contests/{contest_id}/draw"): ORGANIZER,
    ("POST", "/contests/{contest_id}/call-up"): ORGANIZER,
    ("POST", "/contests/{contest_id}/nominations"): ORGANIZER | CLERKS,
    ("POST", "/contests/{contest_id}/candidates/{candidate_id}/leave"): ORGANIZER,
    ("POST", "/contests/{contest_id}/candidates/{candidate_id}/substitute"): ORGANIZER,
    ("POST", "/contests/{contest_id}/tickets"): ORGANIZER,
    ("GET", "/county"): CLERKS,
}
