"""Which WSGI server stands behind both applications: gunicorn's threads beside granian, in turn and in one run.

Full answers (every question of the library's questionnaire; GET form, POST, GET receipt) from 16 phones; CPU of the
server's processes for one answer, and their memory; the same while 200 connections send a byte a second, in the
request's head, in its body, or while they read so slowly; SIGTERM under load, where a request that was sent whole must get its
reply; SIGKILL under load, where no receipt may be lost. Ratios are medians over rounds taken in turn, so a busy
machine touches both alike. A server that is not installed is left out: `pip install granian` brings the second.
"""

from __future__ import annotations

import http.client
import importlib.util
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.full_answer import full_answer
from benchmarks.phones import below, cpu, memory
from tests.support import killing
from tests.support.mortal import be_mortal

SERVERS = ("gunicorn/8", "gunicorn/128", "granian/128")  # threads of each of the two workers
WORKERS, PHONES, SECONDS, ROUNDS, SLOW, STOPS, KILLS = 2, 16, 4.0, 4, 200, 3, 4
PATIENCE = 10.0  # seconds that a phone waits for a reply
NO_LIMITS = {"MINYI_RATE_ADDRESS": "10000000 per minute", "MINYI_RATE_SITE": "10000000 per minute"}
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Round:
    """times: seconds of each completed answer. cut: requests sent whole that got no whole reply."""

    seconds: float
    times: list[float] = field(default_factory=list)
    cut: int = 0
    turned_away: int = 0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def at(self, share: float) -> float:
        """Milliseconds within which this share of the answers was done; all of the round where none was."""
        ordered = sorted(self.times) or [self.seconds]
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


@dataclass
class Served:
    """A running server over a database of its own."""

    name: str
    folder: Path
    codes: list[str]
    port: int
    process: subprocess.Popen[bytes]


def main() -> None:
    if "serve" in sys.argv:  # what a measured server's process runs
        serve(sys.argv[1], int(sys.argv[sys.argv.index("--port") + 1]))
        return
    print(__doc__)
    names = [name for name in SERVERS if importlib.util.find_spec(name.partition("/")[0])]
    with ExitStack() as stack:
        served = []
        for name in names:
            served.append(started(name, Path(stack.enter_context(tempfile.TemporaryDirectory()))))
            stack.callback(stop, served[-1])
        measured(served)
    for name in names:
        print(f"{name:<11} SIGTERM  {stops(name)}", flush=True)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            outcome = killing.kill_under_load(Path(folder), None, KILLS, program=command(name))
        print(
            f"{name:<11} SIGKILL  {KILLS} times, {len(outcome.acknowledged)} receipts, {len(outcome.lost | outcome.doubled)} lost or doubled",
            flush=True,
        )


def serve(name: str, port: int) -> None:
    """Serve the respondents' application as `minyi serve --collect-only` does, on two workers."""
    os.environ["MINYI_COLLECT_ONLY"] = "1"
    be_mortal()
    name, _, threads = name.partition("/")
    if name == "gunicorn":
        from survey_app.commands import serve as own
        from survey_app.ground.settings import load

        settings = load({"port": port, "workers": WORKERS, "collect_only": True})
        own.Server(own.options(settings) | {"threads": int(threads)}, {"COLLECT_ONLY": True}).run()
        return
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    Granian(
        "benchmarks.servers:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI, factory=True,
        workers=WORKERS, blocking_threads=int(threads), backlog=2048, backpressure=1024, http=HTTPModes.http1,
        workers_kill_timeout=20, respawn_failed_workers=True, log_access=False,
    ).serve()  # fmt: skip


def application() -> Any:
    from survey_app.app import create_app

    be_mortal()
    return create_app()


def command(name: str) -> list[str]:
    return [sys.executable, __file__, name]


def started(name: str, folder: Path) -> Served:
    codes = killing.stored_city(f"sqlite:///{folder / 'minyi.sqlite3'}")
    port = killing._free_port()
    environment = {**os.environ, **NO_LIMITS, "MINYI_INSTANCE": str(folder)}
    environment.pop("DATABASE_URL", None)
    killing.MINYI = command(name)
    return Served(name, folder, codes, port, killing._start(environment, port))


