"""`minyi serve`: gunicorn around the application, with the settings a survey needs."""

from __future__ import annotations

import ctypes
import gc
import re
import shutil
import socket
import sys
import tempfile
from contextlib import suppress
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from survey_app.commands.support import application, fail, serving, tell
from survey_app.ground.settings import Settings

_ADDRESS = re.compile(r" from ip=\S+: ")
_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
LONG = 5.0  # seconds; who sends and closes at once is answered nevertheless
_TOLD = 56  # bytes of Linux's tcp_info: the state in the first, milliseconds since data came in the last four
_CLOSED = (7, 8)  # TCP_CLOSE, TCP_CLOSE_WAIT


@click.command(name="serve")
@serving
@click.option("--collect-only", is_flag=True, help="Serve only the respondent's pages; the console stays out.")
def command(collect_only: bool, **options: Any) -> None:
    """Serve the respondent's pages and the console. An empty database is made ready first."""
    from survey_app.database import standing
    from survey_app.models import db

    with application(**options, collect_only=collect_only or None) as app:
        settings: Settings = app.config["MINYI"]
        found = standing(db.engine)
        if settings.collect_only and found == "empty":
            fail("commands.database_empty")
        if found == "older":
            fail("commands.database_older")
        if found == "newer":
            tell("commands.database_newer", True)
        password = None if settings.collect_only else first_start()
        begun_with(settings)
        db.session.remove()
        db.engine.dispose()
    if password:
        tell("lines.first_password", True, password=password)
        tell("lines.console_at", True, address=f"http://{settings.host}:{settings.port}/console/")
    serve(settings)


def first_start() -> str | None:
    """The one-time password of 'admin' where nobody may administer yet; it is printed now and kept nowhere."""
    from survey_app import database
    from survey_app.ground.transaction import transaction
    from survey_app.models import db
    from survey_app.people.accounts import AccountError, create_administrator, has_administrator

    with database.alone(db.engine):  # of servers that start at once, one prints the password
        if database.standing(db.engine) == "empty":
            database.migrate(db.engine)
        if has_administrator():
            return None
        try:
            with transaction():
                return create_administrator("admin")
        except AccountError:  # there is an 'admin' who may not administer; which of the two is meant, only people know
            fail("commands.nobody_may_administer_run")


def begun_with(settings: Settings) -> None:
    """Note the secrets in force, so that no server with others starts on this database, and the privacy notice that is
    shown; warn of what public pages lack. Raises OtherSecretsError."""
    from survey_app import database
    from survey_app.answering import privacy
    from survey_app.ground.imprint import EXPECTED, imprint
    from survey_app.ground.settings_unsafe import not_said
    from survey_app.ground.transaction import transaction
    from survey_app.models import db
    from survey_app.operations import secret_marks

    with database.alone(db.engine), transaction():
        secret_marks.check(settings)
        secret_marks.note(settings)
        privacy.note()
        lacking = not_said(imprint().missing(EXPECTED))
    if lacking:
        tell("settings.warning", True, said=lacking)


def serve(settings: Settings) -> None:
    """Serve until stopped. The workers count for /metrics in one folder, which goes with the server."""
    counted = tempfile.mkdtemp(prefix="minyi-metrics-")
    given = {"COLLECT_ONLY": settings.collect_only, "HOST": settings.host, "PORT": settings.port}
    more = {
        "raw_env": [f"PROMETHEUS_MULTIPROC_DIR={counted}"],
        "on_exit": lambda _server: shutil.rmtree(counted, ignore_errors=True),
    }
    few_arenas()
    gc.collect()
    gc.freeze()  # what has been read so far stays shared with the workers: their collections would write to all of it
    Server(options(settings) | more, given).run()


def few_arenas() -> None:
    """Let all threads share two of glibc's heaps, which workers inherit: one for each of many threads kept a tenth of
    a worker's memory that nothing used. Elsewhere than on glibc this does nothing."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def options(settings: Settings) -> dict[str, object]:
    """gunicorn's settings: threads hold slow phones, workers use the cores.

    A thread is made when all others are busy, and waits for whatever a phone sends so slowly; see docs/decisions/0060.
    """
    return {
        "bind": [f"{settings.host}:{settings.port}", *filter(None, [settings.metrics])],
        "workers": settings.workers,
        "worker_class": "survey_app.commands.serve.Worker",
        "threads": 128,
        "keepalive": 15,
        "timeout": 60,
        "graceful_timeout": 20,
        "limit_request_line": 2048,
        "logger_class": "survey_app.commands.serve.AddressFreeLogger",
        "control_socket_disable": True,
    }


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's threads. Told to stop, it takes in who waits at the door and shuts it at once.

    Left open until the last request is done, the door would take connections that nobody answers any more. Nor is what
    has waited long, and whose sender has left meanwhile, worked for: in a crowd that is too large all work would be such.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            listener.setblocking(False)
            before = -1
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def handle(self, conn: Any) -> object:
        return False if left_long_ago(conn.sock) else super().handle(conn)


def left_long_ago(connection: socket.socket) -> bool:
    """Whether nothing has come for longer than LONG, and the other side has closed. False where the system does not say."""
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TOLD)
    except (AttributeError, OSError):  # not on Linux, or no TCP
        return False
    return told[0] in _CLOSED and int.from_bytes(told[_TOLD - 4 :], sys.byteorder) > LONG * 1000


class AddressFreeLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's own log without the addresses of those who sent something malformed. There is no access log."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().warning(_ADDRESS.sub(": ", msg), *args, **kwargs)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn without a configuration file; each worker builds its own application."""

    def __init__(self, options: dict[str, object], settings: dict[str, object]) -> None:
        self.options, self.settings = options, settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from survey_app.app import create_app
        from survey_app.ground.limits import counters
        from survey_app.ground.metrics import metrics
        from survey_app.ground.watching import keep_logs

        app = create_app(self.settings)
        keep_logs(app)
        with app.app_context():  # both import libraries, which the first requests would do at the same time
            metrics()
            counters()
        if app.config["MINYI"].collect_only:
            return app
        from survey_app.pages import make_ready

        make_ready(app)
        if app.config["MINYI"].jobs == "thread":
            from survey_app.jobs.worker import worker

            worker(app)  # from the start: what a killed server left half done is taken up again
        return app
