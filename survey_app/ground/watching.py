"""What each request came to: counted for /metrics and, where a server keeps logs, a line of one of two, under its id.

    answering   citizens' pages: survey and outcome; no address, no code, no path
    console     signing in and the console: account, address, path, what went into the audit trail

Uses say what happened (`of_survey`, `came_to`, `event`, `limit_hit`); outside of a request nobody listens.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from flask import Flask, Response, current_app, g, has_app_context, request
from sqlalchemy.exc import SQLAlchemyError

from survey_app.ground.journals import Journal
from survey_app.ground.metrics import metrics
from survey_app.ground.settings import Settings
from survey_app.ground.web_frame import of_process, request_id

Log = Literal["answering", "console"]
HEADER = "X-Request-ID"


@dataclass
class Seen:
    """The request so far. began: seconds of the performance counter."""

    began: float = field(default_factory=time.perf_counter)
    survey: str = ""
    outcome: str = ""
    events: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)


def watch(app: Flask, log: Log) -> None:
    """Count the requests of `app`; to be called before it has other hooks, so that it sees what they answer."""

    @app.before_request
    def begin() -> None:
        g.minyi_seen = Seen()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers.add(HEADER, request_id())
        seen = _seen()
        if seen is not None:
            _count(seen, response)
            _write(log, seen, response)
        return response


def keep_logs(app: Flask) -> None:
    """Write both logs from now on: what a server does, and a program that only uses the application does not."""
    settings: Settings = app.config["MINYI"]
    with app.app_context():
        of_process()["minyi_journals"] = {
            log: Journal(settings.log_folder(), log, settings.log_days) for log in ("answering", "console")
        }


def of_survey(code: str) -> None:
    """The request is an answer to this survey."""
    if (seen := _seen()) is not None:
        seen.survey = code


def came_to(outcome: str) -> None:
    """A word for what became of it: a state of answers, or the key of the message that was shown."""
    if (seen := _seen()) is not None:
        seen.outcome = outcome


def event(said: str) -> None:
    """Something of the console that the log of its request tells: an entry of the audit trail, a wrong password."""
    if (seen := _seen()) is not None:
        seen.events.append(said)


def limit_hit(name: str) -> None:
    """A limit was found reached."""
    metrics().limits.labels(name).inc()
    if (seen := _seen()) is not None:
        seen.limits.append(name)


def _seen() -> Seen | None:
    found: Seen | None = g.get("minyi_seen") if has_app_context() else None
    return found


def _count(seen: Seen, response: Response) -> None:
    counted = metrics()
    route, status = request.endpoint or "none", f"{response.status_code // 100}xx"
    counted.timed(route, status).observe(time.perf_counter() - seen.began)
    if seen.survey:
        counted.came(seen.survey, seen.outcome or status).inc()


def _write(log: Log, seen: Seen, response: Response) -> None:
    journals: dict[str, Journal] | None = of_process().get("minyi_journals")
    quiet = request.method == "GET" if log == "answering" else request.endpoint == "console.static"
    if journals is None or (quiet and response.status_code < 400):
        return
    line: dict[str, object] = {
        "id": request_id(), "route": request.endpoint or "none", "method": request.method,
        "status": response.status_code, "ms": round((time.perf_counter() - seen.began) * 1000, 1),
    }  # fmt: skip
    if log == "console":
        secret = "token" in (request.view_args or {})  # of a read-only link: whoever reads it may open it
        path = (
            str(request.url_rule) if secret else request.path if request.endpoint else ""
        )  # mistyped: a citizen's code
        line |= {"address": request.remote_addr, "account": _account(), "path": path, "events": seen.events}
    said = {"survey": seen.survey, "outcome": seen.outcome, "limits": seen.limits}
    journals[log].write(line | {key: value for key, value in said.items() if value})


def _account() -> str:
    try:
        return str(current_app.extensions["minyi_signed_in"]())
    except SQLAlchemyError:  # the database is what failed
        return "?"
