"""The law table that comes with the program (依据表): facts about laws, no statute text."""

from datetime import datetime
from pathlib import Path

from app.bank import actions as bank
from app.bank.rules.laws import read_laws
from app.db.session import Engine, transaction
from app.kernel.actor import SYSTEM

FILE = Path(__file__).parent.parent.parent / "question_bank" / "laws.toml"


def load_law_table(engine: Engine, *, now: datetime) -> None:
    """Brings the database's table up to date; harmless, and silent, when it is."""
    with transaction(engine) as db:
        bank.load_laws(db, laws=read_laws(FILE.read_text()), actor=SYSTEM, now=now)
