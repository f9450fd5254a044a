"""The respondent's routes. GET hands out a ready page with a fresh token; POST checks, stores, redirects."""

from __future__ import annotations

from flask import Response, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import arranged
from survey_app.answering import form_counts, form_token
from survey_app.answering.drafts import find_draft, keeps_drafts, save_draft
from survey_app.answering.erasure import NoSuchReceiptError, erase
from survey_app.answering.invitation_links import OpenInvitation
from survey_app.answering.open_sites import OpenSite, RetiredSite, find_address
from survey_app.answering.pages.frame import bp, chosen, language, message, size, wants_json
from survey_app.answering.pages.refusals import reasons
from survey_app.answering.pages.rendering import MARKER, own_page, ready_page, render
from survey_app.answering.pages.storing import acknowledge
from survey_app.answering.submission import (
    COMPLETE,
    AnswersRefusedError,
    InvitationUsedError,
    SurveyNotOpenError,
    receipt_of,
)
from survey_app.answering.texts import TEXTS
from survey_app.ground import limits
from survey_app.ground.transaction import transaction

# the cookie of a phone that has just answered: its receipt and a count, for this site's pages alone, for half a day
ANSWERED = "minyi_answered"
ANSWERED_SECONDS = 12 * 3600


@bp.get("/s/<code>")
def questionnaire(code: str) -> BaseResponse:
    """The questionnaire of a site, or a friendly page saying why there is none."""
    site = find_address(code)
    if not isinstance(site, OpenSite):
        return not_here(site)
    asked = asked_token(site)
    number = earlier_receipt(asked)
    if number:
        return answered(site, number)
    if site.standing() == "open" and asked:
        continued = continued_page(site, asked.submission_key)
        if continued:
            return continued
    return blank(site, drafts=keeps_drafts(site.definition), own_code=True)


def blank(site: OpenSite, tablet: str = "", drafts: bool = False, own_code: bool = False) -> BaseResponse:
    """An empty questionnaire with a fresh token, or with the one its address carries.

    `tablet`: where a shared device starts anew. `drafts`: unfinished answers may be kept on the server.
    `own_code`: through the site's own code, which has opening hours and may be full.
    """
    carried = asked_token(site) if not tablet else None
    standing = site.admits() if own_code and not carried else site.standing()
    if standing != "open":
        return closed(site, standing, 200, tablet)
    form_counts.opened(site)
    token = request.args["k"] if carried else form_token.issue(site.psu, site.definition.digest)
    if site.definition.random:
        page = own_page(site, token, tablet, drafts)
    else:
        page = ready_page(site.definition, site.name, site.demo, site.code, language(), size(), tablet, drafts)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(page.gzipped(token), mimetype="text/html", headers=headers)
    return Response(page.plain(token), mimetype="text/html", headers={"Vary": "Accept-Encoding"})


@bp.post("/s/<code>")
def answer(code: str) -> BaseResponse:
    """Take one submission: 303 to its receipt, or the page again with every answer kept."""
    site = still_taken(code)
    if not isinstance(site, OpenSite):
        return not_here(site)
    within = (
        limits.count(limits.ANSWERS_OF_ADDRESS, request.remote_addr or ""),
        limits.count(limits.ANSWERS_AT_SITE, site.psu),
    )
    if not all(within):
        reply = message("crowded", 429, "crowded_help", code=code)
        reply.headers["Retry-After"] = "60"
        return reply
    return take(site, again=code)


def take(
    site: OpenSite, again: str = "", invitation: OpenInvitation | None = None, mode: str = "web", tablet: str = "",
    done: str = "respondent.receipt", **arguments: str,
) -> BaseResponse:  # fmt: skip
    """Store what was sent and lead on to the page `done`, or show the questionnaire again with what is wrong.

    `arguments`: what the address of `done` needs beside the signed receipt.
    """
    sent = request.form.to_dict(flat=False)
    try:
        token = form_token.read((sent.get("token") or [""])[0], site.psu)
    except form_token.TokenError:
        return message("tampered", 400, "tampered_help", again=again)
    before = 0 if tablet else answered_before()[1]
    try:
        receipt = acknowledge(
            site,
            sent,
            token.submission_key,
            language(),
            token.issued_at,
            mode=mode,
            invitation=invitation,
            again=before,
        )
    except SurveyNotOpenError as error:
        return closed(site, error.standing, 403, tablet)
    except InvitationUsedError:
        return message("invitation_used", 410, "invitation_used_help")
    except AnswersRefusedError as error:
        form_counts.refused(site, error.errors)
        page = render(
            arranged(site.definition, token.submission_key),
            site.name,
            site.demo,
            site.code,
            language(),
            sent,
            error.errors,
            tablet=tablet,
            drafts=keeps_drafts(site.definition) and done == "respondent.receipt" and invitation is None,
        )
        return Response(page.replace(MARKER, sent["token"][0]), status=422, mimetype="text/html")
    signed = form_token.sign_receipt(receipt.number, receipt.state, receipt.ended)
    arguments = arguments or {"code": site.code}
    address = url_for(done, **{"signed": signed, **chosen(), **arguments})
    reply = jsonify(receipt=address) if wants_json() else redirect(address, 303)
    if not tablet:
        answers = before + (receipt.state == COMPLETE and not receipt.repeated)
        reply.set_cookie(
            ANSWERED, form_token.sign_browser(receipt.number, answers), ANSWERED_SECONDS, path=url_for("respondent.questionnaire", code=site.code), httponly=True,
            secure=current_app.config["SESSION_COOKIE_SECURE"], samesite="Lax",
        )  # fmt: skip
    return reply


