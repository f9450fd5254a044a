"""The respondent's routes. GET hands out a ready page with a fresh token; POST checks, stores, redirects."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import Definition
from questionnaires.logic import as_tree
from survey_app.respondent.forms import bind
from survey_app.respondent.splice import SplicedPage
from survey_app.respondent.texts import TEXTS
from survey_app.services import form_token
from survey_app.services.invitation_links import OpenInvitation
from survey_app.services.open_sites import OpenSite, find_site
from survey_app.services.submission import AnswersRefusedError, InvitationUsedError, SurveyNotOpenError, submit

HERE = Path(__file__).parent
MARKER = "__FORM_TOKEN__"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
bp = Blueprint("respondent", __name__, template_folder="templates")


@bp.after_request
def secure(response: BaseResponse) -> BaseResponse:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@bp.get("/s/<code>")
def questionnaire(code: str) -> BaseResponse:
    """The questionnaire of a site, or a friendly page saying why there is none."""
    site = find_site(code)
    return blank(site) if site else message("unknown", 404, "unknown_help")


def blank(site: OpenSite, tablet: str = "") -> BaseResponse:
    """An empty questionnaire with a fresh token. `tablet`: where a shared device starts anew."""
    standing = site.standing()
    if standing != "open":
        return message(standing, 200)
    page = ready_page(site.definition, site.name, site.demo, site.code, language(), tablet)
    token = form_token.issue(site.code, site.definition.digest)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(page.gzipped(token), mimetype="text/html", headers=headers)
    return Response(page.plain(token), mimetype="text/html", headers={"Vary": "Accept-Encoding"})


@bp.post("/s/<code>")
def answer(code: str) -> BaseResponse:
    """Take one submission: 303 to its receipt, or the page again with every answer kept."""
    site = find_site(code)
    return take(site, again=code) if site else message("unknown", 404, "unknown_help")


def take(
    site: OpenSite, again: str = "", invitation: OpenInvitation | None = None, mode: str = "web", tablet: str = "",
    done: str = "respondent.receipt", **arguments: str,
) -> BaseResponse:  # fmt: skip
    """Store what was sent and lead on to the page `done`, or show the questionnaire again with what is wrong.

    `arguments`: what the address of `done` needs beside the signed receipt.
    """
    sent = request.form.to_dict(flat=False)
    try:
        token = form_token.read((sent.get("token") or [""])[0], site.code)
    except form_token.TokenError:
        return message("tampered", 400, "tampered_help", again=again)
    try:
        receipt = submit(
            site, sent, token.submission_key, language(), token.issued_at, mode=mode, invitation=invitation
        )
    except SurveyNotOpenError as error:
        return message(error.standing, 403)
    except InvitationUsedError:
        return message("invitation_used", 410, "invitation_used_help")
    except AnswersRefusedError as error:
        page = render(site.definition, site.name, site.demo, site.code, language(), sent, error.errors, tablet)
        return Response(page.replace(MARKER, sent["token"][0]), status=422, mimetype="text/html")
    signed = form_token.sign_receipt(receipt.number, receipt.state)
    arguments = arguments or {"code": site.code}
    return redirect(url_for(done, signed=signed, lang=chosen_language(), **arguments), 303)


@bp.get("/s/<code>/receipt/<signed>")
def receipt(code: str, signed: str) -> BaseResponse:
    """The receipt; it can be opened again and makes nothing."""
    try:
        number, state = form_token.read_receipt(signed)
    except form_token.TokenError:
        return message("unknown", 404, "unknown_help")
    site = find_site(code)
    page = render_template(
        "respondent/receipt.html", texts=TEXTS[language()], language=language(), number=number, state=state, site=site
    )
    return Response(page, mimetype="text/html")


@bp.get("/a/<name>")
def asset(name: str) -> BaseResponse:
    """The style sheet and the script, named by their content and kept by the phone for a year."""
    found = assets().get(name)
    if found is None:
        return Response("not found", status=404, mimetype="text/plain")
    mimetype, plain, zipped = found
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(zipped, mimetype=mimetype, headers={**headers, "Content-Encoding": "gzip"})
    return Response(plain, mimetype=mimetype, headers=headers)


@bp.app_errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> BaseResponse:
    return message("too_large", 413)


def message(key: str, status: int, help_key: str = "", again: str = "") -> BaseResponse:
    """A short friendly page."""
    page = render_template(
        "respondent/message.html", texts=TEXTS[language()], language=language(), key=key, help_key=help_key, again=again
    )
    return Response(page, status=status, mimetype="text/html")


def language() -> str:
    return "en" if request.args.get("lang") == "en" else "zh"


def chosen_language() -> str | None:
    return "en" if language() == "en" else None


@lru_cache(maxsize=512)
def ready_page(
    definition: Definition, site_name: str, demo: bool, code: str, lang: str, tablet: str = ""
) -> SplicedPage:
    """The blank page of a site, rendered and compressed once per version and language."""
    return SplicedPage.split(render(definition, site_name, demo, code, lang, {}, {}, tablet), MARKER)


def render(
    definition: Definition, site_name: str, demo: bool, code: str, lang: str, sent: dict[str, list[str]],
    errors: dict[str, str], tablet: str = "",
) -> str:  # fmt: skip
    """The questionnaire as HTML, with what was sent and what was wrong with it."""
    rules = {q.key: as_tree(q.rule) for q in definition.questions if q.rule}
    return render_template(
        "respondent/questionnaire.html",
        definition=definition, site_name=site_name, demo=demo, code=code, language=lang, texts=TEXTS[lang],
        form=bind(definition, lang, sent, errors), errors=errors, token=MARKER,
        rules={key: json.dumps(rule) for key, rule in rules.items()}, tablet=tablet,
    )  # fmt: skip


@lru_cache(maxsize=1)
def assets() -> dict[str, tuple[str, bytes, bytes]]:
    """Static files by hashed name: mime type, plain bytes, gzipped bytes."""
    found = {}
    for stem, suffix, mimetype in (
        ("page", "css", "text/css"),
        ("page", "js", "text/javascript"),
        ("tablet", "js", "text/javascript"),
    ):
        data = (HERE / "static" / f"{stem}.{suffix}").read_bytes()
        name = f"{stem}-{sha256(data).hexdigest()[:10]}.{suffix}"
        found[name] = (mimetype, data, gzip.compress(data, 9, mtime=0))
    return found


@bp.app_template_global()
def respondent_asset(suffix: str, stem: str = "page") -> str:
    found = next(name for name in assets() if name.startswith(f"{stem}-") and name.endswith(suffix))
    return url_for("respondent.asset", name=found)
