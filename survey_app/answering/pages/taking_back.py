"""An answer taken back by its citizen, and what the phone says of it afterwards: that it may be given once more."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering import form_token, invitation_links
from survey_app.answering.erasure import NoSuchReceiptError, erase, is_stored, seals, stored
from survey_app.answering.open_sites import OpenSite, find_site
from survey_app.answering.pages.frame import bp, chosen, language, message
from survey_app.answering.pages.phone import TAKEN_BACK, TAKEN_BACK_SECONDS, remember
from survey_app.answering.texts import TEXTS
from survey_app.ground import limits
from survey_app.ground.transaction import transaction


@bp.route("/erase", methods=["GET", "POST"])
def erase_own() -> BaseResponse:
    """A citizen takes an answer back by its receipt number; asked once before, since nothing brings it back."""
    number = "".join(request.form.get("number", "").split()).upper()[:40]
    if request.method == "GET":
        return _page("answering/erase.html", number=number)
    found = stored(number)
    way, done = ("seal", "sealed") if found and seals(found) else ("erase", "erased")
    if found and not request.form.get("sure"):
        return _page("answering/erase_sure.html", number=number, way=way)
    site = find_site(found.psu) if found else None
    try:
        with transaction():
            erase(number, "citizen")
    except NoSuchReceiptError:
        if not limits.count(limits.WRONG_RECEIPTS, request.remote_addr or ""):
            return message("too_often", 429)
        return _page("answering/erase.html", 404, number=number, wrong="receipt_unknown")
    if site is None:
        return message(done, 200, f"{done}_help")
    own = form_token.Answered(number, 0)
    reply = answered(site, own, number)
    path = url_for("respondent.questionnaire", code=site.code)
    remember(reply, path, TAKEN_BACK, form_token.sign_answered(own), TAKEN_BACK_SECONDS)
    return reply


def answered(site: OpenSite, own: form_token.Answered, erased: str) -> BaseResponse:
    """This phone has answered: its receipt number, and a way in for somebody else.

    erased: the receipt of an answer that it took back and may give once more.
    """
    renewing = invitation_links.may_renew(site.survey_id, erased) if erased else False
    once_more = renewing is not False and (site.standing() if renewing else site.admits()) == "open"
    anew = url_for("respondent.questionnaire", code=site.code, again=1, **chosen()) if once_more else ""
    other = url_for("respondent.questionnaire", code=site.code, new=1, **chosen()) if site.admits() == "open" else ""
    return _page(
        "answering/answered.html",
        number=own.number,
        site=site,
        erased=not is_stored(own.number, site.survey_id),
        anew=anew,
        other=other,
    )


def taken_back_elsewhere(site: OpenSite) -> BaseResponse:
    """An erased answer is given anew on the phone that gave it, and nobody else is told that there was one."""
    return message("anew_elsewhere", 200, "anew_elsewhere_help", again=site.code)


def _page(template: str, status: int = 200, **content: object) -> BaseResponse:
    page = render_template(template, texts=TEXTS[language()], language=language(), **content)
    return Response(page, status=status, mimetype="text/html")