def stop(served: Served) -> None:
    if served.process.poll() is None:
        os.killpg(served.process.pid, signal.SIGTERM)
        served.process.wait(60)


def measured(served: list[Served]) -> None:
    """Rounds of each kind taken in turn, one line for each server and the medians of the ratios."""
    everyday: Callable[[Served], ExitStack] = lambda one: ExitStack()  # noqa: E731
    for title, disturbed in (
        ("alone", everyday), ("slow heads", slow_heads), ("slow bodies", slow_bodies), ("slow readers", slow_readers),
    ):  # fmt: skip
        rounds: dict[str, list[Round]] = {one.name: [] for one in served}
        for number in range(ROUNDS + 1 if title == "alone" else 3):
            for one in served if number % 2 else reversed(served):
                with disturbed(one):
                    taken = load(one, SECONDS)
                if number or title != "alone":  # the first warms up
                    rounds[one.name].append(taken)
        for one in served:
            found = rounds[one.name]
            print(
                f"{one.name:<11} {title:<12} {statistics.median(r.rate for r in found):7.1f}/s"
                f"  p50 {statistics.median(r.at(0.5) for r in found):7.0f} ms"
                f"  p99 {statistics.median(r.at(0.99) for r in found):7.0f} ms"
                f"  CPU {statistics.median(r.cpu / max(len(r.times), 1) for r in found) * 1000:6.1f} ms an answer"
                f"  {sum(r.cut for r in found)} cut  {sum(memory(found) for found in below(one.process.pid)):5.0f} MB",
                flush=True,
            )
        first = rounds[served[0].name]
        for one in served[1:]:
            pairs = list(zip(first, rounds[one.name], strict=True))
            answers = statistics.median(b.rate / max(a.rate, 0.01) for a, b in pairs)
            p99 = statistics.median(b.at(0.99) / a.at(0.99) for a, b in pairs)
            print(
                f"{'':<11} {title:<12} {one.name} / {served[0].name}: answers {answers:.2f}, p99 {p99:.2f}", flush=True
            )
        print()


