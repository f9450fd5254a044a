"""The respondent's routes. GET hands out a ready page with a fresh token; POST checks, stores, redirects."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from flask import Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import arranged
from questionnaires.definition import MINOR
from survey_app.answering import form_counts, form_token, ripeness
from survey_app.answering.drafts import AT, keeps_drafts
from survey_app.answering.invitation_links import OpenInvitation, may_renew
from survey_app.answering.open_sites import OpenSite, find_address
from survey_app.answering.pages import at_once
from survey_app.answering.pages.frame import bp, chosen, language, message, size, wants_json
from survey_app.answering.pages.later import continued_page
from survey_app.answering.pages.phone import (
    ANSWERED,
    ANSWERED_SECONDS,
    TABLET_SECONDS,
    TAKEN_BACK,
    UNFINISHED,
    answered_before,
    remember,
    shown_receipt,
    took_back,
    unfinished,
)
from survey_app.answering.pages.refusals import closed, crowded, known, not_here, still_taken
from survey_app.answering.pages.rendering import MARKER, NUMBER, ready_page, receipt_page, render
from survey_app.answering.pages.storing import acknowledge
from survey_app.answering.pages.taking_back import answered, taken_back_elsewhere
from survey_app.answering.pages.turning import TURN, turned
from survey_app.answering.submission import (
    COMPLETE,
    AnswersRefusedError,
    InvitationUsedError,
    SurveyNotOpenError,
    answered_on,
    receipt_of,
)
from survey_app.answering.together import BusyError
from survey_app.answering.trials import TRIAL, keep_trial
from survey_app.archives.places import ArchivedError
from survey_app.ground import limits
from survey_app.ground.imprint import imprint
from survey_app.ground.sealing import seal_soon
from survey_app.ground.transaction import transaction
from survey_app.ground.watching import came_to, of_survey

REDRAW = "redraw"  # without script: the form is sent for its language or size alone, and nothing is stored


@bp.get("/s/<code>")
def questionnaire(code: str) -> BaseResponse:
    """The questionnaire of a site, or a friendly page saying why there is none."""
    site = find_address(code)
    if not isinstance(site, OpenSite):
        return not_here(site)
    try:
        return _for_this_phone(site)
    except ArchivedError:  # which of its answers are stored cannot be told; that the survey has closed can
        return blank(site, own_code=True)


def _for_this_phone(site: OpenSite) -> BaseResponse:
    """What the site's address opens here: what this phone has begun, has answered, or an empty questionnaire."""
    if request.args.get("again"):
        return once_more(site)
    if not request.args.get("new") and not trying(site):
        key = unfinished()
        continued = continued_page(site, key) if key and site.standing() == "open" else None
        if continued:
            return continued
        before = answered_before()
        erased = took_back(before, site.survey_id)
        if before or erased:
            return answered(site, before or form_token.Answered(erased, 0), erased)
    return blank(site, drafts=keeps_drafts(site.definition), own_code=True)


def once_more(site: OpenSite) -> BaseResponse:
    """The form for an answer in the place of one that this phone took back; for a sampled person it counts as that did."""
    erased = took_back(answered_before(), site.survey_id)
    sampled = may_renew(site.survey_id, erased) if erased else False
    if sampled is False:
        return taken_back_elsewhere(site)
    return blank(site, own_code=not sampled, erased=erased)


def blank(
    site: OpenSite, tablet: str = "", drafts: bool = False, own_code: bool = False, erased: str = ""
) -> BaseResponse:
    """An empty questionnaire with a fresh token.

    `tablet`: where a shared device starts anew. `drafts`: unfinished answers may be kept on the server.
    `own_code`: through the site's own code, which has opening hours and may be full. `erased`: the receipt of the
    answer in whose place this one will come.
    """
    standing = site.admits() if own_code else site.standing()
    trial = trying(site)
    if standing != "open" and not trial:
        return closed(site, standing, 200, tablet)
    drafts = drafts and not trial
    token = ripeness.hand_out(site, own_code, trial, erased)
    key = form_token.read(token, site.psu, trial).submission_key if site.definition.random else ""
    page = ready_page(site, key, tablet, drafts, trial)
    if request.path == f"/s/{site.code}" and not (erased or trial) and not site.definition.moves_sections:
        at_once.offer(site, page)
    page = page.in_order(key)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    headers = [("Vary", "Accept-Encoding"), *[("Content-Encoding", "gzip")] * zipped]
    return Response(page.gzipped(token) if zipped else page.plain(token), mimetype="text/html", headers=headers)


