"""An invited person's way in: /i/<code> opens the questionnaire of the site, /i is the page to type the code."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.invitation_links import OpenInvitation, find_invitation
from survey_app.answering.open_sites import OpenSite, find_site
from survey_app.answering.pages.frame import bp, chosen, language, message
from survey_app.answering.pages.questionnaire import blank, take
from survey_app.answering.texts import TEXTS
from survey_app.ground import limits


@bp.get("/i")
def type_code() -> BaseResponse:
    """The page to type a code; what was typed leads to its own address."""
    typed = request.args.get("code", "").strip()
    if typed:
        return redirect(url_for("respondent.invited", code=typed[:60], **chosen()), 303)
    return _form()


@bp.get("/i/<code>")
def invited(code: str) -> BaseResponse:
    """The questionnaire of the invitation's site. Opening it spends nothing."""
    found = _find(code)
    if not isinstance(found, tuple):
        return found
    invitation, site = found
    if invitation.spent:
        # answers that wait on this phone may be those that spent it: sent again, they get their receipt
        return message("invitation_used", 410, "invitation_used_help", code=site.code, anew=site.code)
    return blank(site)


@bp.post("/i/<code>")
def answer_invited(code: str) -> BaseResponse:
    """Take the answers and spend the invitation with them."""
    found = _find(code)
    if not isinstance(found, tuple):
        return found
    invitation, site = found
    return take(site, invitation=invitation)


def _find(code: str) -> tuple[OpenInvitation, OpenSite] | BaseResponse:
    invitation = find_invitation(code)
    site = find_site(invitation.site_code) if invitation else None
    if invitation is None or site is None:
        if not limits.count(limits.WRONG_INVITATIONS, request.remote_addr or ""):
            return message("too_often", 429)
        return _form(code, 404)
    return invitation, site


def _form(wrong: str = "", status: int = 200) -> BaseResponse:
    page = render_template("answering/invitation.html", texts=TEXTS[language()], language=language(), wrong=wrong[:40])
    return Response(page, status=status, mimetype="text/html")
