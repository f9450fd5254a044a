"""The yardstick: a bare Flask application of three pages whose POST makes one durable INSERT of the answers.

Its pages have the bytes of the survey's (lengths in BARE_BYTES: form, receipt), and it stands behind the same server, with
the same settings, on the same driver.
"""

from __future__ import annotations

import json
import os
import sys
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
    form_bytes, receipt_bytes = (int(number) for number in os.environ.get("BARE_BYTES", "100,100").split(","))
    form = b'<form method=post><input name="token" value="t"></form>'.ljust(form_bytes)

    @app.get("/")
    def page() -> Response:
        return Response(form, mimetype="text/html")

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
        return Response(b"stored".ljust(receipt_bytes), mimetype="text/html")

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
