"""Question fragments (题面片段): each question of a paper is rendered once, not once a candidate.

At nine o'clock everybody gets the same fifty questions in another order, under other letters. So a
question is rendered once per paper by its own template, with a mark where the number stands and a
mark where an option's letter stands, and cut at the options; a candidate's question is then put
together from these pieces. What somebody has already answered is rendered for them alone.
Nothing here decides who may see a question: it is asked for after the database released the paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from app.kernel.canonical import canonical_json
from app.sitting.rules.sheet import Item, Shown, pristine, shown

# Private-use characters; a question that should have one of them is rendered for each candidate.
NUMBER, LETTER = "\ue000", "\ue001"
TEMPLATE = "sitting/question.html"
MOST_PAPERS = 16


@dataclass(frozen=True, slots=True)
class Pieces:
    """One question, cut: what stands before and after the options, and each option by its letter
    in the bank."""

    before: str
    options: Mapping[str, str]
    after: str

    def put_together(self, item: Item) -> str:
        """The question under this candidate's number and letters."""
        options = (self.options[own].replace(LETTER, seen) for seen, own in item.letters)
        whole = self.before + "".join(options) + self.after
        return whole.replace(NUMBER, str(item.position))


@dataclass(frozen=True, slots=True)
class Fragments:
    """A paper ready to be put together: as frozen, and its questions cut, by position."""

    content: Mapping[str, Any]
    questions: Mapping[int, Mapping[str, Any]]
    pieces: Mapping[int, Pieces]
    templates: Environment

    def drawn(self, item: Item) -> Markup:
        """One question of one candidate, as the template would render it."""
        pieces = self.pieces.get(item.source)
        if item.untouched and pieces is not None:
            return Markup(pieces.put_together(item))
        return Markup(_rendered(self.templates, shown(item, self.questions[item.source])))


def cut(templates: Environment, content: Mapping[str, Any]) -> Fragments:
    """Renders every question of a paper once."""
    questions = {item["position"]: item for item in content["items"]}
    pieces = {
        at: _cut(templates, question)
        for at, question in questions.items()
        if not any(mark in canonical_json(question) for mark in (NUMBER, LETTER))
    }
    return Fragments(content, questions, pieces, templates)


def _cut(templates: Environment, question: Mapping[str, Any]) -> Pieces:
    """An option is what its presence adds to the page. A first letter that options and what
    follows them have in common ("<") stays before all of them, which comes to the same."""
    without = _rendered(templates, pristine(question, NUMBER, []))
    options, split = {}, 0
    for letter, text in pristine(question, NUMBER).options:
        alone = _rendered(templates, pristine(question, NUMBER, [(LETTER, text)]))
        split = next(at for at, (a, b) in enumerate(zip(without, alone, strict=False)) if a != b)
        options[letter] = alone[split : len(alone) - (len(without) - split)]
    return Pieces(without[:split], options, without[split:]) if options else Pieces(without, {}, "")


def _rendered(templates: Environment, question: Shown) -> str:
    return templates.get_template(TEMPLATE).render(item=question)


class FragmentStore:
    """The papers that are being sat, by hash: a frozen paper never changes. One process, all of
    its threads."""

    def __init__(self, templates: Environment) -> None:
        self._templates = templates
        self._papers: dict[str, Fragments] = {}
        self._lock = Lock()

    def get(self, paper_hash: str) -> Fragments | None:
        """The paper, if it is at hand."""
        return self._papers.get(paper_hash)

    def put(self, paper_hash: str, content: Mapping[str, Any]) -> Fragments:
        """Cuts the paper once, however many ask at the same moment; forgets the oldest."""
        with self._lock:
            found = self._papers.get(paper_hash)
            if found is None:
                found = self._papers[paper_hash] = cut(self._templates, content)
                for old in list(self._papers)[:-MOST_PAPERS]:
                    del self._papers[old]
            return found
