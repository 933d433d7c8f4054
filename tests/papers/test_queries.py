"""Finding papers: a list carries no questions, a key is asked for by itself."""

import pytest
from sqlalchemy.exc import InvalidRequestError

from app.db.session import Engine, Session, reading, transaction
from app.papers import actions, queries
from app.papers.rules.blueprint import BlueprintMissing, PaperMissing
from tests.fakes import NINE
from tests.papers.worlds import ORGANIZER, SMALL, frozen_paper


def test_what_is_missing_is_said_to_be_missing(db: Session) -> None:
    with pytest.raises(BlueprintMissing):
        queries.draft(db, 999999)
    for ask in (queries.paper, queries.content, queries.key):
        with pytest.raises(PaperMissing):
            ask(db, 999999)


def test_the_list_of_papers_carries_neither_questions_nor_keys(engine: Engine) -> None:
    with transaction(engine) as db:
        frozen_paper(db)
    with reading(engine) as db:
        (paper,) = queries.papers(db)
        assert (paper.title, paper.item_count) == ("A 卷 环保法律法规", 9)
        for secret in ("content", "key"):
            with pytest.raises(InvalidRequestError):
                getattr(paper, secret)
        assert queries.count(db) == 1


def test_blueprints_come_as_values(db: Session) -> None:
    actions.save_blueprint(db, title=SMALL.title, spec=SMALL, actor=ORGANIZER, now=NINE)
    (draft,) = queries.drafts(db)
    assert draft.blueprint == SMALL
    assert queries.used(db, []) == set()
