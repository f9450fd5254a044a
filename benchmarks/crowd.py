"""Five thousand phones in ten minutes, and two bursts of 2,000: none lost, turned away, failed or taken for a program.

Crowds of one site and of 160, from three addresses of a carrier and from one address a phone (X-Forwarded-For of a trusted proxy),
each in the demonstration city on a server of its own with the limits as they ship, side by side in real time. 5,000 open the form within
--minutes and send when they are done (120 s in the median, log-normal); 2,000 more scan within one second in the middle; and the
answers of 2,000 that were opened meanwhile wait for the network and are sent in one second. Every answer differs. A request has a
connection of its own; a phone that is turned away or cut off sends again, as the page does. Then the flags are made.

    python -m benchmarks.crowd [--phones 5000] [--burst 2000] [--minutes 10] [--sites 1 160] [--addresses 3 5000] [--only sqlite]

The phones share the machine with four servers; where it has no room for that, take --sites and --addresses one by one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import tempfile
import urllib.parse
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from time import perf_counter

from sqlalchemy import create_engine, text

from benchmarks.full_answer import full_answer
from benchmarks.phones import COOKIE, PATIENCE, PLACE, TOKEN, Reply
from benchmarks.submissions import MINYI, check, city, postgres, receipts, served

THINKING, SPREAD = 120.0, 0.35  # seconds and sigma of what an answer takes
APART = 20.0  # seconds between the bursts of crowds that run side by side
TRIES = 30


@dataclass(frozen=True)
class Phone:
    """opens, sends: seconds from the beginning; waited: it is one of those that send in the same second."""

    opens: float
    sends: float
    path: str
    address: str
    form: str
    waited: bool = False


@dataclass
class Came:
    """What came of a crowd. statuses: of replies that were none of the three; cut: by their errors; seconds of each POST."""

    cookies: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    given_up: int = 0
    seconds: list[float] = field(default_factory=list)
    burst: list[float] = field(default_factory=list)


def main() -> None:
    print(__doc__)
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--phones", type=int, default=5000)
    wanted.add_argument("--burst", type=int, default=2000)
    wanted.add_argument("--minutes", type=float, default=10)
    wanted.add_argument("--sites", type=int, nargs="+", default=[1, 160])
    wanted.add_argument("--addresses", type=int, nargs="+", default=[3, 5000])
    wanted.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = wanted.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    forms = [full_answer("曲阜市", random.Random(number).choice) for number in range(asked.phones + 2 * asked.burst)]
    for name in ("sqlite", "postgresql"):
        if asked.only in (None, name):
            with ExitStack() as stack:
                crowds(name, asked, forms, stack)


def crowds(name: str, asked: argparse.Namespace, forms: list[str], stack: ExitStack) -> None:
    """All combinations at once, and a line for each."""
    running = []
    for number, (sites, addresses) in enumerate(product(asked.sites, asked.addresses)):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(postgres()) if name == "postgresql" else None
        environment, paths = city(folder, database)
        environment["MINYI_TRUSTED_PROXIES"] = "1"
        _process, port = stack.enter_context(served([*MINYI, "serve", "--collect-only"], environment))
        phones = crowd(forms, asked.phones, paths[:sites], addresses, asked.minutes * 60, APART * number)
        running.append(
            (sites, addresses, port, phones, environment, database or f"sqlite:///{folder / 'minyi.sqlite3'}")
        )
    found = asyncio.run(all_at_once([(port, phones) for _sites, _addresses, port, phones, *_ in running]))
    for (sites, addresses, _port, phones, environment, database), came in zip(running, found, strict=True):
        told = {"replied": dict(came.statuses), "cut off": dict(came.cut), "given up": came.given_up}
        print(
            f"{name}, {sites} sites, {addresses} addresses: {len(came.cookies):,} of {len(phones):,} stored; "
            f"{', '.join(f'{what} {number}' for what, number in told.items() if number) or 'none refused, failed or cut off'}; "
            f"POST p50 {at(came.seconds, 0.5):.0f} ms, p99 {at(came.seconds, 0.99):.0f} ms, "
            f"of the burst p50 {at(came.burst, 0.5):.0f} ms, the last {at(came.burst, 1):.0f} ms; "
            f"flags {flagged(environment, database, came.cookies) or 'none'}",
            flush=True,
        )
        check(database, came.cookies)
    print(f"{name}: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)


def crowd(forms: list[str], steady: int, paths: list[str], addresses: int, seconds: float, later: float) -> list[Phone]:
    """Who opens and sends what, when and from where: the steady ones, then two bursts of equal size.

    later: by how much these come after those of the first crowd.
    """
    draw, phones = random.Random(addresses), []
    scanning = steady + (len(forms) - steady) // 2
    middle, end = seconds / 2 + later, seconds + THINKING + later
    for number, form in enumerate(forms):
        path, address = paths[number % len(paths)], f"10.{number % addresses // 250}.0.{number % addresses % 250 + 1}"
        opens, waited = draw.uniform(0, seconds), number >= scanning
        if steady <= number < scanning:
            opens = middle + draw.uniform(0, 1)
        sends = end + draw.uniform(0, 1) if waited else opens + THINKING * draw.lognormvariate(0, SPREAD)
        phones.append(Phone(opens, sends, path, address, form, waited))
    return phones


async def all_at_once(asked: list[tuple[int, list[Phone]]]) -> list[Came]:
    began, came = perf_counter(), [Came() for _ in asked]
    async with asyncio.TaskGroup() as group:
        for (port, phones), one in zip(asked, came, strict=True):
            for phone in phones:
                group.create_task(answer(port, phone, one, began))
    return came


async def answer(port: int, phone: Phone, came: Came, began: float) -> None:
    """One person's way: the form, what it takes to fill it in, the answer, its receipt."""
    page = await insist(port, phone, came, began + phone.opens, 200, "GET", phone.path)
    token = TOKEN.search(page.text) if page else None
    if page is None or token is None:
        came.given_up += 1
        return
    body = f"{phone.form}&token={urllib.parse.quote(token[1])}".encode()
    due = began + phone.sends
    stored = await insist(port, phone, came, due, 303, "POST", phone.path, body)
    took = perf_counter() - due
    place, cookie = (part.search(stored.head) if stored else None for part in (PLACE, COOKIE))
    if place is None or cookie is None:
        came.given_up += 1
        return
    came.seconds.append(took)
    if phone.waited:
        came.burst.append(took)
    came.cookies.append(cookie[1].decode().partition("=")[2])
    await insist(port, phone, came, 0, 200, "GET", place[1].decode(), more=f"Cookie: {cookie[1].decode()}\r\n")