def load(one: Served, seconds: float, keep: bool = True, ended: threading.Event | None = None) -> Round:
    """What PHONES complete within `seconds`, or until `ended`."""
    result, lock, before, began = Round(seconds), threading.Lock(), cpu([one.process.pid]), time.perf_counter()
    until = began + seconds

    def phone(number: int) -> None:
        talk = Talk(one.port, keep)
        while time.perf_counter() < until and not (ended and ended.is_set()):
            took, cut, away = answer(talk, one.codes[number % len(one.codes)])
            with lock:
                result.cut += cut
                result.turned_away += away
                if took is not None:
                    result.times.append(took)
        talk.close()

    threads = [threading.Thread(target=phone, args=(number,)) for number in range(PHONES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    result.cpu = cpu([one.process.pid]) - before
    return result


class Talk:
    """One phone's connection; `keep`: for several requests, else each has its own."""

    def __init__(self, port: int, keep: bool) -> None:
        self.port, self.keep, self.connection = port, keep, None

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes, Any]:
        """The whole reply. Raises NotTaken where no connection was to be had, else what broke it."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            try:
                self.connection.connect()
            except OSError as error:
                self.connection = None
                raise NotTakenError from error
        headers = {**killing.HEADERS, "Accept-Encoding": "identity"}
        try:
            self.connection.request(method, path, body, headers if self.keep else {**headers, "Connection": "close"})
            reply = self.connection.getresponse()
            data = reply.read()
        except BROKEN:
            self.close()
            raise
        if not self.keep or reply.will_close:
            self.close()
        return reply.status, data, reply.headers

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class NotTakenError(OSError):
    """The server took no connection: it is gone, and says so."""


def answer(talk: Talk, code: str) -> tuple[float | None, int, int]:
    """Seconds of one whole answer; requests cut; connections refused."""
    began, path = time.perf_counter(), f"/s/{code}"
    try:
        status, page, _headers = talk.ask("GET", path)
        token = re.search(rb'name="token" value="([^"]+)"', page)
        if status != 200 or token is None:
            return None, 0, 1
        status, _page, headers = talk.ask("POST", path, f"{FULL}&token={urllib.parse.quote(token[1])}")
        if status != 303:
            return None, 0, 1
        status, _page, _headers = talk.ask("GET", headers["Location"])
    except NotTakenError:
        time.sleep(0.02)
        return None, 0, 1
    except BROKEN:
        return None, 1, 0
    return time.perf_counter() - began, 0, 0


def slow_heads(one: Served) -> ExitStack:
    return _slow(one, b"GET /s/" + one.codes[0].encode() + b" HTTP/1.1\r\nHost: minyi.example\r\nX-Slow: ", b"x")


def slow_bodies(one: Served) -> ExitStack:
    head = (
        f"POST /s/{one.codes[0]} HTTP/1.1\r\nHost: minyi.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    )
    return _slow(one, head.encode() + b"Content-Length: 2000\r\n\r\n", b"x")


def slow_readers(one: Served) -> ExitStack:
    asked = f"GET /s/{one.codes[0]} HTTP/1.1\r\nHost: minyi.example\r\nAccept-Encoding: identity\r\n\r\n"
    return _slow(one, asked.encode() * 20, b"")


def _slow(one: Served, opening: bytes, drop: bytes) -> ExitStack:
    """SLOW connections that send `opening`, then a `drop` a second, or without one read a byte a second."""
    sockets, over, stack = [], threading.Event(), ExitStack()
    for _ in range(SLOW):
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect(("127.0.0.1", one.port))
        made.sendall(opening)
        made.setblocking(False)
        sockets.append(made)

    def trickle() -> None:
        while not over.wait(1):
            for made in sockets:
                try:
                    made.send(drop) if drop else made.recv(1)
                except OSError:
                    continue

    thread = threading.Thread(target=trickle)
    thread.start()

    def end() -> None:
        over.set()
        thread.join()
        for made in sockets:
            made.close()

    stack.callback(end)
    time.sleep(1)  # all of them are in the server's hands
    return stack


def stops(name: str) -> str:
    """SIGTERM under load, by phones that keep their connection and by phones that open one for each request."""
    told = []
    for keep in (False, True):
        cut, late, took = 0, 0, []
        for _ in range(STOPS):
            with tempfile.TemporaryDirectory() as folder:
                one, ended, found = started(name, Path(folder)), threading.Event(), []
                phones = threading.Thread(
                    target=lambda one=one, ended=ended, keep=keep, found=found: found.append(load(one, 60, keep, ended))
                )
                phones.start()
                time.sleep(2)
                open_request = half_sent(one)
                began = time.perf_counter()
                one.process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                late += not finished(open_request, one)
                one.process.wait(60)
                took.append(time.perf_counter() - began)
                ended.set()
                phones.join()
                cut += found[0].cut
        told.append(
            f"{'kept' if keep else 'own'} connections: {cut} cut, {late} of {STOPS} half-sent answers lost, "
            f"gone in {statistics.median(took):.1f} s"
        )
    return f"{STOPS} times each; " + "; ".join(told)


def half_sent(one: Served) -> tuple[socket.socket, bytes]:
    """A POST whose body is half there when the server is told to stop; the rest."""
    path = f"/s/{one.codes[0]}"
    _status, page, _headers = Talk(one.port, False).ask("GET", path)
    token = re.search(rb'name="token" value="([^"]+)"', page)
    assert token is not None
    body = f"{FULL}&token={urllib.parse.quote(token[1])}".encode()
    made = socket.create_connection(("127.0.0.1", one.port), 10)
    head = f"POST {path} HTTP/1.1\r\nHost: minyi.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    made.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:200])
    time.sleep(0.3)
    return made, body[200:]


def finished(request: tuple[socket.socket, bytes], one: Served) -> bool:
    """Whether the half-sent answer, sent whole now, gets its receipt."""
    made, rest = request
    try:
        made.sendall(rest)
        return made.recv(100).startswith(b"HTTP/1.1 303")
    except OSError:
        return False
    finally:
        made.close()


if __name__ == "__main__":
    FULL = full_answer() if "serve" not in sys.argv else ""
    main()
