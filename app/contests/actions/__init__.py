"""What people do with a contest, with one door: `declare` opening and rules · `exams` windows,
papers, publishing · `rehearsals` a dress rehearsal before them · `calling` draw and call-up ·
`people` nomination, leave, substitution · `tickets` numbers and slips."""

from app.contests.actions.calling import announce_draw, call_up
from app.contests.actions.declare import change_rules, confirm_rules, open_contest
from app.contests.actions.exams import publish_exam, set_exam
from app.contests.actions.people import grant_leave, nominate, substitute
from app.contests.actions.rehearsals import add_rehearsal, remove_rehearsal
from app.contests.actions.tickets import Slip, SlipExam, issue_tickets, number_candidates

__all__ = [
    "Slip",
    "SlipExam",
    "add_rehearsal",
    "announce_draw",
    "call_up",
    "change_rules",
    "confirm_rules",
    "grant_leave",
    "issue_tickets",
    "nominate",
    "number_candidates",
    "open_contest",
    "publish_exam",
    "remove_rehearsal",
    "set_exam",
    "substitute",
]
