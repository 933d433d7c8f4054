"""The only translator from refusals to HTTP."""

import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.db.session import NotStorable
from app.kernel.errors import DomainError, Kind
from app.web.access import NotSignedIn
from app.web.templating import asked_by_htmx, render

log = logging.getLogger("biwu")

STATUS = {
    Kind.MISSING: 404,
    Kind.FORBIDDEN: 403,
    Kind.INVALID: 422,
    Kind.CONFLICT: 409,
    Kind.UNAVAILABLE: 503,
}
TITLES = {
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这样打开",
    413: "内容太大",
    429: "请稍候再试",
    409: "现在不能这样做",
    422: "填写有误",
    500: "服务器出错了",
    503: "暂时不能保存",
}


def install(app: FastAPI) -> None:
    """Registers one handler for each kind of bad news."""
    for kind, handler in _handlers().items():
        app.add_exception_handler(kind, handler)


async def translate(request: Request, error: Exception) -> Response:
    """The same for what stands in front of FastAPI."""
    handlers = _handlers()
    known = next(kind for kind in type(error).__mro__ if kind in handlers)
    return await handlers[known](request, error)


def _handlers() -> dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
    return {
        DomainError: _refused,
        NotSignedIn: _not_signed_in,
        RequestValidationError: _malformed,
        NotStorable: _malformed,
        HTTPException: _http,
        Exception: _broken,
    }


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def address(request: Request) -> str:
    """The address as it may be written down: of a ticket's only that it was one."""
    if "code" in request.path_params:
        path: str = request.scope["route"].path
        return path
    return request.url.path


def answer(request: Request, status: int, code: str, message: str) -> Response:
    """Problem JSON for programs, a notice for htmx, a page for people; the status stays true."""
    title = TITLES.get(status, "出错了")
    if _wants_json(request):
        problem = {"type": "about:blank", "title": title, "status": status} | {
            "code": code,
            "detail": message,
        }
        body = json.dumps(problem, ensure_ascii=False)
        return Response(body, status, media_type="application/problem+json")
    page, fragment = "errors/error.html", "errors/_notice.html"
    response: Response = render(
        request, page, fragment=fragment, status=status, title=title, code=code, message=message
    )
    if asked_by_htmx(request):
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    if error.kind is Kind.FORBIDDEN:
        # In its own transaction: the refused one is rolled back, and the trace must stay.
        await run_in_threadpool(request.app.state.note_denial, request, error.code)
    response = answer(request, STATUS[error.kind], error.code, str(error))
    if error.kind is Kind.UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    return response


async def _not_signed_in(request: Request, _error: Exception) -> Response:
    if _wants_json(request) or asked_by_htmx(request):
        return answer(request, 401, "not_signed_in", "登录已失效，请重新登录。")
    wanted = request.url.path if request.method == "GET" and request.url.path != "/" else ""
    return RedirectResponse(f"/sign-in?next={quote(wanted)}" if wanted else "/sign-in", 303)


async def _malformed(request: Request, _error: Exception) -> Response:
    return answer(request, 422, "malformed", "请求的内容不完整或格式不对。")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = "地址不存在，或者内容还没有公布。" if error.status_code == 404 else "请从页面上操作。"
    return answer(request, error.status_code, f"http_{error.status_code}", message)


async def _broken(request: Request, error: Exception) -> Response:
    number = request.app.state.entropy.token(4)
    log.error("%s %s %s", number, request.method, address(request), exc_info=error)
    message = f"编号 {number}。已显示“已保存”的答案都是安全的，请稍后再试。"
    return answer(request, 500, "broken", message)
