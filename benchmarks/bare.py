"""The yardstick: a bare Flask application of three pages whose POST makes one durable INSERT of the answers.

Its pages are the survey's own, byte for byte (files in BARE_PAGES: form, receipt), so that phones have the same work with them, and it stands
behind the same server, with the same settings, on the same driver.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, request
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from survey_app.commands import serve
from survey_app.database import engine_options, secure_connections
from survey_app.ground.settings import Settings, load
from survey_app.models import db


def bare_app(_settings: dict[str, Any] | None = None) -> Flask:
    app = Flask(__name__)
    url = load().database
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(url))
    db.init_app(app)
    secure_connections(app)
    form, shown = (Path(os.environ["BARE_PAGES"], name).read_bytes() for name in ("form", "receipt"))

    @app.get("/")
    def page() -> Response:
        return Response(form, mimetype="text/html", headers={"Content-Encoding": "gzip"})

    @app.post("/")
    def store() -> BaseResponse:
        answers = json.dumps(request.form.to_dict(flat=False), ensure_ascii=False)
        db.session.execute(text("INSERT INTO bare (answers) VALUES (:answers)"), {"answers": answers})
        db.session.commit()
        reply = redirect("/receipt", 303)
        reply.set_cookie("minyi_answered", "bare")
        return reply

    @app.get("/receipt")
    def receipt() -> Response:
        return Response(shown, mimetype="text/html")

    return app


class Bare(serve.Server):
    def load(self) -> Flask:
        return bare_app()


if __name__ == "__main__":
    made = bare_app()
    with made.app_context(), db.engine.begin() as connection:
        key = "INTEGER PRIMARY KEY" if db.engine.dialect.name == "sqlite" else "SERIAL PRIMARY KEY"
        connection.execute(text(f"CREATE TABLE IF NOT EXISTS bare (id {key}, answers TEXT)"))
    with made.app_context():
        db.engine.dispose()
    Bare(serve.options(Settings(port=int(sys.argv[sys.argv.index("--port") + 1]))), {}).run()
