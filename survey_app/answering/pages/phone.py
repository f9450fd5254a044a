"""What a phone knows of its own answers: two cookies of a site's pages, and for a moment a sealed address."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from flask import request
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering import form_token
from survey_app.answering.erasure import is_stored
from survey_app.ground import keeping
from survey_app.ground.sealing import unsealed_within
from survey_app.ground.web_frame import secure_cookies

# What a phone knows of itself stands in two cookies of this site's pages alone. No address carries it, so whatever
# address a person hands on opens an empty form.
ANSWERED = "minyi_answered"  # its newest receipt and a count, for half a day
ANSWERED_SECONDS = 12 * 3600
TABLET_SECONDS = 60  # on a shared device
WITHOUT_COOKIES_SECONDS = 30  # who has no script and no cookies is led to a sealed address that shows it just so long
TAKEN_BACK = "minyi_taken_back"  # the receipt of an answer that was erased here, to answer once more
TAKEN_BACK_SECONDS = 90 * 24 * 3600
UNFINISHED = "minyi_unfinished"  # the key of its unfinished answers
UNFINISHED_SECONDS = keeping.WEEK * 3600  # as long as they are kept
T = TypeVar("T")


def remember(reply: BaseResponse, path: str, name: str, value: str, seconds: int) -> None:
    """A cookie for this phone alone: no script and no other site reads it. value: a signed text."""
    reply.headers.add("Set-Cookie", _cookie(name, path, seconds, secure_cookies()).replace("~", value, 1))


@lru_cache(maxsize=4096)
def _cookie(name: str, path: str, seconds: int, secure: bool) -> str:
    """The cookie with ~ for what alone is another each time: it names no moment of its end, which would be that of the first."""
    return dump_cookie(name, "~", seconds, path=path, secure=secure, httponly=True, sync_expires=False, samesite="Lax")


def answered_before() -> form_token.Answered | None:
    """What the cookie of this phone says of its newest answer."""
    return _said_by(ANSWERED, form_token.read_answered)


def took_back(before: form_token.Answered | None, survey_id: int) -> str:
    """The receipt of the answer that this phone took back and has not given anew; empty where there is none."""
    if before is not None and not is_stored(before.number, survey_id):
        return "" if before.renewed else before.number
    erased = _said_by(TAKEN_BACK, form_token.read_answered)
    return "" if erased is None or is_stored(erased.number, survey_id) else erased.number


def just_answered() -> form_token.Answered | None:
    """The same of a phone that keeps no cookies, from the address it was led to a moment ago."""
    opened = unsealed_within(request.args.get("own", "")[:1000], WITHOUT_COOKIES_SECONDS)
    return form_token.read_answered(opened) if opened else None


def unfinished() -> str | None:
    """The submission key of the answers that this phone has begun and not sent."""
    return _said_by(UNFINISHED, form_token.read_resume)


def shown_receipt(mark: str) -> form_token.Answered | None:
    """What this phone was given under this mark, by its cookie or by the address it was led to a moment ago."""
    own = answered_before()
    if own is None or own.mark != mark:
        own = just_answered()
    return own if own is not None and own.mark == mark else None


def _said_by(cookie: str, read: Callable[[str], T]) -> T | None:
    """What a cookie holds; None where there is none, or none of ours."""
    if "Cookie" not in request.headers:
        return None
    try:
        return read(request.cookies[cookie]) if cookie in request.cookies else None
    except form_token.TokenError:
        return None
