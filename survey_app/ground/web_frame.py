"""What the respondents' application and the console share: templates, body limits, a person's sentence for a failure."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from survey_app.ground.templates import template_loader
from survey_app.ground.uploads import widen_limit

log = logging.getLogger("minyi")
PROXYS_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
LARGEST_NUMBER = 2**31 - 1  # of what a table numbers; no database compares with more
HEADERS = {  # of whatever sets none of its own: it runs and loads nothing, and stands in no frame
    "Content-Security-Policy": "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
REFUSALS = {
    400: ("请求无效，请返回重试", "The request is not valid. Please go back and try again."),
    403: ("您没有权限", "You may not do this."),
    404: ("没有这个页面", "There is no such page."),
    429: (
        "尝试次数过多，请15分钟后再试",
        "Too many attempts. Please try again in 15 minutes.",
    ),
    413: ("提交的内容太大，没有保存", "What was sent is too large. Nothing was saved."),
    405: ("这个地址不接受这种操作", "This address does not take this kind of request."),
}


class Number(IntegerConverter):
    """A number in an address; one that no row can have names no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_NUMBER)


def framed(beside: Flask | None = None) -> Flask:
    """An application without pages. `beside`: one whose settings, and what is kept in the process, it shares."""
    app = Flask("survey_app", static_folder=None)
    if beside is not None:
        app.config = beside.config
        app.extensions["minyi_process"] = _of_process(beside)
    app.jinja_loader = template_loader()
    app.url_map.converters["int"] = Number
    app.before_request(widen_limit)
    app.after_request(_protected)
    app.register_error_handler(Exception, _unexpected)
    return app


def secure_cookies() -> bool:
    """Whether cookies go through TLS alone: the settings say so, or this request came through it."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def _protected(response: BaseResponse) -> BaseResponse:
    """No answer leaves without a policy, also where no page's own has been set: of an unknown address, or a failure."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def of_process() -> dict[str, Any]:
    """What this process keeps for a while beside the database, one for the applications that share it."""
    return _of_process(current_app)


def _of_process(app: Flask) -> dict[str, Any]:
    kept: dict[str, Any] = app.extensions.setdefault("minyi_process", {})
    return kept


def request_id() -> str:
    """Of the request being answered: the proxy's where one is trusted, else one of our own."""
    if "request_id" not in g:
        sent = request.headers.get("X-Request-ID", "") if current_app.config["MINYI"].trusted_proxies else ""
        g.request_id = sent if PROXYS_ID.fullmatch(sent) else secrets.token_hex(6)
    return str(g.request_id)


def _unexpected(error: Exception) -> BaseResponse:
    """A page in a person's words and without a traceback; the log has one, under the same request id."""
    if isinstance(error, HTTPException) and error.response is not None:
        return error.response  # type: ignore[return-value]
    if isinstance(error, HTTPException) and error.code is not None and error.code >= 400:
        more = [(name, value) for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")]
        return _refused(error.code, str(error.code), more)
    place = request.url_rule or "an unknown address"  # the rule: an address may hold an invitation's code
    log.exception("request %s: %s %s failed", request_id(), request.method, place)
    if isinstance(error, DataError):  # what no column can hold, as a character of code 0, was sent
        return _refused(400, request_id())
    words = (
        "系统暂时出错，您的操作没有保存，请稍后再试",
        "Something went wrong on our side. Nothing was saved; please try again.",
    )
    return Response(_page(*words, request_id()), status=500, mimetype="text/html")


def _refused(code: int, mark: str, headers: Sequence[tuple[str, str]] = ()) -> BaseResponse:
    words = REFUSALS.get(code, ("这个请求不能处理", "This request cannot be handled."))
    return Response(_page(*words, mark), status=code, mimetype="text/html", headers=list(headers))


def _page(chinese: str, english: str, mark: str) -> str:
    back = "<p><a href=/console/>返回概览 · Overview</a></p>" if request.path.startswith("/console/") else ""
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{chinese}</title><body><main><h1>{chinese}</h1><p lang=en>{english}</p><p>{mark}</p>{back}</main>"
    )
