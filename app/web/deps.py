"""What a page may ask for: a session to read, a session to write, the moment, the chance."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from app.db.sealing import Vault
from app.db.session import Session, reading, transaction
from app.kernel.entropy import Entropy


def _read_db(request: Request) -> Iterator[Session]:
    with reading(request.app.state.engine) as db:
        yield db


def _write_db(request: Request) -> Iterator[Session]:
    with transaction(request.app.state.engine) as db:
        yield db


# async, so that FastAPI does not send these lines to a thread and back
async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock.now()
    return now


async def _entropy(request: Request) -> Entropy:
    entropy: Entropy = request.app.state.entropy
    return entropy


async def _vault(request: Request) -> Vault:
    vault: Vault = request.app.state.vault
    return vault


# scope="function": the commit happens before the response leaves. With FastAPI's default the
# browser is told 200 first, and the commit may still fail (tests/web/test_deps.py shows both).
ReadDb = Annotated[Session, Depends(_read_db, scope="function")]
WriteDb = Annotated[Session, Depends(_write_db, scope="function")]
Now = Annotated[datetime, Depends(_now)]
Chance = Annotated[Entropy, Depends(_entropy)]
Seals = Annotated[Vault, Depends(_vault)]