@bp.post("/s/<code>")
def answer(code: str) -> BaseResponse:
    """Take one submission: 303 to its receipt, or the page again with every answer kept."""
    site = still_taken(code)
    if not isinstance(site, OpenSite):
        return not_here(site)
    with limits.Room(
        (limits.ANSWERS_OF_ADDRESS, request.remote_addr or ""), (limits.ANSWERS_AT_SITE, site.psu)
    ) as room:
        if not room.there and not stored_already(site):
            return crowded(site)
        return take(site, again=code, room=room)


def stored_already(site: OpenSite) -> bool:
    """Whether the form that was sent is one that has its receipt."""
    try:
        token = form_token.read(request.form.get("token", ""), site.psu)
    except form_token.TokenError:
        return False
    return receipt_of(token.submission_key) is not None


def take(
    site: OpenSite, again: str = "", invitation: OpenInvitation | None = None, mode: str = "web", tablet: str = "",
    done: str = "respondent.receipt", room: limits.Room | None = None,
    started_at: datetime | None = None, finished_at: datetime | None = None, quarantine: bool = False,
    device_id: int | None = None, **arguments: str,
) -> BaseResponse:  # fmt: skip
    """Store what was sent and lead on to the page `done`, or show the questionnaire again with what is wrong.

    `room`: where an answer that is stored counts. `started_at`, `finished_at`: of one that a tablet held, not before its form. `arguments`: what the address of `done` needs beside the answer's mark.
    """
    of_survey(site.survey_code)
    sent = request.form.to_dict(flat=False)
    try:
        token = form_token.read((sent.get("token") or [""])[0], site.psu)
    except form_token.TokenError:
        return take_trial(site, sent, again, mode, tablet, done, arguments)
    drafts = keeps_drafts(site.definition) and done == "respondent.receipt" and invitation is None
    if REDRAW in sent or TURN in sent:
        if not limits.count(limits.TURNS_OF_FORM, token.submission_key):
            return crowded(site)
        return drawn(site, sent, token.submission_key, tablet, drafts=drafts)
    earlier = None if tablet else answered_before()
    before = max(0, (earlier.answers if earlier else 0) - bool(token.took_back))  # an erased one is none
    begun = max(started_at, token.issued_at) if started_at else token.issued_at
    try:
        receipt = acknowledge(
            site, sent, token.submission_key, language(), begun,
            mode=mode,
            finished_at=max(finished_at, begun) if finished_at else None,
            invitation=invitation,
            again=before,
            unripe=token.unripe(datetime.now(UTC)),
            quarantine=quarantine,
            device_id=device_id,
            took_back=token.took_back,
        )  # fmt: skip
    except BusyError:
        return crowded(site, 503, 5)
    except SurveyNotOpenError as error:
        return closed(site, error.standing, 403, tablet)
    except InvitationUsedError:
        return message("invitation_used", 410, "invitation_used_help", anew=site.code)
    except AnswersRefusedError as error:
        if not limits.count(limits.REFUSALS_OF_FORM, token.submission_key):
            return crowded(site)
        form_counts.refused(site, error.errors)
        return filled(site, sent, token.submission_key, error.errors, tablet, drafts=drafts)
    if receipt.changed:
        return message("resent", 409, "resent_help")
    if not receipt.repeated:
        if room:
            room.keep()
        if started_at:  # a tablet opened the form where nobody could count it
            form_counts.opened(site, begun)
        form_counts.returned(site, begun, "" if tablet else request.remote_addr or "")
    came_to("repeated" if receipt.repeated else receipt.state)
    answers = before + (receipt.state == COMPLETE and not receipt.repeated)
    given = form_token.Answered(receipt.number, answers, receipt.state, receipt.ended, bool(token.took_back))
    arguments = {"mark": "~", **chosen(), **(arguments or {"code": site.code})}  # of its addresses only the mark is new
    cookie = form_token.sign_answered(given)
    address = _address(request.script_root, done, tuple(arguments.items())).replace("~", given.mark)
    sealed = f"{address}{'&' if '?' in address else '?'}own={seal_soon(cookie)}"
    led = orjson.dumps({"receipt": address, "without_cookies": sealed})
    reply = Response(led, mimetype="application/json") if wants_json() else redirect(sealed, 303)
    own = tablet.partition("?")[0] or _address(request.script_root, "respondent.questionnaire", (("code", site.code),))
    remember(reply, own, ANSWERED, cookie, TABLET_SECONDS if tablet else ANSWERED_SECONDS)
    for name in (UNFINISHED, TAKEN_BACK) if token.took_back else (UNFINISHED,):
        if name in request.cookies:
            reply.delete_cookie(name, path=own)
    return reply


