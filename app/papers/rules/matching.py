"""Which rows can be filled together when they compete for the same questions (题目分配).

To serve one row after another is wrong: a row that would take anything can take the only questions
that a narrow row could use. What is wanted is a maximum matching between places on the paper and
questions, which augmenting paths find: whoever lacks a question asks a row that has a suitable one
to take another instead, and that row asks the next, until somebody finds a free one.
"""

from collections.abc import Sequence


class Matching:
    """`wanted[row]` places for each row, `choices[row]` the questions that suit it, best first.

    `held[question]` is the row that got it. The result is a maximum: no other distribution fills
    more places. It depends on nothing but its arguments.
    """

    def __init__(self, wanted: Sequence[int], choices: Sequence[Sequence[int]]) -> None:
        self.wanted = wanted
        self.choices = choices
        self.held: dict[int, int] = {}
        self.lacking = [0] * len(wanted)
        # narrow rows first: then the wide ones take what is left, and seldom have to move
        narrow_first = sorted(range(len(wanted)), key=lambda row: (len(choices[row]), row))
        for row in narrow_first:
            for place in range(wanted[row]):
                if not self._augment(row):
                    self.lacking[row] = wanted[row] - place
                    break

    def given(self, row: int) -> list[int]:
        """The questions of a row, best first."""
        return [question for question in self.choices[row] if self.held.get(question) == row]

    def competing(self, row: int) -> tuple[int, ...]:
        """The rows that share the want of a lacking row: itself, and all that hold a question
        which it could use, and so on. Together they want more than suits any of them (Hall)."""
        reached, frontier = {row}, [row]
        while frontier:
            for question in self.choices[frontier.pop()]:
                holder = self.held.get(question)
                if holder is not None and holder not in reached:
                    reached.add(holder)
                    frontier.append(holder)
        return tuple(sorted(reached))

    def _augment(self, row: int) -> bool:
        """Gets this row one more question, by a shortest chain of exchanges; False if none."""
        came_from: dict[int, tuple[int, int]] = {}
        seen, frontier = {row}, [row]
        for asking in frontier:
            for question in self.choices[asking]:
                holder = self.held.get(question)
                if holder is None:
                    self._exchange(row, asking, question, came_from)
                    return True
                if holder not in seen:
                    seen.add(holder)
                    came_from[holder] = (asking, question)
                    frontier.append(holder)
        return False

    def _exchange(
        self, row: int, asking: int, question: int, came_from: dict[int, tuple[int, int]]
    ) -> None:
        self.held[question] = asking
        while asking != row:
            asking, question = came_from[asking]
            self.held[question] = asking
