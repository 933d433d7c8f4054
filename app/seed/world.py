"""The demo world: a finished contest, one that can be sat right now, and one in preparation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.accounts import queries as accounts_queries
from app.accounts.actions import accounts, passwords
from app.bank import actions as bank
from app.bank.rules.drafts import read_questions
from app.bank.rules.laws import read_laws
from app.contests import queries as contests_queries
from app.db.sealing import Vault
from app.db.session import Engine, Session, reading, transaction
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.entropy import Entropy
from app.roster import actions as roster
from app.roster import queries as roster_queries
from app.seed.counties import COUNTIES
from app.seed.story import Story

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "demo-比武-2026"
OFFICES = (
    ("organizer", "许青禾", Role.ORGANIZER, None),
    ("clerk", "赵县管", Role.COUNTY_CLERK, "青岚县"),
    ("author", "钱命题", Role.AUTHOR, None),
    ("reviewer", "孙审题", Role.REVIEWER, None),
    ("invigilator", "李监考", Role.INVIGILATOR, None),
    ("auditor", "周审计", Role.AUDITOR, None),
    ("system", "吴系统", Role.SYSTEM_ADMIN, None),
    ("security", "郑安全", Role.SECURITY_ADMIN, None),
)
OFFICERS_WITH_ACCOUNTS = 3


@dataclass(frozen=True, slots=True)
class Person:
    """An account as it is printed for whoever tries the demo."""

    name: str
    display_name: str
    what: str


def question_files() -> list[Path]:
    """The project's own questions, file by file."""
    return [
        file for file in sorted((ROOT / "question_bank").rglob("*.toml")) if file.stem != "laws"
    ]


def build(engine: Engine, *, secret_key: str, entropy: Entropy, now: datetime) -> list[Person]:
    """Builds the world once, through the actions that people use; returns the accounts to print,
    also when it stood already. Every step is its own transaction, as it would be on the pages."""
    with reading(engine) as db:
        if accounts_queries.account_named(db, "organizer") is not None:
            return people(db)
    organizer = _offices(engine, now)
    _roster(engine, Vault(secret_key), entropy, organizer, now)
    _bank(engine, organizer, now)
    story = Story(engine, entropy, organizer)
    minute = now.replace(second=0, microsecond=0)
    story.finished(year=now.year, number=1, sat_at=minute - timedelta(days=40))
    exam_id = story.open_now(year=now.year, number=2, opened_at=minute - timedelta(minutes=10))
    story.in_preparation(year=now.year, number=3, at=minute - timedelta(days=1))
    _officers(engine, exam_id, now)
    with reading(engine) as db:
        return people(db)


def people(db: Session) -> list[Person]:
    """Every account of the demo world with what it is for."""
    listed = []
    for row in accounts_queries.accounts(db, limit=100):
        what = "、".join(role.label for role in sorted(row.roles))
        listed.append(Person(row.account.name, row.account.display_name, what))
    return listed


def _offices(engine: Engine, now: datetime) -> Actor:
    password_hash = passwords.hashed(PASSWORD)
    with transaction(engine) as db:
        for name, display_name, role, county in OFFICES:
            accounts.open_account(
                db,
                name=name,
                display_name=display_name,
                password_hash=password_hash,
                roles=[role],
                county=COUNTIES[county] if county else None,
                actor=SYSTEM,
                now=now,
            )
    with reading(engine) as db:
        row = accounts_queries.account_named(db, "organizer")
        assert row is not None
        return Actor(row.id or 0, row.display_name, frozenset({Role.ORGANIZER}))


def _roster(
    engine: Engine, vault: Vault, entropy: Entropy, organizer: Actor, now: datetime
) -> None:
    with transaction(engine) as db:
        for position, (name, code) in enumerate(COUNTIES.items(), 1):
            roster.open_county(
                db, code=code, name=name, position=position, actor=organizer, now=now
            )
    sheet = ROOT / "samples" / "roster.xlsx"
    with transaction(engine) as db:
        roster.import_roster(
            db,
            data=sheet.read_bytes(),
            file_name=sheet.name,
            dry_run=False,
            vault=vault,
            entropy=entropy,
            today=now.date(),
            actor=organizer,
            now=now,
        )


def _bank(engine: Engine, organizer: Actor, now: datetime) -> None:
    with transaction(engine) as db:
        laws = read_laws((ROOT / "question_bank" / "laws.toml").read_text())
        bank.load_laws(db, laws=laws, actor=organizer, now=now)
        bank.import_questions(
            db,
            questions=[
                each for file in question_files() for each in read_questions(file.read_text())
            ],
            author="钱命题",
            reviewer="孙审题",
            dry_run=False,
            actor=organizer,
            now=now,
        )


def _officers(engine: Engine, contest_id: int, now: datetime) -> None:
    """Accounts for the first few who may sit the open exam, so that the demo can be tried."""
    password_hash = passwords.hashed(PASSWORD)
    with transaction(engine) as db:
        called = [row for row in contests_queries.candidates(db, contest_id) if row.state.sits]
        for number, row in enumerate(called[:OFFICERS_WITH_ACCOUNTS], 1):
            account = accounts.open_account(
                db,
                name=f"officer{number}",
                display_name=row.officer.name,
                password_hash=password_hash,
                roles=[Role.OFFICER],
                county=row.county.code,
                actor=SYSTEM,
                now=now,
            )
            roster.tie_account(
                db,
                certificate=row.officer.certificate,
                account_id=account.id or 0,
                actor=SYSTEM,
                now=now,
            )
    with reading(engine) as db:
        assert roster_queries.counties(db)
