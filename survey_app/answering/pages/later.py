"""Unfinished answers of a longer questionnaire: kept, and gone on with at a private address or on the same phone."""

from __future__ import annotations

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import arranged
from survey_app.answering import form_token, ripeness
from survey_app.answering.addresses import shown_base
from survey_app.answering.drafts import find_draft, keeps_drafts, save_draft
from survey_app.answering.open_sites import OpenSite
from survey_app.answering.pages.frame import bp, chosen, language, message, wants_json
from survey_app.answering.pages.phone import UNFINISHED, UNFINISHED_SECONDS, remember
from survey_app.answering.pages.refusals import closed, crowded, known, still_taken
from survey_app.answering.pages.rendering import MARKER, render
from survey_app.answering.submission import receipt_of
from survey_app.answering.texts import TEXTS
from survey_app.ground import limits
from survey_app.ground.qr import qr_svg
from survey_app.ground.transaction import transaction


@bp.post("/s/<code>/draft")
def draft(code: str) -> BaseResponse:
    """Keep unfinished answers of a longer questionnaire; gives the address at which they are continued."""
    site = still_taken(code)
    if not isinstance(site, OpenSite) or not keeps_drafts(site.definition):
        return message("unknown", 404, "unknown_help")
    if site.standing() != "open":
        return closed(site, site.standing(), 403)
    sent = request.form.to_dict(flat=False)
    try:
        token = form_token.read((sent.get("token") or [""])[0], site.psu)
    except form_token.TokenError:
        return message("tampered", 400, "tampered_help", again=code)
    begun = find_draft(site, token.submission_key) is None
    if begun and not limits.count(limits.DRAFTS, request.remote_addr or ""):
        return crowded(site)
    if not limits.count(limits.TURNS_OF_FORM, token.submission_key):
        return crowded(site)
    with transaction():
        save_draft(site, sent, token.submission_key, token.issued_at)
    signed = form_token.sign_resume(token.submission_key)
    address = url_for("respondent.resume", code=code, signed=signed, **chosen())
    if wants_json():
        reply: BaseResponse = jsonify(resume=address)
    else:
        base = shown_base(site.demo)
        whole = base and base + address
        page = render_template(
            "answering/later.html", texts=TEXTS[language()], language=language(), site=site, address=whole,
            here=address, qr=qr_svg(whole) if whole else "", back=url_for("respondent.questionnaire", code=code, **chosen()),
        )  # fmt: skip
        reply = Response(page, mimetype="text/html")
    remember(reply, url_for("respondent.questionnaire", code=code), UNFINISHED, signed, UNFINISHED_SECONDS)
    return reply


@bp.get("/s/<code>/draft")
def left_off(code: str) -> BaseResponse:
    """The address of the page that has just been shown, opened again: back to the questionnaire."""
    return redirect(url_for("respondent.questionnaire", code=code, **chosen()), 303)


@bp.route("/s/<code>/r/<signed>", methods=["GET", "POST"])
def resume(code: str, signed: str) -> BaseResponse:
    """The private address of unfinished answers. Opening it shows a button; the button brings them to this phone."""
    site = known(code)
    try:
        key = form_token.read_resume(signed)
    except form_token.TokenError:
        return message("unknown", 404, "unknown_help")
    if site is None:
        return message("unknown", 404, "unknown_help")
    if receipt_of(key):
        return message("draft_sent", 410, "draft_sent_help", again=code)
    if site.standing() != "open":
        return closed(site, site.standing(), 200)
    if find_draft(site, key) is None:
        return message("no_draft", 404, "no_draft_help", again=code)
    if request.method == "GET":
        page = render_template("answering/resume.html", texts=TEXTS[language()], language=language(), site=site)
        return Response(page, mimetype="text/html")
    reply = redirect(url_for("respondent.questionnaire", code=code, **chosen()), 303)
    remember(reply, url_for("respondent.questionnaire", code=code), UNFINISHED, signed, UNFINISHED_SECONDS)
    return reply


def continued_page(site: OpenSite, submission_key: str) -> BaseResponse | None:
    """The questionnaire filled from the draft under this key, if there is one."""
    kept = find_draft(site, submission_key) if keeps_drafts(site.definition) else None
    if kept is None:
        return None
    definition = arranged(site.definition, submission_key)
    page = render(
        definition, site.name, site.demo, site.code, language(), kept.answers, {}, continued=True, drafts=True,
        sealed=site.seals_erased,
    )  # fmt: skip
    token = form_token.issue(site.psu, site.definition.digest, submission_key, kept.started_at, ripeness.delay(site))
    return Response(page.replace(MARKER, token), mimetype="text/html")
