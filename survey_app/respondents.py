"""What a citizen meets, as an application of its own: without sign-in, session or console, and never the numeric stack.

It stands in front of the console's, and alone where a server only collects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from survey_app.answering.pages import at_once, bp
from survey_app.database import secure_connections
from survey_app.ground.watching import watch
from survey_app.ground.web_frame import NoSession, framed
from survey_app.models import db
from survey_app.operations import health, metrics
from survey_app.public import files as _files  # noqa: F401  # their routes join the blueprint
from survey_app.public import pages as _front  # noqa: F401
from survey_app.public import results as _results  # noqa: F401
from survey_app.tickets.citizen import pages as _problems  # noqa: F401

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


ROOT_FILE = ".txt"


def respondents_app(config: dict[str, object]) -> Flask:
    """The application of all pages without sign-in."""
    app = framed()
    watch(app, "answering")
    app.config.update(config)
    app.session_interface = NoSession()
    db.init_app(app)
    secure_connections(app)
    app.register_blueprint(bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(metrics.bp)
    app.wsgi_app = at_once.in_front_of(app)  # type: ignore[method-assign,assignment]
    return app


def first_parts(app: Flask) -> frozenset[str]:
    """What stands first in the addresses of `app`: 's' of /s/<code>. A page's address begins with a word of its own; files
    at the root are told by their ending."""
    found = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules() if rule.rule != f"/<name>{ROOT_FILE}"}
    if any("<" in part for part in found):
        raise ValueError("an address of the respondents begins with a variable part and would take all others")
    return frozenset(found)


def in_front(app: Flask, behind: WSGIApplication) -> WSGIApplication:
    """Requests for a page of `app` go to it, all others to `behind`, so that a citizen's meets nothing of the console."""
    own, taken = first_parts(app), app.wsgi_app

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        first = environ.get("PATH_INFO", "")[1:].partition("/")[0]
        return (taken if first in own or first.endswith(ROOT_FILE) else behind)(environ, start_response)

    return dispatch
