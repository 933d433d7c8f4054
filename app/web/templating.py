"""Templates get finished values; they decide nothing but how it looks."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.kernel.actor import Role
from app.kernel.score import rounded
from app.web import cookies, csrf

LOCAL = ZoneInfo("Asia/Shanghai")


def environment(folder: Path, static: Callable[[str], str]) -> Environment:
    """Autoescape always, undefined names are errors, and the only place that knows Shanghai.
    `static` gives the address of a file on the shelf."""
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # or every page asks the disk about each of its twenty templates
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["Role"] = Role
    templates.globals["static"] = static
    filters: dict[str, Any] = {
        "local": lambda at: _local(at).strftime("%Y-%m-%d %H:%M:%S"),
        "minute": lambda at: _local(at).strftime("%Y-%m-%d %H:%M"),
        "clock": lambda at: _local(at).strftime("%H:%M:%S"),
        "hour": lambda at: _local(at).strftime("%H:%M"),
        "until": _until,
        "input_minute": lambda at: _local(at).strftime("%Y-%m-%dT%H:%M"),
        "day": _day,
        "month_day": _month_day,
        "utc": lambda at: at.isoformat(timespec="milliseconds"),
        "score": lambda exact: format(rounded(Decimal(exact)), "f"),
        "points": _points,
        "short_hash": lambda text: f"{text[:4]}…{text[-4:]}" if text else "",
    }
    templates.filters.update(filters)
    return templates


def from_local(text: str) -> datetime | None:
    """The moment behind a datetime-local field; it is Shanghai's clock that a bureau types."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=LOCAL)
    except ValueError:
        return None


def local_date(at: datetime) -> date:
    """The day on a Shanghai calendar."""
    return _local(at).date()


def _local(at: datetime) -> datetime:
    return at.astimezone(LOCAL)


def _until(begins: datetime, ends: datetime) -> str:
    """A span of time; the second day is named only when it is another one."""
    first, last = _local(begins), _local(ends)
    other = "" if first.date() == last.date() else f"{_month_day(last)} "
    return f"{first:%Y-%m-%d %H:%M} 至 {other}{last:%H:%M}"


def _day(at: date) -> str:
    day = _local(at) if isinstance(at, datetime) else at
    return f"{day.year}年{day.month}月{day.day}日"


def _month_day(at: date) -> str:
    day = _local(at) if isinstance(at, datetime) else at
    return f"{day.month}月{day.day}日"


def _points(exact: Any) -> str:
    """Points as people write them: 2, 1.5, 0.25."""
    text = format(Decimal(exact), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def asked_by_htmx(request: Request) -> bool:
    """Whether htmx asked, so that the fragment alone is the answer."""
    return request.headers.get("hx-request") == "true"


def render(
    request: Request, page: str, *, fragment: str | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """The page; or, when htmx asked, the fragment that the page includes."""
    name = fragment if fragment and asked_by_htmx(request) else page
    state = request.app.state
    house = {
        "actor": getattr(request.state, "actor", None),
        "path": request.url.path,
        "city": state.city,
        "bureau": state.bureau,
        "registration": state.registration,
        "server_time": state.clock.now(),
        "csrf": csrf.token(state.secret_key, cookies.read(request)),
    }
    return HTMLResponse(state.templates.get_template(name).render(house | context), status)
