"""Files that browsers, crawlers and finders of weaknesses look for at the root, none of which an office has to write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.pages.frame import bp, message
from survey_app.ground.imprint import imprint

# Two bars and a tick on the pages' own blue.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5c8a"/>'
    '<path d="M7 10h18M7 16h8M9 23l4 3 11-9" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" '
    'stroke-linejoin="round"/></svg>'
)
READ = ("/$", "/?lang=", "/privacy", "/problems", "/results/")  # what may be found by searching
ROBOTS = "".join(("User-agent: *\n", *(f"Allow: {path}\n" for path in READ), "Disallow: /\n"))
VALID_DAYS = 180  # RFC 9116, 2.5.5: less than a year
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
PAGE = re.compile(r"https://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/(?:[\w.~/?#&=%+:-]*[\w/#=])?)?", re.ASCII)
PHONE = re.compile(r"(?<![\d-])(?:\+?86[- ]?)?(0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|12345)(?![\d-])", re.ASCII)


@bp.get("/robots.txt")
def robots() -> BaseResponse:
    """Forms, receipts, tickets and the console stay out of indexes. A file of this name among the settings' comes first."""
    return _text(imprint().file("robots.txt") or ROBOTS)


@bp.get("/favicon.ico")
@bp.get("/favicon.svg")
def icon() -> BaseResponse:
    """What browsers ask for by themselves where a page names no icon."""
    return Response(ICON, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=604800"})


@bp.get("/.well-known/security.txt")
def security() -> BaseResponse:
    """RFC 9116, from the contact of the public information; 404 where that names nothing a program can write or dial."""
    shown = imprint()
    contacts = addresses_in(shown.contact)
    if not contacts:
        return message("unknown_notice", 404, "no_security_contact")
    until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=VALID_DAYS)
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: zh, en"]
    if shown.public_url:
        lines.append(f"Canonical: {shown.public_url.rstrip('/')}/.well-known/security.txt")
    return _text("\n".join(lines) + "\n")


def addresses_in(contact: str) -> list[str]:
    """The mail addresses, https pages and Chinese telephone numbers in a text, as URIs, in this order."""
    dialled = (number.replace("-", "") for number in PHONE.findall(contact))
    phones = (f"tel:{n};phone-context=+86" if n == "12345" else f"tel:+86{n.removeprefix('0')}" for n in dialled)
    return [*(f"mailto:{found}" for found in MAIL.findall(contact)), *PAGE.findall(contact), *phones]


def _text(body: str) -> BaseResponse:
    return Response(body, mimetype="text/plain", headers={"Cache-Control": "public, max-age=3600"})
