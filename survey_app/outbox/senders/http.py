"""One request to an address that somebody typed: only where it may lead, over a connection to exactly what was looked at.

The name is resolved once; every address it has is checked, and the connection goes to the first of them by number, so
that no second answer of a name server can lead elsewhere. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from survey_app.ground.settings import in_force
from survey_app.outbox.letters import Letter
from survey_app.outbox.senders.frame import SECONDS, NeverError, NotNowError, Send, Sent

MOST_READ = 64 * 1024  # bytes of an answer
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Answer:
    """status and the beginning of the body."""

    status: int
    body: bytes


class SilentError(NotNowError):
    """Nobody answers there."""


def until_silent(send: Send) -> Send:
    """The same for the letters of a batch: once nobody has answered, none of the others waits for it again."""
    silent: list[SilentError] = []

    def one(letter: Letter) -> Sent:
        if silent:
            raise silent[0]
        try:
            return send(letter)
        except SilentError as refusal:
            silent.append(refusal)
            raise

    return one


def wrong_address(text: str) -> str:
    """The key of what is wrong with an address that messages shall go to; '' where nothing is."""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return "outbox.bad_url"
    allowed = ("https", "http") if in_force().private_receivers else ("https",)
    clean = text.isascii() and text.isprintable() and " " not in text and not parts.username and not parts.fragment
    return "" if named and clean and parts.scheme in allowed else "outbox.bad_url"


def post(url: str, body: bytes, headers: Mapping[str, str], authority: str = "") -> Answer:
    """Send `body`. authority: PEM of who signs the receiver's certificate, where that is nobody known.

    Raises NeverError where the address may not be reached, SilentError where nobody answers, or not wholly in time.
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _connected(host, port, secure, authority) as connection:
            connection.request("POST", path, body, {"Host": parts.netloc, "User-Agent": "Minyi", **headers})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(MOST_READ))
    except (OSError, http.client.HTTPException) as error:
        raise SilentError("outbox.no_answer", host=host, said=str(error)[:200] or type(error).__name__) from error


def may_reach(address: Address) -> bool:
    """Public, or in a network that the operator allows."""
    inner = _inner(address)
    if any(inner in network for network in in_force().private_receivers if network.version == inner.version):
        return True
    return inner.is_global and not inner.is_multicast


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


@contextmanager
def _connected(host: str, port: int, secure: bool, authority: str) -> Iterator[http.client.HTTPConnection]:
    found = [ipaddress.ip_address(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(map(may_reach, found)):
        raise NeverError("outbox.private_address", host=host)
    if not secure and found[0].is_global:
        raise NeverError("outbox.bad_url")
    plain = socket.create_connection((str(found[0]), port), timeout=SECONDS)
    try:
        made = http.client.HTTPConnection(host, port, timeout=SECONDS)
        context = ssl.create_default_context(cadata=authority or None)
        made.sock = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False) if secure else plain
    except BaseException:
        plain.close()
        raise
    with _hung_up_in_time(made):
        if isinstance(made.sock, ssl.SSLSocket):
            made.sock.do_handshake()
        yield made


@contextmanager
def _hung_up_in_time(made: http.client.HTTPConnection) -> Iterator[None]:
    """Whoever answers a byte at a time is not waited for longer than anybody. Raises TimeoutError."""
    late, line = threading.Event(), made.sock

    def hang_up() -> None:
        late.set()
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
        if late.is_set():
            raise TimeoutError("timed out")
    finally:
        timer.cancel()
        made.close()
