"""What is done in a sitting and in its hall: one door to the rooms behind it."""

from app.sitting.actions.candidate import confirm, hand_in, report, start
from app.sitting.actions.closing import close_overdue, standing
from app.sitting.actions.invigilating import extend, extend_all, force, prepare, reissue
from app.sitting.actions.saving import save_answers

__all__ = [
    "close_overdue",
    "confirm",
    "extend",
    "extend_all",
    "force",
    "hand_in",
    "prepare",
    "reissue",
    "report",
    "save_answers",
    "standing",
    "start",
]
