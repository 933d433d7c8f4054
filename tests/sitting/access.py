"""Who may enter what: the route table of sittings and of the hall."""

EXAMINEES = frozenset({"owner", "colleague", "stranger"})
INVIGILATORS = frozenset({"organizer", "invigilator"})

ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/sittings"): EXAMINEES,
    ("GET", "/sittings/{sitting_id}"): EXAMINEES,
    ("POST", "/sittings/{sitting_id}/confirm"): EXAMINEES,
    ("POST", "/sittings/{sitting_id}/start"): EXAMINEES,
    ("GET", "/sittings/{sitting_id}/hand-in"): EXAMINEES,
    ("POST", "/sittings/{sitting_id}/hand-in"): EXAMINEES,
    ("GET", "/sittings/{sitting_id}/receipt"): EXAMINEES,
    ("POST", "/sittings/{sitting_id}/events"): EXAMINEES,
    ("GET", "/hall"): INVIGILATORS,
    ("GET", "/hall/{exam_id}"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/prepare"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/extend"): INVIGILATORS,
    ("GET", "/hall/{exam_id}/{sitting_id}"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/extend"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/force"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/ticket"): INVIGILATORS,
}

ARGUMENTS: dict[str, str] = {}
