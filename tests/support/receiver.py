"""A receiver of HTTP for tests: keeps what came, and answers as it is told to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

HOST = "127.0.0.1"


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """answers: status and body of the next ones; 200 and `usual` when there are none."""

    url: str = ""
    authority: str = ""
    came: list[Received] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    usual: bytes = b'{"errcode": 0, "errmsg": "ok"}'


@contextmanager
def receiver(secure: bool = False) -> Iterator[Receiver]:
    """Running while the block does, at 127.0.0.1."""
    box = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.came.append(Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, said = box.answers.pop(0) if box.answers else (200, box.usual)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    if secure:
        authority = trustme.CA()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(HOST, "localhost").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        box.authority = authority.cert_pem.bytes().decode()
    box.url = f"{'https' if secure else 'http'}://{HOST}:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
