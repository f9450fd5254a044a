"""The interviewer's tablet at /t/<signed link>: one person after the other, and nothing stays of the one before."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.cases import waits
from survey_app.answering.devices import code_of_device, device_of
from survey_app.answering.invitation_codes import read_serial
from survey_app.answering.invitation_links import OpenInvitation, find_invitation, find_serial
from survey_app.answering.open_sites import OpenSite, find_site
from survey_app.answering.pages.frame import bp, chosen, language
from survey_app.answering.pages.phone import shown_receipt
from survey_app.answering.pages.questionnaire import blank, take
from survey_app.answering.pages.tablet_offline import ended, finished, live_tablet, open_tablet, seconds
from survey_app.answering.tablet_texts import TABLET_TEXTS
from survey_app.answering.texts import TEXTS
from survey_app.models import DeviceLink, db

NOBODY = "-"  # stands in the address for a person without an invitation
RETURN_SECONDS = 20


@bp.get("/t/<link>")
def tablet(link: str) -> BaseResponse:
    """The start: who is next? Only asked where the sample comes by invitation."""
    site = live_tablet(link)
    who = request.args.get("who", "").strip()
    if who:
        if _person(site, who) is None:
            return _start(link, site, who)
        return redirect(url_for("respondent.tablet_form", link=link, who=who[:60], **chosen()), 303)
    return _start(link, site)


@bp.get("/t/<link>/<who>")
def tablet_form(link: str, who: str) -> BaseResponse:
    """An empty questionnaire for the next person."""
    found = _next(link, who, live_tablet(link))
    if not isinstance(found, tuple):
        return found
    site, person = found
    if person is not None and person.spent:
        return _start(link, site, who, "invitation_used")
    if person is not None and waits(person.invitation_id):
        return _start(link, site, who)
    return blank(site, tablet=url_for("respondent.tablet", link=link, **chosen()))


@bp.post("/t/<link>/<who>")
def answer_tablet(link: str, who: str) -> BaseResponse:
    found = _next(link, who, open_tablet(link) or _site_of_ended(link) or ended())
    if not isinstance(found, tuple):
        return found
    site, person = found
    start, over = url_for("respondent.tablet", link=link, **chosen()), finished()
    number = device_of(link)
    mode = db.session.scalar(select(DeviceLink.mode).where(DeviceLink.id == number)) or "tablet"
    return take(
        site, invitation=person, mode=mode, device_id=number, tablet=start, done="respondent.tablet_done",
        started_at=_started(over), finished_at=over,
        quarantine=open_tablet(link) is None or (person is not None and waits(person.invitation_id)), link=link,
    )  # fmt: skip


def _started(over: datetime | None) -> datetime | None:
    """When a held interview had begun; its form's key is older, since the tablet took many along."""
    took = seconds("took_seconds", timedelta(days=1))
    return over - took if over and took is not None else None


@bp.get("/t/<link>/done/<mark>")
def tablet_done(link: str, mark: str) -> BaseResponse:
    """The receipt, which goes by itself after a few seconds. What the tablet holds of others stays: it is not sent yet."""
    receipt = shown_receipt(mark)
    if receipt is None:
        return redirect(url_for("respondent.tablet", link=link, **chosen()), 303)
    page = render_template(
        "answering/handover.html", texts=TEXTS[language()], language=language(), number=receipt.number, state=receipt.state,
        tablet=url_for("respondent.tablet", link=link, **chosen()), seconds=RETURN_SECONDS,
    )  # fmt: skip
    return Response(page, mimetype="text/html")


def _next(link: str, who: str, site: OpenSite) -> tuple[OpenSite, OpenInvitation | None] | BaseResponse:
    """The site and who answers there; the page to show where nobody is known."""
    person = _person(site, who)
    if who != NOBODY and person is None:
        return _start(link, site, who)
    return site, person


def _site_of_ended(link: str) -> OpenSite | None:
    """The site of a link that was revoked or has expired: what its tablet still sends is kept, in quarantine."""
    number = device_of(link)
    code = code_of_device(number) if number is not None else None
    return find_site(code) if code else None


def _person(site: OpenSite, who: str) -> OpenInvitation | None:
    """The invitation of this site behind a code or a number on the list."""
    found = find_invitation(who)
    if found is None:
        serial = read_serial(who)
        found = find_serial(site.survey_id, serial) if serial is not None else None
    return found if found is not None and found.site_code == site.psu else None


def _start(link: str, site: OpenSite, wrong: str = "", why: str = "serial_unknown") -> BaseResponse:
    page = render_template(
        "answering/tablet.html", texts=TEXTS[language()], language=language(), site=site, link=link, nobody=NOBODY,
        wrong=wrong[:40], why=why, held=TABLET_TEXTS[language()], at=url_for("respondent.tablet", link=link), tablet=url_for("respondent.tablet", link=link, **chosen()),
    )  # fmt: skip
    return Response(page, status=404 if wrong else 200, mimetype="text/html")
