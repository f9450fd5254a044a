"""What the respondents' application and the console share: templates, body limits, a person's sentence for a failure."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Sequence
from typing import IO, Any
from urllib.parse import unquote

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SessionInterface
from sqlalchemy.exc import DataError
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from survey_app.ground.templates import template_loader
from survey_app.ground.transaction import unreached
from survey_app.ground.uploads import widen_limit

log = logging.getLogger("minyi")
PROXYS_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
WHOLLY_QUOTED = re.compile("(?:%[0-9A-Fa-f]{2})+")
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
    429: ("尝试次数过多，请15分钟后再试", "Too many attempts. Please try again in 15 minutes."),
    413: ("提交的内容太大，没有保存", "What was sent is too large. Nothing was saved."),
    405: ("这个地址不接受这种操作", "This address does not take this kind of request."),
}


class Number(IntegerConverter):
    """A number in an address; one that no row can have names no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_NUMBER)


class _Sent(ImmutableMultiDict[str, str]):
    """Without the exception that the library makes, and drops again, for whatever was not sent."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # five overloads
        return super().get(key, default, type) if key in self else default


class _Form(FormDataParser):
    """Reads a phone's form in a third of the library's time, and every other as it does."""

    def _parse_urlencoded(self, stream: IO[bytes], *_more: object) -> tuple[IO[bytes], Any, Any]:
        return stream, self.cls(sent_pairs(stream.read().decode())), self.cls()


class _Request(Request):
    parameter_storage_class = dict_storage_class = _Sent
    form_data_parser_class = _Form


def sent_pairs(body: str) -> list[tuple[str, str]]:
    """Names and values of a urlencoded form as the library reads them, but only what is quoted is unquoted."""
    parts = [part.partition("=") for part in body.replace("+", " ").split("&") if part]
    return [
        (_unquoted(name) if "%" in name else name, _unquoted(value) if "%" in value else value)
        for name, _, value in parts
    ]


def _unquoted(text: str) -> str:
    if WHOLLY_QUOTED.fullmatch(text):  # as all Chinese is
        return bytes.fromhex(text.replace("%", "")).decode(errors="werkzeug.url_quote")
    return unquote(text, errors="werkzeug.url_quote")


class NoSession(SessionInterface):
    """Of an application whose callers carry no session: none is looked for."""

    def open_session(self, app: Flask, request: Any) -> None:
        return None


class Application(Flask):
    """Flask without the look, at every call of a view or hook, whether it is a coroutine: none is here."""

    request_class = _Request

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def framed(beside: Flask | None = None) -> Flask:
    """An application without pages. `beside`: one whose settings, and what is kept in the process, it shares."""
    app = Application("survey_app", static_folder=None)
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
    if "Content-Security-Policy" not in response.headers:  # who sets a policy of its own sets the rest with it
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def of_process() -> dict[str, Any]:
    """What this process keeps for a while beside the database, one for the applications that share it."""
    return _of_process(current_app._get_current_object())  # type: ignore[attr-defined]  # which takes less than what stands for it, at every look


def _of_process(app: Flask) -> dict[str, Any]:
    kept: dict[str, Any] = app.extensions.setdefault("minyi_process", {})
    return kept


def request_id() -> str:
    """Of the request being answered: the proxy's where one is trusted, else one of our own."""
    if "request_id" not in g:
        g.request_id = identity(request.headers.get("X-Request-ID", ""))
    return str(g.request_id)


def identity(sent: str) -> str:
    """An id for a request that says `sent` of itself."""
    known = bool(sent) and current_app.config["MINYI"].trusted_proxies and PROXYS_ID.fullmatch(sent)
    return sent if known else secrets.token_hex(6)


def _unexpected(error: Exception) -> BaseResponse:
    """A page in a person's words and without a traceback; the log has one, under the same request id."""
    if isinstance(error, HTTPException) and (error.response is not None or (error.code or 0) >= 400):
        return refusal(error)
    place = request.url_rule or "an unknown address"  # the rule: an address may hold an invitation's code
    log.exception("request %s: %s %s failed", request_id(), request.method, place)
    if isinstance(error, DataError):  # what no column can hold, as a character of code 0, was sent
        return _refused(400, request_id())
    words = (
        "系统暂时出错，您的操作没有保存，请稍后再试",
        "Something went wrong on our side. Nothing was saved; please try again.",
    )
    status, headers = (503, {"Retry-After": "5"}) if unreached(error) else (500, {})
    return Response(_page(*words, request_id()), status=status, headers=headers, mimetype="text/html")


def refusal(error: HTTPException) -> BaseResponse:
    """A refused request in bare words of both languages."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    code = error.code or 500
    more = [(name, value) for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")]
    return _refused(code, str(code), more)


def _refused(code: int, mark: str, headers: Sequence[tuple[str, str]] = ()) -> BaseResponse:
    words = REFUSALS.get(code, ("这个请求不能处理", "This request cannot be handled."))
    return Response(_page(*words, mark), status=code, mimetype="text/html", headers=list(headers))


def _page(chinese: str, english: str, mark: str) -> str:
    back = "<p><a href=/console/>返回概览 · Overview</a></p>" if request.path.startswith("/console/") else ""
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{chinese}</title><body><main><h1>{chinese}</h1><p lang=en>{english}</p><p>{mark}</p>{back}</main>"
    )
