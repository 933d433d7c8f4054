"""What is done in a sitting and in its hall: one door to the rooms behind it."""

from app.sitting.actions.candidate import confirm, hand_in, start
from app.sitting.actions.closing import AT_ONCE, close_overdue, standing
from app.sitting.actions.emergency import take_file
from app.sitting.actions.heartbeat import beat
from app.sitting.actions.invigilating import extend, extend_all, force, prepare, reissue
from app.sitting.actions.messages import see, send
from app.sitting.actions.pausing import hold, pause, resume, shift
from app.sitting.actions.reopening import ask_reopening, decide_reopening
from app.sitting.actions.saving import save_answers
from app.sitting.actions.turning import Step, Taken, Turn, take_turns

__all__ = [
    "AT_ONCE",
    "Step",
    "Taken",
    "Turn",
    "ask_reopening",
    "beat",
    "close_overdue",
    "confirm",
    "decide_reopening",
    "extend",
    "extend_all",
    "force",
    "hand_in",
    "hold",
    "pause",
    "prepare",
    "reissue",
    "resume",
    "save_answers",
    "see",
    "send",
    "shift",
    "standing",
    "start",
    "take_file",
    "take_turns",
]
