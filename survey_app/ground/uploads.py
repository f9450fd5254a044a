"""Routes that take files: the general limit of a request's body is lifted for them, and only for them.

The limit must be known before anything reads the body (the console checks the token of a form first), so a view
carries it as a mark, and a function that runs before every request looks at the mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])
_LIMIT = "upload_limit"
BODY_LIMIT = 256 * 1024  # bytes; any other body over this is refused before it is parsed; every questionnaire fits
FORM_ALLOWANCE = 64 * 1024  # bytes; the fields around the files


@dataclass(frozen=True)
class Handed:
    """A file that somebody handed in, checked and stored already: the digest of its content, and the name it came with."""

    digest: str
    name: str


def takes_files(limit: int) -> Callable[[View], View]:
    """Let the decorated view take `limit` bytes of files. Stands under the route: @bp.post(…) above, this below."""

    def mark(view: View) -> View:
        setattr(view, _LIMIT, limit)
        return view

    return mark


def widen_limit() -> None:
    """Before a request is parsed: give it the limit of its view, where that one takes files."""
    view = current_app.view_functions.get(request.endpoint or "")
    limit = getattr(view, _LIMIT, None)
    if limit is not None:
        request.max_content_length = limit + FORM_ALLOWANCE
