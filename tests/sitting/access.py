"""Who may enter what: the route table of sittings and of the hall."""

EXAMINEES = frozenset({"owner", "colleague", "stranger"})
INVIGILATORS = frozenset({"organizer", "invigilator"})

ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/sittings"): EXAMINEES,
    ("GET", "/sittings/{sitting_id:int}"): EXAMINEES,
    ("POST", "/sittings/{sitting_id:int}/confirm"): EXAMINEES,
    ("POST", "/sittings/{sitting_id:int}/start"): EXAMINEES,
    ("GET", "/sittings/{sitting_id:int}/hand-in"): EXAMINEES,
    ("POST", "/sittings/{sitting_id:int}/hand-in"): EXAMINEES,
    ("GET", "/sittings/{sitting_id:int}/receipt"): EXAMINEES,
    ("GET", "/sittings/{sitting_id:int}/standing"): EXAMINEES,
    ("GET", "/hall"): INVIGILATORS,
    ("GET", "/hall/{exam_id}"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/prepare"): INVIGILATORS,
    ("GET", "/hall/{exam_id}/kept"): INVIGILATORS,
    ("GET", "/hall/{exam_id}/messages"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/messages"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/extend"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/pause"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/resume"): INVIGILATORS,
    ("GET", "/hall/{exam_id}/{sitting_id}"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/extend"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/shift"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/pause"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/resume"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/messages"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/reopen"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/reopen/{reopening_id}"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/file"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/force"): INVIGILATORS,
    ("POST", "/hall/{exam_id}/{sitting_id}/ticket"): INVIGILATORS,
}

ARGUMENTS: dict[str, str] = {}
