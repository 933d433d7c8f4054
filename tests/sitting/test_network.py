"""Bad networks as a model: messages are lost, doubled, delayed and reordered, from two pages of
one candidate. On SQLite only: the rule under test is the same statement on both engines
(test_actions runs on both)."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db.engine import for_writing, make_engine
from app.db.session import reading, transaction
from app.sitting import actions, queries
from app.sitting.rules.answers import Save, Saved
from app.sitting.rules.refusals import SequenceTaken
from tests import factories
from tests.databases import SqliteFiles
from tests.fakes import NINE
from tests.sitting import worlds

typed = st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ABC")), min_size=1, max_size=12)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=typed, data=st.data())
def test_whatever_the_network_does_the_last_acknowledged_answer_stands(
    sqlite: SqliteFiles, typed: list[tuple[int, str]], data: st.DataObject
) -> None:
    engine = make_engine(sqlite.fresh())
    with transaction(engine) as db:
        people = factories.cast(db, NINE)
        place = worlds.hall(db, people, NINE)
        worlds.begin(db, place, people, NINE)
    # Two pages, each counting from 1: the same numbers come twice with different answers.
    second = data.draw(st.integers(0, len(typed)))
    numbered = [*enumerate(typed[:second], 1), *enumerate(typed[second:], 1)]
    saves = [
        Save(place.sitting_id, item, seq, letter, timedelta(0), NINE + timedelta(seconds=moment))
        for moment, (seq, (item, letter)) in enumerate(numbered, 1)
    ]
    arriving = data.draw(st.lists(st.sampled_from(saves), max_size=40))
    acknowledged: dict[int, Save] = {}
    while arriving:
        size = data.draw(st.integers(1, len(arriving)))
        batch, arriving = arriving[:size], arriving[size:]
        with for_writing(engine).begin() as connection:
            outcomes = actions.save_answers(connection, batch)
        for save, outcome in zip(batch, outcomes, strict=True):
            newest = acknowledged.get(save.item)
            if isinstance(outcome, SequenceTaken):
                # never refused for nothing: another answer holds this number or a higher one
                assert newest is not None
                assert newest.seq == outcome.fields["newest"] >= save.seq
                continue
            assert isinstance(outcome, Saved)
            assert outcome.digest == save.digest
            if newest is None or save.seq > newest.seq:
                acknowledged[save.item] = save
    with reading(engine) as db:
        stands = {item: row.answer for item, row in queries.answers(db, place.sitting_id).items()}
    engine.dispose()
    assert stands == {item: save.answer for item, save in acknowledged.items()}
