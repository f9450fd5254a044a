"""The two pages a crowd asks for, the blank form of a site and the receipt of who has just answered, without Flask's dispatch,
which takes longer than they do.

What a view answered the first time, head and body, is answered here again, while the site and the office are what they were;
hours, places, counts, tokens and receipts are asked each time, by the view's own functions (just_stored.py is one). Whatever is not exactly such a
request, and whatever fails here, goes Flask's way.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask
from werkzeug.http import parse_cookie

from survey_app.answering import form_token
from survey_app.answering.form_token import Answered, TokenError, read_answered
from survey_app.answering.open_sites import OpenSite, find_address
from survey_app.answering.pages.phone import ANSWERED
from survey_app.answering.pages.ready_pages import SplicedPage
from survey_app.answering.ripeness import hand_out
from survey_app.answering.submission import answered_on
from survey_app.ground.imprint import Imprint, imprint
from survey_app.ground.metrics import metrics
from survey_app.ground.watching import HEADER
from survey_app.ground.web_frame import identity, of_process

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = re.compile(r"(/s/([A-Za-z0-9_-]+))(?:/receipt/([0-9a-f]{16}))?")
QUERIES = frozenset(("", "lang=zh", "lang=en", "size=large", "lang=en&size=large"))
MOST = 2048  # pages; forms are kept anyway, receipts are of two kilobytes
EACH_OWN = ("Content-Length", HEADER)
Head: TypeAlias = tuple[tuple[str, str], ...]
Reply: TypeAlias = tuple[Head, bytes]
Asked: TypeAlias = tuple[str, str, str | None, str]  # path of the form, code, mark of a receipt, query


@dataclass(frozen=True)
class Ready:
    """A view's answer, with a place for what is another each time. head: without what is."""

    site: OpenSite
    imprint: Imprint
    page: SplicedPage | tuple[bytes, ...]
    head: Head = ()

    def still(self, site: OpenSite) -> bool:
        """Whether site and office are what they were; mostly they are the same objects."""
        now = imprint()
        return (site is self.site or site == self.site) and (now is self.imprint or now == self.imprint)


_offered: ContextVar[tuple[tuple[object, ...], Ready] | None] = ContextVar("offered", default=None)  # of a request


def offer(site: OpenSite, page: SplicedPage | tuple[bytes, ...], *shown: object) -> None:
    """Let requests for the same page of this site be answered with `page`. shown: what a receipt says beside its number."""
    _offered.set((shown, Ready(site, imprint(), page)))


def in_front_of(app: Flask) -> WSGIApplication:
    """`app`, with these two pages answered before it."""
    behind = app.wsgi_app

    def at_once(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = _asked(environ)
        if asked is None:
            return behind(environ, start_response)
        began = time.perf_counter()
        with app.app_context():
            kept: dict[Any, Ready] = of_process().setdefault("minyi_at_once", {})
            found = None
            with suppress(Exception):  # the usual way tries again, and says why
                found = (_form if asked[2] is None else _receipt)(kept, asked, environ)
            if found is not None:
                head, body = found
                endpoint = "respondent.questionnaire" if asked[2] is None else "respondent.receipt"
                metrics().timed(endpoint, "2xx").observe(time.perf_counter() - began)
                named = identity(environ.get("HTTP_X_REQUEST_ID", ""))
                start_response("200 OK", [*head, ("Content-Length", str(len(body))), (HEADER, named)])
                return [body]
        _offered.set(None)
        return behind(environ, _noting(start_response, kept, asked))

    return at_once


def _asked(environ: WSGIEnvironment) -> Asked | None:
    """What is asked for, where it may be one of these pages."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING", "") not in QUERIES:
        return None
    path = PATH.fullmatch(environ["PATH_INFO"])
    if path is None or ("minyi_" in environ.get("HTTP_COOKIE", "")) is (path[3] is None):
        return None  # a phone that is known gets more than a blank form; one that is not, no receipt
    if path[3] is None and "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
        return None
    return path[1], path[2], path[3], environ.get("QUERY_STRING", "")


def _form(kept: dict[Any, Ready], asked: Asked, _environ: WSGIEnvironment) -> Reply | None:
    """The blank form, as the view hands it out to a phone that is not known."""
    path, code, _mark, query = asked
    ready, site = kept.get((path, query)), find_address(code)
    if ready is None or not isinstance(ready.page, SplicedPage) or not isinstance(site, OpenSite):
        return None
    if not ready.still(site) or site.admits() != "open":
        return None
    token, page = hand_out(site), ready.page
    if page.moves:
        page = page.in_order(form_token.read(token, site.psu).submission_key)
    return ready.head, page.gzipped(token)


def _receipt(kept: dict[Any, Ready], asked: Asked, environ: WSGIEnvironment) -> Reply | None:
    """The receipt, on the phone whose cookie has it under this mark, while the answer is stored."""
    path, code, mark, query = asked
    site, own = find_address(code), _own(environ)
    if own is None or own.mark != mark or not isinstance(site, OpenSite):
        return None
    day = answered_on(site, own.number)
    ready = kept.get((path, query, own.state, own.ended, day)) if day else None
    if ready is None or not isinstance(ready.page, tuple) or not ready.still(site):
        return None
    return ready.head, own.number.encode().join(ready.page)


def _own(environ: WSGIEnvironment) -> Answered | None:
    signed = parse_cookie(environ).get(ANSWERED)
    try:
        return read_answered(signed) if signed else None
    except TokenError:
        return None


def _noting(start_response: StartResponse, kept: dict[Any, Ready], asked: Asked) -> StartResponse:
    """Keeps what a view has offered, with the head that it goes out with."""

    def start(status: str, head: list[tuple[str, str]], *more: Any) -> Any:
        offered = _offered.get()
        if offered is not None and status == "200 OK":
            if len(kept) >= MOST:
                kept.clear()
            shared = tuple(one for one in head if one[0] not in EACH_OWN)
            kept[asked[0], asked[3], *offered[0]] = replace(offered[1], head=shared)
        return start_response(status, head, *more)

    return start
