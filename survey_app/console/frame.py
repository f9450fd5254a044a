"""The console's frame, the overview and the estimate."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Response, abort, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring import load_rulebook
from analysis.scoring.programme import Programme
from analysis.scoring.why import why_in_words
from survey_app.archives.at_hand import for_request
from survey_app.console.declaring import Console
from survey_app.console.navigation import menu_groups
from survey_app.console.panels import panels
from survey_app.console.permissions import Arguments, Owner, may, owner
from survey_app.console.words import changed_words, doer, english, zone_name
from survey_app.ground import audit, held, keeping
from survey_app.ground.crypto import digest
from survey_app.ground.imprint import imprint
from survey_app.ground.language import LANGUAGE_COOKIE, csrf, language
from survey_app.ground.percent import percent
from survey_app.ground.transaction import transaction
from survey_app.ground.verdicts import card_interval, card_verdict, cards_told
from survey_app.models import Area, Survey, SurveyArchive, db
from survey_app.people.sessions import PROVIDERS_FACTOR, from_own_page, posted_form

bp = Console(
    "console", __name__, url_prefix="/console", template_folder="templates", static_folder="static",
    static_url_path="/static",
)  # fmt: skip
# Scripts and styles come from files of ours alone; drawings (SVG by vl-convert) carry style attributes.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
OPEN_ENDPOINTS = {"console.static", "console.switch_language", "console.office_colour"}


@bp.before_request
def signed_in() -> BaseResponse | tuple[str, int] | None:
    """Every page asks for a signed-in person who has a password, and where the role asks it a second factor, of their own."""
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    if not current_user.is_authenticated:
        after = g.get("after_sign_in") or (request.full_path if request.method == "GET" else None)
        return redirect(url_for("security.login", next=after))
    if request.method == "POST":
        try:
            csrf.protect()
        except CSRFError:
            if not from_own_page():
                raise
            return render_template("console/resubmit.html", form=posted_form(), token=""), 400
    if current_user.must_change_password:
        return redirect(url_for("security.change_password"))
    factor = current_user.tf_primary_method or session.get(PROVIDERS_FACTOR)
    if current_user.check_tf_required_setup() and not factor:
        return redirect(url_for("security.two_factor_setup"))
    endpoint = request.endpoint or ""
    if not may(current_user.grants, endpoint, *owner(endpoint, dict(request.view_args or {}))):
        with transaction():
            audit.record("denied", request.path, after={"method": request.method})
        abort(403)
    if "_kept" in request.form:
        keeping.take(keeping.FORM, request.form["_kept"], user_id=current_user.id)
    return None


@bp.after_app_request
def looked(response: BaseResponse) -> BaseResponse:
    """A page that showed a held figure to a person whom the plan names leaves only with its opening stored."""
    if g.get("figures_opened"):
        with transaction():
            held.store_openings()
    return response


@bp.after_app_request
def secure(response: BaseResponse) -> BaseResponse:
    if request.path.startswith("/console"):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "console.static":
            response.headers["Cache-Control"] = "no-store"
        elif response.status_code in (200, 304) and _names_content():
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@bp.app_url_defaults
def versioned(endpoint: str, values: dict[str, object]) -> None:
    """An address of a style sheet or a script names its content, so that a browser keeps it and asks again only after an upgrade."""
    if endpoint == "console.static":
        values["v"] = _versions().get(str(values["filename"]))


def _names_content() -> bool:
    return request.args.get("v") == _versions().get(request.path.rpartition("/")[2])


@cache
def _versions() -> dict[str, str]:
    return {path.name: digest(path.read_bytes())[:12] for path in (Path(__file__).parent / "static").iterdir()}


@bp.get("/language/<name>")
def switch_language(name: str) -> BaseResponse:
    """Keep the language in a cookie and go back to the page."""
    target = request.args.get("next", "")
    if not target.startswith("/console") or target.startswith("//"):
        target = url_for("console.home")
    response = redirect(target)
    response.set_cookie(LANGUAGE_COOKIE, "en" if name == "en" else "zh", max_age=31536000, samesite="Lax")
    return response


@bp.get("/colour/<colour>.css")
def office_colour(colour: str) -> Response:
    """The office's colour for buttons and links; its contrast was checked when it was set."""
    if not re.fullmatch("[0-9a-f]{6}", colour):
        abort(404)
    return Response(f":root{{--main:#{colour};--deep:#{colour}}}", mimetype="text/css")


bp.add_app_template_global(imprint)


@bp.app_context_processor
def shared() -> dict[str, object]:
    def allowed(endpoint: str, area: Area | None = None) -> bool:
        return current_user.is_authenticated and may(current_user.grants, f"console.{endpoint}", area)

    return {
        "allowed": allowed,
        "menu_groups": menu_groups,
        "panels": panels,
        "percent": percent,
        "other_language": "zh" if language() == "en" else "en",
        "now": datetime.now(UTC),
    }


bp.add_app_template_filter(percent, "percent")
for told in (card_verdict, card_interval, cards_told):
    bp.add_app_template_filter(told)
bp.add_app_template_filter(doer, "doer")
bp.add_app_template_filter(zone_name, "zone_name")
bp.add_app_template_filter(why_in_words, "why")
bp.add_app_template_filter(changed_words, "changed_words")


@bp.app_template_filter()
def area_name(area: Area) -> str:
    """A place in the reader's language, where its English name is known."""
    return area.name_en or area.name if english() else area.name


@bp.app_template_filter()
def rulebook_title(rulebook: str) -> str:
    """What the document calls itself; in English, where it has no title, its name here."""
    return rulebook if english() else load_rulebook(rulebook).title


def programme_title(programme: Programme) -> str:
    """A programme in the reader's language, with its version; one made to try says so."""
    title = programme.title.en if english() else programme.title.zh
    return f"{title} · {programme.id} v{programme.version}" + (
        " (" + _("虚构，供试用") + ")" if programme.invented else ""
    )


def role_names() -> dict[str, str]:
    return {
        "administrator": _("系统管理员"),
        "manager": _("调查管理员"),
        "evaluator": _("评估员"),
        "department": _("部门"),
        "scorer": _("评分员"),
        "auditor": _("审计员"),
    }


@bp.app_template_global()
def mode_names() -> dict[str, str]:
    """How an answer was taken."""
    return {
        "web": _("手机或网页"),
        "paper": _("纸质问卷"),
        "phone": _("电话访问"),
        "tablet": _("访问员平板"),
        "api": _("其他采集方"),
    }


def owner_of_area(arguments: Arguments) -> Owner | None:
    """The area of an address that names one."""
    area = db.session.scalar(select(Area).where(Area.code == arguments["area"]))
    return (area, None) if area is not None else None


def survey_of(code: str) -> Survey:
    """The survey with this code; 404 where there is none."""
    query = select(Survey, SurveyArchive.survey_id).outerjoin(SurveyArchive, SurveyArchive.survey_id == Survey.id)
    found = db.session.execute(query.where(Survey.code == code)).first()
    if found is None:
        abort(404)
    if found.survey_id is not None:
        for_request(found.survey_id, page=True)
    survey: Survey = found.Survey
    g.survey = survey
    return survey
