"""The yardstick: a bare Flask page whose POST makes one durable INSERT, under the survey's own server settings."""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask
from sqlalchemy import text

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

    @app.get("/")
    def page() -> str:
        return '<form method=post><input name="token" value="t"><button>send</button></form>'

    @app.post("/")
    def store() -> str:
        db.session.execute(text("INSERT INTO bare (answer) VALUES ('4')"))
        db.session.commit()
        return "stored"

    return app


class Bare(serve.Server):
    def load(self) -> Flask:
        return bare_app()


if __name__ == "__main__":
    made = bare_app()
    with made.app_context(), db.engine.begin() as connection:
        key = "INTEGER PRIMARY KEY" if db.engine.dialect.name == "sqlite" else "SERIAL PRIMARY KEY"
        connection.execute(text(f"CREATE TABLE IF NOT EXISTS bare (id {key}, answer TEXT)"))
        db.engine.dispose()
    Bare(serve.options(Settings(port=int(sys.argv[sys.argv.index("--port") + 1]))), {}).run()
