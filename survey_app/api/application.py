"""The API as an application of its own: no session, no sign-in, no form token; what it refuses is a problem document."""

from __future__ import annotations

from flask import Flask, Response, g, jsonify, render_template
from flask_babel import Babel
from werkzeug.wrappers import Response as BaseResponse

from survey_app.api.description import openapi
from survey_app.api.frame import actor, bp
from survey_app.api.page import described
from survey_app.api.problems import refused
from survey_app.console.frame import HEADERS
from survey_app.ground.language import language, locale
from survey_app.ground.watching import watch
from survey_app.ground.web_frame import NoSession, framed
from survey_app.models import db

STYLE = "/console/static/console.css"  # of the console, which answers beside it


@bp.get("/openapi.json")
def openapi_document() -> Response:
    """The description for programs; ?lang=en for English."""
    return jsonify(openapi())


@bp.get("/")
def documentation() -> str:
    """The same for people: no script, nothing from elsewhere."""
    return render_template("api/documentation.html", page=described(openapi()), language=language(), style=STYLE)


@bp.after_request
def closed(response: BaseResponse) -> BaseResponse:
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


def api_app(beside: Flask) -> Flask:
    """The application under /api, with the settings and connections of `beside`; the console's has compiled the catalogues."""
    app = framed(beside)
    watch(app, "console")
    app.session_interface = NoSession()
    db.join(app, beside)
    Babel(app, locale_selector=locale)
    app.extensions["minyi_signed_in"] = lambda: actor(g.api_token) if "api_token" in g else "-"
    app.register_error_handler(Exception, refused)
    app.register_blueprint(bp)
    return app
