"""The frame of every page a citizen sees: the blueprint, its headers, its style sheet and script, short messages."""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.texts import TEXTS
from survey_app.archives.places import ArchivedError
from survey_app.ground.crypto import digest
from survey_app.ground.watching import came_to
from survey_app.ground.web_frame import request_id

log = logging.getLogger("minyi")
HERE = Path(__file__).parent
FORM = ("page.js", "lists.js", "turns.js")
ASSETS = {  # stem and ending -> type and parts in order; a shared tablet keeps nothing, so it has no draft.js
    ("page", "css"): ("text/css", ("page.css", "modes.css")),
    ("page", "js"): ("text/javascript", ("logic.js", "checks.js", *FORM, "modes.js", "draft.js", "left.js")),
    ("tablet", "js"): ("text/javascript", ("logic.js", "checks.js", "held.js", *FORM, "modes.js", "tablet.js")),
    ("shell", "js"): ("text/javascript", ("modes.js", "vault.js", "cases.js", "shell.js")),  # of a tablet's start
    ("shell", "css"): ("text/css", ("shell.css",)),
    ("plain", "css"): ("text/css", ("plain.css",)),  # of a form without script
    ("front", "css"): ("text/css", ("front.css",)),
    ("problem", "css"): ("text/css", ("problem.css",)),
    ("problem", "js"): ("text/javascript", ("modes.js", "problem.js")),
}
COLOUR = re.compile("[0-9a-f]{6}")
SPARED = re.compile(rb"^\s+|(?:^|  +)// .*$", re.MULTILINE)  # of a script: what only its readers need

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A tablet's start keeps its key in memory and shows the form inside itself, so that the key outlives the form's page.
TABLET_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'") + (
    "; frame-src 'self'; worker-src 'self'; manifest-src 'self'"
)
ALWAYS = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
bp = Blueprint("respondent", __name__, template_folder="../templates")


@bp.after_request
def secure(response: BaseResponse) -> BaseResponse:
    policy = TABLET_POLICY if request.path.startswith("/t/") else POLICY
    response.headers.extend((("Content-Security-Policy", policy), *ALWAYS))
    if "Cache-Control" not in response.headers:
        response.headers.add("Cache-Control", "no-store")
    return response


@bp.get("/a/<name>")
def asset(name: str) -> BaseResponse:
    """The style sheet and the script, named by their content and kept by the phone for a year."""
    found = assets().get(name) or _coloured(name)
    if found is None:
        return Response("not found", status=404, mimetype="text/plain")
    mimetype, plain, zipped = found
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(zipped, mimetype=mimetype, headers={**headers, "Content-Encoding": "gzip"})
    return Response(plain, mimetype=mimetype, headers=headers)


@bp.app_errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> BaseResponse:
    return message("too_large", 413, "too_large_help", again=(request.view_args or {}).get("code", ""))


@bp.errorhandler(ArchivedError)
def archive_unread(error: ArchivedError) -> BaseResponse:
    """An answer of a closed survey is looked for, and the files that may hold it cannot be read."""
    log.error("request %s: %s", request_id(), error)
    return message("archive_unread", 503, "archive_unread_help")


def message(
    key: str,
    status: int,
    help_key: str = "",
    again: str = "",
    code: str = "",
    lines: Sequence[str] = (),
    trial: str = "",
    anew: str = "",
) -> BaseResponse:
    """A short friendly page. `code`: the site, where answers waiting on the phone may still be sent. trial: where the survey
    is tried. anew: the site where a phone that took its answer back gives it once more."""
    came_to(key)
    page = render_template(
        "answering/message.html", texts=TEXTS[language()], language=language(), key=key, help_key=help_key,
        again=url_for("respondent.questionnaire", code=again, **chosen()) if again else "", code=code, lines=lines, trial=trial,
        anew=url_for("respondent.questionnaire", code=anew, again=1, **chosen()) if anew else "",
    )  # fmt: skip
    return Response(page, status=status, mimetype="text/html")


def language() -> str:
    return "en" if request.args.get("lang") == "en" else "zh"


def size() -> str:
    return "large" if request.args.get("size") == "large" else "normal"


def chosen() -> dict[str, Any]:
    """Language and size as arguments of an address; the usual ones are left out."""
    asked = request.args
    return {name: value if asked.get(name) == value else None for name, value in (("lang", "en"), ("size", "large"))}


def wants_json() -> bool:
    return request.headers.get("Accept") == "application/json"


@lru_cache(maxsize=1)
def assets() -> dict[str, tuple[str, bytes, bytes]]:
    """Static files by hashed name: mime type, plain bytes, gzipped bytes."""
    found = {}
    for (stem, suffix), (mimetype, parts) in ASSETS.items():
        data = SPARED.sub(b"", b"\n".join((HERE / "static" / part).read_bytes() for part in parts))
        name = f"{stem}-{digest(data)[:10]}.{suffix}"
        found[name] = (mimetype, data, gzip.compress(data, 9, mtime=0))
    return found


def asset_address(stem: str, suffix: str) -> str:
    found = next(name for name in assets() if name.startswith(f"{stem}-") and name.endswith(suffix))
    return url_for("respondent.asset", name=found)


@lru_cache(maxsize=8)
def _coloured(name: str) -> tuple[str, bytes, bytes] | None:
    """A style sheet in the office's colour, which stands behind its name: on light ground, where its contrast was checked."""
    plain, _dash, colour = name.removesuffix(".css").rpartition("-")
    found = assets().get(f"{plain}.css")
    if found is None or not COLOUR.fullmatch(colour):
        return None
    data = found[1] + b"\n@media (prefers-color-scheme:light){:root{--main:#%s}}" % colour.encode()
    return found[0], data, gzip.compress(data, 9, mtime=0)


@bp.app_template_global()
def respondent_asset(suffix: str, stem: str = "page", colour: str = "") -> str:
    address = asset_address(stem, suffix)
    return f"{address.removesuffix('.css')}-{colour.removeprefix('#')}.css" if colour else address


@bp.app_template_global()
def large_text() -> bool:
    return size() == "large"
