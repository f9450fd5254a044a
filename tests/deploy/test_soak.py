"""Hours of work in half an hour: a server under steady load keeps its memory, its files and its connections."""

from __future__ import annotations

import http.client
import os
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from survey_app.models import db
from tests.support.application import application
from tests.support.city import small_city
from tests.support.killing import FORM, _ask, _free_port, _rows, _send
from tests.support.people import client_of, token_of
from tests.support.production import Node, running
from tests.support.stored import this_run

MINUTES = float(os.environ.get("TEST_MINYI_SOAK_MINUTES", "30"))
PHONES, PAUSE = 4, 0.1  # seconds between a phone's answers
GROWTH = 15.0  # MB of a process over the time measured, which allocators and the machine may make
PAGES = ("", "surveys/wave1", "surveys/wave1/fieldwork", "surveys/wave1/flags", "audit")


@dataclass(frozen=True)
class Sample:
    """hours since the beginning; memory in MB and open files of all processes; connections to the database."""

    hours: float
    memory: float
    files: int
    connections: int


@dataclass
class Load:
    """Phones and somebody at the console; who is refused or fails ends the test."""

    port: int
    codes: list[str]
    cookie: str
    answers: int = 0
    pages: int = 0
    wrong: str = ""

    def __post_init__(self) -> None:
        self.stop = threading.Event()

    def phone(self) -> None:
        while not self.stop.wait(PAUSE):
            try:
                self.answer()
            except Exception as error:  # told by the test
                self.wrong = self.wrong or repr(error)

    def answer(self) -> None:
        code = secrets.choice(self.codes)
        page = _ask(self.port, "GET", f"/s/{code}").read().decode()
        assert _send(self.port, f"/s/{code}", f"{FORM}&token={quote(token_of(page))}"), "no receipt"
        self.answers += 1

    def office(self) -> None:
        while not self.stop.wait(1):
            try:
                self.look(PAGES[self.pages % len(PAGES)])
            except Exception as error:
                self.wrong = self.wrong or repr(error)

    def look(self, page: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"/console/{page}", headers={"Cookie": self.cookie})
        assert connection.getresponse().status == 200, page
        connection.close()
        self.pages += 1


def sampled(node: Node, url: str, began: float) -> Sample:
    memory = files = 0
    for process in node.processes():
        place = Path("/proc") / str(process)
        memory += next(int(line.split()[1]) for line in (place / "status").read_text().splitlines() if "VmRSS" in line)
        files += len(list((place / "fd").iterdir()))
    mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return Sample((time.monotonic() - began) / 3600, memory / 1024, files, _rows(url, mine)[0][0])


@pytest.mark.release
def test_a_server_under_steady_load_keeps_its_memory_its_files_and_its_connections(tmp_path, proves):
    shared = {f"MINYI_{name}": "only-for-tests" for name in ("SECRET_KEY", "PASSWORD_SALT", "TOTP_KEY", "TEXT_KEY")}
    with this_run().on_postgres(small_city) as url:
        app = application(url)
        with app.app_context():
            cookie = f"session={client_of(app, 'administrator').get_cookie('session').value}"
            db.session.remove()
            db.engine.dispose()
        node = Node(shared | {
            "DATABASE_URL": url, "MINYI_INSTANCE": str(tmp_path), "MINYI_METRICS": f"127.0.0.1:{_free_port()}",
            "MINYI_RATE_ADDRESS": "1000000 per minute", "MINYI_RATE_SITE": "1000000 per minute",
            "MINYI_IDLE_MINUTES": "1440", "MINYI_WORKERS": "2",
        })  # fmt: skip
        with running(node):
            load = Load(node.port, [code for (code,) in _rows(url, "SELECT code FROM site")], cookie)
            for _ in range(6):  # what is imported and kept at first use, in each worker
                for page in PAGES:
                    load.look(page)
            for _ in range(200):
                load.answer()
            threads = [threading.Thread(target=load.phone) for _ in range(PHONES)] + [
                threading.Thread(target=load.office)
            ]
            for thread in threads:
                thread.start()
            began, samples = time.monotonic(), []
            try:
                while (time.monotonic() - began) / 60 < MINUTES and not load.wrong:
                    _ask(int(node.environment["MINYI_METRICS"].rpartition(":")[2]), "GET", "/metrics").read()
                    samples.append(sampled(node, url, began))
                    load.stop.wait(min(10.0, MINUTES * 2))
            finally:
                load.stop.set()
                for thread in threads:
                    thread.join()
            processes = len(node.processes())
        answered = _rows(url, "SELECT count(*) FROM response")[0][0]
    assert load.wrong == ""
    assert answered == load.answers
    later, earlier = (
        samples[len(samples) // 2 :],
        samples[: max(len(samples) // 2, 1)],
    )  # at first each worker fills what it keeps
    hours, memory = np.array([s.hours for s in later]), np.array([s.memory for s in later])
    slope = float(np.polyfit(hours, memory, 1)[0])
    proves(
        f"{MINUTES:g} minutes, {load.answers:,} answers and {load.pages:,} pages: memory of {processes} processes "
        f"{memory.mean():.0f} MB, slope of the last half {slope:+.1f} MB an hour; open files {earlier[-1].files} then {later[-1].files}; "
        f"connections at most {max(s.connections for s in samples)}"
    )
    assert slope * float(hours[-1] - hours[0]) < GROWTH * processes
    # a thread, a phone and a log may be open or not at the moment that is looked at
    assert max(s.files for s in later) <= max(s.files for s in earlier) + 3 * PHONES
    assert max(s.connections for s in later) <= max(s.connections for s in earlier) + PHONES
