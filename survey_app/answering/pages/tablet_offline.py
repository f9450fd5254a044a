"""What a tablet takes along, so that it works without a network: its start and form, kept by a service worker, and form keys.

The worker reaches no further than the tablet's own address. Answers are held by the page itself (static/shell.js).
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from flask import Response, abort, jsonify, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import order_of
from survey_app.answering import form_token
from survey_app.answering.after_close import MOST_HELD_DAYS
from survey_app.answering.cases import MOST_ADULTS, VisitError, as_sent, cases_of, outcomes, record_visit
from survey_app.answering.devices import device_of, pin_of, report, site_of_device
from survey_app.answering.invitation_codes import read_serial
from survey_app.answering.open_sites import OpenSite, find_site
from survey_app.answering.pages.frame import HERE, asset_address, bp, chosen, language, message
from survey_app.answering.pages.rendering import blank_text
from survey_app.answering.tablet_texts import TABLET_TEXTS
from survey_app.ground import limits
from survey_app.ground.crypto import same
from survey_app.ground.transaction import transaction
from survey_app.models import DeviceLink, db

MOST_FORMS = 200  # interviews that a tablet can begin before it must see the network again
VARIANTS = tuple((lang, size) for lang in (None, "en") for size in (None, "large"))


@bp.get("/t/<link>/form")
def held_form(link: str) -> BaseResponse:
    """The form without a key of its own: the tablet puts in one of those it took along."""
    start = url_for("respondent.tablet", link=link, **chosen())
    return Response(blank_text(live_tablet(link), language(), start), mimetype="text/html")


@bp.post("/t/<link>/load")
def load(link: str) -> BaseResponse:
    """Form keys for a tablet that knows its PIN, as many as it is short of, and whether the survey takes interviews now."""
    device, site = device_of(link), open_tablet(link)
    if device is None or site is None:
        return _refused("ended", 403)
    with limits.Room((limits.WRONG_PINS, str(device))) as room:
        if not room.there:
            return _refused("too_often", 429)
        if not same(request.form.get("pin", ""), pin_of(device)):
            room.keep()
            return _refused("wrong_pin", 403)
    has = request.form.get("has", "")
    short = max(0, MOST_FORMS - (int(has) if has.isdecimal() and len(has) < 6 else 0))
    return jsonify(
        forms=[_form(site) for _ in range(short)], standing=site.standing(), invites=site.invites,
        cases=as_sent(cases_of(db.session.get_one(DeviceLink, device))), outcomes=outcomes(language()),
        zone=site.time_zone, within=site.within, adults=site.adults_question, opens=site.opens_at.isoformat() if site.opens_at else None, closes=site.closes_at.isoformat() if site.closes_at else None,
    )  # fmt: skip


@bp.post("/t/<link>/unsent")
def report_unsent(link: str) -> BaseResponse:
    """A tablet with a queue says how many interviews it still holds; also after its link has ended."""
    number = request.form.get("number", "")
    device = device_of(link) if number.isdecimal() and len(number) < 6 else None
    if device is None:
        return message("unknown", 404, "unknown_help")
    with transaction():
        report(device, int(number))
    return Response(status=204)


@bp.post("/t/<link>/visit")
def visit(link: str) -> BaseResponse:
    """An attempt that was no interview, held like one; also after the link has ended, for it has been made."""
    device, sent = device_of(link), request.form
    serial = read_serial(sent.get("who", ""))
    if device is None or serial is None:
        return message("unknown", 404, "unknown_help")
    found = db.session.get_one(DeviceLink, device)
    try:
        with transaction():
            when = _appointment(sent.get("appointment", ""), found.site.survey.time_zone)
            record_visit(
                found, sent.get("key", ""), serial, sent.get("outcome", ""), finished() or datetime.now(UTC), when
            )
    except VisitError as error:
        return _refused(str(error), 422)
    return jsonify(receipt="visit", without_cookies="")


def _appointment(text: str, zone: str) -> datetime | None:
    """The next appointment, as a field of day and time gives it, in the survey's zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if text else None
    except (ValueError, OverflowError):  # the latter: of a year at the end of all calendars
        raise VisitError("answering.visit_not_readable") from None


def seconds(name: str, most: timedelta) -> timedelta | None:
    """A length of time that the tablet's own clock counted; None where it says none."""
    sent = request.form.get(name, "")
    return min(timedelta(seconds=int(sent)), most) if sent.isdecimal() and len(sent) < 10 else None


def finished() -> datetime | None:
    """When it had ended: so many seconds before now; None where the tablet held nothing back. A clock that is wrong is so
    at both ends, and its error falls out."""
    held = seconds("held_seconds", timedelta(days=MOST_HELD_DAYS))
    return None if held is None else datetime.now(UTC) - held


@bp.get("/t/<link>/worker.js")
def worker(link: str) -> BaseResponse:
    """The service worker, with what it keeps written at its head: another list is another version of it."""
    site = open_tablet(link)
    if site is None:
        return Response("", status=403, mimetype="text/javascript")
    pages = [
        url_for(endpoint, link=link, lang=lang, size=size)
        for endpoint in ("respondent.tablet", "respondent.held_form")
        for lang, size in VARIANTS
    ]
    assets = [
        asset_address(*name)
        for name in (("page", "css"), ("shell", "css"), ("shell", "js"), ("tablet", "js"), ("plain", "css"))
    ]
    kept = {
        "link": link,
        "version": site.definition.digest[:16],
        "addresses": [*pages, *assets, url_for("respondent.manifest", link=link)],
    }
    text = f"self.KEPT = {json.dumps(kept)};\n" + (HERE / "static" / "worker.js").read_text(encoding="utf-8")
    headers = {"Service-Worker-Allowed": url_for("respondent.tablet", link=link), "Cache-Control": "no-cache"}
    return Response(text, mimetype="text/javascript", headers=headers)


@bp.get("/t/<link>/tablet.webmanifest")
def manifest(link: str) -> BaseResponse:
    """What a home screen needs to know of it."""
    site, start, words = live_tablet(link), url_for("respondent.tablet", link=link), TABLET_TEXTS["zh"]
    about = {
        "name": f"{words['title']} {site.name}", "short_name": site.name[:12], "start_url": start, "scope": start,
        "display": "standalone", "background_color": "#f2f5f7", "theme_color": "#0b5c8a",
    }  # fmt: skip
    return Response(json.dumps(about, ensure_ascii=False), mimetype="application/manifest+json")


def open_tablet(link: str) -> OpenSite | None:
    """The site of a link that has not ended."""
    code = site_of_device(link)
    return find_site(code) if code else None


def live_tablet(link: str) -> OpenSite:
    """The same; who comes by a link that has ended is told so."""
    return open_tablet(link) or ended()


def ended() -> NoReturn:
    abort(message("link_ended", 403, "link_ended_help"))


def _form(site: OpenSite) -> dict[str, object]:
    """A key for one interview and, where the questionnaire is in random order, the order that belongs to it."""
    token = form_token.issue(site.psu, site.definition.digest)
    row = [1 + secrets.randbelow(adults) for adults in range(1, MOST_ADULTS + 1)] if site.within else []
    return {
        "token": token,
        "order": order_of(site.definition, form_token.read(token, site.psu).submission_key),
        "row": row,
    }


def _refused(why: str, status: int) -> BaseResponse:
    reply = jsonify(refused=why)
    reply.status_code = status
    return reply
