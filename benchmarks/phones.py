"""Phones that answer as fast as a server lets them, and what it costs the server; what the benchmarks of submissions share.

A phone keeps one connection and asks three times for each answer: GET the form, POST a whole answer, GET the receipt.
Without script it also sends what is filled in at each turn of a page, and is redirected to the receipt.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import socket
import statistics
import threading
import time
import urllib.parse
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROCESSES = 2  # of phones; each asks from threads of its own
PATIENCE = 30.0  # seconds that a phone waits for a reply
TOKEN = re.compile(rb'name="token" value="([^"]+)"')
LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: (\d+)")
PLACE = re.compile(rb"\r\n[Ll]ocation: ([^\r]+)")
RECEIPT = re.compile(rb'"receipt":"([^"]+)"')
SCRIPT = "Accept: application/json\r\n"  # what the page's script asks for
COOKIE = re.compile(rb"\r\n[Ss]et-[Cc]ookie: (minyi_answered=[^;]+)")


@dataclass(frozen=True)
class Reply:
    status: int
    head: bytes
    body: bytes

    @property
    def text(self) -> bytes:
        return zlib.decompress(self.body, 31) if b"gzip" in self.head else self.body


@dataclass
class Round:
    """times: seconds of each whole answer. failed: replies that were none of the three. cookies: signed receipts.

    cpu: seconds of CPU of the server's processes.
    """

    seconds: float
    times: list[float] = field(default_factory=list)
    failed: int = 0
    cookies: list[str] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def cpu_an_answer(self) -> float:
        """Milliseconds."""
        return self.cpu / max(len(self.times), 1) * 1000

    def at(self, share: float) -> float:
        """Milliseconds within which this share of the answers was done; the whole round where none was."""
        ordered = sorted(self.times) or [self.seconds]
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


class Talk:
    """A phone's connection, made anew where it broke."""

    def __init__(self, port: int) -> None:
        self.port, self.socket, self.left = port, None, b""

    def ask(self, method: str, path: str, body: bytes = b"", more: str = "") -> Reply:
        if self.socket is None:
            self.socket, self.left = socket.create_connection(("127.0.0.1", self.port), PATIENCE), b""
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"{method} {path} HTTP/1.1\r\nHost: minyi.example\r\nAccept-Encoding: gzip\r\n{more}"
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        try:
            self.socket.sendall(f"{head}\r\n".encode() + body)
            return self._reply()
        except OSError:
            self.close()
            raise

    def _reply(self) -> Reply:
        data = self.left
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end]
        found = LENGTH.search(head)
        length = int(found[1]) if found else 0
        while len(data) < end + 4 + length:
            data += self._more()
        self.left = data[end + 4 + length :]
        return Reply(int(head[9:12]), head, data[end + 4 : end + 4 + length])

    def _more(self) -> bytes:
        assert self.socket is not None
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server ended the connection")
        return more

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def load(
    port: int, paths: Sequence[str], form: str, phones: int, seconds: float, servers: Sequence[int],
    turns: Sequence[str] | None = None,
) -> Round:  # fmt: skip
    """What `phones` complete in `seconds` at `paths`; servers: process numbers whose CPU is counted, with their children.

    turns: the first questions of the pages that a phone without script turns; None for phones with script.
    """
    before, shares = cpu(servers), [phones // PROCESSES + (number < phones % PROCESSES) for number in range(PROCESSES)]
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        parts = pool.starmap(_phones, [(port, paths, form, share, seconds, turns) for share in shares])
    whole = Round(seconds, cpu=cpu(servers) - before)
    for part in parts:
        whole.times += part.times
        whole.failed += part.failed
        whole.cookies += part.cookies
    return whole


def _phones(
    port: int, paths: Sequence[str], form: str, phones: int, seconds: float, turns: Sequence[str] | None
) -> Round:
    made, until = Round(seconds), time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_phone, args=(port, paths[number::phones] or paths, form, until, made, turns))
        for number in range(phones)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made


def _phone(port: int, paths: Sequence[str], form: str, until: float, made: Round, turns: Sequence[str] | None) -> None:
    talk, number = Talk(port), 0
    while time.perf_counter() < until:
        began, number = time.perf_counter(), number + 1
        try:
            cookie = answer(talk, paths[number % len(paths)], form, turns)
        except OSError:
            cookie = None
        if cookie is None:
            made.failed += 1
            time.sleep(0.05)
            continue
        made.times.append(time.perf_counter() - began)
        made.cookies.append(cookie)
    talk.close()


def answer(talk: Talk, path: str, form: str, turns: Sequence[str] | None = None) -> str | None:
    """One whole answer: the signed receipt as its cookie, None where a reply was not what it should be."""
    page = talk.ask("GET", path)
    token = TOKEN.search(page.text) if page.status == 200 else None
    if token is None:
        return None
    whole = f"{form}&token={urllib.parse.quote(token[1])}"
    for at in turns or ():
        if talk.ask("POST", path, f"{whole}&_at={at}&turn=next".encode()).status != 200:
            return None
    stored = talk.ask("POST", path, whole.encode(), SCRIPT if turns is None else "")
    place, cookie = PLACE.search(stored.head) or RECEIPT.search(stored.body), COOKIE.search(stored.head)
    if stored.status not in (200, 303) or place is None or cookie is None:
        return None
    receipt = talk.ask("GET", place[1].decode(), more=f"Cookie: {cookie[1].decode()}\r\n")
    return cookie[1].decode().partition("=")[2] if receipt.status == 200 else None


def medians(rounds: Sequence[Round]) -> dict[str, float]:
    """rate an answer a second; p50, p99 and cpu in milliseconds."""
    return {
        "rate": statistics.median(one.rate for one in rounds),
        "p50": statistics.median(one.at(0.5) for one in rounds),
        "p99": statistics.median(one.at(0.99) for one in rounds),
        "cpu": statistics.median(one.cpu_an_answer for one in rounds),
    }


def cpu(servers: Sequence[int]) -> float:
    """Seconds of CPU that these processes and those below them have used."""
    used = 0
    for process in (found for server in servers for found in below(server)):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """Megabytes of one process alone, what it shares counted in part."""
    found = re.search(r"Pss: +(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text())
    return int(found[1]) / 1024 if found else 0.0


def below(process: int) -> list[int]:
    """A process and all that it has started."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has ended meanwhile
        return []
    return [process, *(found for child in children for found in below(int(child)))]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    """Until something answers there."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
