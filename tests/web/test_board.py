"""The public board from a snapshot."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send

from app.web.board import PublicBoard


@dataclass
class Steady:
    """Seconds that go on when a test says so."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@dataclass
class House:
    """An app that counts how often it was asked; its answer changes every time."""

    asked: list[str] = field(default_factory=list)
    status: int = 200
    slow: asyncio.Event | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        if self.slow is not None:
            await self.slow.wait()
        response: Response = HTMLResponse(f"公告 {len(self.asked)}", self.status)
        await response(scope, receive, send)


Ask = Callable[..., Awaitable[tuple[int, dict[str, str], str]]]


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def board(house: House, steady: Steady) -> PublicBoard:
    return PublicBoard(house, seconds=5, steady=steady)


async def ask(
    board: PublicBoard, path: str = "/column", method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": given}
    await board(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    about = {name.decode().lower(): text.decode() for name, text in sent[0]["headers"]}
    if about.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return sent[0]["status"], about, body.decode()


def test_a_page_is_made_once_in_five_seconds(
    board: PublicBoard, house: House, steady: Steady
) -> None:
    async def visits() -> list[str]:
        seen = [(await ask(board))[2]]
        steady.at += 4.99
        seen.append((await ask(board))[2])
        steady.at += 0.01
        seen.append((await ask(board))[2])
        return seen

    assert asyncio.run(visits()) == ["公告 1", "公告 1", "公告 2"]


def test_a_thousand_at_once_make_one_page(board: PublicBoard, house: House) -> None:
    async def all_at_once() -> set[str]:
        house.slow = asyncio.Event()
        visits = [asyncio.create_task(ask(board)) for _ in range(1000)]
        await asyncio.sleep(0)
        house.slow.set()
        return {body for _, _, body in await asyncio.gather(*visits)}

    assert asyncio.run(all_at_once()) == {"公告 1"}
    assert len(house.asked) == 1


def test_who_has_the_page_is_told_so(board: PublicBoard) -> None:
    _, about, _ = asyncio.run(ask(board))
    status, again, body = asyncio.run(ask(board, if_none_match=about["etag"]))
    assert (status, body) == (304, "")
    assert "content-length" not in again
    assert asyncio.run(ask(board, if_none_match='"other"'))[0] == 200


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/column", "GET", {"cookie": "biwu=x"}),  # somebody: their page says who they are
        ("/column", "POST", {}),
        ("/columns", "GET", {}),
        ("/sittings/1", "GET", {}),
        ("/feedback", "GET", {}),
        ("/column", "GET", {"hx_request": "true"}),
    ],
)
def test_what_is_not_the_same_for_all_is_made_for_each(
    board: PublicBoard, house: House, path: str, method: str, headers: dict[str, str]
) -> None:
    for _ in range(2):
        asyncio.run(ask(board, path, method, **headers))
    assert len(house.asked) == 2


def test_pages_are_told_apart_by_address_and_packing(board: PublicBoard, house: House) -> None:
    asyncio.run(ask(board, "/column/draws"))
    asyncio.run(ask(board, "/column/circulars"))
    asyncio.run(ask(board, "/column/draws", accept_encoding="gzip"))
    assert len(house.asked) == 3


def test_only_a_page_is_kept(board: PublicBoard, house: House) -> None:
    house.status = 404
    assert [asyncio.run(ask(board))[0] for _ in range(2)] == [404, 404]
    assert len(house.asked) == 2
    house.status = 200
    assert asyncio.run(ask(board))[0] == 200


def test_it_can_be_turned_off(house: House, steady: Steady) -> None:
    board = PublicBoard(house, seconds=0, steady=steady)
    for _ in range(2):
        asyncio.run(ask(board))
    assert len(house.asked) == 2
