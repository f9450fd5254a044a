"""A served survey whose server is killed under load: what was acknowledged must be stored, exactly once."""

from __future__ import annotations

import http.client
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from itsdangerous import URLSafeSerializer
from sqlalchemy import create_engine, text

from survey_app.app import create_app
from survey_app.database import upgrade
from survey_app.models import db
from tests.support.city import small_city

MINYI = [sys.executable, "-m", "survey_app"]
PHONES = 16
FORM = "home=%E7%94%B2%E5%8E%BF&age=30-44&overall=4&sex=female&services__bus=4&services__parking=2&recommend=8"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Outcome:
    """acknowledged: receipt numbers the phones hold. retried: submissions sent more than once. stored: rows."""

    kills: int
    acknowledged: list[str] = field(default_factory=list)
    retried: int = 0
    stored: dict[str, int] = field(default_factory=dict)

    @property
    def lost(self) -> set[str]:
        return {number for number in self.acknowledged if self.stored.get(number, 0) != 1}


def kill_under_load(folder: Path, database: str | None, kills: int, seed: int = 1) -> Outcome:
    """Store a small city, let 16 phones answer without pause, SIGKILL the whole server `kills` times."""
    environment = {**os.environ, "MINYI_INSTANCE": str(folder)}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    codes = stored_city(database or f"sqlite:///{folder / 'minyi.sqlite3'}")
    port, generator = _free_port(), random.Random(seed)  # moments, not secrets
    outcome, stop, lock = Outcome(kills), threading.Event(), threading.Lock()
    server = _start(environment, port)
    phones = [threading.Thread(target=_phone, args=(port, codes, outcome, stop, lock)) for _ in range(PHONES)]
    for phone in phones:
        phone.start()
    try:
        for _ in range(kills):
            _wait_for_receipts(outcome, len(outcome.acknowledged) + PHONES)
            time.sleep(generator.uniform(0.1, 1.1))
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            server = _start(environment, port)
        _wait_for_receipts(outcome, len(outcome.acknowledged) + PHONES)
    finally:
        stop.set()
        for phone in phones:
            phone.join()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    outcome.stored = _stored(database or f"sqlite:///{folder / 'minyi.sqlite3'}")
    return outcome


def stored_city(url: str) -> list[str]:
    """An open survey without an answer in the database at `url`; the codes of its sites."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "only-for-tests", "COLLECT_ONLY": True})
    with app.app_context():
        upgrade(db.engine)
        codes = [site.code for site in small_city().sites]
        db.session.remove()
        db.engine.dispose()
    return codes


def _wait_for_receipts(outcome: Outcome, count: int) -> None:
    """A machine with other work may need long for a few; a kill before any receipt would show nothing."""
    for _ in range(1200):
        if len(outcome.acknowledged) >= count:
            return
        time.sleep(0.05)
    raise RuntimeError(f"{len(outcome.acknowledged)} receipts in a minute; {count} were waited for")


def _phone(port: int, codes: list[str], outcome: Outcome, stop: threading.Event, lock: threading.Lock) -> None:
    """Answer again and again; a submission that got no receipt is sent again with the same key until it has one."""
    while not stop.is_set():
        path = f"/s/{secrets.choice(codes)}"
        try:
            page = _ask(port, "GET", path).read().decode()
        except BROKEN:
            time.sleep(0.05)
            continue
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        tries, number = 0, None
        while number is None and tries < 400:
            tries += 1
            number = _send(port, path, f"{FORM}&token={urllib.parse.quote(token)}")
        with lock:
            outcome.retried += tries > 1
            if number is not None:
                outcome.acknowledged.append(number)


def _send(port: int, path: str, body: str) -> str | None:
    """The receipt's number, None where no whole reply came."""
    try:
        reply = _ask(port, "POST", path, body)
        reply.read()
        if reply.status == 303:
            signed = reply.headers["Location"].split("/receipt/")[1].split("?")[0]
            return str(URLSafeSerializer("only the payload is read").loads_unsafe(signed)[1][0])
    except BROKEN:
        pass
    time.sleep(0.05)
    return None


def _ask(port: int, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, HEADERS)
    return connection.getresponse()


def _start(
    environment: dict[str, str], port: int, told: int | IO[bytes] = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        [*MINYI, "serve", "--collect-only", "--port", str(port)], env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=told,
    )  # fmt: skip
    for _ in range(600):
        try:
            if _ask(port, "GET", "/healthz").status == 200:
                return server
        except BROKEN:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _stored(database: str) -> dict[str, int]:
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT receipt, count(*) AS times FROM response GROUP BY receipt")).all()
    engine.dispose()
    return {row.receipt: row.times for row in rows}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