@bp.post("/s/<code>/left")
def left(code: str) -> BaseResponse:
    """A form was left unsent: the last question touched is counted, and nothing else is looked at."""
    site = known(code)
    if site is not None and site.standing() == "open":
        form_counts.left(site, request.form.get("q", ""))
    return Response(status=204)


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
    with transaction():
        save_draft(site, sent, token.submission_key, token.issued_at)
    signed = form_token.sign_resume(token.submission_key)
    address = url_for("respondent.resume", code=code, signed=signed, **chosen())
    if wants_json():
        return jsonify(resume=address)
    page = render_template("answering/later.html", texts=TEXTS[language()], language=language(), address=address)
    return Response(page, mimetype="text/html")


@bp.get("/s/<code>/r/<signed>")
def resume(code: str, signed: str) -> BaseResponse:
    """A draft continued: the questionnaire with what was answered so far, under the same key."""
    site = known(code)
    try:
        key = form_token.read_resume(signed)
    except form_token.TokenError:
        return message("unknown", 404, "unknown_help")
    if site is None:
        return message("unknown", 404, "unknown_help")
    earlier = receipt_of(key)
    if earlier:
        return answered(site, earlier.number)
    if site.standing() != "open":
        return closed(site, site.standing(), 200)
    return continued_page(site, key) or message("no_draft", 404, "no_draft_help", again=code)


@bp.get("/s/<code>/receipt/<signed>")
def receipt(code: str, signed: str) -> BaseResponse:
    """The receipt; it can be opened again and makes nothing."""
    try:
        signed_receipt = form_token.read_receipt(signed)
    except form_token.TokenError:
        return message("unknown", 404, "unknown_help")
    site = known(code)
    page = render_template(
        "answering/receipt.html", texts=TEXTS[language()], language=language(), site=site,
        number=signed_receipt.number, state=signed_receipt.state, ended=signed_receipt.ended,
    )  # fmt: skip
    return Response(page, mimetype="text/html")


@bp.route("/erase", methods=["GET", "POST"])
def erase_own() -> BaseResponse:
    """A citizen takes an answer back by its receipt number."""
    number = request.form.get("number", "").strip()[:40]
    wrong = ""
    if request.method == "POST":
        address = request.remote_addr or ""
        if not limits.allowed(limits.LOOKUPS, address):
            return message("too_often", 429)
        try:
            with transaction():
                erase(number, "citizen")
        except NoSuchReceiptError:
            limits.count(limits.LOOKUPS, address)
            wrong = "receipt_unknown"
        else:
            return message("erased", 200, "erased_help")
    page = render_template(
        "answering/erase.html", texts=TEXTS[language()], language=language(), wrong=wrong, number=number
    )
    return Response(page, status=404 if wrong else 200, mimetype="text/html")


def answered(site: OpenSite, number: str, invited: bool = False) -> BaseResponse:
    """This phone has answered: its receipt number, and, except by invitation, a way in for somebody else."""
    fresh = None
    if site.admits() == "open" and not invited:
        token = form_token.issue(site.psu, site.definition.digest)
        fresh = url_for("respondent.questionnaire", code=site.code, k=token, new=1, **chosen())
    page = render_template(
        "answering/answered.html", texts=TEXTS[language()], language=language(), number=number, fresh=fresh, site=site
    )
    return Response(page, mimetype="text/html")


def asked_token(site: OpenSite) -> form_token.FormToken | None:
    """The form token that the address carries, so that a reload goes on with the same submission key."""
    try:
        return form_token.read(request.args.get("k", ""), site.psu)
    except form_token.TokenError:
        return None


def earlier_receipt(asked: form_token.FormToken | None) -> str | None:
    """Receipt number of what was answered under the address's key; without a key, of what this phone just answered."""
    if asked:
        earlier = receipt_of(asked.submission_key)
        return earlier.number if earlier else None
    return answered_before()[0]


def answered_before() -> tuple[str | None, int]:
    """What the cookie of this phone says: its newest receipt number, and how many complete answers it has sent."""
    try:
        return form_token.read_browser(request.cookies[ANSWERED])
    except (KeyError, form_token.TokenError):
        return None, 0


def continued_page(site: OpenSite, submission_key: str) -> BaseResponse | None:
    """The questionnaire filled from the draft under this key, if there is one."""
    kept = find_draft(site, submission_key) if keeps_drafts(site.definition) else None
    if kept is None:
        return None
    definition = arranged(site.definition, submission_key)
    page = render(
        definition, site.name, site.demo, site.code, language(), kept.answers, {}, continued=True, drafts=True
    )
    token = form_token.issue(site.psu, site.definition.digest, submission_key, kept.started_at)
    return Response(page.replace(MARKER, token), mimetype="text/html")


def still_taken(code: str) -> OpenSite | RetiredSite | None:
    """Where a form sent to /s/<code> belongs: the site, also under a retired code if it was begun before."""
    found = find_address(code)
    if not isinstance(found, RetiredSite):
        return found
    try:
        token = form_token.read(request.form.get("token", ""), found.site.psu)
    except form_token.TokenError:
        return found
    return found.site if token.issued_at <= found.retired_at else found


def known(code: str) -> OpenSite | None:
    """The site of a code, retired or not."""
    found = find_address(code)
    return found.site if isinstance(found, RetiredSite) else found


def not_here(found: RetiredSite | None) -> BaseResponse:
    """Nothing at this address: unknown, or an old poster, which says where it belonged and where to go."""
    if found is None:
        return message("unknown", 404, "unknown_help")
    return message("retired", 410, lines=reasons(found.site, "moved" if found.moved else "retired", language()))


def closed(site: OpenSite, standing: str, status: int, tablet: str = "") -> BaseResponse:
    """Why there is no form now, since when or until when; answers that wait on the phone are told so."""
    return message(standing, status, code="" if tablet else site.code, lines=reasons(site, standing, language()))
