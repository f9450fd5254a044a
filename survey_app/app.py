"""Puts the web application together: the respondents' alone, or in front of the console's.

A worker that only collects leaves the console and its imports out.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from survey_app.database import engine_options
from survey_app.ground.settings import apart, load
from survey_app.ground.watching import watch
from survey_app.ground.web_frame import framed
from survey_app.models import db
from survey_app.operations.metrics import alone_there
from survey_app.respondents import in_front, respondents_app


def create_app(overrides: dict[str, object] | None = None) -> Flask:
    """The WSGI application. `overrides` replace settings, for tests and embedded use."""
    given, flask_keys = apart(overrides or {})
    settings = load(given)
    config = settings.for_flask() | flask_keys
    config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(str(config["SQLALCHEMY_DATABASE_URI"])))
    app = respondents_app(config)
    if not settings.collect_only:
        app = _console_behind(app)
    if settings.metrics:
        app.wsgi_app = alone_there(app.wsgi_app, settings.metrics)  # type: ignore[method-assign,assignment]
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _console_behind(respondents: Flask) -> Flask:
    """The console's application with those of the respondents and the API in front of it; all use one pool of connections."""
    from survey_app import pages
    from survey_app.api.application import api_app
    from survey_app.briefs.pages import view
    from survey_app.jobs.worker import wake
    from survey_app.outbox.pages import reports
    from survey_app.people.sign_in import init_security

    app = framed(respondents)
    watch(app, "console")
    app.extensions["minyi_wake"] = wake  # what `enqueue` calls; the queue does not know its workers
    db.join(app, respondents)
    init_security(app)
    app.register_blueprint(pages.bp)
    app.register_blueprint(view.bp)
    app.register_blueprint(reports.bp)
    app.wsgi_app = in_front(api_app(respondents), app.wsgi_app)  # type: ignore[method-assign,assignment]
    app.wsgi_app = in_front(respondents, app.wsgi_app)  # type: ignore[method-assign,assignment]
    return app
