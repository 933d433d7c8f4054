"""The cast, and the small worlds that tests begin from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.rules import token_hash
from app.accounts.tables import Account, AccountRole, SignIn, Ticket
from app.db.session import Session
from app.kernel.actor import Actor, Role
from app.roster.tables import County, Officer

PASSWORD = "正确-password-2026"
# argon2id of PASSWORD, made once: hashing anew in every test would cost minutes.
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$5fyfU2rtnROC0Np7z1kL4Q$"
    "S9DZk+OZaoy1TrZLBhNe3RoE+DrkzpG6bgtMr3Ibpzk"
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who: the owner and a colleague in 青岚县, a stranger in 石澜区, the offices."""

    organizer: Actor
    clerk: Actor
    foreign_clerk: Actor
    author: Actor
    reviewer: Actor
    invigilator: Actor
    auditor: Actor
    system_admin: Actor
    security_admin: Actor
    owner: Actor
    colleague: Actor
    stranger: Actor

    def everyone(self) -> dict[str, Actor | None]:
        """By name, with nobody for the public."""
        people: dict[str, Actor | None] = {name: getattr(self, name) for name in self.__slots__}
        return people | {"nobody": None}


def county(db: Session, code: str, name: str) -> County:
    row = County(code=code, name=name, position=int(code))
    db.add(row)
    db.flush()
    return row


def account(
    db: Session, name: str, *roles: Role, county: str | None = None, now: datetime
) -> Actor:
    row = Account(
        name=name,
        display_name=name,
        password_hash=PASSWORD_HASH,
        county=county,
        created_at=now,
    )
    db.add(row)
    db.flush()
    for role in roles:
        db.add(AccountRole(account_id=row.id or 0, role=role.value))
    db.flush()
    return Actor(row.id or 0, name, frozenset(roles), county)


def officer(
    db: Session,
    home: County,
    name: str,
    certificate: str,
    *,
    account_id: int | None = None,
    now: datetime,
) -> Officer:
    row = Officer(
        county_id=home.id or 0,
        name=name,
        certificate=certificate,
        establishment="administrative",
        on_post="on_post",
        unit=f"{home.name}生态环境局",
        post="执法大队科员",
        account_id=account_id,
        updated_at=now,
    )
    db.add(row)
    db.flush()
    return row


def cast(db: Session, now: datetime) -> Cast:
    """Two counties, three officers with accounts, one account for each office."""
    here, there = county(db, "01", "青岚县"), county(db, "02", "石澜区")

    def office(name: str, role: Role, home: str | None = None) -> Actor:
        return account(db, name, role, county=home, now=now)

    def person(name: str, home: County, certificate: str) -> Actor:
        actor = account(db, name, Role.OFFICER, county=home.code, now=now)
        officer(db, home, name, certificate, account_id=actor.account_id, now=now)
        return actor

    return Cast(
        organizer=office("organizer", Role.ORGANIZER),
        clerk=office("clerk", Role.COUNTY_CLERK, "01"),
        foreign_clerk=office("foreign_clerk", Role.COUNTY_CLERK, "02"),
        author=office("author", Role.AUTHOR),
        reviewer=office("reviewer", Role.REVIEWER),
        invigilator=office("invigilator", Role.INVIGILATOR),
        auditor=office("auditor", Role.AUDITOR),
        system_admin=office("system_admin", Role.SYSTEM_ADMIN),
        security_admin=office("security_admin", Role.SECURITY_ADMIN),
        owner=person("林知远", here, "080101000001"),
        colleague=person("江小川", here, "080101000002"),
        stranger=person("苏望舒", there, "080102000001"),
    )


def signed_in(db: Session, actor: Actor, now: datetime) -> str:
    """An open session of this person, by password or by ticket."""
    bearer = f"{actor.account_id}-{actor.candidate_id}-{now.isoformat()}"
    token = token_hash(bearer)
    if db.get(SignIn, token_hash(token)) is not None:
        return token
    ticket_id: int | None = None
    if actor.candidate_id is not None:
        ticket = Ticket(
            code_hash=token_hash(f"ticket {bearer}"),
            candidate_id=actor.candidate_id,
            name=actor.name,
            county=actor.county or "",
            issued_at=now,
            valid_until=now + timedelta(days=3),
            used_at=now,
        )
        db.add(ticket)
        db.flush()
        ticket_id = ticket.id
    db.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=None if ticket_id else actor.account_id,
            ticket_id=ticket_id,
            created_at=now,
            expires_at=now + timedelta(hours=10),
        )
    )
    return token
