"""A server of mail for tests: in plain, with STARTTLS, or with TLS from the start; it may ask for a password and refuse."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.killing import _free_port

USER, PASSWORD = "minyi", "only-for-tests"
HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What came; `answers`: what is said to the next recipients instead of taking them."""

    port: int = 0
    authority: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:  # the library's names
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sessions.add(id(session))
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextmanager
def mail_server(security: str = "none", asks: bool = False) -> Iterator[Mailbox]:
    """Running while the block does; `security` as a channel has it."""
    box, authority = Mailbox(), trustme.CA()
    box.authority = authority.cert_pem.bytes().decode()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST, "localhost").configure_cert(tls)
    more: dict[str, object] = {}
    if security == "tls":
        more["ssl_context"] = tls
    if security == "starttls":
        more |= {"tls_context": tls, "require_starttls": True}
    if asks:
        more |= {"authenticator": _signed_in, "auth_required": True, "auth_require_tls": security == "starttls"}
    box.port = _free_port()
    server = Controller(box, hostname=HOST, port=box.port, **more)
    server.start()
    try:
        yield box
    finally:
        server.stop()


def _signed_in(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
