"""Behind nginx as deploy/ sets it up, each phone has its own address, and nobody can say he has another."""

from __future__ import annotations

import re
import resource
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.killing import _ask, stored_city
from tests.support.production import Node, Phone, nginx, running

RATE, IDLE = 5, 10_000


def counted(port: int, code: str, phones: int) -> Counter[int]:
    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(lambda number: Phone(port, number).answer(code).status, range(phones)))


@pytest.mark.parametrize(
    "phones", [pytest.param(40, marks=pytest.mark.checks), pytest.param(500, marks=pytest.mark.release)]
)
def test_phones_behind_the_proxy_count_each_for_itself_and_a_forged_address_counts_as_nothing(tmp_path, proves, phones):
    code = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0]
    node = Node(
        {"MINYI_INSTANCE": str(tmp_path), "MINYI_TRUSTED_PROXIES": "1", "MINYI_RATE_ADDRESS": f"{RATE} per hour",
         "MINYI_RATE_SITE": "10000 per minute", "MINYI_WORKERS": "1"},
        ["--collect-only"],
    )  # fmt: skip
    with running(node), nginx(tmp_path, [node.port]) as port:
        assert counted(port, code, phones) == {303: phones}
        liar = Phone(port, phones)
        forged = [
            liar.answer(code, **{"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"203.0.113.{n}",
                                 "Forwarded": f"for=203.0.113.{n}", "X-Request-ID": "0123456789abcdef"})
            for n in range(RATE + 3)
        ]  # fmt: skip
        assert [reply.status for reply in forged] == [303] * RATE + [429] * 3
        assert all(re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-ID"]) for reply in forged)  # nginx's own
        assert len({reply.headers["X-Request-ID"] for reply in forged}) == len(forged)
        watching = [liar.ask("GET", path).status for path in ("/metrics", "/readyz")]
    assert watching == [404, 404]
    logs = "".join(
        path.read_text() for path in (*(tmp_path / "nginx").glob("*.log"), *(tmp_path / "logs").glob("ans*"))
    )
    assert forged[0].headers["X-Request-ID"] in logs
    assert not re.search(r"127\.1\.\d|203\.0\.113", logs)
    proves(
        f"{phones} phones behind nginx count as {phones}; one that forges X-Forwarded-For has its {RATE} and no more"
    )


@pytest.mark.release
def test_a_server_that_trusts_no_proxy_takes_nobodys_word_and_sees_the_city_as_one(tmp_path):
    code = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0]
    node = Node(
        {"MINYI_INSTANCE": str(tmp_path), "MINYI_TRUSTED_PROXIES": "0", "MINYI_RATE_ADDRESS": f"{RATE} per hour",
         "MINYI_WORKERS": "1"},
        ["--collect-only"],
    )  # fmt: skip
    with running(node), nginx(tmp_path, [node.port]) as port:
        assert [Phone(port, n).answer(code).status for n in range(20)] == [303] * RATE + [429] * (20 - RATE)
        assert _ask(node.port, "GET", f"/s/{code}").status == 200


def open_still(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True


def answered_in(port: int, number: int, code: str) -> float:
    """Seconds from opening a connection to the receipt."""
    began = time.monotonic()
    assert Phone(port, number).answer(code).status == 303
    return time.monotonic() - began


@pytest.mark.release
def test_ten_thousand_connections_that_say_nothing_keep_nobody_from_answering(tmp_path, proves):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most < IDLE + 1000:
        pytest.skip(f"a process may open {most} files here")
    code = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0]
    environment = {"MINYI_INSTANCE": str(tmp_path), "MINYI_TRUSTED_PROXIES": "1", "MINYI_WORKERS": "1"}
    node = Node(environment, ["--collect-only"])
    with running(node), nginx(tmp_path, [node.port]) as port:
        idle = [
            socket.create_connection(("127.0.0.1", port), 60, (f"127.2.{n // 250}.{n % 250 + 1}", 0))
            for n in range(IDLE)
        ]
        try:
            with ThreadPoolExecutor(4) as pool:
                times = sorted(pool.map(lambda number: answered_in(port, number, code), range(40)))
            assert sum(map(open_still, idle)) == IDLE
        finally:
            for connection in idle:
                connection.close()
    proves(
        f"beside {IDLE:,} idle connections through nginx {len(times)} answers by 4 phones at a time, none failed, "
        f"{times[len(times) // 2] * 1000:.0f} ms in the median, {times[-1] * 1000:.0f} ms at most"
    )
