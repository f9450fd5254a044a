"""Mail by SMTP: one connection for all that goes at once, TLS from the start, after STARTTLS, or none inside the house."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from survey_app.outbox.letters import Letter
from survey_app.outbox.senders.frame import SECONDS, NeverError, NotNowError, Send, Sent
from wording import Message

REFUSED = "outbox.mail_refused"


@contextmanager
def opened(known: Mapping[str, str]) -> Iterator[Send]:
    """A connection that has signed in. Raises NotNowError where there is none."""
    try:
        server = _connected(known)
    except smtplib.SMTPAuthenticationError as error:
        raise NotNowError("outbox.mail_sign_in", code=error.smtp_code) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotNowError("outbox.mail_no_server", host=known["host"], said=_said(error)) from error
    try:
        yield lambda letter: _send(server, known["sender"], letter)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def sender_of(text: str) -> tuple[str, str]:
    """Name and address of what stands in From."""
    return parseaddr(text)


def _connected(known: Mapping[str, str]) -> smtplib.SMTP:
    host, port, security = known["host"], int(known["port"]), known["security"]
    context = ssl.create_default_context(cadata=known.get("authority") or None)
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if security == "starttls":
            server.starttls(context=context)
        if known.get("user"):
            server.login(known["user"], known.get("password", ""))
    except BaseException:
        server.close()
        raise
    return server


def _send(server: smtplib.SMTP, sender: str, letter: Letter) -> Sent:
    made = EmailMessage()
    name, address = sender_of(sender)
    made["From"] = Address(name, addr_spec=address)
    made["To"] = Address(addr_spec=letter.to)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.made_at)
    made["Message-ID"] = f"<{letter.mark}@{address.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # so that no out-of-office reply comes back (RFC 3834)
    made["Content-Language"] = "zh-CN" if letter.language == "zh" else "en"
    made.set_content(letter.text)
    try:
        server.send_message(made)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _refused(code, said) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotNowError("outbox.mail_broke_off", said=_said(error)) from error
    return Sent(number=str(made["Message-ID"]))


def _refused(code: int, said: bytes | str) -> Exception:
    """4xx is for now, 5xx for good (RFC 5321, 4.2.1)."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    told = Message(REFUSED, code=code, said=" ".join(text.split())[:200])
    return NeverError(told) if code >= 500 else NotNowError(told)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
