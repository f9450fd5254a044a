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
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from itsdangerous import URLSafeSerializer
from sqlalchemy import create_engine, text

from tests.support.city import small_city
from tests.support.mortal import ARMED, SERVER, WORKER, Trigger
from tests.support.stored import this_run
from tests.support.waiting import until

MINYI = [sys.executable, "-m", "survey_app"]
MORTAL = [sys.executable, "-m", "tests.support.mortal"]
WHOLE = 40  # every so many kills take the whole server, the others the worker that writes
PHONES = 16
FORM = "home=%E7%94%B2%E5%8E%BF&age=30-44&overall=4&sex=female&services__bus=4&services__parking=2&recommend=8"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Outcome:
    """batches: how many answers each killed process was writing. acknowledged: receipt numbers the phones hold.

    retried: submissions sent more than once. stored: rows."""

    batches: list[int] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    retried: int = 0
    stored: dict[str, int] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def note(self, number: str | None, sent_again: bool) -> None:
        with self.changed:
            self.retried += sent_again
            if number is not None:
                self.acknowledged.append(number)
                self.changed.notify_all()

    def wait_for(self, more: int) -> None:
        """A machine with other work may need long for a few; a kill before any receipt would show nothing."""
        with self.changed:
            count = len(self.acknowledged) + more
            if not self.changed.wait_for(lambda: len(self.acknowledged) >= count, 60):
                raise RuntimeError(f"{len(self.acknowledged)} receipts in a minute; {count} were waited for")

    @property
    def lost(self) -> set[str]:
        return {number for number in self.acknowledged if self.stored.get(number, 0) != 1}

    @property
    def doubled(self) -> set[str]:
        """Stored and no phone's receipt, though each phone went on until it had one for what it sent."""
        return self.stored.keys() - set(self.acknowledged)


def kill_under_load(
    folder: Path, database: str | None, kills: int, seed: int = 1, program: Sequence[str] = MORTAL
) -> Outcome:
    """Let 16 phones answer in the small city without pause and SIGKILL `kills` times who is writing a batch of answers.

    The city is in the database at `database`; without one it is stored in an SQLite database of its own.
    """
    url = database or this_run().on_sqlite(small_city, folder / "minyi.sqlite3")
    generator = random.Random(seed)  # moments, not secrets
    with answering(folder, database, url, program) as served:
        for number in range(kills):
            served.outcome.wait_for(PHONES + generator.randrange(PHONES))
            served.kill_writing(SERVER if number % WHOLE == 0 else WORKER)
        served.outcome.wait_for(PHONES)
    served.outcome.stored = stored_receipts(url)
    return served.outcome


@dataclass
class Served:
    """A server to which phones send answers without pause."""

    environment: dict[str, str]
    port: int
    outcome: Outcome
    process: subprocess.Popen[bytes]
    program: Sequence[str]

    def kill(self) -> None:
        """SIGKILL, and another one in its place."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._again()

    def kill_writing(self, who: str) -> None:
        """SIGKILL in the middle of a batch, of the worker that writes it or of the whole server, which is started again."""
        trigger = Trigger(Path(self.environment[ARMED]))
        trigger.arm(who)
        until(lambda: trigger.fired() is not None, "a batch that is killed")
        fired = trigger.fired()
        assert fired is not None
        if who == SERVER:
            self._again()
        else:
            until(lambda: not Path(f"/proc/{fired[0]}/exe").exists(), "the worker's death")
        self.outcome.batches.append(fired[1])

    def _again(self) -> None:
        self.process.wait()
        self.process = _start(self.environment, self.port, program=self.program)


@contextmanager
def answering(folder: Path, database: str | None, url: str, program: Sequence[str] = MORTAL) -> Iterator[Served]:
    """16 phones at work in the city at `url`; database: what the server is told of it."""
    environment = {**os.environ, "MINYI_INSTANCE": str(folder), ARMED: str(folder / "armed")}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    port, stop = _free_port(), threading.Event()
    served = Served(environment, port, Outcome(), _start(environment, port, program=program), program)
    phones = [threading.Thread(target=_phone, args=(port, _codes(url), served.outcome, stop)) for _ in range(PHONES)]
    for phone in phones:
        phone.start()
    try:
        yield served
    finally:
        stop.set()
        for phone in phones:
            phone.join()
        os.killpg(served.process.pid, signal.SIGTERM)
        served.process.wait(30)


def stored_city(url: str) -> list[str]:
    """The small city in a new SQLite file at `url`; the codes of its sites."""
    this_run().on_sqlite(small_city, Path(url.removeprefix("sqlite:///")))
    return _codes(url)


def _phone(port: int, codes: list[str], outcome: Outcome, stop: threading.Event) -> None:
    """Answer again and again; a submission that got no receipt is sent again with the same key until it has one."""
    while not stop.is_set():
        path = f"/s/{secrets.choice(codes)}"
        try:
            page = _ask(port, "GET", path).read().decode()
        except BROKEN:
            stop.wait(0.05)  # the server is starting again
            continue
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        tries, number = 0, None
        while number is None and tries < 400:
            tries += 1
            number = _send(port, path, f"{FORM}&token={urllib.parse.quote(token)}")
            if number is None:
                threading.Event().wait(0.05)  # as a phone waits before it tries again
        outcome.note(number, sent_again=tries > 1)


def _send(port: int, path: str, body: str) -> str | None:
    """The receipt's number, None where no whole reply came."""
    try:
        reply = _ask(port, "POST", path, body)
        reply.read()
        if reply.status == 303:
            signed = reply.headers["Set-Cookie"].split("minyi_answered=")[1].split(";")[0]
            return str(URLSafeSerializer("only the payload is read").loads_unsafe(signed)[1][0])
    except BROKEN:
        pass
    return None


def _ask(port: int, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, HEADERS)
    return connection.getresponse()


def _start(
    environment: dict[str, str], port: int, told: int | IO[bytes] = subprocess.DEVNULL, program: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        [*(program or MINYI), "serve", "--collect-only", "--port", str(port)], env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=told,
    )  # fmt: skip
    until(lambda: _answers(port), "a server that answers")
    return server


def _answers(port: int) -> bool:
    try:
        return _ask(port, "GET", "/healthz").status == 200
    except BROKEN:
        return False


def stored_receipts(database: str) -> dict[str, int]:
    return dict(_rows(database, "SELECT receipt, count(*) FROM response GROUP BY receipt"))


def _codes(database: str) -> list[str]:
    return [code for (code,) in _rows(database, "SELECT code FROM site")]


def _rows(database: str, query: str) -> list[Any]:
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
