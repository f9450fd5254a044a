"""Puts the web application together. A worker that only collects leaves the console and its imports out."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from survey_app import respondents
from survey_app.database import engine_options, secure_connections
from survey_app.ground.settings import apart, load
from survey_app.ground.templates import template_loader
from survey_app.ground.uploads import widen_limit
from survey_app.jobs.worker import wake
from survey_app.models import db

log = logging.getLogger("minyi")
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


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The WSGI application. `overrides` replace settings, for tests and embedded use."""
    app = Flask(__name__, static_folder=None)
    given, flask_keys = apart(overrides or {})
    settings = load(given)
    app.config.update(settings.for_flask() | flask_keys)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.jinja_loader = template_loader()
    app.extensions["minyi_wake"] = wake  # what `enqueue` calls; the queue does not know its workers
    db.init_app(app)
    secure_connections(app)
    app.register_blueprint(respondents.bp)
    if not settings.collect_only:
        _add_console(app)
    app.before_request(_name_request)
    app.before_request(widen_limit)
    app.register_error_handler(Exception, _unexpected)
    app.get("/healthz", endpoint="health")(lambda: ("ok", 200, {"Content-Type": "text/plain"}))
    return app


def _add_console(app: Flask) -> None:
    from survey_app import pages
    from survey_app.people.sign_in import init_security

    init_security(app)
    app.register_blueprint(pages.bp)
    app.get("/", endpoint="front")(lambda: redirect("/console/"))


def _name_request() -> None:
    g.request_id = uuid.uuid4().hex[:12]


def _unexpected(error: Exception) -> BaseResponse:
    """A page in a person's words and without a traceback; the log has one, under the same request id."""
    if isinstance(error, HTTPException) and error.response is not None:
        return error.response  # type: ignore[return-value]
    if isinstance(error, HTTPException) and error.code is not None and error.code >= 400:
        words = REFUSALS.get(error.code, ("这个请求不能处理", "This request cannot be handled."))
        return Response(_page(*words, str(error.code)), status=error.code, mimetype="text/html")
    request_id = g.get("request_id", "-")
    place = request.url_rule or "an unknown address"  # the rule: an address may hold an invitation's code
    log.exception("request %s: %s %s failed", request_id, request.method, place)
    words = (
        "系统暂时出错，您的操作没有保存，请稍后再试",
        "Something went wrong on our side. Nothing was saved; please try again.",
    )
    return Response(_page(*words, request_id), status=500, mimetype="text/html")


def _page(chinese: str, english: str, mark: str) -> str:
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{chinese}</title><body><h1>{chinese}</h1><p lang=en>{english}</p><p>{mark}</p>"
    )