@lru_cache(maxsize=4096)
def _address(_root: str, endpoint: str, arguments: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(arguments))


def drawn(site: OpenSite, sent: dict[str, list[str]], submission_key: str, tablet: str, **more: bool) -> BaseResponse:
    """The page again for one without script: turned to another of its pages, or in another language or size."""
    errors: dict[str, str] = {}
    if TURN in sent:
        today = datetime.now(ZoneInfo(site.time_zone)).date()
        at, errors = turned(arranged(site.definition, submission_key), sent, sent[TURN][0], today)
        sent = {**sent, AT: [at]}
    return filled(site, sent, submission_key, errors, tablet, **more)


def filled(
    site: OpenSite, sent: dict[str, list[str]], submission_key: str, errors: dict[str, str], tablet: str,
    drafts: bool = False, trial: bool = False,
) -> BaseResponse:  # fmt: skip
    """The page again with every answer kept, and what is wrong; or in another language or size."""
    came_to("refused" if errors else "drawn_anew")
    page = render(
        arranged(site.definition, submission_key), site.name, site.demo, site.code, language(), sent, errors,
        tablet=tablet, drafts=drafts, trial=trial, sealed=site.seals_erased,
    )  # fmt: skip
    return Response(page.replace(MARKER, sent["token"][0]), status=422 if errors else 200, mimetype="text/html")


def trying(site: OpenSite) -> bool:
    """Whether the survey is locked and this page is asked for to try it."""
    return site.tried and bool(request.args.get("trial"))


def take_trial(
    site: OpenSite, sent: dict[str, list[str]], again: str, mode: str, tablet: str, done: str, arguments: dict[str, str]
) -> BaseResponse:
    """Take a form by which the survey was tried: kept apart while it is locked, told to begin anew once it is open."""
    try:
        token = form_token.read((sent.get("token") or [""])[0], site.psu, trial=True)
    except form_token.TokenError:
        return message("tampered", 400, "tampered_help", again=again)
    if REDRAW in sent or TURN in sent:
        return drawn(site, sent, token.submission_key, tablet, trial=True)
    try:
        with transaction():
            receipt = keep_trial(site, sent, token.submission_key, mode=mode)
    except SurveyNotOpenError:
        return message("trial_over", 409, "trial_over_help", again=again)
    except AnswersRefusedError as error:
        return filled(site, sent, token.submission_key, error.errors, tablet, trial=True)
    came_to(TRIAL)
    given = form_token.Answered(receipt.number, 0, receipt.state, receipt.ended)
    own = seal_soon(form_token.sign_answered(given))  # in no cookie: this phone has answered nothing yet
    where: dict[str, Any] = {"mark": given.mark, "own": own, **chosen(), **(arguments or {"code": site.code})}
    address = url_for(done, **where)
    return jsonify(receipt=address, without_cookies=address) if wants_json() else redirect(address, 303)


@bp.post("/s/<code>/left")
def left(code: str) -> BaseResponse:
    """A form was left unsent: the last question touched is counted, and nothing else is looked at."""
    site = known(code)
    if site is not None and site.standing() == "open":
        form_counts.left(site, request.form.get("q", ""))
    return Response(status=204)


@bp.get("/s/<code>/receipt/<mark>")
def receipt(code: str, mark: str) -> BaseResponse:
    """The receipt, on the phone that gave the answer; elsewhere the same address says so and leads to the form."""
    site = known(code)
    if site is None:
        return message("unknown", 404, "unknown_help")
    own = shown_receipt(mark)
    if own is None:
        return message("not_yours", 200, "not_yours_help", again=code)
    kept, day = own.ended != MINOR, answered_on(site, own.number)
    if kept and day is None and own.state != TRIAL:
        return answered(site, own, took_back(own, site.survey_id))  # taken back meanwhile
    page = receipt_page(
        site.definition, site.name, site.code, site.city_code, site.demo, language(), size(), own.state, own.ended, kept, day,
        site.seals_erased, imprint(),
    )  # fmt: skip
    if kept and day:
        at_once.offer(site, tuple(part.encode() for part in page.split(NUMBER)), own.state, own.ended, day)
    return Response(page.replace(NUMBER, own.number), mimetype="text/html")