async def insist(
    port: int, phone: Phone, came: Came, due: float, expected: int, *asked: object, more: str = ""
) -> Reply | None:
    """The reply once it is the expected one, asked again as the page does; None where it never is."""
    await asyncio.sleep(max(0.0, due - perf_counter()))
    for tried in range(TRIES):
        try:
            reply = await asyncio.wait_for(ask(port, phone.address, *asked, more=more), PATIENCE)  # type: ignore[arg-type]
            if reply.status == expected:
                return reply
            came.statuses[reply.status] += 1
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            came.cut[type(error).__name__] += 1
        await asyncio.sleep(min(60, 2**tried) * random.uniform(0.75, 1.25))
    return None


async def ask(port: int, address: str, method: str, path: str, body: bytes = b"", more: str = "") -> Reply:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"{method} {path} HTTP/1.1\r\nHost: minyi.example\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"
        head += f"X-Forwarded-For: {address}\r\nX-Forwarded-Proto: https\r\n{more}"
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}\r\n".encode() + body)
        told = (await reader.readuntil(b"\r\n\r\n"))[:-4]
        return Reply(int(told[9:12]), told, await reader.read())
    finally:
        writer.close()


def at(seconds: list[float], share: float) -> float:
    """Milliseconds within which this share was done."""
    ordered = sorted(seconds) or [0.0]
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def flagged(environment: dict[str, str], database: str, cookies: list[str]) -> str:
    """The flags on the crowd's own answers, those that speak of programs and crowds first made."""
    subprocess.run([*MINYI, "flags", "--all", "--json"], env=environment, check=True, capture_output=True)
    engine, own = create_engine(database), set(receipts(cookies))
    with engine.connect() as connection:
        query = (
            "SELECT response.receipt, kind FROM response_flag JOIN response ON response.id = response_flag.response_id"
        )
        kinds = Counter(kind for receipt, kind in connection.execute(text(query)) if receipt in own)
    engine.dispose()
    return json.dumps(kinds) if kinds else ""


if __name__ == "__main__":
    main()
