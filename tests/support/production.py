"""An installation as deploy/ describes it, on ports and in folders of a test: nodes, the proxy before them, phones."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.support.application import absent
from tests.support.killing import BROKEN, FORM, HEADERS, _ask, _free_port
from tests.support.people import token_of
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
NAME = "survey.example"  # as in deploy/


@dataclass
class Node:
    """One server of an installation. tree: the source it runs from."""

    environment: Mapping[str, str]
    arguments: Sequence[str] = ()
    tree: Path = ROOT
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Node:
        program = [sys.executable, "-m", "survey_app", "serve", "--port", str(self.port), *self.arguments]
        environment = {**os.environ, **self.environment, "PYTHONPATH": str(self.tree)}
        folder = Path(self.environment["MINYI_INSTANCE"])
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "told.log").open("ab") as told:  # pytest keeps the folders of its last three runs
            self.process = subprocess.Popen(
                program, cwd=self.tree, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=told
            )
        until(self.ready, "a node that is ready", 120)
        return self

    def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the node has ended"
        try:
            return _ask(self.port, "GET", "/healthz").status == 200
        except BROKEN:
            return False

    def stop(self) -> None:
        """As systemd and a container do; what was taken is answered before it ends."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(40)

    def processes(self) -> list[int]:
        """The arbiter and its workers."""
        assert self.process is not None
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [self.process.pid, *map(int, found.stdout.split())]


@contextmanager
def running(*nodes: Node) -> Iterator[None]:
    try:
        for node in nodes:
            node.start()
        yield
    finally:
        for node in nodes:
            node.stop()


@contextmanager
def nginx(folder: Path, nodes: Sequence[int]) -> Iterator[int]:
    """deploy/nginx before the servers at these ports; gives the port of https."""
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        absent("nginx or openssl")
    place, port = folder / "nginx", _free_port()
    place.mkdir()
    certificate(place)
    site = (DEPLOY / "nginx" / "minyi.conf").read_text()
    for ours, here in (
        ("listen 80;", f"listen 127.0.0.1:{_free_port()};"), ("listen [::]:80;", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"), ("listen [::]:443 ssl http2;", ""),
        ("/etc/ssl/minyi/", f"{place}/"), ("/var/log/nginx/", f"{place}/"),
    ):  # fmt: skip
        assert ours in site, ours
        site = site.replace(ours, here)
    upstream = (DEPLOY / "nginx" / "nodes.conf").read_text()
    listed = "\n".join(f"    server 127.0.0.1:{node} max_fails=1 fail_timeout=2s;" for node in nodes)
    upstream = re.sub(r"(    server \S+ max_fails=1 fail_timeout=2s;\n?)+", listed + "\n", upstream)
    temporary = "\n".join(
        f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (place / "nginx.conf").write_text(
        f"{'user root;' if os.getuid() == 0 else ''} daemon off; pid {place}/pid; error_log {place}/start.log;\n"
        f"worker_rlimit_nofile 65536; events {{ worker_connections 16384; }}\n"
        f"http {{\nclient_header_timeout 10m;  # a busy machine is slow, not wrong\n{temporary}\n{site}\n{upstream}\n}}\n"
    )
    command = ["nginx", "-p", str(place), "-e", str(place / "start.log"), "-c", str(place / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port), "a proxy that answers")
        yield port
    finally:
        server.terminate()
        server.wait(20)


def certificate(folder: Path) -> None:
    """fullchain.pem and privkey.pem, signed by nobody else."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip


def _listens(port: int) -> bool:
    try:
        return Phone(port).ask("GET", "/s/nowhere").status == 404
    except BROKEN:
        return False


class Phone(http.client.HTTPSConnection):
    """A browser behind the proxy with an address of its own (all of 127.0.0.0/8 is this machine's)."""

    def __init__(self, port: int, number: int = 0) -> None:
        super().__init__("127.0.0.1", port, timeout=60)
        self.address = f"127.1.{number // 250}.{number % 250 + 1}"

    def connect(self) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # the test's certificate is its own
        plain = socket.create_connection((self.host, self.port), self.timeout, (self.address, 0))
        self.sock = trusting.wrap_socket(plain, server_hostname=NAME)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Reply:
        self.request(method, path, body, {"Host": NAME, **HEADERS, **headers})
        found = self.getresponse()
        return Reply(found.status, found.headers, found.read().decode())

    def answer(self, code: str, **headers: str) -> Reply:
        """One whole answer: the form, and sent as it is."""
        token = token_of(self.ask("GET", f"/s/{code}?new=1", **headers).body)
        return self.ask("POST", f"/s/{code}", f"{FORM}&token={quote(token)}", **headers)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: str
